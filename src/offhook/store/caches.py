"""What a process keeps of the book between transactions. A cache says nothing about truth: whoever uses one holds what
it gives against a version that it reads in its own transaction.

Used from the threads of database connections, so each holds a lock for the moment of a look.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from offhook.contracts.clock import Clock

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

SWEEP_S = 120.0
"""How often what nobody asks for any more is thrown away."""


class Cache(Generic[K, V]):
    """The most lately used entries, each for `ttl_ms`; those that can be confirmed stay for `stay_ms` since they were
    confirmed last. Times are the caller's, in milliseconds."""

    def __init__(
        self, size: int, ttl_ms: float, on_result: Callable[[str], None], stay_ms: float | None = None
    ) -> None:
        self._size = size
        self._ttl_ms = ttl_ms
        self._stay_ms = ttl_ms if stay_ms is None else stay_ms
        self._on_result = on_result
        self._kept: OrderedDict[K, tuple[float, V]] = OrderedDict()
        """Key -> (when it was put or confirmed, the value)."""
        self._lock = threading.Lock()

    def get(self, key: K, now_ms: float, still: Callable[[V], bool] | None = None) -> V | None:
        """`still` confirms a value that is older than `ttl_ms`; it may ask the database, no lock is held then."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found[0] + (self._ttl_ms if still is None else self._stay_ms) <= now_ms:
                del self._kept[key]
                found = None
            if found is not None:
                self._kept.move_to_end(key)
        if found is not None and found[0] + self._ttl_ms <= now_ms:
            found = self._confirmed(key, found, now_ms, still)
        self._on_result("miss" if found is None else "hit")
        return None if found is None else found[1]

    def _confirmed(
        self, key: K, found: tuple[float, V], now_ms: float, still: Callable[[V], bool] | None
    ) -> tuple[float, V] | None:
        """Renewed only where it is what is kept: meanwhile it may have been dropped, or a newer one put."""
        true = still is not None and still(found[1])
        with self._lock:
            if self._kept.get(key) is found:
                if true:
                    self._kept[key] = (now_ms, found[1])
                else:
                    del self._kept[key]
        return found if true else None

    def put(self, key: K, value: V, now_ms: float) -> None:
        with self._lock:
            self._kept[key] = (now_ms, value)
            self._kept.move_to_end(key)
            if len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def drop(self, key: K) -> None:
        with self._lock:
            self._kept.pop(key, None)

    def sweep(self, now_ms: float) -> int:
        """Throw away what is over; returns how many."""
        with self._lock:
            over = [key for key, (at_ms, _) in self._kept.items() if at_ms + self._stay_ms <= now_ms]
            for key in over:
                del self._kept[key]
        return len(over)

    def __len__(self) -> int:
        return len(self._kept)


class Caches:
    """The caches of one process, by name; one is made when it is first asked for."""

    def __init__(self, on_result: Callable[[str, str], None] = lambda cache, result: None) -> None:
        self._on_result = on_result
        self._caches: dict[str, Cache[Any, Any]] = {}
        self._kept: dict[str, Any] = {}
        self._lock = threading.Lock()

    def of(self, name: str, size: int, ttl_ms: float, stay_ms: float | None = None) -> Cache[Any, Any]:
        with self._lock:
            if name not in self._caches:
                self._caches[name] = Cache(size, ttl_ms, lambda result: self._on_result(name, result), stay_ms)
            return self._caches[name]

    def count(self, name: str, *, hit: bool) -> None:
        """A request to what is kept elsewhere, for the metrics."""
        self._on_result(name, "hit" if hit else "miss")

    def keep(self, name: str, make: Callable[[], V]) -> V:
        """An object of that name, made once."""
        with self._lock:
            if name not in self._kept:
                self._kept[name] = make()
            kept: V = self._kept[name]
            return kept

    def sweep(self, now_ms: float) -> int:
        with self._lock:
            caches = list(self._caches.values())
        return sum(cache.sweep(now_ms) for cache in caches)

    async def run(self, clock: Clock) -> None:
        """Sweep for ever."""
        while True:
            await asyncio.sleep(SWEEP_S)
            self.sweep(clock.now().timestamp() * 1000.0)
