"""What the server and the process that sits in the rooms say to each other. Sans-IO.

The process is to the server what a telephone carrier is: it brings the caller's sound, plays what it is given, tells
when a mark was reached, and drops its queue on a clear. Messages are msgpack, each behind its length (4 bytes, big
endian). Rooms are named by the server's own short key, so that a late message of a room that was left meets nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

_LENGTH = struct.Struct(">I")
MOST_BYTES = 1 << 20
"""Of one message; more is a fault of ours."""
RATE_HZ = 16_000
"""Of the sound in both directions, PCM16 mono."""


class Told(msgspec.Struct, array_like=True, frozen=True, tag=True):
    room: int


# -- to the rooms -----------------------------------------------------------------------------------------------------


class Join(Told, frozen=True):
    url: str
    token: str
    caller: str
    """The identity whose sound is heard and whose coming and going is told."""


class Play(Told, frozen=True):
    pcm: bytes


class Mark(Told, frozen=True):
    name: str


class Clear(Told, frozen=True):
    """Drop what was not played, and the marks in it."""


class Attributes(Told, frozen=True):
    values: dict[str, str]


class Caption(Told, frozen=True):
    """A transcription as LiveKit's front ends read it: `text` takes the place of what has the same segment id."""

    segment: str
    text: str
    final: bool
    of_caller: bool


class Leave(Told, frozen=True):
    pass


# -- from the rooms ---------------------------------------------------------------------------------------------------


class Joined(Told, frozen=True):
    sid: str
    """LiveKit's id of the room: another one each time a room of the same name is made."""


class Refused(Told, frozen=True):
    """The room could not be joined; nothing more will be told of it."""

    reason: str


class CallerCame(Told, frozen=True):
    """He hears us from now on."""


class CallerLeft(Told, frozen=True):
    pass


class Heard(Told, frozen=True):
    pcm: bytes


class Typed(Told, frozen=True):
    text: str


class Played(Told, frozen=True):
    name: str


class Left(Told, frozen=True):
    """We are out of the room; nothing more will be told of it."""

    reason: str


ToRooms = Join | Play | Mark | Clear | Attributes | Caption | Leave
FromRooms = Joined | Refused | CallerCame | CallerLeft | Heard | Typed | Played | Left


class BadMessage(Exception):
    """The other side does not speak this protocol."""


def packed(message: ToRooms | FromRooms) -> bytes:
    body = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(body)) + body


class Unpacker:
    """Bytes in, messages out; `kind` is the union that the reader takes."""

    def __init__(self, kind: object) -> None:
        self._decoder: msgspec.msgpack.Decoder[ToRooms | FromRooms] = msgspec.msgpack.Decoder(kind)
        self._waiting = bytearray()

    def feed(self, data: bytes) -> Iterator[ToRooms | FromRooms]:
        """Raises BadMessage; nothing can be read behind that."""
        self._waiting += data
        at = 0
        try:
            while len(self._waiting) - at >= _LENGTH.size:
                (length,) = _LENGTH.unpack_from(self._waiting, at)
                if length > MOST_BYTES:
                    raise BadMessage(f"a message of {length} bytes")
                end = at + _LENGTH.size + length
                if len(self._waiting) < end:
                    return
                body = bytes(self._waiting[at + _LENGTH.size : end])
                at = end
                try:
                    yield self._decoder.decode(body)
                except msgspec.DecodeError as error:
                    raise BadMessage(str(error)) from None
        finally:
            del self._waiting[:at]
