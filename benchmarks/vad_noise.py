"""Lines on which nobody speaks, for the voice detector's benchmark: 60 s each, PCM16 at 8 kHz."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from offhook.audio.level import to_pcm

RATE_HZ = 8000
SAMPLES = 60 * RATE_HZ
Signal = npt.NDArray[np.float64]


def white(rng: np.random.Generator, samples: int, level_dbfs: float) -> Signal:
    return rng.normal(0.0, 32768 * 10 ** (level_dbfs / 20), samples)


def pink(rng: np.random.Generator, samples: int, level_dbfs: float) -> Signal:
    spectrum = np.fft.rfft(rng.normal(size=samples))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    signal: Signal = np.fft.irfft(spectrum, samples)
    return signal / np.std(signal) * 32768 * 10 ** (level_dbfs / 20)


def cough(rng: np.random.Generator) -> Signal:
    """An explosive burst, a noisy phase, a gap, a second burst; shaped by two resonances of a throat."""
    pieces = []
    for ms, level_dbfs in ((60, -15.0), (140, -22.0), (30, -60.0), (180, -20.0)):
        samples = ms * RATE_HZ // 1000
        signal = white(rng, samples, level_dbfs) * np.exp(-2.5 * np.arange(samples) / samples)
        frequency = np.fft.rfftfreq(samples, 1 / RATE_HZ)
        shape = 1 / (1 + ((frequency - 700) / 600) ** 2) + 0.25 / (1 + ((frequency - 2000) / 800) ** 2)
        shaped = np.fft.irfft(np.fft.rfft(signal) * shape, samples)
        pieces.append(shaped / np.std(shaped) * np.std(signal))
    return np.concatenate(pieces)


def click(rng: np.random.Generator) -> Signal:
    samples = int(rng.integers(8, 80))
    return white(rng, samples, -8.0) * np.exp(-4.0 * np.arange(samples) / samples)


def tones(frequencies_hz: tuple[int, ...], ms: int, amplitude: float) -> Signal:
    times = np.arange(ms * RATE_HZ // 1000) / RATE_HZ
    return amplitude * np.sum([np.sin(2 * np.pi * f * times) for f in frequencies_hz], axis=0)


def strewn(rng: np.random.Generator, event: Callable[[], Signal], every_s: float) -> Signal:
    """Events at irregular distances on a line with faint noise."""
    line = white(rng, SAMPLES, -47.0)
    at = RATE_HZ
    while at < SAMPLES - 3 * RATE_HZ:
        sound = event()
        line[at : at + len(sound)] += sound
        at += int(every_s * RATE_HZ * rng.uniform(0.7, 1.3))
    return line


def lines(rng: np.random.Generator) -> Iterator[tuple[str, bytes]]:
    """Name and audio of each."""
    times = np.arange(SAMPLES) / RATE_HZ
    for level_dbfs in (-47.0, -37.0, -27.0):
        yield f"white {level_dbfs:.0f} dBFS", to_pcm(white(rng, SAMPLES, level_dbfs))
    yield "pink -35 dBFS", to_pcm(pink(rng, SAMPLES, -35.0))
    yield "hum 50 Hz", to_pcm(3000 * np.sin(2 * np.pi * 50 * times) + white(rng, SAMPLES, -50.0))
    yield "noise that swells every 3 s", to_pcm(white(rng, SAMPLES, -45.0) * (1 + 4 * (np.sin(2.1 * times) > 0.6)))
    yield "noise beating at 4 Hz", to_pcm(white(rng, SAMPLES, -35.0) * (1 + 0.8 * np.sin(2 * np.pi * 4 * times)))
    yield "clicks", to_pcm(strewn(rng, lambda: click(rng), 1.0))
    yield "coughs", to_pcm(strewn(rng, lambda: cough(rng), 2.0))
    yield "touch tones", to_pcm(strewn(rng, lambda: tones((770, 1336), 200, 4000.0), 1.5))
    yield "ringing", to_pcm(strewn(rng, lambda: tones((440, 480), 2000, 3000.0), 5.0))
