"""What load callers say: real speech over line noise, encoded once and shared by all calls.

A frame is the base64 text of 20 ms of mu-law; what is not speech is line noise, so that the server's voice detector has
the work that it has on a telephone line.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from offhook.audio.g711 import mulaw_encode
from offhook.audio.level import mix, peak
from offhook.callers.voice import DEFAULT_VOICE, Speaker, at_speech_level, line_noise

FRAME_MS = 20
FRAME_BYTES = 160
_PCM_BYTES = FRAME_BYTES * 2
SNR_DB = 30.0
SENTENCES = (
    "Hello, what are your opening hours today?",
    "Could you tell me where you are located, please?",
    "Do you have a waiting room with coffee?",
    "I have a question about my car.",
    "How long does it take in the morning?",
    "Thank you, and what about the weekend?",
)
INTERRUPTION = "Wait a moment, I have another question about that."
_AUDIBLE = 300
"""A frame whose peak is over that is heard; int16."""


@dataclass(frozen=True, slots=True)
class Utterance:
    frames: tuple[str, ...]
    speech_ms: int
    """From its first frame to the last one that can be heard."""
    onset_ms: int
    """From its first frame to the first one that can be heard."""


@dataclass(frozen=True, slots=True)
class Material:
    utterances: tuple[Utterance, ...]
    interruption: Utterance
    quiet: tuple[str, ...]
    """Line noise, to be repeated."""


async def record(speaker: Speaker, sentences: Sequence[str] = SENTENCES, seed: int = 1) -> Material:
    """Speak everything once. Raises what the speaker raises."""
    noise = line_noise(SNR_DB, seed)
    spoken = [await speaker(text, DEFAULT_VOICE) for text in (*sentences, INTERRUPTION)]
    *utterances, interruption = [_utterance(at_speech_level(pcm), noise) for pcm in spoken]
    return Material(tuple(utterances), interruption, _frames(noise))


def _utterance(speech: bytes, noise: bytes) -> Utterance:
    whole = speech + bytes(-len(speech) % _PCM_BYTES)
    loud = [n for n in range(len(whole) // _PCM_BYTES) if peak(whole[n * _PCM_BYTES : (n + 1) * _PCM_BYTES]) > _AUDIBLE]
    repeated = (noise * (len(whole) // len(noise) + 1))[: len(whole)]
    first, last = (loud[0], loud[-1]) if loud else (0, 0)
    frames = _frames(mix(whole, repeated))[: last + 1]
    return Utterance(frames, (last + 1) * FRAME_MS, first * FRAME_MS)


def _frames(pcm: bytes) -> tuple[str, ...]:
    encoded = mulaw_encode(pcm)
    whole = len(encoded) - len(encoded) % FRAME_BYTES
    return tuple(base64.b64encode(encoded[n : n + FRAME_BYTES]).decode() for n in range(0, whole, FRAME_BYTES))
