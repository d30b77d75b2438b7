from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.contracts.speech import Opening, Openings, TtsCapabilities, TtsFailed, Voice
from offhook.providers.fallback import FallbackTts
from offhook.providers.speech_cache.cached import SpeechCache
from offhook.providers.speech_cache.clips import ClipKey
from offhook.providers.speech_cache.disk import ClipFolder
from offhook.providers.speech_cache.openings import WORTH_MS, KnownOpenings, as_spoken
from support.set_clock import SetClock

SAID = "The earliest I have is Friday at 10 AM."
KNOWN = "The earliest I have is"
VOICE = Voice()


class SlowTts:
    """Port `Tts`: says its text in bytes."""

    def __init__(self, name: str = "slow", first_audio_ms: float | None = None) -> None:
        self.name = name
        self.capabilities = TtsCapabilities(streaming=True, first_audio_ms=first_audio_ms)
        self.asked: list[str] = []
        self.fails = False

    async def warm(self, voice: Voice, rate_hz: int) -> None: ...

    async def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        self.asked.append(text)
        if self.fails:
            raise TtsFailed("away")
        yield f"{self.name}: {text}.".encode()

    async def aclose(self) -> None: ...


def a_cache(folder: Path | None = None, *, openings: bool | None = None) -> SpeechCache:
    cache = SpeechCache(SetClock(), folder=None if folder is None else ClipFolder(folder, 1_000_000), openings=openings)
    cache.learn_openings("en", [KNOWN, "The earliest"])
    return cache


def names_in(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


async def beside_the_calls(cache: SpeechCache) -> None:
    running = asyncio.create_task(cache.run())
    for _ in range(20):
        await asyncio.sleep(0)
    while cache.waiting:  # noqa: ASYNC110  # a thread writes; nothing tells us but the disk
        await asyncio.sleep(0.001)
    async with cache._disk:
        running.cancel()


def opening(tts: object, sentence: str = SAID, voice: Voice = VOICE) -> Opening | None:
    assert isinstance(tts, Openings)
    return tts.opening(sentence, voice, 8000)


async def say(tts: SlowTts | FallbackTts, text: str) -> bytes:
    return b"".join([piece async for piece in tts.synthesize(text, VOICE, 8000)])


async def test_an_opening_is_made_when_first_wanted_and_once() -> None:
    below, cache = SlowTts(), a_cache()
    tts = cache.around(below)
    assert opening(tts) is None
    assert opening(tts) is None
    await beside_the_calls(cache)
    assert below.asked == [f"{KNOWN},"], "with a comma: the voice stays up"
    found = opening(tts)
    assert found == Opening(len(KNOWN), f"slow: {KNOWN},.".encode())
    assert opening(tts, voice=Voice(rate=0.8)) is None, "another voice has openings of its own"


async def test_only_the_opening_reaches_the_disk(tmp_path: Path) -> None:
    cache = a_cache(tmp_path)
    await cache.open()
    tts = cache.around(SlowTts())
    opening(tts)
    for text in (SAID, SAID.removeprefix(KNOWN), f"{KNOWN} Friday,"):
        async for _ in tts.synthesize(text, VOICE, 8000):
            pass
    await beside_the_calls(cache)
    assert names_in(tmp_path) == {ClipKey("slow", VOICE, 8000, f"{KNOWN},").file_name}


async def test_one_on_disk_is_not_synthesised_again(tmp_path: Path) -> None:
    for below in (SlowTts(), SlowTts()):
        cache = a_cache(tmp_path)
        await cache.open()
        tts = cache.around(below)
        assert isinstance(tts, Openings)
        tts.make_openings([KNOWN], VOICE, 8000)
        await beside_the_calls(cache)
        assert opening(tts) is not None
    assert below.asked == []


async def test_a_sentence_that_is_there_as_a_whole_needs_no_opening() -> None:
    below, cache = SlowTts(), a_cache()
    tts = cache.around(below)
    assert isinstance(tts, Openings)
    tts.make_openings([KNOWN], VOICE, 8000)
    await beside_the_calls(cache)
    async for _ in tts.synthesize(SAID, VOICE, 8000):
        pass
    assert opening(tts) is None
    assert opening(tts, f"{KNOWN} noon.") is not None


@pytest.mark.parametrize(
    ("first_audio_ms", "setting", "used"),
    [
        (None, None, True),
        (WORTH_MS, None, True),
        (WORTH_MS - 1, None, False),
        (1.0, True, True),
        (None, False, False),
    ],
)
async def test_they_are_used_where_the_voice_is_slow_or_the_owner_wants_it(
    first_audio_ms: float | None, setting: bool | None, used: bool
) -> None:
    below, cache = SlowTts(first_audio_ms=first_audio_ms), a_cache(openings=setting)
    tts = cache.around(below)
    opening(tts)
    await beside_the_calls(cache)
    assert (opening(tts) is not None, bool(below.asked)) == (used, used)


async def test_one_that_could_not_be_made_is_wanted_again() -> None:
    below, cache = SlowTts(), a_cache()
    tts = cache.around(below)
    for below.fails in (True, False):
        assert opening(tts) is None
        await beside_the_calls(cache)
    assert opening(tts) is not None


async def test_behind_a_fallback_it_is_in_the_voice_that_will_say_the_rest() -> None:
    cache = a_cache()
    first, second = SlowTts("first"), SlowTts("second")
    both = FallbackTts([cache.around(first), cache.around(second)], SetClock())
    both.make_openings([KNOWN], VOICE, 8000)
    await beside_the_calls(cache)
    found = opening(both)
    assert found is not None and found.audio.startswith(b"first")
    first.fails = True
    await say(both, "Hello.")
    assert opening(both) is None
    await beside_the_calls(cache)
    found = opening(both)
    assert found is not None and found.audio.startswith(b"second")


def test_a_voice_without_a_memory_has_none() -> None:
    assert not isinstance(SlowTts(), Openings)
    assert opening(FallbackTts([SlowTts(), SlowTts()], SetClock())) is None


def test_the_longest_known_one_is_found_if_words_follow_it() -> None:
    known = KnownOpenings()
    known.learn("en", ["The earliest", KNOWN, "Let me read that back:"])
    assert known.in_sentence(SAID, "en") == KNOWN
    assert known.in_sentence("The earliest would be noon.", "en") == "The earliest"
    assert known.in_sentence("The earliest I have isn't free.", "en") == "The earliest"
    assert known.in_sentence("Let me read that back: oil change.", "en") == "Let me read that back:"
    assert known.in_sentence("Let me read that back:", "en") is None
    assert known.in_sentence("Let me read that back: !", "en") is None
    assert known.in_sentence(SAID, "hi") is None


@given(st.text(max_size=60), st.text(max_size=10))
def test_what_is_found_is_a_true_part_of_the_sentence(sentence: str, extra: str) -> None:
    known = KnownOpenings()
    known.learn("en", [sentence[:10], sentence[:3], extra])
    found = known.in_sentence(sentence, "en")
    assert found is None or (sentence.startswith(found) and len(found) < len(sentence))


def test_an_opening_that_ends_with_a_pause_is_spoken_as_it_is() -> None:
    assert (as_spoken("Thank you,"), as_spoken("You owe"), as_spoken("आपका")) == ("Thank you,", "You owe,", "आपका,")
