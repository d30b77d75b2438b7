"""How `offhook serve` ends when its supervisor tells it to."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from e2e_server import QUICK, serving
from wire_call import Wire, http

pytestmark = pytest.mark.e2e
ENDS_S = 8.0
"""For a server that waits for nobody."""


def test_without_calls_it_ends_at_once_and_with_code_0(folder: Path) -> None:
    with serving(folder, QUICK) as server:
        server.signal(signal.SIGTERM)
        assert server.exit_code(ENDS_S) == 0


async def test_a_live_call_may_end_first_and_its_record_is_kept(folder: Path) -> None:
    with serving(folder, QUICK) as server:
        async with Wire(server.url) as call:
            await call.start()
            await call.until_audio()
            server.signal(signal.SIGTERM)
            await asyncio.sleep(1.0)
            async with http(server.url) as client:
                assert (await client.get("/health/ready")).status_code == 503
            assert await call.hang_up() == 1000
        assert await asyncio.to_thread(server.exit_code, ENDS_S) == 0
        (record,) = server.rows("select status from calls")
        assert record["status"] == "completed"


async def test_a_second_signal_waits_for_nobody(folder: Path) -> None:
    with serving(folder, QUICK) as server:
        async with Wire(server.url) as call:
            await call.start()
            await call.until_audio()
            server.signal(signal.SIGTERM)
            await asyncio.sleep(0.5)
            assert server.alive
            server.signal(signal.SIGTERM)
            assert await asyncio.to_thread(server.exit_code, ENDS_S) == -signal.SIGTERM


def test_ctrl_c_ends_it_as_a_shell_expects(folder: Path) -> None:
    with serving(folder, QUICK) as server:
        server.signal(signal.SIGINT)
        assert server.exit_code(ENDS_S) == 130
