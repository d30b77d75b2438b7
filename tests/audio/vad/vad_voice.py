"""A voice made by formula, so that tests need no recording: a buzz through the resonances of two vowels."""

from __future__ import annotations

import numpy as np

from offhook.audio.level import to_pcm

FORMANTS_HZ = ((700, 1200, 2600), (350, 2100, 2900))


def vowels(ms: int, rate_hz: int, pitch_hz: float = 120.0, level: float = 3000.0) -> bytes:
    """PCM16. Syllables of 160 ms, alternating between two vowels, pitch wavering by 5 %."""
    samples = ms * rate_hz // 1000
    times = np.arange(samples) / rate_hz
    phase = 2 * np.pi * np.cumsum(pitch_hz * (1 + 0.05 * np.sin(2 * np.pi * 3 * times))) / rate_hz
    vowel = (times // 0.16).astype(int) % 2
    signal = np.zeros(samples)
    for harmonic in range(1, int(3400 // (pitch_hz * 1.06))):
        frequency = harmonic * pitch_hz
        strengths = [
            sum(1 / (1 + ((frequency - f) / 90) ** 2) for f in formants) / harmonic**0.3 for formants in FORMANTS_HZ
        ]
        signal += np.where(vowel == 0, strengths[0], strengths[1]) * np.sin(harmonic * phase)
    envelope = 0.25 + 0.75 * np.abs(np.sin(np.pi * times / 0.16))
    return to_pcm(level * signal * envelope)
