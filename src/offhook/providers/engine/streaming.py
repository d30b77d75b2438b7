"""The server's end of streamed work: a bounded buffer between the engine's items and the one who reads them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from offhook.providers.engine.errors import EngineBusy, EngineError, EngineTimeout

MAX_ITEMS = 4096


class StreamedWork:
    """Bound: MAX_ITEMS unread items. Overflow ends the stream with EngineBusy after the items that were kept: work is
    asked for in pieces so small that only a reader that has stopped reading gets there."""

    __slots__ = ("_ended", "_error", "_items", "_news")

    def __init__(self) -> None:
        self._items: deque[object] = deque()
        self._news = asyncio.Event()
        self._ended = False
        self._error: EngineError | None = None

    def on_item(self, payload: object) -> None:
        if self._ended:
            return
        if len(self._items) >= MAX_ITEMS:
            self.on_error(EngineBusy(f"{MAX_ITEMS} items of the stream were not read; the rest is dropped"))
            return
        self._items.append(payload)
        self._news.set()

    def on_end(self, payload: object) -> None:
        self._ended = True
        self._news.set()

    def on_error(self, error: EngineError) -> None:
        if not self._ended:
            self._ended, self._error = True, error
            self._news.set()

    async def items(self, first_deadline_ms: float) -> AsyncIterator[object]:
        """Raises EngineTimeout when the first item is late, and whatever ended the work early."""
        try:
            async with asyncio.timeout(first_deadline_ms / 1000):
                await self._news.wait()
        except TimeoutError:
            raise EngineTimeout(f"the engine gave nothing within {first_deadline_ms:.0f} ms") from None
        while True:
            while self._items:
                yield self._items.popleft()
            if self._ended:
                if self._error is not None:
                    raise self._error
                return
            self._news.clear()
            await self._news.wait()
