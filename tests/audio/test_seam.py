from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.audio.level import active_dbfs, noise, peak, rms_dbfs, silence, tone
from offhook.audio.seam import COMPARED_MS, MOST_CORRECTION_DB, MOST_TRIMMED_MS, SAME_LEVEL_DB, Joining, ending
from offhook.contracts.speech import Voice
from offhook.kit.clock import SystemClock
from offhook.providers.tts.espeak.adapter import EspeakTts

RATE_HZ = 8000


def ms(pcm: bytes) -> float:
    return len(pcm) / 2 / RATE_HZ * 1000


def speech(length_ms: int, level_dbfs: float = -20.0) -> bytes:
    return tone(300, length_ms, RATE_HZ, level_dbfs)


def joined(pcm: bytes, level_dbfs: float = -20.0, piece_bytes: int = 640) -> bytes:
    joining = Joining(level_dbfs, RATE_HZ)
    fed = [joining.feed(pcm[at : at + piece_bytes]) for at in range(0, len(pcm), piece_bytes)]
    return b"".join(fed) + joining.finish()


def steps(pcm: bytes) -> int:
    """The largest jump from one sample to the next: what a click is."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(int)
    return int(np.abs(np.diff(samples, prepend=0, append=0)).max())


@pytest.mark.parametrize("behind_ms", [0, 20, 400])
@pytest.mark.parametrize("pause_ms", [0, 150])
def test_the_first_piece_ends_with_the_pause_asked_for(behind_ms: int, pause_ms: int) -> None:
    done = ending(speech(700) + silence(behind_ms, RATE_HZ), RATE_HZ, pause_ms)
    assert 700 <= ms(done) - pause_ms <= 712
    assert rms_dbfs(done[len(done) - 2 :]) <= -70


@pytest.mark.parametrize("before_ms", [0, 5, 90, 400])
@pytest.mark.parametrize("piece_bytes", [2, 320, 640, 100_000])
def test_the_second_begins_with_its_speech(before_ms: int, piece_bytes: int) -> None:
    assert 700 <= ms(joined(silence(before_ms, RATE_HZ) + speech(700), piece_bytes=piece_bytes)) <= 715


def test_a_seam_has_no_gap_and_no_click() -> None:
    both = ending(speech(333), RATE_HZ, 0) + joined(speech(700))
    assert 333 + 700 - 5 <= ms(both) <= 333 + 700
    assert steps(both) <= steps(speech(1000)) * 1.05


def test_a_breath_is_silence_and_quiet_speech_is_not() -> None:
    breath = noise(RATE_HZ // 4, -58.0, np.random.default_rng(1))
    assert ms(joined(breath + speech(700))) <= 715
    assert ms(joined(speech(100, -45.0) + speech(700))) >= 795


@pytest.mark.parametrize("off_db", [-20.0, -6.0, -2.0, 0.0, 2.0, 6.0])
def test_a_level_is_corrected_beyond_what_phrases_differ_by(off_db: float) -> None:
    out = joined(speech(1000, -20.0 + off_db))
    left = active_dbfs(out[1000:]) + 20.0
    assert abs(left) <= max(SAME_LEVEL_DB, abs(off_db) - MOST_CORRECTION_DB) + 0.2
    assert abs(off_db) > SAME_LEVEL_DB or left == pytest.approx(off_db, abs=0.1)


def test_the_correction_does_not_overdrive() -> None:
    assert peak(joined(speech(1000, -4.0), level_dbfs=-1.0)) <= 32767


def test_hurry_gives_what_is_there() -> None:
    joining = Joining(-20.0, RATE_HZ)
    assert joining.feed(silence(100, RATE_HZ)) == b"" == joining.hurry()
    assert joining.feed(speech(COMPARED_MS // 4)) == b""
    assert ms(joining.hurry()) >= COMPARED_MS // 4
    assert joining.feed(speech(40)) == speech(40)


def test_silence_that_was_meant_is_kept_and_a_silent_piece_gives_nothing() -> None:
    assert ms(joined(silence(MOST_TRIMMED_MS + 400, RATE_HZ) + speech(500))) >= 900
    assert joined(silence(200, RATE_HZ)) == b"" == joined(b"")
    assert ending(silence(200, RATE_HZ), RATE_HZ, 150) == b"" == ending(b"", RATE_HZ, 150)


@pytest.mark.parametrize(
    ("opening", "rest"),
    [("The earliest I have is", "10 AM on Friday."), ("Thank you,", "Lara Berg."), ("We're closed", "on Sundays.")],
)
async def test_a_real_voice_is_joined_without_a_gap_or_a_step(opening: str, rest: str) -> None:
    tts = EspeakTts(SystemClock())
    made = [
        b"".join([piece async for piece in tts.synthesize(text, Voice(), RATE_HZ)]) for text in (f"{opening},", rest)
    ]
    await tts.aclose()
    first, second = ending(made[0], RATE_HZ, 0), joined(made[1], active_dbfs(made[0]))
    assert abs(active_dbfs(first) - active_dbfs(second)) <= SAME_LEVEL_DB
    frame = RATE_HZ // 200 * 2
    around = (first[-20 * frame :] + second)[: 40 * frame]
    quiet_ms = [5 for at in range(0, len(around), frame) if rms_dbfs(around[at : at + frame]) < -52]
    assert sum(quiet_ms) <= 40
    assert steps(first[-16:] + second[:16]) < 500, "a click where they meet"


@given(st.binary(max_size=4000).map(lambda data: data[: len(data) // 2 * 2]), st.sampled_from([2, 160, 1000]))
def test_nothing_is_lost_but_what_is_before_the_onset(pcm: bytes, piece_bytes: int) -> None:
    out = joined(pcm, level_dbfs=active_dbfs(pcm), piece_bytes=piece_bytes)
    assert len(out) <= len(pcm) and len(out) % 2 == 0
    tail = len(out) - 2 * RATE_HZ * 5 // 1000  # behind the fade
    assert tail <= 0 or pcm.endswith(out[-tail:])
