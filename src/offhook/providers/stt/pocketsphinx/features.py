"""Mel spectra of 8 kHz telephone audio, for `hearing`.

The decoder's own front end wants 16 kHz audio and knows nothing of telephone lines: above 4 kHz it measures what a line
never carried. Here the spectrum is taken at 8 kHz with the bins, filters and pre-emphasis that the front end would use
at 16 kHz, for the filters that a line fills.
Formulas after sphinxbase `fe_sigproc.c` and `fe_noise.c` (BSD): Hamming window of 25.6 ms every 10 ms, pre-emphasis
0.97 at 16 kHz, 25 unit-area triangular mel filters from 130 to 6800 Hz of which 20 lie in the band, natural logarithm.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

RATE_HZ = 8000
FRAME_MS = 10
FILTERS = 25
LINE_FILTERS = 20
"""Filters that lie below 4 kHz, the band of a telephone line."""
_SHIFT = RATE_HZ * FRAME_MS // 1000
_WINDOW = 205
_FFT = 256
_MODEL_RATE_HZ = 16_000
_BIN_HZ = RATE_HZ / _FFT
_LOW_HZ, _HIGH_HZ = 130.0, 6800.0
_LOG_FLOOR = 1e-4


@cache
def _hamming() -> Array:
    window: Array = (0.54 - 0.46 * np.cos(2 * np.pi * np.arange(_WINDOW) / (_WINDOW - 1))).astype(np.float32)
    return window


@cache
def _line_filters() -> Array:
    """(129, 20): weight of each FFT bin in each filter; the model's pre-emphasis and scale are part of it."""

    def mel(hz: float) -> float:
        return float(2595.0 * np.log10(1.0 + hz / 700.0))

    points = np.linspace(mel(_LOW_HZ), mel(_HIGH_HZ), FILTERS + 2)
    edges = np.floor(700.0 * (10.0 ** (points / 2595.0) - 1.0) / _BIN_HZ + 0.5) * _BIN_HZ
    hz = np.arange(_FFT // 2 + 1) * _BIN_HZ
    weights = np.zeros((hz.size, LINE_FILTERS))
    for n in range(LINE_FILTERS):
        low, mid, high = edges[n : n + 3]
        slopes = np.minimum((hz - low) / (mid - low), (high - hz) / (high - mid))
        weights[:, n] = np.maximum(slopes, 0.0) * 2.0 / (high - low)
    emphasis = np.abs(1.0 - 0.97 * np.exp(-2j * np.pi * hz / _MODEL_RATE_HZ)) ** 2
    twice_the_samples = 4.0
    filters: Array = (weights * emphasis[:, None] * twice_the_samples).astype(np.float32)
    return filters


class LineSpectra:
    """Audio in, log mel spectra out, in pieces of any length: (frames, 20) per call, steady noise taken away."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, dtype=np.float32)
        self._noise = NoiseRemoval(LINE_FILTERS)

    def push(self, pcm: bytes) -> Array:
        """PCM16 at 8 kHz, even length. The end of the audio that fills no whole window waits for more."""
        samples = np.concatenate([self._rest, np.frombuffer(pcm, dtype=np.int16).astype(np.float32)])
        if samples.size < _WINDOW:
            self._rest = samples
            return np.zeros((0, LINE_FILTERS), dtype=np.float32)
        frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_SHIFT]
        self._rest = samples[len(frames) * _SHIFT :].copy()
        spectrum = np.fft.rfft(frames * _hamming(), _FFT)
        power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
        cleaned = self._noise.clean(power @ _line_filters())
        log_mel: Array = np.log(cleaned + np.float32(_LOG_FLOOR))
        return log_mel


class NoiseRemoval:
    """Spectral subtraction with a tracked noise floor, frame by frame (`fe_noise.c`, its constants)."""

    def __init__(self, filters: int) -> None:
        self._started = False
        self._power = self._noise = self._floor = self._peak = np.zeros(filters, dtype=np.float32)
        channels = np.arange(filters)
        self._low = np.maximum(channels - 4, 0)
        self._high = np.minimum(channels + 4, filters - 1) + 1
        self._width = (self._high - self._low).astype(np.float32)
        self._sums = np.zeros(filters + 1, dtype=np.float32)

    def clean(self, mel: Array) -> Array:
        """(frames, filters) -> the same, quieter where there is only noise. Keeps its state between calls."""
        cleaned = np.empty_like(mel)
        for n, frame in enumerate(mel):
            cleaned[n] = frame * self._gain(frame)
        return cleaned

    def _gain(self, frame: Array) -> Array:
        if not self._started:
            self._started = True
            self._power = frame.copy()
            self._noise = self._floor = frame / np.float32(20.0)
        power = self._power = np.float32(0.7) * self._power + np.float32(0.3) * frame
        self._noise = _envelope(power, self._noise)
        signal = np.maximum(power - self._noise, np.float32(1.0))
        self._floor = _envelope(signal, self._floor)
        fading = self._peak * np.float32(0.85)
        masked = np.where(signal < np.float32(0.85) * fading, fading * np.float32(0.2), signal)
        self._peak = np.maximum(signal, fading)
        gain = np.clip(np.maximum(masked, self._floor) / power, np.float32(0.05), np.float32(20.0))
        np.cumsum(gain, out=self._sums[1:])
        smoothed: Array = (self._sums[self._high] - self._sums[self._low]) / self._width
        return smoothed


def _envelope(values: Array, floor: Array) -> Array:
    follow = np.where(values >= floor, np.float32(0.005), np.float32(0.5))
    moved: Array = floor + follow * (values - floor)
    return moved
