"""Which moment of the clock a position in a call's audio belongs to.

A carrier sends 20 ms of audio every 20 ms, but the network delivers it late by a varying amount, never early. So the
piece that came with the least delay tells best when the audio was recorded: position 0 of the audio belongs to the
least "arrival minus position" of the last second. After a hole (audio that never came) all pieces come late by the
hole; one second later the line has moved with it.
"""

from __future__ import annotations

import math

MEMORY_MS = 500.0
"""Half of the "last second": two such buckets are kept."""


class Timeline:
    """Pure arithmetic on what arrived when."""

    def __init__(self, rate_hz: int) -> None:
        self._ms_per_sample = 1000.0 / rate_hz
        self._samples = 0
        self._origin_ms = math.inf
        self._former_ms = math.inf
        self._bucket_ends_ms = -math.inf

    @property
    def audio_ms(self) -> float:
        """How much audio has arrived."""
        return self._samples * self._ms_per_sample

    def arrived(self, samples: int, now_ms: float) -> None:
        self._samples += samples
        origin_ms = now_ms - self._samples * self._ms_per_sample
        if now_ms >= self._bucket_ends_ms:
            stale = now_ms >= self._bucket_ends_ms + MEMORY_MS
            self._former_ms = math.inf if stale else self._origin_ms
            self._origin_ms = origin_ms
            self._bucket_ends_ms = now_ms + MEMORY_MS
        elif origin_ms < self._origin_ms:
            self._origin_ms = origin_ms

    def clock_ms(self, audio_ms: float) -> float:
        """When the audio at that position was heard at the other end, as the clock shows it."""
        return audio_ms + min(self._origin_ms, self._former_ms)
