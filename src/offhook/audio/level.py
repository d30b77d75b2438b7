"""How loud PCM16 is, making it louder, and test signals.

Levels are dBFS: decibels below a full-scale square wave (amplitude 32768), so a full-scale sine is at -3.01.
"""

from __future__ import annotations

import audioop
import math

import numpy as np
import numpy.typing as npt

FULL_SCALE = 32768.0
SILENT_DBFS = -120.0
"""What stands for "nothing at all"; the quietest PCM16 that is not silent lies far above it."""

ACTIVE_MARGIN_DB = 15.9
"""Frames quieter than the active level by more than this count as pauses (ITU-T P.56)."""


def rms_dbfs(pcm: bytes) -> float:
    """Root mean square level; SILENT_DBFS for digital silence or no audio at all."""
    return dbfs(audioop.rms(pcm, 2))


def dbfs(amplitude: float) -> float:
    """A linear amplitude (0..32768) as dBFS, never below SILENT_DBFS."""
    return 20.0 * math.log10(amplitude / FULL_SCALE) if amplitude > 0 else SILENT_DBFS


def peak(pcm: bytes) -> int:
    """The largest absolute sample, 0..32768."""
    return audioop.max(pcm, 2)


def gain(pcm: bytes, db: float) -> bytes:
    """`pcm` louder by `db` decibels (quieter below zero); samples beyond full scale clip."""
    return audioop.mul(pcm, 2, 10.0 ** (db / 20.0))


def mix(first: bytes, second: bytes) -> bytes:
    """Both at once, as long as the longer; the sum clips at full scale."""
    length = max(len(first), len(second))
    return audioop.add(first.ljust(length, b"\0"), second.ljust(length, b"\0"), 2)


def active_dbfs(pcm: bytes, frame_samples: int = 160) -> float:
    """The level of the speech alone, pauses left out: after ITU-T P.56, on frames instead of a sample-wise envelope.

    The level of those frames that lie at most ACTIVE_MARGIN_DB under that very level, found by iteration from above.
    """
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    whole = len(samples) - len(samples) % frame_samples
    if whole == 0:
        return rms_dbfs(pcm)
    power = np.sort((samples[:whole].reshape(-1, frame_samples) ** 2).mean(axis=1))[::-1]
    means = np.cumsum(power) / np.arange(1, len(power) + 1)
    inside = power >= means * 10.0 ** (-ACTIVE_MARGIN_DB / 10.0)
    count = len(power) if inside.all() else int(np.argmin(inside))
    return dbfs(math.sqrt(float(means[count - 1])))


def noise(samples: int, level_dbfs: float, rng: np.random.Generator) -> bytes:
    """White Gaussian noise at an RMS level; the same for the same generator state."""
    amplitude = FULL_SCALE * 10.0 ** (level_dbfs / 20.0)
    return to_pcm(rng.normal(0.0, amplitude, samples))


def add_noise(pcm: bytes, snr_db: float, rng: np.random.Generator) -> bytes:
    """`pcm` over white noise that lies `snr_db` under the speech's active level. Silence stays silence."""
    level = active_dbfs(pcm)
    if level <= SILENT_DBFS:
        return pcm
    return mix(pcm, noise(len(pcm) // 2, level - snr_db, rng))


def silence(ms: int, rate_hz: int) -> bytes:
    return bytes(2 * (ms * rate_hz // 1000))


def tone(frequency_hz: float, ms: int, rate_hz: int, level_dbfs: float = -20.0) -> bytes:
    """A sine with an RMS level."""
    amplitude = FULL_SCALE * math.sqrt(2.0) * 10.0 ** (level_dbfs / 20.0)
    times = np.arange(ms * rate_hz // 1000) / rate_hz
    return to_pcm(amplitude * np.sin(2.0 * np.pi * frequency_hz * times))


def to_pcm(samples: npt.NDArray[np.float64]) -> bytes:
    """Real-valued samples on the int16 scale, rounded and clipped."""
    return bytes(np.clip(np.rint(samples), -32768, 32767).astype("<i2").tobytes())
