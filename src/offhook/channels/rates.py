"""A limit per client address: a token bucket in memory, for routes that anybody may call."""

from __future__ import annotations

from collections import OrderedDict

from offhook.contracts.clock import Clock

MOST_ADDRESSES = 10_000


class RateLimit:
    """A bucket per address. The addresses quiet for longest are forgotten first, when there are too many.

    Args:
        per_minute: sustained rate; as many may come at once after a pause.
    """

    def __init__(self, clock: Clock, per_minute: int) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allow(self, address: str) -> bool:
        now_ms = self._clock.mono_ms()
        tokens, since_ms = self._buckets.pop(address, (float(self._per_minute), now_ms))
        tokens = min(self._per_minute, tokens + (now_ms - since_ms) / 60_000 * self._per_minute)
        allowed = tokens >= 1
        self._buckets[address] = (tokens - 1 if allowed else tokens, now_ms)
        while len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return allowed
