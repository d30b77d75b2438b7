"""A voice that is a quiet tone of a set length, after a set delay. For benchmarks, demos and tests.

Deterministic and almost free: the tone is made once per rate and handed out in the same pieces every time.
"""

from __future__ import annotations

import array
import asyncio
import math
from collections.abc import AsyncIterator

from offhook.contracts.speech import TtsCapabilities, Voice

_TONE_HZ = 220
_PEAK = 800
"""Of 32,767: audible, and far from what a voice detector takes for speech at the other end."""
_FIRST_PIECE_MS, _PIECE_MS = 40, 200


class FakeTts:
    """Port `Tts`.

    Args:
        first_audio_ms: from each request to its first audio.
        audio_ms: length of the tone, whatever the text (none for a text without letters or digits).
        cacheable: whether a cache may take the place of the delay.
    """

    def __init__(self, *, first_audio_ms: float = 0.0, audio_ms: int = 1000, cacheable: bool = False) -> None:
        self._first_audio_ms = first_audio_ms
        self._audio_ms = audio_ms
        self._cacheable = cacheable
        self._pieces: dict[int, tuple[bytes, ...]] = {}
        """Per rate; calls use two or three rates."""

    @property
    def name(self) -> str:
        return "fake"

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities(
            streaming=True, languages=("en", "hi"), cacheable=self._cacheable, first_audio_ms=self._first_audio_ms
        )

    async def warm(self, voice: Voice, rate_hz: int) -> None:
        self._tone(rate_hz)

    async def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        if not any(character.isalnum() for character in text):
            return
        await asyncio.sleep(self._first_audio_ms / 1000)
        for piece in self._tone(rate_hz):
            yield piece

    async def aclose(self) -> None:
        """Nothing to end."""

    def _tone(self, rate_hz: int) -> tuple[bytes, ...]:
        pieces = self._pieces.get(rate_hz)
        if pieces is None:
            pieces = self._pieces[rate_hz] = _tone_pieces(rate_hz, self._audio_ms)
        return pieces


def _tone_pieces(rate_hz: int, audio_ms: int) -> tuple[bytes, ...]:
    step = 2 * math.pi * _TONE_HZ / rate_hz
    samples = array.array("h", (round(_PEAK * math.sin(step * n)) for n in range(rate_hz * audio_ms // 1000)))
    pcm = samples.tobytes()
    first, other = (rate_hz * ms // 1000 * 2 for ms in (_FIRST_PIECE_MS, _PIECE_MS))
    return (pcm[:first], *(pcm[at : at + other] for at in range(first, len(pcm), other)))
