from __future__ import annotations

import pytest

from offhook.audio.track import Track

LOUD = b"\x01\x10"


def ms(n: int) -> bytes:
    return LOUD * (8 * n)


def quiet(n: int) -> bytes:
    return bytes(16 * n)


def test_pieces_sound_at_their_time() -> None:
    track = Track(8000)
    track.place(100, ms(20))
    track.place(300, ms(20))
    assert track.pcm() == quiet(100) + ms(20) + quiet(180) + ms(20)
    assert track.end_ms == 320


def test_a_piece_that_comes_early_waits_for_the_former() -> None:
    track = Track(8000)
    track.place(0, ms(50))
    track.place(10, ms(50))
    assert track.pcm() == ms(100)


def test_jitter_leaves_no_holes() -> None:
    track = Track(8000)
    for at_ms in (0, 21.5, 39, 77, 80):
        track.place(at_ms, ms(20))
    assert track.pcm() == ms(100)


def test_a_cut_forgets_what_was_not_played() -> None:
    track = Track(8000)
    track.place(0, ms(500))
    track.cut(200)
    track.place(600, ms(20))
    assert track.pcm() == ms(200) + quiet(400) + ms(20)
    track.cut(-5)
    assert track.pcm() == b""


def test_what_lies_behind_the_end_is_counted() -> None:
    track = Track(8000, max_ms=100)
    track.place(0, ms(90))
    track.place(90, ms(20))
    track.place(5000, ms(20))
    assert track.pcm() == ms(100)
    assert track.dropped_bytes == len(ms(10)) + len(ms(20))


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="whole samples"):
        Track(8000).place(0, b"x")
