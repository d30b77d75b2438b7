from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from decimal import Decimal

from offhook.contracts.speech import SttConfig, Voice
from offhook.providers.metered_speech import MeteredStt, MeteredTts, counted_recogniser, counted_voice
from offhook.providers.stt.fake import FakeStt
from offhook.providers.tts.fake import FakeTts
from offhook.telemetry.cost import Costs
from offhook.telemetry.metrics import Metrics
from support.set_clock import SetClock


async def test_what_is_made_is_counted_as_far_as_it_came() -> None:
    heard: list[float] = []
    voice = MeteredTts(FakeTts(audio_ms=1000), heard.append)
    whole = [piece async for piece in voice.synthesize("hello", Voice(), 8000)]
    assert heard == [len(b"".join(whole)) / 16_000]
    pieces: AsyncIterator[bytes] = voice.synthesize("hello", Voice(), 8000)
    async with aclosing(pieces) as begun:  # type: ignore[type-var]
        first = await anext(begun)
    assert heard[1] == len(first) / 16_000
    assert voice.name == "fake"


async def test_a_stream_counts_for_as_long_as_it_was_open(clock: SetClock) -> None:
    heard: list[float] = []
    stt = MeteredStt(FakeStt(transcript="hello"), clock, heard.append)
    stream = await stt.open(SttConfig(rate_hz=8000, language="en"), lambda event: None)
    stream.begin(1)
    stream.push(b"\0\0" * 160)
    clock.advance(seconds=12)
    assert (await stream.finalize(1)).text == "hello"
    stream.end(1)
    await stream.aclose()
    await stream.aclose()
    assert heard == [12.0]


def test_engines_without_a_price_stay_as_they_are(clock: SetClock) -> None:
    voice, stt = FakeTts(), FakeStt()
    priced, free = Costs(Metrics(), "USD", {"tts": Decimal(1), "stt": Decimal(1)}), Costs(Metrics())
    assert counted_voice(voice, free) is voice
    assert counted_recogniser(stt, clock, free) is stt
    assert isinstance(counted_voice(voice, priced), MeteredTts)
    assert isinstance(counted_recogniser(stt, clock, priced), MeteredStt)
