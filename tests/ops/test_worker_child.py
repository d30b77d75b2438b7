"""The worker beside the server: again when it dies, gone with the server."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from offhook.ops import worker_child
from offhook.ops.worker_child import WorkerChild

WAITS = (sys.executable, "-c", "import sys; sys.stdin.read()")


async def _pid(child: WorkerChild, other_than: int | None = None) -> int:
    async with asyncio.timeout(10):
        while child.pid in (None, other_than):  # noqa: ASYNC110  # another process has no event for us
            await asyncio.sleep(0.01)
    assert child.pid is not None
    return child.pid


async def test_it_comes_again_and_ends_with_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_child, "AGAIN_FIRST_S", 0.01)
    ends: list[int | None] = []
    child = WorkerChild(ends.append, WAITS)
    running = asyncio.ensure_future(child.run())
    first = await _pid(child)
    psutil.Process(first).send_signal(signal.SIGKILL)
    second = await _pid(child, first)
    assert ends == [-signal.SIGKILL]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert not psutil.pid_exists(second)


async def test_a_program_that_is_missing_is_told(tmp_path: Path) -> None:
    ends: list[int | None] = []
    running = asyncio.ensure_future(WorkerChild(ends.append, (str(tmp_path / "none"),)).run())
    async with asyncio.timeout(10):
        while not ends:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    running.cancel()
    assert ends == [None]
