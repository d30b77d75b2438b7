"""What every voice does alike, through the port alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from tts_rows import ROWS, TtsRow

from offhook.contracts.speech import Tts, Voice
from offhook.kit.clock import SystemClock

SENTENCE = "Your car will be ready on Friday afternoon, and we will call you."
TEN_THOUSAND = (SENTENCE + " ") * (10_000 // (len(SENTENCE) + 1) + 1)


@pytest.fixture(params=ROWS)
def row(request: pytest.FixtureRequest) -> TtsRow:
    return ROWS[request.param]


@pytest.fixture
async def tts(row: TtsRow) -> AsyncIterator[Tts]:
    voice = row.make(SystemClock())
    yield voice
    await voice.aclose()


async def pieces_of(tts: Tts, text: str, rate_hz: int = 8000, voice: Voice | None = None) -> list[bytes]:
    return [piece async for piece in tts.synthesize(text, voice or Voice(), rate_hz)]


def length_ms(pieces: list[bytes], rate_hz: int = 8000) -> float:
    return sum(map(len, pieces)) / (2 * rate_hz) * 1000


async def test_a_sentence_comes_in_pieces_of_whole_samples(tts: Tts, row: TtsRow) -> None:
    pieces = await pieces_of(tts, SENTENCE)
    assert all(piece and len(piece) % 2 == 0 for piece in pieces)
    assert len(pieces) > 1 or not tts.capabilities.streaming
    assert length_ms(pieces) >= max(1.0, row.least_audio_ms_per_word * len(SENTENCE.split()))


@pytest.mark.parametrize("rate_hz", [16_000, 24_000, 48_000])
async def test_the_rate_changes_the_samples_not_the_length(tts: Tts, rate_hz: int) -> None:
    at_8k = length_ms(await pieces_of(tts, SENTENCE))
    assert length_ms(await pieces_of(tts, SENTENCE, rate_hz), rate_hz) == pytest.approx(at_8k, rel=0.1)


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "...", "?!", "\0", "😀"])
async def test_nothing_to_say_is_no_audio_and_no_error(tts: Tts, text: str) -> None:
    assert await pieces_of(tts, text) == []
    assert await pieces_of(tts, SENTENCE) != []


@pytest.mark.parametrize("text", ["One\0two\x07 three \x1b[31mfour", "<speak>hi</speak> & </s>", "नमस्ते hello 你好 x"])
async def test_odd_text_is_spoken_somehow(tts: Tts, text: str) -> None:
    assert length_ms(await pieces_of(tts, text)) > 0


async def test_a_synthesis_left_early_leaves_the_voice_free(tts: Tts) -> None:
    for _ in range(5):
        stream = tts.synthesize(TEN_THOUSAND, Voice(), 8000)
        assert await anext(aiter(stream))
        await stream.aclose()  # type: ignore[attr-defined]  # the port: closing the iterator cancels
    assert await pieces_of(tts, SENTENCE) != []


async def test_a_cancelled_listener_leaves_the_voice_free(tts: Tts) -> None:
    async def listen() -> None:
        async for _ in tts.synthesize(TEN_THOUSAND, Voice(), 8000):
            await asyncio.sleep(3600)

    listener = asyncio.create_task(listen())
    await asyncio.sleep(0.05)
    listener.cancel()
    await asyncio.gather(listener, return_exceptions=True)
    assert await pieces_of(tts, SENTENCE) != []


async def test_ten_thousand_characters_are_spoken_to_the_end(tts: Tts, row: TtsRow) -> None:
    pieces = await pieces_of(tts, TEN_THOUSAND)
    assert length_ms(pieces) >= max(1.0, row.least_audio_ms_per_word * len(TEN_THOUSAND.split()))


async def test_a_long_text_without_a_stop_is_spoken_to_the_end(tts: Tts, row: TtsRow) -> None:
    text = "and then " * 200
    assert length_ms(await pieces_of(tts, text)) >= max(1.0, row.least_audio_ms_per_word * len(text.split()))


async def test_two_at_once_do_not_disturb_each_other(tts: Tts) -> None:
    alone = [length_ms(await pieces_of(tts, text)) for text in (SENTENCE, SENTENCE * 3)]
    together = await asyncio.gather(pieces_of(tts, SENTENCE), pieces_of(tts, SENTENCE * 3))
    assert [length_ms(pieces) for pieces in together] == pytest.approx(alone, rel=0.1)


async def test_warming_and_closing_may_be_repeated(tts: Tts) -> None:
    await tts.warm(Voice(), 8000)
    await tts.warm(Voice(language="hi"), 16_000)
    assert await pieces_of(tts, SENTENCE) != []
    await tts.aclose()
    await tts.aclose()


def test_capabilities_name_english(row: TtsRow) -> None:
    assert "en" in row.make(SystemClock()).capabilities.languages
