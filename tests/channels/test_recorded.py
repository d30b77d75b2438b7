from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from offhook.audio.wav import parse_wav, wav_bytes
from offhook.channels.recorded import (
    AT_ONCE,
    LONGEST_RECORDING_S,
    WAITING,
    RecordedSpeech,
    Recording,
    recording,
)
from offhook.contracts.business import Business
from offhook.contracts.errors import Invalid, Unavailable
from offhook.contracts.speech import Expectation, SttFailed, Transcript, TtsFailed, Voice
from offhook.kit.clock import SystemClock
from offhook.providers.stt.fake import FakeStt
from offhook.providers.tts.espeak.adapter import EspeakTts
from support.api_rig import fake_speech

SECOND = b"\1\0" * 16_000
SHOP = Business(business_id="biz_1", name="Shop", desk="shop", timezone="Asia/Kolkata")


def test_a_wav_file_says_its_own_rate() -> None:
    assert recording(wav_bytes(16_000, SECOND), None) == Recording(SECOND, 16_000)
    assert recording(SECOND, 8_000) == Recording(SECOND, 8_000)


@pytest.mark.parametrize(
    ("audio", "rate_hz", "field"),
    [
        (SECOND, None, "rate"),
        (SECOND, 4_000, "rate"),
        (SECOND, 96_000, "rate"),
        (SECOND + b"\0", 16_000, "audio"),
        (b"RIFF\0\0\0\0WAVEnothing", None, "audio"),
        (SECOND[:100], 16_000, "audio"),
        (SECOND * (LONGEST_RECORDING_S + 1), 16_000, "audio"),
    ],
)
def test_what_cannot_be_heard_is_named(audio: bytes, rate_hz: int | None, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        recording(audio, rate_hz)
    assert refused.value.fields is not None
    assert set(refused.value.fields) == {field}


async def test_hearing_and_speaking() -> None:
    speech = fake_speech("when are you open")
    heard = await speech.hear(Recording(SECOND, 8_000), SHOP, "en", Expectation())
    assert heard.text == "when are you open"
    assert parse_wav(await speech.speak("Until six.", Voice())).rate_hz == 16_000


async def test_a_recogniser_that_is_behind_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    speech, asked = fake_speech(), []

    class Slow:
        async def finalize(self, utterance: int) -> Transcript:
            asked.append(utterance)
            if len(asked) < failures:
                raise SttFailed("not yet")
            return Transcript(utterance, "late")

        def __getattr__(self, name: str) -> object:
            return lambda *_: None

        async def aclose(self) -> None:
            asked.append(0)

    async def open_slow(*_: object) -> Slow:
        return Slow()

    monkeypatch.setattr(speech._stt, "open", open_slow)
    failures = 3
    assert (await speech.hear(Recording(SECOND, 16_000), SHOP, "en", Expectation())).text == "late"
    assert asked == [1, 1, 1, 0]
    failures = 100
    with pytest.raises(Unavailable) as failed:
        await speech.hear(Recording(SECOND, 16_000), SHOP, "en", Expectation())
    assert failed.value.code == "not_recognised"


async def test_the_queue_for_a_place_is_bounded_and_its_wait_is_part_of_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    speech, go_on = fake_speech(), asyncio.Event()

    async def slow(*_: object) -> AsyncIterator[bytes]:
        await go_on.wait()
        yield b"\0\0"

    monkeypatch.setattr(speech._tts, "synthesize", slow)
    asked = [asyncio.create_task(speech.speak("Until six.", Voice())) for _ in range(AT_ONCE + WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await speech.speak("Until six.", Voice())
    assert refused.value.code == "busy"
    asked.pop().cancel()
    await asyncio.sleep(0)
    monkeypatch.setattr("offhook.channels.recorded._SYNTHESIS_S", 0)
    with pytest.raises(Unavailable) as late:
        await speech.speak("Until six.", Voice())
    assert late.value.code == "no_voice"
    go_on.set()
    await asyncio.gather(*asked)


async def test_a_voice_that_fails_is_an_error_with_words(monkeypatch: pytest.MonkeyPatch) -> None:
    speech = fake_speech()

    async def broken(*_: object) -> object:
        raise TtsFailed("no engine")
        yield b""

    monkeypatch.setattr(speech._tts, "synthesize", broken)
    with pytest.raises(Unavailable) as failed:
        await speech.speak("Until six.", Voice())
    assert failed.value.code == "no_voice"


async def test_a_voice_is_known_by_the_names_of_the_library() -> None:
    async def domain(business: Business) -> None: ...

    speech = RecordedSpeech(FakeStt(), EspeakTts(SystemClock()), domain)
    for known in ("en-us", "en-US+f2", "hi", "en-gb-x-rp"):
        assert speech.knows(known), known
    for unknown in ("", "nosuch", "en-us+nosuch", "en-us+", "../../etc/passwd"):
        assert not speech.knows(unknown), unknown
    told = speech.voices("en")
    assert all(name in told for name in ("en-us", "en-gb", "f2", "m3"))
    assert "hi" not in told.split(";")[0].split(", ")
