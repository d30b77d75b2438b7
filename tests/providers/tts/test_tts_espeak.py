"""What is espeak's own; the port's behaviour is checked by the conformance suite."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from offhook.contracts.speech import TtsFailed, Voice
from offhook.kit.clock import SystemClock
from offhook.providers.tts.espeak.adapter import MAX_SENTENCE_CHARS, EspeakTts, sentences
from offhook.providers.tts.espeak.shaping import TARGET_DBFS, SpeechShaper, active_rms, gain_for, soft_limit
from offhook.providers.tts.espeak.voices import candidates, voice_for_language, words_per_minute

HELLO = "Hello, this is Lakeside Motors. How can I help you today?"


@pytest.fixture
async def tts() -> AsyncIterator[EspeakTts]:
    espeak = EspeakTts(SystemClock(), pool_size=1)
    yield espeak
    await espeak.aclose()


async def audio(tts: EspeakTts, text: str, voice: Voice = Voice(), rate_hz: int = 8000) -> np.ndarray:  # noqa: B008
    pcm = b"".join([piece async for piece in tts.synthesize(text, voice, rate_hz)])
    return np.frombuffer(pcm, dtype="<i2")


def dbfs(fraction: float) -> float:
    return float(20 * np.log10(fraction))


@pytest.mark.parametrize("name", ["", "en-us+f3", "en-gb-x-rp", "en-us+klatt", "hi+m2"])
@pytest.mark.parametrize("rate_hz", [8000, 16_000])
async def test_every_voice_speaks_at_the_same_level_without_clipping(tts: EspeakTts, name: str, rate_hz: int) -> None:
    samples = await audio(tts, HELLO, Voice(name=name), rate_hz)
    assert abs(dbfs(active_rms(samples, rate_hz)) - TARGET_DBFS) < 4
    assert int(np.abs(samples.astype(np.int32)).max()) < 32_500


async def test_speech_begins_at_once_and_ends_with_a_gap(tts: EspeakTts) -> None:
    samples = await audio(tts, "Good morning.")
    loud = np.flatnonzero(np.abs(samples) > 300)
    assert loud[0] < 8 * 60
    assert 8 * 100 < len(samples) - loud[-1] < 8 * 400
    clause = await audio(tts, "Good morning")
    assert len(clause) < len(samples)


async def test_rate_and_volume_are_obeyed(tts: EspeakTts) -> None:
    normal, slow, quiet = [await audio(tts, HELLO, voice) for voice in (Voice(), Voice(rate=0.7), Voice(volume=0.25))]
    assert len(slow) > 1.2 * len(normal)
    assert dbfs(active_rms(quiet, 8000)) < dbfs(active_rms(normal, 8000)) - 9


async def test_a_voice_of_another_provider_falls_back_to_the_language(tts: EspeakTts) -> None:
    assert len(await audio(tts, "Hello.", Voice(name="aura-2-asteria-en"))) > 1000
    assert len(await audio(tts, "नमस्ते, आप कैसे हैं?", Voice(language="hi"))) > 1000


async def test_a_nul_does_not_swallow_the_rest(tts: EspeakTts) -> None:
    assert len(await audio(tts, "One\0two three four five.")) > 1.5 * len(await audio(tts, "One."))


async def test_a_process_killed_between_sentences_is_not_heard(tts: EspeakTts) -> None:
    stream = tts.synthesize("One two three. Four five six. Seven eight nine.", Voice(), 8000)
    pieces = [await anext(stream)]
    pid = tts.engine_status().children[0].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    pieces += [piece async for piece in stream]
    whole = await audio(tts, "One two three. Four five six. Seven eight nine.")
    assert abs(len(b"".join(pieces)) / 2 - len(whole)) < 8 * 150
    assert tts.engine_status().children[0].restarts == 1


async def test_a_closed_engine_is_a_tts_failure(tts: EspeakTts) -> None:
    await tts.warm(Voice(), 8000)
    await tts.aclose()
    with pytest.raises(TtsFailed, match="closed"):
        await audio(tts, "Hello.")


async def test_more_syntheses_than_processes_all_come_through(tts: EspeakTts) -> None:
    lengths = [len(samples) for samples in await asyncio.gather(*(audio(tts, HELLO) for _ in range(20)))]
    assert min(lengths) > 0.9 * max(lengths) > 8000


@given(st.text(max_size=2000))
def test_sentences_are_short_clean_and_keep_every_word(text: str) -> None:
    pieces = sentences(text)
    assert all(len(piece) <= MAX_SENTENCE_CHARS and "\0" not in piece for piece in pieces)
    assert _letters("".join(pieces)) == _letters(text)


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


@given(hnp.arrays(np.float32, st.integers(0, 200), elements=st.floats(-100, 100, width=32)))
def test_the_limiter_never_reaches_full_scale_and_leaves_soft_sounds_alone(scaled: np.ndarray) -> None:
    limited = soft_limit(scaled)
    assert np.all(np.abs(limited) < 0.98)
    soft = np.abs(scaled) <= 0.6
    assert np.array_equal(limited[soft], scaled[soft])
    assert np.all(np.sign(limited) == np.sign(scaled))


@given(
    st.lists(st.integers(0, 3000), min_size=1, max_size=6), st.sampled_from([8000, 16_000, 22_050]), st.integers(0, 400)
)
def test_shaping_does_not_depend_on_how_the_audio_is_cut(cuts: list[int], rate_hz: int, gap_ms: int) -> None:
    tone = (8000 * np.sin(np.arange(6000) / 9)).astype("<i2")
    source = np.concatenate((np.zeros(2000, "<i2"), tone, np.zeros(1000, "<i2"), tone, np.zeros(3000, "<i2")))

    def shaped(edges: list[int]) -> bytes:
        shaper = SpeechShaper(source_rate_hz=22_050, rate_hz=rate_hz, gain=1.0, gap_ms=gap_ms)
        bounds = [0, *edges, len(source)]
        parts = [shaper.feed(source[a:b].tobytes()) for a, b in itertools.pairwise(bounds)]
        return b"".join(parts) + shaper.finish()

    whole = shaped([])
    in_pieces = np.frombuffer(shaped(sorted(cut * 5 for cut in cuts)), "<i2")
    assert np.allclose(in_pieces, np.frombuffer(whole, "<i2"), atol=1)
    samples = np.frombuffer(whole, "<i2")
    loud = np.flatnonzero(np.abs(samples) > 1000)
    assert loud[0] < rate_hz * 15 // 1000
    assert abs((len(samples) - loud[-1]) - rate_hz * gap_ms // 1000) < rate_hz * 30 // 1000


def test_silence_gives_nothing() -> None:
    shaper = SpeechShaper(source_rate_hz=22_050, rate_hz=8000, gain=1.0, gap_ms=200)
    assert shaper.feed(bytes(20_000)) + shaper.finish() == b""
    assert active_rms(np.zeros(8000, np.int16), 8000) == 0.0
    assert gain_for(0.0) == 1.0


@pytest.mark.parametrize(
    ("language", "voice"),
    [("en", "en-us"), ("en-IN", "en-us"), ("en_GB", "en-gb-x-rp"), ("hi-IN", "hi"), ("ta", "ta"), ("xx", "en-us")],
)
def test_languages_have_voices(language: str, voice: str) -> None:
    assert voice_for_language(language) == voice


@pytest.mark.parametrize(
    ("name", "tried"),
    [
        ("", ["hi"]),
        ("en-us+f3", ["en-us+f3", "hi"]),
        ("../../etc/passwd", ["hi"]),
        ("hi-IN-MadhurNeural", ["hi-IN-MadhurNeural", "hi"]),
        ("af_heart", ["hi"]),
    ],
)
def test_voices_that_cannot_be_espeaks_are_not_even_tried(name: str, tried: list[str]) -> None:
    assert list(candidates(Voice(name=name, language="hi"))) == tried


def test_words_per_minute_stay_within_what_espeak_can() -> None:
    assert [words_per_minute(rate) for rate in (0.01, 1.0, 99.0)] == [80, 165, 450]
