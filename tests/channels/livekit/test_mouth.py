"""The agent's pacing in a room: sound in, whole frames out, marks where they belong."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from offhook.channels.livekit.mouth import BYTES_PER_MS, FRAME_MS, MOST_MS, PIECE_MS, Mouth

FRAME = FRAME_MS * BYTES_PER_MS


def test_pieces_are_whole_frames_of_at_most_a_hundred_milliseconds() -> None:
    mouth = Mouth()
    mouth.play(b"\1" * (FRAME * 7 + 6))
    assert [len(mouth.take()), len(mouth.take()), len(mouth.take())] == [PIECE_MS * BYTES_PER_MS, 2 * FRAME, 0]
    assert mouth.waiting_ms == 6 / BYTES_PER_MS


def test_the_end_of_a_sentence_is_filled_up() -> None:
    mouth = Mouth()
    mouth.play(b"\1" * 100)
    mouth.mark("end")
    assert mouth.take() == b"\1" * 100 + bytes(FRAME - 100)
    assert mouth.take() == b""


def test_a_mark_is_reached_when_its_sound_was_played() -> None:
    mouth = Mouth()
    mouth.play(bytes(FRAME * 2))
    mouth.mark("one")
    mouth.play(bytes(FRAME))
    mouth.mark("two")
    assert mouth.reached(0.0) == []
    mouth.take()
    assert mouth.reached(60.0) == []
    assert mouth.next_mark_ms(60.0) == 40.0
    assert mouth.reached(20.0) == ["one"]
    assert mouth.next_mark_ms(20.0) == 20.0
    assert mouth.reached(0.0) == ["two"]
    assert mouth.next_mark_ms(0.0) is None


def test_a_clear_drops_sound_and_marks() -> None:
    mouth = Mouth()
    mouth.play(bytes(FRAME * 9))
    mouth.mark("gone")
    mouth.take()
    mouth.clear()
    assert mouth.take() == b""
    assert mouth.reached(0.0) == []
    mouth.mark("at once")
    assert mouth.reached(0.0) == ["at once"]


def test_there_is_an_end_to_what_waits() -> None:
    mouth = Mouth()
    assert mouth.play(bytes(MOST_MS * BYTES_PER_MS))
    assert not mouth.play(b"\0\0")


@given(st.lists(st.one_of(st.integers(1, 3_000), st.just("mark"), st.just("take"), st.just("clear"))))
def test_nothing_is_lost_doubled_or_out_of_order(steps: list[int | str]) -> None:
    mouth, named, reached, cleared = Mouth(), [], [], set[str]()
    for step in steps:
        if isinstance(step, int):
            mouth.play(bytes(step * 2))
        elif step == "mark":
            named.append(f"m{len(named)}")
            mouth.mark(named[-1])
        elif step == "take":
            assert len(mouth.take()) % FRAME == 0
            reached += mouth.reached(0.0)
        else:
            mouth.clear()
            cleared |= set(named) - set(reached)
    while mouth.take():
        pass
    reached += mouth.reached(0.0)
    assert reached == sorted(set(reached), key=named.index)
    assert not set(reached) & cleared
    assert len(reached) + len(cleared) >= len(named) - 1 or mouth.waiting_ms < FRAME_MS
