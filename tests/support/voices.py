"""Callers' voices at the rate of speech over a good line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from offhook.callers.voice import at_speech_level
from offhook.contracts.speech import Tts, Voice
from offhook.kit.clock import SystemClock
from offhook.providers.tts.espeak.adapter import EspeakTts

RATE_HZ = 16_000


class Voices:
    def __init__(self, tts: Tts) -> None:
        self._tts = tts

    async def say(self, text: str, voice: str) -> bytes:
        named = Voice(name=voice, language="en")
        return at_speech_level(b"".join([piece async for piece in self._tts.synthesize(text, named, RATE_HZ)]))

    async def all(self, lines: Iterable[str], voice: str) -> dict[str, bytes]:
        """Each line once."""
        return {line: await self.say(line, voice) for line in dict.fromkeys(lines)}


@asynccontextmanager
async def voices() -> AsyncIterator[Voices]:
    tts = EspeakTts(SystemClock())
    try:
        await tts.warm(Voice(), RATE_HZ)
        yield Voices(tts)
    finally:
        await tts.aclose()
