"""The voice that remembers, over a voice that counts."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from offhook.contracts.speech import Tts, TtsCapabilities, TtsFailed, Voice
from offhook.providers.registry import ProviderOptions, build_tts
from offhook.providers.speech_cache import cached
from offhook.providers.speech_cache.cached import SpeechCache
from offhook.providers.speech_cache.clips import ClipKey
from offhook.providers.speech_cache.disk import ClipFolder
from support.set_clock import SetClock

PLAIN = Voice()
FIXED, PASSING = "How can I help you today?", "Thank you, Tim."


class CountingTts:
    """Port `Tts`: three pieces that depend on all that was asked; fails or stalls as told."""

    def __init__(self, *, cacheable: bool = True) -> None:
        self.asked: list[str] = []
        self.fails_after: int | None = None
        self.capabilities = TtsCapabilities(streaming=True, cacheable=cacheable)
        self.name = "counting"

    async def warm(self, voice: Voice, rate_hz: int) -> None: ...

    async def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        self.asked.append(text)
        for number in range(3):
            if self.fails_after == number:
                raise TtsFailed("broke")
            yield audio(text, voice, rate_hz)[number * 2000 : (number + 1) * 2000]

    async def aclose(self) -> None: ...


def audio(text: str, voice: Voice, rate_hz: int) -> bytes:
    return (ClipKey("counting", voice, rate_hz, " ".join(text.split())).file_name.encode() * 150)[:6000]


def files(folder: Path) -> int:
    return len(list(folder.iterdir()))


def cut_short(folder: Path) -> None:
    (file,) = folder.iterdir()
    file.write_bytes(file.read_bytes()[:-100])


class Rig:
    def __init__(self, folder: Path | None) -> None:
        self.clock = SetClock()
        self.results: Counter[str] = Counter()
        self.below = CountingTts()
        self.start(folder)

    def start(self, folder: Path | None) -> None:
        """As a new process on the same folder."""
        self.cache = SpeechCache(
            self.clock,
            folder=None if folder is None else ClipFolder(folder, 1_000_000),
            on_result=lambda result: self.results.update([result]),
        )
        self.cache.learn([FIXED])
        self.tts: Tts = self.cache.around(self.below)

    async def say(self, text: str, voice: Voice = PLAIN, rate_hz: int = 8000) -> bytes:
        return b"".join([piece async for piece in self.tts.synthesize(text, voice, rate_hz)])

    async def written(self) -> None:
        running = asyncio.create_task(self.cache.run())
        while self.cache.waiting:  # noqa: ASYNC110  # a thread writes; nothing tells us but the disk
            await asyncio.sleep(0.001)
        async with self.cache._disk:
            running.cancel()


async def test_a_sentence_is_made_once(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.cache.open()
    first = await rig.say(FIXED)
    assert first == await rig.say(f" {FIXED}\n") == audio(FIXED, Voice(), 8000)
    assert rig.below.asked == [FIXED]
    assert rig.results == {"miss": 1, "memory": 1}


@pytest.mark.parametrize(
    ("voice", "rate_hz"),
    [
        (Voice("other"), 8000),
        (Voice(language="hi"), 8000),
        (Voice(rate=0.8), 8000),
        (Voice(volume=2), 8000),
        (Voice(), 16000),
    ],
)
async def test_another_voice_or_rate_is_another_clip(voice: Voice, rate_hz: int, tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.cache.open()
    await rig.say(FIXED)
    assert await rig.say(FIXED, voice, rate_hz) == audio(FIXED, voice, rate_hz)
    assert len(rig.below.asked) == 2


async def test_a_fixed_sentence_outlives_the_process_and_a_passing_one_never_reaches_the_disk(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.cache.open()
    await rig.say(FIXED)
    await rig.say(PASSING)
    await rig.written()
    assert files(tmp_path) == 1
    rig.start(tmp_path)
    await rig.cache.open()
    assert await rig.say(FIXED) == audio(FIXED, Voice(), 8000)
    assert rig.below.asked == [FIXED, PASSING]
    await rig.say(PASSING)
    assert rig.below.asked == [FIXED, PASSING, PASSING]
    assert rig.results["disk"] == 1


async def test_a_passing_sentence_is_forgotten(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.cache.open()
    for _ in range(2):
        await rig.say(PASSING)
    assert rig.below.asked == [PASSING]
    rig.clock.advance(milliseconds=cached.PASSING_KEEP_MS + 1)
    await rig.say(PASSING)
    assert rig.below.asked == [PASSING, PASSING]


async def test_a_damaged_clip_is_made_again(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.cache.open()
    await rig.say(FIXED)
    await rig.written()
    cut_short(tmp_path)
    rig.start(tmp_path)
    await rig.cache.open()
    assert await rig.say(FIXED) == audio(FIXED, Voice(), 8000)
    assert rig.results["damaged"] == 1
    await rig.written()
    rig.start(tmp_path)
    await rig.cache.open()
    await rig.say(FIXED)
    assert rig.results["disk"] == 1


@pytest.mark.parametrize("pieces", [1, 2])
async def test_what_broke_or_was_cut_off_is_not_kept(pieces: int, tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    await rig.cache.open()
    rig.below.fails_after = pieces
    with pytest.raises(TtsFailed):
        await rig.say(FIXED)
    rig.below.fails_after = None
    stream = rig.tts.synthesize(FIXED, Voice(), 8000)
    for _ in range(pieces):
        await anext(aiter(stream))
    await stream.aclose()  # type: ignore[attr-defined]  # the port: closing the iterator cancels
    await rig.say(FIXED)
    assert len(rig.below.asked) == 3
    assert rig.results == {"miss": 3}


async def test_a_folder_that_cannot_be_used_leaves_the_memory(tmp_path: Path) -> None:
    in_the_way = tmp_path / "speech"
    in_the_way.write_text("a file")
    rig = Rig(in_the_way)
    await rig.cache.open()
    await rig.say(FIXED)
    await rig.say(FIXED)
    assert rig.results == {"unreadable": 1, "miss": 1, "memory": 1}


async def test_a_disk_that_is_gone_costs_the_clip_alone(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "speech")
    await rig.cache.open()
    (tmp_path / "speech").rmdir()
    await rig.say(FIXED)
    await rig.written()
    assert await rig.say(FIXED) == audio(FIXED, Voice(), 8000)
    assert rig.results == {"miss": 1, "not_stored": 1, "memory": 1}


async def test_writes_that_pile_up_are_dropped_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cached, "_WAITING_WRITES", 2)
    rig = Rig(tmp_path)
    await rig.cache.open()
    rig.cache.learn("abcde")
    for letter in "abcde":
        await rig.say(letter)
    assert (rig.cache.waiting, rig.results["not_stored"]) == (2, 3)


def test_a_voice_that_may_not_be_kept_is_left_alone() -> None:
    fake = CountingTts(cacheable=False)
    assert SpeechCache(SetClock(), folder=None).around(fake) is fake


def test_each_voice_of_a_fallback_list_has_clips_of_its_own() -> None:
    """A list speaks with whichever works; under the list's name one voice's audio would be played for the other's."""
    seen: list[str] = []

    def around(tts: Tts) -> Tts:
        seen.append(tts.name)
        return tts

    build_tts(("espeak", "fake"), ProviderOptions(SetClock(), around_tts=around))
    assert seen == ["espeak", "fake"]
