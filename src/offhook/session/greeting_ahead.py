"""The greeting's audio, made before the call is answered: at start for every business, and again when a call rings.

It works through the voice of the calls, whose cache keeps what is made; a voice that may not be cached is left alone.
The openings of the business's sentences are asked for behind it: they need not be there for the first answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from offhook.contracts.business import Business
from offhook.contracts.speech import Openings, Tts, TtsFailed, Voice
from offhook.kit.bounded_queue import BoundedQueue
from offhook.kit.closing import closing

WAITING = 256
"""Businesses whose greeting is still to be made; beyond that it is made when the call is answered."""


class Phrases(Protocol):
    """What the dialogue knows of its own words."""

    def fixed_sentences(self, business: Business) -> frozenset[str]: ...

    def greeting_sentences(self, business: Business, language: str) -> list[str]: ...

    def openings(self, business: Business, language: str) -> frozenset[str]: ...


class Learns(Protocol):
    """What keeps audio, and has to know of which sentences it may (`SpeechCache`)."""

    def learn(self, sentences: Iterable[str]) -> None: ...

    def learn_openings(self, language: str, openings: Iterable[str]) -> None: ...


class GreetingsAhead:
    """
    Args:
        cache: told which sentences hold nobody's data, so that they may be kept.
    """

    def __init__(
        self,
        tts: Tts,
        phrases: Phrases,
        cache: Learns,
        *,
        rates_hz: tuple[int, ...] = (8_000,),
    ) -> None:
        self._tts = tts
        self._phrases = phrases
        self._cache = cache
        self._rates_hz = rates_hz
        self._seen: dict[str, Business] = {}
        """business_id -> the business as its greeting was made for."""
        self._work: BoundedQueue[Business] = BoundedQueue(WAITING, "drop_new")

    def rings(self, business: Business) -> None:
        """A call comes in for it. Costs nothing where the greeting is ready; never blocks."""
        if self._seen.get(business.business_id) != business and self._work.put_nowait(business):
            self._seen[business.business_id] = business

    async def run(self) -> None:
        """Make what is asked for, one after the other. Ends by cancellation."""
        while True:
            business = await self._work.get()
            await self.prepare(business)

    async def prepare(self, business: Business) -> None:
        """Have the greeting ready when this returns; what cannot be made now is tried at the next ring."""
        self._seen[business.business_id] = business
        self._cache.learn(self._phrases.fixed_sentences(business))
        for language in business.languages or ("en",):
            self._cache.learn_openings(language, self._phrases.openings(business, language))
        if not self._tts.capabilities.cacheable:
            return
        language = first_language(business)
        try:
            for rate_hz in self._rates_hz:
                for sentence in self._phrases.greeting_sentences(business, language):
                    async with closing(self._tts.synthesize(sentence, voice_of(business, language), rate_hz)) as pieces:
                        async for _ in pieces:
                            pass
        except TtsFailed:
            self._seen.pop(business.business_id, None)
            return
        if isinstance(self._tts, Openings):
            openings = self._phrases.openings(business, language)
            for rate_hz in self._rates_hz:
                self._tts.make_openings(openings, voice_of(business, language), rate_hz)


def first_language(business: Business) -> str:
    """The language in which a call begins that asks for none."""
    return business.languages[0] if business.languages else "en"


def voice_of(business: Business, language: str) -> Voice:
    settings = business.voice
    return Voice(settings.name, language, settings.rate, settings.volume)
