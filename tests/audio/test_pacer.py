from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.audio.pacer import Pacer


def test_a_reply_is_sent_ahead_and_then_in_real_time() -> None:
    pacer = Pacer(8, 400)
    assert pacer.played_out_at_ms() == -math.inf
    assert pacer.due_bytes(1000.0) == 3200
    pacer.sent(3200, 1000.0)
    assert pacer.due_bytes(1000.0) == 0
    assert pacer.buffered_ms(1000.0) == 400
    assert pacer.due_bytes(1100.0) == 800
    pacer.sent(800, 1100.0)
    assert pacer.buffered_ms(1100.0) == 400
    assert pacer.played_out_at_ms() == 1500


def test_after_a_pause_playing_starts_at_the_send() -> None:
    pacer = Pacer(8, 400)
    pacer.sent(800, 0.0)
    assert pacer.buffered_ms(500.0) == 0
    pacer.sent(160, 500.0)
    assert pacer.played_out_at_ms() == 520


def test_clearing_empties_the_buffer_but_does_not_move_what_was_played() -> None:
    pacer = Pacer(8, 400)
    pacer.cleared(5.0)
    assert pacer.played_out_at_ms() == -math.inf
    pacer.sent(1600, 0.0)
    pacer.cleared(50.0)
    assert pacer.played_out_at_ms() == 50
    assert pacer.due_bytes(50.0) == 3200
    pacer.cleared(300.0)
    assert pacer.played_out_at_ms() == 50


def test_what_is_sent_beyond_the_limit_only_delays() -> None:
    pacer = Pacer(8, 400)
    pacer.sent(8 * 1000, 0.0)
    assert pacer.due_bytes(0.0) == 0
    assert pacer.next_due_ms(0.0, 160) == 620


@given(
    st.lists(st.tuples(st.floats(0, 200), st.integers(0, 8000)), max_size=50),
    st.sampled_from([1, 8, 16, 32, 48]),
    st.integers(1, 2000),
)
def test_never_more_ahead_than_allowed_and_due_again_when_said(
    steps: list[tuple[float, int]], rate: int, ahead: int
) -> None:
    pacer, now = Pacer(rate, ahead), 0.0
    for wait_ms, wanted in steps:
        now += wait_ms
        pacer.sent(min(wanted, pacer.due_bytes(now)), now)
        assert pacer.buffered_ms(now) <= ahead + 1e-6
        due_ms = pacer.next_due_ms(now, wanted)
        assert due_ms >= now
        chunk = min(math.ceil(wanted / rate), ahead) * rate
        assert pacer.due_bytes(due_ms + 1e-6) >= chunk


@pytest.mark.parametrize(("rate", "ahead"), [(0, 400), (8, 0)])
def test_nonsense_is_refused(rate: int, ahead: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        Pacer(rate, ahead)
