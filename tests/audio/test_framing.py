from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.audio.framing import Framer, Preroll

PIECES = st.lists(st.binary(max_size=50), max_size=20)


@given(PIECES, st.integers(1, 64))
def test_frames_are_whole_and_nothing_is_lost(pieces: list[bytes], size: int) -> None:
    framer = Framer(size)
    frames = [frame for piece in pieces for frame in framer.push(piece)]
    assert all(len(frame) == size for frame in frames)
    left = framer.flush()
    assert len(left) < size
    assert b"".join(frames) + left == b"".join(pieces)
    assert framer.flush() == b""


def test_a_frame_that_fits_is_handed_through() -> None:
    piece = b"x" * 160
    assert Framer(160).push(piece)[0] is piece


def test_a_frame_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="got 0"):
        Framer(0)


@given(st.lists(st.binary(max_size=20).map(lambda b: b + b), max_size=20), st.integers(0, 101))
def test_preroll_keeps_exactly_the_end(pieces: list[bytes], most: int) -> None:
    preroll = Preroll(most)
    for piece in pieces:
        preroll.push(piece)
    most -= most % 2
    whole = b"".join(pieces)
    assert len(preroll) == min(most, len(whole))
    assert preroll.take() == (whole[-most:] if most else b"")
    assert len(preroll) == 0
    assert preroll.take() == b""


def test_preroll_can_be_cleared_and_goes_on() -> None:
    preroll = Preroll(4)
    preroll.push(b"abcd")
    preroll.clear()
    preroll.push(b"ef")
    assert preroll.take() == b"ef"
    with pytest.raises(ValueError, match="-2"):
        Preroll(-2)
