"""A queue that cannot grow without end, and says what it did about it.

Policies, chosen where the queue is made: `drop_oldest` (audio, display events: the newest matters), `drop_new` (work
that may be refused), `block` (text of a reply: nothing may be lost; the producer waits). Drops are counted.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, Literal, TypeVar

T = TypeVar("T")
Overflow = Literal["drop_oldest", "drop_new", "block"]


class QueueClosed(Exception):
    """Nothing more will come (get) or may be put."""


class BoundedQueue(Generic[T]):
    """Single-loop queue; many producers, many consumers.

    Args:
        capacity: items, at least 1.
        overflow: what happens to `put_nowait`/`put` on a full queue.
    """

    def __init__(self, capacity: int, overflow: Overflow) -> None:
        if capacity < 1:
            raise ValueError(f"a bounded queue needs a capacity of at least 1, not {capacity}")
        self.capacity = capacity
        self.overflow = overflow
        self.dropped = 0
        self._items: deque[T] = deque()
        self._closed = False
        self._getters: deque[asyncio.Future[None]] = deque()
        self._putters: deque[asyncio.Future[None]] = deque()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def closed(self) -> bool:
        return self._closed

    def put_nowait(self, item: T) -> bool:
        """Queue the item; returns False if it was dropped. With `block`, a full queue drops nothing: use `put`."""
        if self._closed:
            raise QueueClosed
        if len(self._items) >= self.capacity:
            if self.overflow == "block":
                raise asyncio.QueueFull
            self.dropped += 1
            if self.overflow == "drop_new":
                return False
            self._items.popleft()
        self._items.append(item)
        _wake(self._getters)
        return True

    async def put(self, item: T) -> bool:
        while self.overflow == "block" and len(self._items) >= self.capacity and not self._closed:
            await self._wait(self._putters)
        return self.put_nowait(item)

    async def get(self) -> T:
        """The oldest item; raises QueueClosed once closed and empty."""
        while not self._items:
            if self._closed:
                raise QueueClosed
            await self._wait(self._getters)
        item = self._items.popleft()
        _wake(self._putters)
        return item

    def close(self) -> None:
        """No more puts; what is queued can still be got. Idempotent."""
        self._closed = True
        for waiting in (self._getters, self._putters):
            while waiting:
                _wake(waiting)

    async def _wait(self, waiting: deque[asyncio.Future[None]]) -> None:
        future = asyncio.get_running_loop().create_future()
        waiting.append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                _wake(waiting)
            elif future in waiting:
                waiting.remove(future)
            raise


def _wake(waiting: deque[asyncio.Future[None]]) -> None:
    while waiting:
        future = waiting.popleft()
        if not future.done():
            future.set_result(None)
            return
