"""How long the event loop was held: a timer that is due every few milliseconds, and how late it comes.

While a callback runs, no other call is served: what a person hears of a busy server is exactly this lateness. A hold
that begins between two ticks is seen less up to `EVERY_MS` of it. The process being kept from its core counts as well,
since callers cannot tell the difference.

Cost: 200 ticks a second of some 10 µs, a fifth of a percent of a core.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from offhook.contracts.clock import Clock

EVERY_MS = 5.0


@dataclass(frozen=True, slots=True)
class LoopLag:
    """Of one stretch of time."""

    wait_ms: float
    """What an event that comes at a random moment waits for the loop, on average."""
    worst_ms: float
    """The longest hold."""


class LagMeter:
    """Adds holds up to what they mean for an event at a random moment. Sans-IO."""

    def __init__(self) -> None:
        self._squares = 0.0
        self._worst_ms = 0.0

    def held(self, hold_ms: float) -> None:
        self._squares += hold_ms * hold_ms
        self._worst_ms = max(self._worst_ms, hold_ms)

    def take(self, elapsed_ms: float) -> LoopLag:
        """The lag of the last `elapsed_ms`; the next stretch begins."""
        # A hold of h is met with probability h / elapsed and then lasts another h / 2 on average.
        lag = LoopLag(self._squares / 2 / elapsed_ms if elapsed_ms > 0 else 0.0, self._worst_ms)
        self._squares = self._worst_ms = 0.0
        return lag


class LoopWatch:
    """Watches the loop on which it runs.

    Args:
        on_hold_s: told of every tick how late it came, in seconds (0 for one in time); a histogram's `observe`.
    """

    def __init__(self, clock: Clock, on_hold_s: Callable[[float], None], *, every_ms: float = EVERY_MS) -> None:
        self.meter = LagMeter()
        self._clock = clock
        self._on_hold_s = on_hold_s
        self._every_ms = every_ms
        self._due_ms = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Watch until cancelled."""
        self._arm()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            if self._timer is not None:
                self._timer.cancel()

    def _arm(self) -> None:
        self._due_ms = self._clock.mono_ms() + self._every_ms
        self._timer = asyncio.get_running_loop().call_later(self._every_ms / 1000, self._tick)

    def _tick(self) -> None:
        hold_ms = max(0.0, self._clock.mono_ms() - self._due_ms)
        self.meter.held(hold_ms)
        self._on_hold_s(hold_ms / 1000)
        self._arm()
