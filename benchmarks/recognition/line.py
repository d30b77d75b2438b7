"""The telephone line between a test voice and the recogniser: band, level, noise, mu-law. And a cache of speech."""

from __future__ import annotations

import audioop
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

RATE_HZ = 8000
BROWSER_RATE_HZ = 16_000
PAD_MS = 300
"""Line noise before and after the speech: what a voice detector's pre-roll and hang-over leave around an utterance."""


@dataclass(frozen=True, slots=True)
class Voice:
    name: str
    rate_wpm: int = 165
    pitch: int = 50


DEV_VOICES = (
    Voice("en-us", 160),
    Voice("en-us+m3", 170),
    Voice("en", 150),
    Voice("en+f4", 165),
    Voice("en-029", 155),
    Voice("en-us+f2", 175),
)
HELD_OUT_VOICES = (Voice("en-us+f3", 165), Voice("en-gb-x-rp", 160), Voice("en-gb-scotland", 155))
"""Never used to choose a parameter, a template or a pronunciation."""


def cache_folder() -> Path:
    folder = Path(tempfile.gettempdir()) / "offhook-recognition-audio"
    folder.mkdir(exist_ok=True)
    return folder


def _path(voice: Voice, text: str) -> Path:
    key = hashlib.sha256(f"{voice.name}|{voice.rate_wpm}|{voice.pitch}|{text}".encode()).hexdigest()[:24]
    return cache_folder() / f"{key}.wav"


def ensure_spoken(wanted: Sequence[tuple[Voice, str]]) -> None:
    """Synthesise what is not cached yet, in one child process."""
    jobs = [
        json.dumps({"voice": v.name, "rate_wpm": v.rate_wpm, "pitch": v.pitch, "text": t, "path": str(_path(v, t))})
        for v, t in wanted
        if not _path(v, t).exists()
    ]
    if jobs:
        script = Path(__file__).with_name("synthesize.py")
        subprocess.run([sys.executable, str(script)], input="\n".join(jobs) + "\n", text=True, check=True)  # noqa: S603


def spoken(voice: Voice, text: str, snr_db: float, seed: int) -> bytes:
    """PCM16 at 8 kHz of the sentence after the line: 300-3400 Hz-ish band, -22 dBFS speech, white noise, mu-law."""
    with wave.open(str(_path(voice, text)), "rb") as source:
        rate_hz = source.getframerate()
        wide = np.frombuffer(source.readframes(source.getnframes()), dtype=np.int16).astype(np.float32) / 32768.0
    speech = soxr.resample(wide, rate_hz, RATE_HZ)
    loud = speech[np.abs(speech) > 0.01]
    speech_rms = float(np.sqrt(np.mean(loud**2))) if loud.size else 0.05
    speech = speech * (0.08 / speech_rms)
    pad = np.zeros(RATE_HZ * PAD_MS // 1000, dtype=np.float32)
    line = np.concatenate([pad, speech, pad])
    noise = np.random.default_rng(seed).standard_normal(line.size).astype(np.float32)
    line = line + noise * (0.08 / 10 ** (snr_db / 20))
    pcm = (np.clip(line, -1, 1) * 32767).astype(np.int16).tobytes()
    return audioop.ulaw2lin(audioop.lin2ulaw(pcm, 2), 2)


def in_a_browser(voice: Voice, text: str, snr_db: float, seed: int) -> bytes:
    """The same sentence as a browser sends it, 16 kHz and PCM16, as it reaches the recogniser: at its own 8 kHz. The
    noise is as dense as on the line, over twice its band."""
    with wave.open(str(_path(voice, text)), "rb") as source:
        rate_hz = source.getframerate()
        wide = np.frombuffer(source.readframes(source.getnframes()), dtype=np.int16).astype(np.float32) / 32768.0
    speech = soxr.resample(wide, rate_hz, BROWSER_RATE_HZ)
    loud = speech[np.abs(speech) > 0.01]
    speech = speech * (0.08 / (float(np.sqrt(np.mean(loud**2))) if loud.size else 0.05))
    pad = np.zeros(BROWSER_RATE_HZ * PAD_MS // 1000, dtype=np.float32)
    heard = np.concatenate([pad, speech, pad])
    noise = np.random.default_rng(seed).standard_normal(heard.size).astype(np.float32)
    heard = heard + noise * (0.08 * 2**0.5 / 10 ** (snr_db / 20))
    pcm = (np.clip(heard, -1, 1) * 32767).astype(np.int16)
    stream = soxr.ResampleStream(BROWSER_RATE_HZ, RATE_HZ, 1, dtype="int16", quality="LQ")
    size = BROWSER_RATE_HZ * 60 // 1000
    return b"".join(stream.resample_chunk(pcm[at : at + size]).tobytes() for at in range(0, pcm.size, size))


def through_the_line(speech: NDArray[np.float32], rate_hz: int, dice: random.Random) -> bytes:
    """PCM16 at 8 kHz after some line or other: its band's edges, tilt, level and noise (8-35 dB below) are drawn."""
    narrow = soxr.resample(speech, rate_hz, RATE_HZ)
    spectrum = np.fft.rfft(narrow)
    hz = np.fft.rfftfreq(narrow.size, 1 / RATE_HZ)
    low_hz, high_hz = dice.choice([0.0, dice.uniform(80, 300)]), dice.uniform(3200, 4000)
    shape = 1 / (1 + (low_hz / np.maximum(hz, 1.0)) ** 4) / (1 + (hz / high_hz) ** 24)
    tilt_db = dice.uniform(-4, 4) * np.log2(np.maximum(hz, 125.0) / 1000.0)
    narrow = np.fft.irfft(spectrum * shape * 10 ** (tilt_db / 20), narrow.size)
    loud = narrow[np.abs(narrow) > 0.1 * np.abs(narrow).max()]
    speech_rms = float(np.sqrt(np.mean(loud**2))) if loud.size else 0.05
    level = 10 ** (dice.uniform(-30, -16) / 20)
    narrow = narrow * (level / max(speech_rms, 1e-4))
    noise = np.random.default_rng(dice.randrange(2**32)).standard_normal(narrow.size)
    if dice.random() < 0.4:  # a room or a road rumbles
        noise = np.convolve(noise, [0.5, 0.3, 0.2], mode="same") * 1.6
    pcm = (np.clip(narrow + noise * level / 10 ** (dice.uniform(8, 35) / 20), -1, 1) * 32767).astype(np.int16).tobytes()
    return audioop.ulaw2lin(audioop.lin2ulaw(pcm, 2), 2)
