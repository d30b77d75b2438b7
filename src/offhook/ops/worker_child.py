"""The worker as a child of the server: started once the server is ready, again when it dies, gone when the server is.

The child's standard input is a pipe whose other end only the server holds: it ends with the server, even by SIGKILL.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress

AGAIN_FIRST_S = 1.0
AGAIN_LONGEST_S = 60.0
STOP_S = 15.0


class WorkerChild:
    """`run` until cancelled; cancelling ends the child, which may first finish the message that it is sending."""

    def __init__(self, on_end: Callable[[int | None], None], argv: tuple[str, ...] | None = None) -> None:
        """`on_end` hears the exit code of a child that ended by itself."""
        self._on_end = on_end
        self._argv = argv or (sys.executable, "-m", "offhook", "worker", "--with-parent")
        self.pid: int | None = None

    async def run(self) -> None:
        again_s = AGAIN_FIRST_S
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            code = await self._one_life()
            self._on_end(code)
            again_s = AGAIN_FIRST_S if loop.time() - began > AGAIN_LONGEST_S else min(again_s * 2, AGAIN_LONGEST_S)
            await asyncio.sleep(again_s)

    async def _one_life(self) -> int | None:
        try:
            child = await asyncio.create_subprocess_exec(
                *self._argv, stdin=asyncio.subprocess.PIPE, start_new_session=True
            )
        except OSError:
            return None
        self.pid = child.pid
        try:
            return await child.wait()
        finally:
            self.pid = None
            if child.returncode is None:
                await _end(child)


async def _end(child: asyncio.subprocess.Process) -> None:
    assert child.stdin is not None
    child.stdin.close()
    try:
        async with asyncio.timeout(STOP_S):
            await child.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
