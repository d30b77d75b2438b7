"""The calendars' clients block and are not thread-safe: each gets one thread of its own, and calls a deadline."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
SOCKET_S = 8.0
"""For one answer of the server."""
DEADLINE_S = 20.0
"""For one call of the port, which may be several requests."""


class OneThread:
    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, work: Callable[[], T]) -> T:
        """Raises TimeoutError; the thread then still ends what it does, and the next call waits for it."""
        async with asyncio.timeout(DEADLINE_S):
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def aclose(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
