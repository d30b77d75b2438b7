"""When a delivery that failed for now is tried again: later and later, spread out, and not for ever."""

from __future__ import annotations

import random

from offhook.contracts.jobs import MOST_ATTEMPTS

FIRST_S = 10.0
FACTOR = 3.0
LONGEST_S = 3600.0
JITTER = 0.25


def delay_s(
    attempt: int, dice: random.Random, asked_s: float | None = None, *, most: int = MOST_ATTEMPTS
) -> float | None:
    """Seconds until the next attempt after the `attempt`-th (from 1) failed; None after the `most`-th.

    `asked_s` is what the other side asked for: never sooner than that, unless it asks for more than the longest wait.
    """
    if attempt >= most:
        return None
    wait = min(LONGEST_S, FIRST_S * FACTOR ** (attempt - 1)) * (1 + JITTER * dice.random())
    return max(wait, min(asked_s, LONGEST_S)) if asked_s is not None else wait
