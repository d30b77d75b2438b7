"""What every recogniser does alike, through the port alone."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
from collections.abc import AsyncIterator

import numpy as np
import pytest
from stt_rows import DOMAIN, ROWS, SENTENCE, SttRow

from offhook.contracts.speech import EngineLost, EngineRestored, Expectation, Stt, SttConfig, SttEvent, SttFailed, Voice
from offhook.kit.clock import SystemClock
from offhook.providers.tts.espeak.adapter import EspeakTts

RATE_HZ = 8000
CONFIG = SttConfig(rate_hz=RATE_HZ, language="en", domain=DOMAIN)
FRAME_BYTES = 320


@functools.cache
def speech() -> bytes:
    """SENTENCE between two short silences, with a line's noise 30 dB below it."""

    async def speak() -> bytes:
        tts = EspeakTts(SystemClock())
        try:
            return b"".join([piece async for piece in tts.synthesize(SENTENCE, Voice(), RATE_HZ)])
        finally:
            await tts.aclose()

    words = np.frombuffer(asyncio.run(speak()), "<i2").astype(np.float64)
    silence = np.zeros(RATE_HZ // 5)
    whole = np.concatenate((silence, words, silence))
    noise = np.random.default_rng(7).normal(0.0, np.sqrt(np.mean(words**2)) * 10 ** (-30 / 20), len(whole))
    return np.clip(whole + noise, -32768, 32767).astype("<i2").tobytes()


@pytest.fixture(scope="module", autouse=True)
def spoken_once() -> None:
    """Made outside of any event loop."""
    speech()


@pytest.fixture(params=ROWS)
def row(request: pytest.FixtureRequest) -> SttRow:
    return ROWS[request.param]


@pytest.fixture
async def stt(row: SttRow) -> AsyncIterator[Stt]:
    recogniser = row.make(SystemClock())
    yield recogniser
    await recogniser.aclose()


def frames(pcm: bytes) -> list[bytes]:
    return [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES)]


def length_ms(pcm: bytes) -> float:
    return len(pcm) / 2 / RATE_HZ * 1000


async def test_an_utterance_is_heard(stt: Stt, row: SttRow) -> None:
    await stt.warm(CONFIG)
    stream = await stt.open(CONFIG, lambda event: None)
    stream.expect(Expectation("service"))
    stream.begin(1)
    for frame in frames(speech()):
        stream.push(frame)
    transcript = await stream.finalize(1)
    assert row.hears(transcript.text), transcript.text
    assert transcript.utterance == 1
    assert transcript.audio_ms == pytest.approx(length_ms(speech()), abs=1)
    assert not transcript.alternatives or transcript.alternatives[0].text == transcript.text
    assert transcript.confidence is None or 0.0 <= transcript.confidence <= 1.0
    await stream.aclose()


async def test_audio_pushed_before_the_engine_is_ready_is_kept(stt: Stt, row: SttRow) -> None:
    stream = await stt.open(CONFIG, lambda event: None)
    stream.begin(1)
    stream.push(speech())
    assert row.hears((await stream.finalize(1)).text)
    await stream.aclose()


async def test_a_speaker_who_goes_on_is_heard_from_the_beginning(stt: Stt, row: SttRow) -> None:
    stream = await stt.open(CONFIG, lambda event: None)
    half = len(speech()) // 4 * 2
    stream.begin(3)
    stream.push(speech()[:half])
    first = await stream.finalize(3)
    stream.push(speech()[half:])
    whole = await stream.finalize(3)
    assert first.audio_ms == pytest.approx(length_ms(speech()[:half]), abs=1)
    assert whole.audio_ms == pytest.approx(length_ms(speech()), abs=1)
    assert row.hears(whole.text), whole.text
    stream.end(3)
    await stream.aclose()


async def test_an_utterance_knows_nothing_of_the_one_before(stt: Stt, row: SttRow) -> None:
    stream = await stt.open(CONFIG, lambda event: None)
    for utterance in (1, 2):
        stream.begin(utterance)
        stream.push(speech())
        transcript = await stream.finalize(utterance)
        assert (transcript.utterance, row.hears(transcript.text)) == (utterance, True)
        assert transcript.audio_ms == pytest.approx(length_ms(speech()), abs=1)
        stream.end(utterance)
        stream.push(speech())  # between utterances: not heard
    await stream.aclose()


async def test_no_audio_says_nothing(stt: Stt) -> None:
    stream = await stt.open(CONFIG, lambda event: None)
    stream.begin(1)
    assert (await stream.finalize(1)).text == ""
    await stream.aclose()


async def test_an_utterance_that_is_not_open_cannot_be_finalized(stt: Stt) -> None:
    stream = await stt.open(CONFIG, lambda event: None)
    with pytest.raises(SttFailed):
        await stream.finalize(9)
    stream.begin(1)
    stream.end(1)
    stream.end(1)
    with pytest.raises(SttFailed):
        await stream.finalize(1)
    await stream.aclose()
    await stream.aclose()


async def test_calls_do_not_hear_each_other(stt: Stt, row: SttRow) -> None:
    speaking, silent = [await stt.open(CONFIG, lambda event: None) for _ in range(2)]
    for stream in (speaking, silent):
        stream.begin(1)
    for frame in frames(speech()):
        speaking.push(frame)
    heard, unheard = await asyncio.gather(speaking.finalize(1), silent.finalize(1))
    assert row.hears(heard.text)
    assert unheard.text == ""
    await speaking.aclose()
    await silent.aclose()


async def test_a_killed_engine_hears_the_utterance_again(stt: Stt, row: SttRow) -> None:
    await stt.warm(CONFIG)
    if not row.processes(stt):
        pytest.skip("this recogniser has no processes of its own")
    events: list[SttEvent] = []
    stream = await stt.open(CONFIG, events.append)
    stream.begin(1)
    half = len(speech()) // 4 * 2
    stream.push(speech()[:half])
    for pid in row.processes(stt):
        os.kill(pid, signal.SIGKILL)
    stream.push(speech()[half:])
    async with asyncio.timeout(60):
        while not any(isinstance(event, EngineRestored) for event in events):  # noqa: ASYNC110  (no event to wait for)
            await asyncio.sleep(0.02)
    assert any(isinstance(event, EngineLost) for event in events)
    transcript = await stream.finalize(1)
    assert row.hears(transcript.text), transcript.text
    assert transcript.audio_ms == pytest.approx(length_ms(speech()), abs=1)
    await stream.aclose()
