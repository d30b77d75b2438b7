from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from offhook.contracts.llm import Llm, LlmEvent, LlmFailed, LlmFinished, LlmRequest, TextDelta
from offhook.contracts.speech import (
    Stt,
    SttCapabilities,
    SttConfig,
    SttEvent,
    SttFailed,
    SttStream,
    Tts,
    TtsCapabilities,
    TtsFailed,
    Voice,
)
from offhook.providers.cool_down import CoolDown, ProviderEvent, ProviderFailed, ProviderRecovered
from offhook.providers.fallback import FallbackLlm, FallbackStt, FallbackTts, TtsBroke
from offhook.providers.stt.fake import FakeStt
from support.set_clock import SetClock

CONFIG = SttConfig(rate_hz=8000, language="en")
REQUEST = LlmRequest([])


class ScriptedTts:
    """Gives its pieces, then fails if it is told to."""

    def __init__(self, name: str, pieces: list[bytes], languages: tuple[str, ...] = ("en",)) -> None:
        self._name = name
        self.pieces = pieces
        self.fails = False
        self.asked: list[Voice] = []
        self.closed = 0
        self.cancelled = 0
        self._languages = languages

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities(streaming=True, languages=self._languages)

    async def warm(self, voice: Voice, rate_hz: int) -> None:
        if self.fails:
            raise TtsFailed("cold")

    async def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        self.asked.append(voice)
        try:
            for piece in self.pieces:
                yield piece
        except GeneratorExit:
            self.cancelled += 1
            raise
        if self.fails:
            raise TtsFailed("out of breath")

    async def aclose(self) -> None:
        self.closed += 1


class ScriptedStt(FakeStt):
    def __init__(self, name: str, capabilities: SttCapabilities) -> None:
        super().__init__(transcript=name)
        self._name, self._capabilities = name, capabilities
        self.fails = False

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> SttCapabilities:
        return self._capabilities

    async def warm(self, config: SttConfig) -> None:
        if self.fails:
            raise SttFailed("no line")

    async def open(self, config: SttConfig, on_event: Callable[[SttEvent], None]) -> SttStream:
        if self.fails:
            raise SttFailed("no line")
        return await super().open(config, on_event)


class ScriptedLlm:
    def __init__(self, name: str, words: list[str], fails: LlmFailed | None = None) -> None:
        self._name, self.words, self.fails = name, words, fails

    @property
    def name(self) -> str:
        return self._name

    async def stream(self, request: LlmRequest) -> AsyncIterator[LlmEvent]:
        for word in self.words:
            yield TextDelta(word)
        if self.fails is not None:
            raise self.fails
        yield LlmFinished("stop")

    async def aclose(self) -> None:
        pass


async def said(tts: Tts, text: str = "hello", voice: Voice | None = None) -> list[bytes]:
    return [piece async for piece in tts.synthesize(text, voice or Voice(), 8000)]


async def test_the_second_voice_speaks_when_the_first_gives_nothing_and_failures_are_told_once() -> None:
    clock, told = SetClock(), list[ProviderEvent]()
    first, second = ScriptedTts("cloud", []), ScriptedTts("embedded", [b"ok"])
    tts = FallbackTts([first, second], clock, tell=told.append, cool_down_ms=1000)
    first.fails = True
    assert await said(tts, voice=Voice(name="asteria", language="en", rate=0.9)) == [b"ok"]
    assert (first.asked[0].name, second.asked[0].name, second.asked[0].rate) == ("asteria", "", 0.9)
    assert await said(tts) == [b"ok"]
    assert len(first.asked) == 1, "a provider that failed is left alone while it cools down"
    clock.advance(milliseconds=1001)
    assert await said(tts) == [b"ok"]
    assert len(first.asked) == 2
    first.fails, first.pieces = False, [b"back"]
    clock.advance(milliseconds=1001)
    assert await said(tts) == [b"back"]
    assert told == [ProviderFailed("tts", "cloud", "out of breath", 1000), ProviderRecovered("tts", "cloud")]


async def test_a_voice_that_breaks_in_the_middle_says_what_was_to_be_said() -> None:
    first, second = ScriptedTts("cloud", [bytes(1600)]), ScriptedTts("embedded", [b"ok"])
    first.fails = True
    tts = FallbackTts([first, second], SetClock())
    with pytest.raises(TtsBroke, match="out of breath") as caught:
        await said(tts, "the whole sentence")
    assert (caught.value.text, caught.value.audio_ms) == ("the whole sentence", 100)
    assert second.asked == []


async def test_when_every_voice_fails_all_reasons_are_given_and_all_are_tried_again() -> None:
    voices = [ScriptedTts("a", []), ScriptedTts("b", [])]
    for voice in voices:
        voice.fails = True
    tts = FallbackTts(voices, SetClock())
    for _ in range(2):
        with pytest.raises(TtsFailed, match="a: out of breath; b: out of breath"):
            await said(tts)
    assert [len(voice.asked) for voice in voices] == [2, 2]


