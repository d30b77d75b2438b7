"""Two pieces of speech put together so that they sound like one: no gap, no click, one level.

The first piece was made before (`ending`); the second comes in a stream (`Joining`). Silence is told by the level of
the speech, not by a fixed one, because voices differ by many decibels and some of them breathe. The level is compared
over the first `COMPARED_MS` of the second piece and corrected only beyond what two phrases of a voice differ by anyway.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from offhook.audio.level import SILENT_DBFS, active_dbfs, gain

QUIET_BELOW_SPEECH_DB = 32.0
"""A frame that much under the active level is a pause; the weakest consonants lie around 25 dB under it."""
COMPARED_MS = 400
SAME_LEVEL_DB = 3.0
"""Phrases of one voice differ by that much; it is left alone."""
MOST_CORRECTION_DB = 6.0
MOST_TRIMMED_MS = 600
"""Of silence before the second piece; what is quiet for longer is meant to be."""
_FRAME_MS = 5
_ROOM_MS = 10
"""Kept on either side of the speech: the onset of a consonant, the decay of a vowel."""
_FADE_MS = 4


def ending(pcm: bytes, rate_hz: int, pause_ms: int) -> bytes:
    """The first piece without the silence after it, `pause_ms` apart; it ends in silence, without a click."""
    loud = _loud_frames(pcm, rate_hz, active_dbfs(pcm))
    if not len(loud):
        return b""
    end = (int(loud[-1]) + 1) * _frame_bytes(rate_hz) + _bytes(_ROOM_MS, rate_hz)
    return _faded(pcm[:end], rate_hz, at_end=True) + bytes(_bytes(pause_ms, rate_hz))


class Joining:
    """The second piece on its way out: `feed` as it comes, `finish` at its end; `hurry` gives out what is held.

    Args:
        level_dbfs: the active level of the first piece.
    """

    def __init__(self, level_dbfs: float, rate_hz: int) -> None:
        self._level_dbfs = level_dbfs
        self._rate_hz = rate_hz
        self._held = b""
        self._began = False
        self._correction_db: float | None = None

    def feed(self, pcm: bytes) -> bytes:
        if self._correction_db is not None:
            return self._corrected(pcm)
        self._held += pcm
        self._find_onset()
        if self._began and len(self._held) >= _bytes(COMPARED_MS, self._rate_hz):
            return self.hurry()
        return b""

    def hurry(self) -> bytes:
        """What is held, compared as far as it goes; nothing while no speech has come."""
        if not self._began:
            return b""
        if self._correction_db is None:
            self._correction_db = self._found_correction_db()
        held, self._held = self._held, b""
        return self._corrected(held)

    def finish(self) -> bytes:
        return self.hurry()

    def _find_onset(self) -> None:
        if self._began:
            return
        loud = _loud_frames(self._held, self._rate_hz, self._level_dbfs)
        if len(loud):
            start = int(loud[0]) * _frame_bytes(self._rate_hz) - _bytes(_ROOM_MS, self._rate_hz)
            self._held = self._held[max(0, start) :]
        elif len(self._held) < _bytes(MOST_TRIMMED_MS, self._rate_hz):
            return
        self._began = True
        self._held = _faded(self._held, self._rate_hz, at_end=False)

    def _found_correction_db(self) -> float:
        level_dbfs = active_dbfs(self._held)
        if level_dbfs <= SILENT_DBFS or self._level_dbfs <= SILENT_DBFS:
            return 0.0
        off_db = self._level_dbfs - level_dbfs
        beyond_db = max(0.0, abs(off_db) - SAME_LEVEL_DB)
        return float(np.copysign(min(beyond_db, MOST_CORRECTION_DB), off_db))

    def _corrected(self, pcm: bytes) -> bytes:
        return gain(pcm, self._correction_db) if self._correction_db else pcm


def _loud_frames(pcm: bytes, rate_hz: int, level_dbfs: float) -> npt.NDArray[np.intp]:
    """Numbers of the frames that hold speech."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    size = _frame_bytes(rate_hz) // 2
    count = len(samples) // size
    power = (samples[: count * size].reshape(count, size) ** 2).mean(axis=1)
    least = (32768.0 * 10 ** ((level_dbfs - QUIET_BELOW_SPEECH_DB) / 20)) ** 2
    return np.flatnonzero(power > max(least, 1.0))


def _faded(pcm: bytes, rate_hz: int, *, at_end: bool) -> bytes:
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    length = min(len(samples), rate_hz * _FADE_MS // 1000)
    if not length:
        return pcm
    ramp = np.linspace(0.0, 1.0, length)
    if at_end:
        samples[-length:] *= ramp[::-1]
    else:
        samples[:length] *= ramp
    return bytes(np.rint(samples).astype("<i2").tobytes())


def _frame_bytes(rate_hz: int) -> int:
    return _bytes(_FRAME_MS, rate_hz)


def _bytes(length_ms: int, rate_hz: int) -> int:
    return length_ms * rate_hz // 1000 * 2
