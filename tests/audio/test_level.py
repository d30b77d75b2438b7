from __future__ import annotations

import numpy as np
import pytest

from offhook.audio.level import (
    SILENT_DBFS,
    active_dbfs,
    add_noise,
    dbfs,
    gain,
    mix,
    noise,
    peak,
    rms_dbfs,
    silence,
    to_pcm,
    tone,
)


def pcm(*samples: int) -> bytes:
    return np.array(samples, dtype="<i2").tobytes()


def test_levels_of_known_signals() -> None:
    assert rms_dbfs(pcm(*[-32768] * 100)) == pytest.approx(0.0)
    assert rms_dbfs(tone(1000, 1000, 8000, -20.0)) == pytest.approx(-20.0, abs=0.01)
    assert rms_dbfs(silence(20, 8000)) == rms_dbfs(b"") == SILENT_DBFS
    assert dbfs(0) == SILENT_DBFS
    assert peak(pcm(3, -700, 20)) == 700
    assert peak(pcm(-32768)) == 32768


def test_gain_scales_and_clips() -> None:
    assert rms_dbfs(gain(tone(500, 100, 8000, -30.0), 6.0)) == pytest.approx(-24.0, abs=0.05)
    assert gain(pcm(20000, -20000), 20.0) == pcm(32767, -32768)


def test_mix_is_as_long_as_the_longer_and_clips() -> None:
    assert mix(pcm(1, 2, 30000), pcm(10, 10, 30000, 5)) == pcm(11, 12, 32767, 5)
    assert mix(b"", pcm(7)) == pcm(7)


def test_active_level_leaves_pauses_out() -> None:
    speech = tone(300, 500, 8000, -20.0)
    with_pauses = silence(2000, 8000) + speech + silence(1500, 8000)
    assert active_dbfs(with_pauses) == pytest.approx(-20.0, abs=0.3)
    assert rms_dbfs(with_pauses) < -28
    assert active_dbfs(speech) == pytest.approx(-20.0, abs=0.05)
    assert active_dbfs(pcm(1000, -1000)) == pytest.approx(rms_dbfs(pcm(1000, -1000)))


@pytest.mark.parametrize("snr_db", [25.0, 10.0])
def test_noise_lies_under_the_speech_by_the_ratio(snr_db: float) -> None:
    clean = silence(1000, 8000) + tone(300, 1000, 8000, -20.0) + silence(1000, 8000)
    noisy = add_noise(clean, snr_db, np.random.default_rng(1))
    assert len(noisy) == len(clean)
    assert rms_dbfs(noisy[:16000]) == pytest.approx(-20.0 - snr_db, abs=0.3)


def test_noise_is_the_same_for_the_same_seed() -> None:
    clean = tone(300, 100, 8000)
    assert add_noise(clean, 20, np.random.default_rng(5)) == add_noise(clean, 20, np.random.default_rng(5))
    assert add_noise(clean, 20, np.random.default_rng(5)) != add_noise(clean, 20, np.random.default_rng(6))
    assert rms_dbfs(noise(8000, -40.0, np.random.default_rng(2))) == pytest.approx(-40.0, abs=0.3)


def test_silence_stays_silent_under_relative_noise() -> None:
    quiet = silence(100, 8000)
    assert add_noise(quiet, 20, np.random.default_rng(5)) == quiet


def test_lengths_and_clipping_of_made_signals() -> None:
    assert len(silence(15, 8000)) == 240
    assert len(tone(100, 15, 16000)) == 480
    assert to_pcm(np.array([1e6, -1e6, 0.6])) == pcm(32767, -32768, 1)
