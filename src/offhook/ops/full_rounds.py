"""When the garbage collector looks at everything that lives: rarely, and where nobody hears it.

Such a round holds the event loop for some 30 ms at 200 calls, and Python by itself makes one every half minute or so,
whenever enough has outlived the short rounds. What it finds are mostly the circles of calls that have ended; all else
goes when its last reference goes, or in the short rounds, which stay as they are. So the long ones are made here: every
minute while there are few calls, and under load when enough calls have ended to be worth it, or after a long time.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from dataclasses import dataclass

from offhook.contracts.clock import Clock

EVERY_S = 1.0
_NEVER = 1_000_000
"""Short rounds between two long ones of Python's own accord."""


@dataclass(frozen=True, slots=True)
class RoundPolicy:
    few_calls: int = 8
    few_calls_ms: float = 60_000.0
    """Between two rounds with no more calls than these."""
    ended_calls: int = 400
    """What an ended call leaves behind is about 0.1 MB."""
    at_most_ms: float = 600_000.0


class FullRounds:
    """The rule, sans-IO. `now_ms` never goes back; `ended` counts the calls that were ever ended."""

    def __init__(self, now_ms: float, policy: RoundPolicy | None = None) -> None:
        self._policy = policy or RoundPolicy()
        self._last_ms = now_ms
        self._ended = 0

    def due(self, live: int, ended: int, now_ms: float) -> bool:
        """Whether to make a round now; it is taken to be made then."""
        policy, since_ms = self._policy, now_ms - self._last_ms
        if live <= policy.few_calls:
            due = since_ms >= policy.few_calls_ms
        else:
            due = ended - self._ended >= policy.ended_calls or since_ms >= policy.at_most_ms
        if due:
            self._last_ms, self._ended = now_ms, ended
        return due


async def collect_at_rest(clock: Clock, calls: Callable[[], tuple[int, int]]) -> None:
    """Make the full rounds of this process, in Python's place. `calls`: (live, ever ended). Ends by cancellation."""
    before = gc.get_threshold()
    gc.set_threshold(before[0], before[1], _NEVER)
    rounds = FullRounds(clock.mono_ms())
    try:
        while True:
            await asyncio.sleep(EVERY_S)
            if rounds.due(*calls(), clock.mono_ms()):
                gc.collect()
    finally:
        gc.set_threshold(*before)
