from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.audio.vad.timeline import Timeline


def test_frames_in_time_belong_to_their_arrival() -> None:
    line = Timeline(8000)
    for n in range(1, 11):
        line.arrived(160, 1000.0 + n * 20)
    assert line.audio_ms == 200
    assert line.clock_ms(0) == 1000
    assert line.clock_ms(200) == 1200


@given(st.lists(st.floats(0, 90), min_size=60, max_size=120))
def test_jitter_moves_times_by_less_than_the_least_late_frame(jitter: list[float]) -> None:
    line = Timeline(8000)
    arrived_ms, delays_ms = 0.0, []
    for n, late_ms in enumerate(jitter, start=1):
        arrived_ms = max(arrived_ms, n * 20 + late_ms)
        delays_ms.append(arrived_ms - n * 20)
        line.arrived(160, arrived_ms)
    error_ms = line.clock_ms(line.audio_ms) - len(jitter) * 20
    assert -1e-6 <= error_ms <= min(delays_ms[-20:]) + 1e-6


def test_a_hole_moves_the_line_within_a_second() -> None:
    line = Timeline(8000)
    for n in range(1, 51):
        line.arrived(160, n * 20.0)
    for n in range(51, 51 + 50):
        line.arrived(160, n * 20.0 + 300)
    assert line.clock_ms(line.audio_ms) == pytest.approx(100 * 20 + 300)


def test_after_a_long_hole_the_line_begins_anew() -> None:
    line = Timeline(8000)
    line.arrived(160, 20.0)
    line.arrived(160, 60_000.0)
    assert line.clock_ms(line.audio_ms) == 60_000


def test_a_burst_counts_back_from_its_end() -> None:
    line = Timeline(16000)
    line.arrived(16000, 500.0)
    assert line.clock_ms(1000) == 500
    assert line.clock_ms(0) == -500
