"""From espeak's samples to a telephone's: rate, level, and no silence before the first word.

Level: espeak's voices differ by 10 dB. Each gets a fixed gain, measured once on a reference sentence, that brings its
active speech to TARGET_DBFS; above the knee a tanh bends the peaks, which therefore never reach full scale.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import soxr

TARGET_DBFS = -18.0
_MOST_GAIN, _LEAST_GAIN = 4.0, 0.25
_KNEE = 0.6
"""Fraction of full scale from which peaks are bent."""
_CEILING = 0.97
_QUIET = 48
"""Samples below this (-57 dBFS) count as silence."""
_BEFORE_ONSET_MS = 5
_AFTER_END_MS = 20
_ACTIVE_WINDOW_MS = 20
_ACTIVE_BELOW_PEAK_DB = 25.0

Samples = npt.NDArray[np.int16]


def active_rms(samples: Samples, rate_hz: int) -> float:
    """RMS, as a fraction of full scale, over the windows within 25 dB of the loudest one; 0.0 for silence."""
    window = rate_hz * _ACTIVE_WINDOW_MS // 1000
    count = len(samples) // window
    if count == 0:
        return 0.0
    scaled = samples[: count * window].astype(np.float64).reshape(count, window) / 32768.0
    powers = np.mean(scaled * scaled, axis=1)
    loudest = float(powers.max())
    if loudest <= 0.0:
        return 0.0
    return float(np.sqrt(powers[powers > loudest * 10 ** (-_ACTIVE_BELOW_PEAK_DB / 10)].mean()))


def gain_for(rms: float) -> float:
    """What brings speech of this level to TARGET_DBFS."""
    if rms <= 0.0:
        return 1.0
    return min(_MOST_GAIN, max(_LEAST_GAIN, 10 ** (TARGET_DBFS / 20) / rms))


def soft_limit(scaled: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Samples as fractions of full scale, any size, to within ±_CEILING; unchanged below the knee."""
    magnitude = np.abs(scaled)
    over = magnitude > _KNEE
    if not over.any():
        return scaled
    room = np.float32(_CEILING - _KNEE)
    bent = _KNEE + room * np.tanh((magnitude[over] - _KNEE) / room)
    limited = scaled.copy()
    limited[over] = np.copysign(bent, scaled[over]).astype(np.float32)
    return limited


class SpeechShaper:
    """One piece of speech on its way out. `feed` and `finish` give PCM16 at `rate_hz`; after `finish` it is used up.

    Silence before the first sound is dropped; silence at the end is replaced by `gap_ms`. Pure silence gives nothing.
    """

    def __init__(self, *, source_rate_hz: int, rate_hz: int, gain: float, gap_ms: int) -> None:
        # float32: on its way to int16 soxr would add dither
        self._resampler = soxr.ResampleStream(source_rate_hz, rate_hz, 1, dtype="float32", quality="HQ")
        self._gain = np.float32(gain / 32768.0)
        self._before = rate_hz * _BEFORE_ONSET_MS // 1000
        self._after = rate_hz * _AFTER_END_MS // 1000
        self._gap = rate_hz * gap_ms // 1000
        self._started = False
        self._held: Samples = np.zeros(0, dtype=np.int16)
        """Quiet samples whose fate depends on what follows."""

    def feed(self, pcm: bytes) -> bytes:
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32)
        return self._trim(self._resampler.resample_chunk(samples)).tobytes()

    def finish(self) -> bytes:
        last = self._trim(self._resampler.resample_chunk(np.zeros(0, dtype=np.float32), last=True))
        if not self._started:
            return b""
        decay = self._held[: min(self._after, self._gap)]
        silence = np.zeros(self._gap - len(decay), dtype=np.int16)
        return np.concatenate((last, decay, silence)).tobytes()

    def _trim(self, resampled: npt.NDArray[np.float32]) -> Samples:
        limited = soft_limit(resampled * self._gain)
        samples = np.concatenate((self._held, np.rint(limited * 32767.0).astype(np.int16)))
        loud = np.flatnonzero(np.abs(samples) >= _QUIET)
        if not len(loud):
            self._held = samples if self._started else samples[-self._before :]
            return samples[:0]
        first = 0 if self._started else max(0, int(loud[0]) - self._before)
        end = int(loud[-1]) + 1
        self._started = True
        self._held = samples[end:]
        return samples[first:end]
