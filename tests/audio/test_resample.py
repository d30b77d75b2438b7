from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offhook.audio.level import rms_dbfs, tone
from offhook.audio.resample import Resampler, resample

PAIRS = [(8000, 16000), (16000, 8000), (22050, 8000), (24000, 8000), (48000, 16000), (44100, 16000)]


def stream(pcm: bytes, from_hz: int, to_hz: int, piece_bytes: int) -> bytes:
    resampler = Resampler(from_hz, to_hz)
    out = [resampler.push(pcm[i : i + piece_bytes]) for i in range(0, len(pcm), piece_bytes)]
    return b"".join([*out, resampler.flush()])


@pytest.mark.parametrize(("from_hz", "to_hz"), PAIRS)
def test_a_tone_keeps_pitch_level_and_length(from_hz: int, to_hz: int) -> None:
    pcm = tone(1000, 1000, from_hz, -12.0)
    for out in (stream(pcm, from_hz, to_hz, from_hz // 25), resample(pcm, from_hz, to_hz)):
        assert abs(len(out) // 2 - to_hz) <= 1
        samples = np.frombuffer(out, dtype="<i2")[to_hz // 4 : 3 * to_hz // 4].astype(float)
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
        assert int(spectrum.argmax()) * 2 == 1000
        assert rms_dbfs(samples.astype("<i2").tobytes()) == pytest.approx(-12.0, abs=0.1)


@pytest.mark.parametrize(("from_hz", "to_hz"), PAIRS)
def test_a_stream_of_frames_lags_little_and_evenly(from_hz: int, to_hz: int) -> None:
    resampler, given_ms = Resampler(from_hz, to_hz), 0.0
    frame = tone(440, 20, from_hz)
    for n in range(1, 51):
        given_ms += len(resampler.push(frame)) * 500 / to_hz
        assert n * 20 - given_ms <= 31


def test_what_does_not_fit_the_narrower_band_is_taken_out() -> None:
    out = stream(tone(5000, 1000, 16000, -6.0), 16000, 8000, 640)
    assert rms_dbfs(out[1600:-1600]) < -70


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=30), st.sampled_from(PAIRS))
def test_pieces_of_any_length_add_up(pieces: list[int], pair: tuple[int, int]) -> None:
    resampler, out = Resampler(*pair), 0
    for samples in pieces:
        out += len(resampler.push(bytes(2 * samples)))
    out += len(resampler.flush())
    assert abs(out / 2 - sum(pieces) * pair[1] / pair[0]) <= 2


def test_equal_rates_pass_pieces_through() -> None:
    resampler, pcm = Resampler(8000, 8000), tone(300, 20, 8000)
    assert resampler.push(pcm) is pcm
    assert resampler.flush() == b""
    assert resample(pcm, 8000, 8000) is pcm
    assert resample(b"", 8000, 16000) == b""


def test_a_flushed_resampler_begins_anew() -> None:
    resampler, pcm = Resampler(8000, 16000), tone(500, 100, 8000)
    first = resampler.push(pcm) + resampler.flush()
    assert resampler.push(pcm) + resampler.flush() == first
    assert len(first) == 2 * len(pcm)
    assert resampler.flush() == b""


@pytest.mark.parametrize("rates", [(0, 8000), (8000, -1)])
def test_impossible_rates_are_refused(rates: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="positive"):
        Resampler(*rates)
    with pytest.raises(ValueError, match="positive"):
        resample(b"", *rates)


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="whole samples"):
        Resampler(8000, 16000).push(b"123")
    with pytest.raises(ValueError, match="whole samples"):
        resample(b"123", 8000, 16000)
