from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable

import msgspec

from offhook.contracts.business import Business, VoiceSettings
from offhook.contracts.speech import Opening, TtsCapabilities, TtsFailed, Voice
from offhook.session.greeting_ahead import GreetingsAhead
from support.virtual_time import virtual_time

BUSINESS = Business(
    business_id="biz_1", name="Lone", desk="shop", timezone="UTC", languages=("hi", "en"), voice=VoiceSettings(rate=0.9)
)


class SpyTts:
    """Port `Tts`."""

    name = "spy"

    def __init__(self, *, cacheable: bool = True) -> None:
        self.capabilities = TtsCapabilities(streaming=True, cacheable=cacheable)
        self.asked: list[tuple[str, Voice, int]] = []
        self.broken = False

    async def warm(self, voice: Voice, rate_hz: int) -> None: ...

    async def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        self.asked.append((text, voice, rate_hz))
        if self.broken:
            raise TtsFailed("broken")
        yield b"\0\0"

    async def aclose(self) -> None: ...


class SomePhrases:
    def fixed_sentences(self, business: Business) -> frozenset[str]:
        return frozenset({f"This is {business.name}."})

    def greeting_sentences(self, business: Business, language: str) -> list[str]:
        return [f"This is {business.name}.", language]

    def openings(self, business: Business, language: str) -> frozenset[str]:
        return frozenset({f"{language} opening"})


class Learned:
    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.openings: dict[str, list[str]] = {}

    def learn(self, sentences: Iterable[str]) -> None:
        self.sentences += sentences

    def learn_openings(self, language: str, openings: Iterable[str]) -> None:
        self.openings[language] = list(openings)


class OpeningTts(SpyTts):
    """Port `Openings`, too."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[tuple[list[str], Voice, int]] = []

    def opening(self, sentence: str, voice: Voice, rate_hz: int) -> Opening | None:
        return None

    def make_openings(self, openings: Iterable[str], voice: Voice, rate_hz: int) -> None:
        self.wanted.append((list(openings), voice, rate_hz))


async def test_the_greeting_is_made_in_the_voice_in_which_calls_will_say_it() -> None:
    tts, learned = SpyTts(), Learned()
    await GreetingsAhead(tts, SomePhrases(), learned).prepare(BUSINESS)
    voice = Voice("", "hi", 0.9, 1.0)
    assert tts.asked == [("This is Lone.", voice, 8000), ("hi", voice, 8000)]
    assert learned.sentences == ["This is Lone."]


async def test_openings_are_learned_for_every_language_and_made_for_the_first() -> None:
    tts, learned = OpeningTts(), Learned()
    await GreetingsAhead(tts, SomePhrases(), learned).prepare(BUSINESS)
    assert learned.openings == {"hi": ["hi opening"], "en": ["en opening"]}
    assert tts.wanted == [(["hi opening"], Voice("", "hi", 0.9, 1.0), 8000)]


@virtual_time
async def test_it_is_made_once_and_again_when_the_business_changes() -> None:
    tts = SpyTts()
    ahead = GreetingsAhead(tts, SomePhrases(), Learned())
    running = asyncio.create_task(ahead.run())
    for _ in range(3):
        ahead.rings(BUSINESS)
        await asyncio.sleep(0.01)
    assert len(tts.asked) == 2
    ahead.rings(msgspec.structs.replace(BUSINESS, name="Star"))
    await asyncio.sleep(0.01)
    assert tts.asked[-2][0] == "This is Star."
    running.cancel()


@virtual_time
async def test_what_could_not_be_made_is_tried_at_the_next_ring() -> None:
    tts = SpyTts()
    tts.broken = True
    ahead = GreetingsAhead(tts, SomePhrases(), Learned())
    running = asyncio.create_task(ahead.run())
    for broken in (True, False):
        tts.broken = broken
        ahead.rings(BUSINESS)
        await asyncio.sleep(0.01)
    running.cancel()
    assert [text for text, _, _ in tts.asked] == ["This is Lone.", "This is Lone.", "hi"]


async def test_a_voice_that_may_not_be_kept_is_not_asked() -> None:
    tts = SpyTts(cacheable=False)
    await GreetingsAhead(tts, SomePhrases(), Learned()).prepare(BUSINESS)
    assert tts.asked == []
