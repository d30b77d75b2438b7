"""A voice detector without a model file: WebRTC's (Gaussian mixtures over six bands), one state per line.

For machines where the silero file is missing. It takes coughs, music and bursts of noise for speech more readily; the
detector's own demand for loudness over the line's noise keeps steady noise out all the same.
"""

from __future__ import annotations

import numpy as np
import webrtcvad

from offhook.audio.vad.model import Floats, Rows

RATES_HZ = (8000, 16000, 32000, 48000)
FRAMES = 3
"""Votes of 10 ms in a window of 32 ms; the 2 ms left over have none."""
MOST = np.float32(0.5)
"""The probability of a window with all votes: it takes two to start."""
AGGRESSIVENESS = 3
"""0..3: how much it takes to call a frame speech."""


class EnergyModel:
    """The same port as the silero model."""

    name = "energy"
    deaf_ms = 512.0

    def bank(self, rate_hz: int) -> EnergyBank:
        if rate_hz not in RATES_HZ:
            raise ValueError(f"the energy detector listens at {RATES_HZ} Hz, not {rate_hz}; resample first")
        return EnergyBank(rate_hz)


class EnergyBank:
    def __init__(self, rate_hz: int) -> None:
        self.window_samples = rate_hz * 32 // 1000
        self._rate_hz = rate_hz
        self._frame_bytes = rate_hz // 100 * 2
        self._lines: dict[int, webrtcvad.Vad] = {}

    def reset(self, row: int) -> None:
        self._lines[row] = webrtcvad.Vad(AGGRESSIVENESS)

    def run(self, rows: Rows, windows: Floats) -> Floats:
        """The share of votes for speech, times MOST."""
        if windows.shape != (len(rows), self.window_samples):
            raise ValueError(f"windows have exactly {self.window_samples} samples; got {windows.shape}")
        size = self._frame_bytes
        votes = np.zeros(len(rows), np.float32)
        for index, row in enumerate(rows.tolist()):
            pcm = windows[index].astype("<i2").tobytes()
            line = self._lines[row]
            votes[index] = sum(line.is_speech(pcm[i * size : (i + 1) * size], self._rate_hz) for i in range(FRAMES))
        return votes * (MOST / np.float32(FRAMES))
