"""How much audio a peer may send: real time, plus a burst.

After a stall a network delivers what it held back at once, so a burst of some seconds is normal; a peer that goes on
faster than real time is not a telephone. What is over the allowance is dropped, so that one peer can never make a call
hold, decode or recognise more than a call's worth of audio. Sans-IO: time comes in as milliseconds.
"""

from __future__ import annotations

import math
from typing import Literal

Verdict = Literal["take", "drop", "close"]


class Inflow:
    """One call's allowance.

    Args:
        burst_ms: audio accepted beyond real time.
        close_after_ms: audio dropped, in all, after which the peer is not worth serving.
    """

    def __init__(self, *, burst_ms: float = 5_000, close_after_ms: float = 60_000) -> None:
        self.dropped_ms = 0.0
        self._burst_ms = burst_ms
        self._close_after_ms = close_after_ms
        self._credit_ms = burst_ms
        self._at_ms = math.inf

    def receive(self, audio_ms: float, now_ms: float) -> Verdict:
        if now_ms > self._at_ms:
            # Five in a thousand faster than our clock is a normal clock at the other end.
            credit_ms = self._credit_ms + (now_ms - self._at_ms) * 1.005
            self._credit_ms = credit_ms if credit_ms < self._burst_ms else self._burst_ms
        self._at_ms = now_ms
        if audio_ms <= self._credit_ms:
            self._credit_ms -= audio_ms
            return "take"
        self.dropped_ms += audio_ms
        return "close" if self.dropped_ms > self._close_after_ms else "drop"
