"""The caller's voice and the line's hiss: speech at a telephone's level over continuous, seeded noise."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import numpy as np

from offhook.audio.level import SILENT_DBFS, active_dbfs, gain, noise
from offhook.audio.resample import resample
from offhook.audio.wav import WavError, read_mono
from offhook.callers.line import RATE_HZ
from offhook.callers.script import Script, ScriptError
from offhook.contracts.speech import Tts, Voice

Speaker = Callable[[str, str], Awaitable[bytes]]
"""(text, voice name) -> PCM16 mono 8 kHz."""

SPEECH_DBFS = -20.0
DEFAULT_VOICE = "en-us+f3"
_NOISE_S = 7
"""Longer than any utterance is likely to be in step with, short enough to make at once."""


class TtsSpeaker:
    """Any speech synthesis as a caller's voice."""

    def __init__(self, tts: Tts) -> None:
        self._tts = tts

    async def __call__(self, text: str, voice: str) -> bytes:
        named = Voice(name=voice, language=voice[:2] if voice[:2].isalpha() else "en")
        return b"".join([piece async for piece in self._tts.synthesize(text, named, RATE_HZ)])


def at_speech_level(pcm: bytes) -> bytes:
    """The same speech at -20 dBFS, pauses left out of the measure; silence stays silence."""
    level = active_dbfs(pcm)
    return pcm if level <= SILENT_DBFS else gain(pcm, SPEECH_DBFS - level)


def line_noise(snr_db: float, seed: int) -> bytes:
    """Some seconds of white noise `snr_db` under the speech's level, to be repeated."""
    return noise(RATE_HZ * _NOISE_S, SPEECH_DBFS - snr_db, np.random.default_rng(seed))


async def prepare(script: Script, speaker: Speaker, voice: str) -> dict[str, bytes]:
    """All audio of a script before the call, by text or file name. Raises ScriptError and what the speaker raises."""
    audio: dict[str, bytes] = {}
    for text in dict.fromkeys(script.lines):
        audio[text] = at_speech_level(await speaker(text, voice))
    for name in _files(script):
        audio[name] = await asyncio.to_thread(_read, name)
    return audio


def _files(script: Script) -> Iterable[str]:
    return dict.fromkeys(step.wav for step in script.steps if step.wav is not None)


def _read(name: str) -> bytes:
    try:
        pcm, rate_hz = read_mono(Path(name))
    except (OSError, WavError) as error:
        raise ScriptError(f"{name} cannot be played: {error}") from None
    return at_speech_level(resample(pcm, rate_hz, RATE_HZ))
