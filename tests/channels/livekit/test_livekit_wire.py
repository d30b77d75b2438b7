from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.channels.livekit.wire import (
    MOST_BYTES,
    BadMessage,
    CallerCame,
    Caption,
    Clear,
    FromRooms,
    Heard,
    Join,
    Left,
    Play,
    ToRooms,
    Unpacker,
    packed,
)

COMMANDS = [
    Join(1, "wss://x", "t", "caller"),
    Play(1, b"\0\1" * 320),
    Clear(2),
    Caption(1, "u1", "नमस्ते", True, True),
]


@given(st.lists(st.integers(1, 50), min_size=1))
def test_messages_come_out_as_they_went_in_however_they_are_cut(cuts: list[int]) -> None:
    stream = b"".join(packed(message) for message in COMMANDS)
    unpacker, seen, at, turn = Unpacker(ToRooms), [], 0, 0
    while at < len(stream):
        size = cuts[turn % len(cuts)]
        seen += list(unpacker.feed(stream[at : at + size]))
        at, turn = at + size, turn + 1
    assert seen == COMMANDS


def test_each_direction_has_its_own_messages() -> None:
    assert list(Unpacker(FromRooms).feed(packed(Heard(1, b"x")) + packed(CallerCame(1)))) == [
        Heard(1, b"x"),
        CallerCame(1),
    ]
    with pytest.raises(BadMessage):
        list(Unpacker(FromRooms).feed(packed(COMMANDS[0])))


@pytest.mark.parametrize("stream", [(MOST_BYTES + 1).to_bytes(4, "big"), b"\0\0\0\2\xc1\xc1", packed(Left(1, "x"))])
def test_what_is_no_message_is_told(stream: bytes) -> None:
    with pytest.raises(BadMessage):
        list(Unpacker(ToRooms).feed(stream))