async def test_cancelling_closes_the_voice_that_speaks() -> None:
    voice = ScriptedTts("a", [b"1", b"2"])
    tts = FallbackTts([voice, ScriptedTts("b", [])], SetClock())
    stream = tts.synthesize("hello", Voice(), 8000)
    assert await anext(stream) == b"1"
    await stream.aclose()
    assert voice.cancelled == 1


async def test_voices_together() -> None:
    voices = [ScriptedTts("a", [], ("en", "hi")), ScriptedTts("b", [], ("ta", "en"))]
    tts = FallbackTts(voices, SetClock())
    assert (tts.name, tts.capabilities.languages) == ("a,b", ("en", "hi", "ta"))
    voices[0].fails = True
    await tts.warm(Voice(), 8000)
    voices[1].fails = True
    with pytest.raises(TtsFailed, match="a: cold; b: cold"):
        await tts.warm(Voice(), 8000)
    await tts.aclose()
    assert [voice.closed for voice in voices] == [1, 1]


async def test_a_call_is_opened_at_the_first_recogniser_that_answers() -> None:
    told = list[ProviderEvent]()
    first = ScriptedStt("cloud", SttCapabilities(partials=True, n_best=False, continuous=True, languages=("en",)))
    second = ScriptedStt("own", SttCapabilities(partials=False, n_best=True, continuous=False, languages=("hi",)))
    stt: Stt = FallbackStt([first, second], SetClock(), tell=told.append)
    assert stt.capabilities == SttCapabilities(True, True, True, ("en", "hi"))

    async def heard_by() -> str:
        stream = await stt.open(CONFIG, lambda event: None)
        stream.begin(1)
        stream.push(b"\0\0")
        return (await stream.finalize(1)).text

    assert await heard_by() == "cloud"
    first.fails = True
    await stt.warm(CONFIG)
    assert await heard_by() == "own"
    second.fails = True
    with pytest.raises(SttFailed, match="own: no line; cloud: no line"):
        await heard_by()
    with pytest.raises(SttFailed, match="no recogniser is ready"):
        await stt.warm(CONFIG)
    assert [event.provider for event in told] == ["cloud", "own"]


async def test_the_second_model_answers_when_the_first_fails_before_its_first_word() -> None:
    busy = LlmFailed("busy", retryable=True)
    llm: Llm = FallbackLlm([ScriptedLlm("a", [], busy), ScriptedLlm("b", ["hi"])], SetClock())
    assert [event async for event in llm.stream(REQUEST)] == [TextDelta("hi"), LlmFinished("stop")]


async def test_a_model_that_fails_after_a_word_is_not_replaced() -> None:
    broken = LlmFailed("cut", retryable=True)
    llm: Llm = FallbackLlm([ScriptedLlm("a", ["one"], broken), ScriptedLlm("b", ["hi"])], SetClock())
    events = []
    with pytest.raises(LlmFailed, match="cut"):
        async for event in llm.stream(REQUEST):
            events.append(event)
    assert events == [TextDelta("one")]


@pytest.mark.parametrize(("one", "other", "together"), [(False, False, False), (False, True, True)])
async def test_no_model_at_all_is_retryable_if_one_of_them_is(one: bool, other: bool, together: bool) -> None:
    llm = FallbackLlm(
        [ScriptedLlm("a", [], LlmFailed("no", retryable=one)), ScriptedLlm("b", [], LlmFailed("no", retryable=other))],
        SetClock(),
    )
    with pytest.raises(LlmFailed, match="a: no; b: no") as caught:
        await anext(aiter(llm.stream(REQUEST)))
    assert caught.value.retryable is together
    await llm.aclose()


async def test_cancellation_is_not_a_failure_of_the_provider() -> None:
    told = list[ProviderEvent]()
    tts = FallbackTts([ScriptedTts("a", [b"1"]), ScriptedTts("b", [])], SetClock(), tell=told.append)

    async def listen() -> None:
        async for _ in tts.synthesize("hello", Voice(), 8000):
            await asyncio.sleep(3600)

    task = asyncio.create_task(listen())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert told == []


def test_order_is_the_settings_order_with_the_failed_ones_last() -> None:
    cool_down = CoolDown("tts", ["a", "b", "c"], lambda event: None, 100)
    cool_down.failed(0, "x", now_ms=0)
    assert cool_down.order(99) == [1, 2, 0]
    assert cool_down.order(100) == [0, 1, 2]
    cool_down.failed(1, "x", now_ms=100)
    cool_down.failed(0, "x", now_ms=150)
    assert cool_down.order(160) == [2, 0, 1]
    cool_down.worked(0)
    assert cool_down.order(160) == [0, 2, 1]
