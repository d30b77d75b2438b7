"""How much audio may be sent now, so that a carrier's buffer holds enough to ride out our pauses, and not more.

A carrier plays what it is sent in order and in real time. So a call's buffer needs no report to be known: it ends at
the moment `end_ms`, which every send moves on by the length of what was sent. We keep it about `ahead_ms` long: long
enough that a late tick starves nobody, short enough that little has to be thrown away on a barge-in.

Pure arithmetic on the time it is given: one ticker may serve all calls, asking each for `due_bytes`, or sleep until
the least `next_due_ms`.
"""

from __future__ import annotations

import math


class Pacer:
    """The playout buffer of one call at its carrier, as arithmetic. Times are `Clock.mono_ms`."""

    def __init__(self, bytes_per_ms: int, ahead_ms: int = 400) -> None:
        """`bytes_per_ms` of the carrier's encoding: 8 for 8 kHz µ-law. Raises ValueError unless both are positive."""
        if bytes_per_ms <= 0 or ahead_ms <= 0:
            raise ValueError(f"bytes_per_ms and ahead_ms are positive; got {bytes_per_ms} and {ahead_ms}")
        self.bytes_per_ms = bytes_per_ms
        self.ahead_ms = ahead_ms
        self._end_ms = -math.inf

    def due_bytes(self, now_ms: float) -> int:
        """How much may be sent now: whole milliseconds, 0 when the buffer is full."""
        return max(0, int(self.ahead_ms - self.buffered_ms(now_ms))) * self.bytes_per_ms

    def next_due_ms(self, now_ms: float, at_least_bytes: int) -> float:
        """When so much may be sent (now, if it may already). More than `ahead_ms` waits for an empty buffer."""
        wanted_ms = min(math.ceil(at_least_bytes / self.bytes_per_ms), self.ahead_ms)
        return max(now_ms, self._end_ms - self.ahead_ms + wanted_ms)

    def sent(self, sent_bytes: int, now_ms: float) -> None:
        self._end_ms = max(self._end_ms, now_ms) + sent_bytes / self.bytes_per_ms

    def cleared(self, now_ms: float) -> None:
        """The carrier dropped what it had not played yet."""
        self._end_ms = min(self._end_ms, now_ms)

    def buffered_ms(self, now_ms: float) -> float:
        """How much is sent and not yet played."""
        return max(0.0, self._end_ms - now_ms)

    def played_out_at_ms(self) -> float:
        """When all that was sent will have been (or was) played; -inf before anything was sent."""
        return self._end_ms
