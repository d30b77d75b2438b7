"""The fakes' own promises: exact delays, set words, set lengths. In virtual time, so exact means exact."""

from __future__ import annotations

import asyncio

import pytest

from offhook.contracts.llm import LlmFinished, LlmMessage, LlmRequest, TextDelta
from offhook.contracts.speech import Expectation, PartialHeard, SttConfig, SttEvent, SttFailed, Voice
from offhook.providers.llm.fake import FakeLlm
from offhook.providers.stt.fake import MAX_OPEN_UTTERANCES, FakeStt
from offhook.providers.tts.fake import FakeTts
from support.virtual_time import VirtualClock, virtual_time

CONFIG = SttConfig(rate_hz=8000, language="en")
SECOND = bytes(16_000)


@virtual_time
async def test_the_transcript_comes_its_delay_after_each_finalize(clock: VirtualClock) -> None:
    stream = await FakeStt(delay_ms=100, transcript="book a service").open(CONFIG, lambda event: None)
    stream.expect(Expectation("yes_no"))
    stream.begin(7)
    stream.push(SECOND)
    first = await stream.finalize(7)
    assert (clock.mono_ms(), first.text, first.audio_ms, first.utterance) == (100, "book a service", 1000, 7)
    stream.push(SECOND)
    assert (await stream.finalize(7)).audio_ms == 2000
    assert clock.mono_ms() == 200


@virtual_time
async def test_a_hundred_calls_wait_beside_each_other(clock: VirtualClock) -> None:
    stt = FakeStt(delay_ms=100, transcript="hello")
    streams = [await stt.open(CONFIG, lambda event: None) for _ in range(100)]
    for stream in streams:
        stream.begin(1)
        stream.push(SECOND)
    transcripts = await asyncio.gather(*(stream.finalize(1) for stream in streams))
    assert {transcript.text for transcript in transcripts} == {"hello"}
    assert clock.mono_ms() == 100


@virtual_time
async def test_partials_tell_the_words_one_by_one() -> None:
    heard: list[SttEvent] = []
    stt = FakeStt(transcript="book a service please", partials=True)
    assert stt.capabilities.partials
    stream = await stt.open(CONFIG, heard.append)
    stream.begin(1)
    for _ in range(50):
        stream.push(bytes(320))
    words = ["book", "a", "service"]
    assert heard == [PartialHeard(1, " ".join(words[:n])) for n in (1, 2, 3)]


@virtual_time
async def test_forgotten_utterances_do_not_pile_up() -> None:
    stream = await FakeStt(transcript="hello").open(CONFIG, lambda event: None)
    for utterance in range(MAX_OPEN_UTTERANCES + 1):
        stream.begin(utterance)
    with pytest.raises(SttFailed, match="utterance 0 is not open"):
        await stream.finalize(0)
    assert (await stream.finalize(1)).text == ""


@virtual_time
async def test_the_model_says_its_sentence_word_by_word(clock: VirtualClock) -> None:
    llm = FakeLlm(first_token_ms=100, text="Sure, I can help.")
    request = LlmRequest([LlmMessage("user", "please help me")])
    events = []
    async for event in llm.stream(request):
        events.append(event)
        assert clock.mono_ms() == 100
    assert events == [
        *(TextDelta(text) for text in ("Sure,", " I", " can", " help.")),
        LlmFinished("stop", input_tokens=3, output_tokens=4),
    ]


@pytest.mark.parametrize(("rate_hz", "audio_ms"), [(8000, 1000), (16_000, 20), (24_000, 3333)])
def test_the_tone_has_its_delay_and_its_length(rate_hz: int, audio_ms: int) -> None:
    @virtual_time
    async def scenario(clock: VirtualClock) -> None:
        tts = FakeTts(first_audio_ms=50, audio_ms=audio_ms)
        pieces = []
        async for piece in tts.synthesize("anything", Voice(), rate_hz):
            pieces.append(piece)
            assert clock.mono_ms() == 50
        assert sum(map(len, pieces)) == rate_hz * audio_ms // 1000 * 2
        again = [piece async for piece in tts.synthesize("something else", Voice(), rate_hz)]
        assert again == pieces
        assert not tts.capabilities.cacheable

    scenario()
