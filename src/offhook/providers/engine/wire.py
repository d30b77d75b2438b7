"""The language between the server and an engine process: length-prefixed msgpack over a stream socket. Sans-IO.

A frame is a 4-byte big-endian length and that many bytes of msgpack: one message, an array whose first item is its tag.
`id` numbers a piece of work, `channel` a sticky channel; both are chosen by the server and never used twice on a link.
Every `Call` and `ChannelCall` is answered by exactly one of `Reply`, `End` or `Fault`, a cancelled one included.
"""

from __future__ import annotations

import struct

import msgspec

MAX_FRAME_BYTES = 32 * 1024 * 1024
_LENGTH = struct.Struct(">I")
_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class WireError(Exception):
    """The peer does not speak this language; the link cannot be used any more."""


class Call(msgspec.Struct, frozen=True, array_like=True, tag="call"):
    """Server → engine: do this. `streamed` work is answered by `Item`* and `End`, other work by `Reply`."""

    id: int
    method: str
    payload: object
    streamed: bool = False


class Cancel(msgspec.Struct, frozen=True, array_like=True, tag="cancel"):
    """Server → engine: the answer is no longer wanted. The work is still answered (`Fault` when it had not begun)."""

    id: int


class ChannelOpen(msgspec.Struct, frozen=True, array_like=True, tag="open"):
    channel: int
    payload: object


class ChannelSend(msgspec.Struct, frozen=True, array_like=True, tag="send"):
    """A message in either direction, unanswered."""

    channel: int
    payload: object


class ChannelCall(msgspec.Struct, frozen=True, array_like=True, tag="ccall"):
    id: int
    channel: int
    method: str
    payload: object


class ChannelClose(msgspec.Struct, frozen=True, array_like=True, tag="close"):
    channel: int


class Ready(msgspec.Struct, frozen=True, array_like=True, tag="ready"):
    """Engine → server: loaded; work may come."""

    pid: int


class Reply(msgspec.Struct, frozen=True, array_like=True, tag="reply"):
    id: int
    payload: object


class Item(msgspec.Struct, frozen=True, array_like=True, tag="item"):
    id: int
    payload: object


class End(msgspec.Struct, frozen=True, array_like=True, tag="end"):
    id: int


class Fault(msgspec.Struct, frozen=True, array_like=True, tag="fault"):
    id: int
    text: str


ToEngine = Call | Cancel | ChannelOpen | ChannelSend | ChannelCall | ChannelClose
ToServer = Ready | Reply | Item | End | Fault | ChannelSend

_encoder = msgspec.msgpack.Encoder()
_engine_side: msgspec.msgpack.Decoder[ToEngine] = msgspec.msgpack.Decoder(ToEngine)
_server_side: msgspec.msgpack.Decoder[ToServer] = msgspec.msgpack.Decoder(ToServer)


def encode(message: ToEngine | ToServer) -> bytes:
    """A whole frame. Raises WireError when it would be larger than MAX_FRAME_BYTES."""
    buffer = bytearray(_LENGTH.size)
    _encoder.encode_into(message, buffer, _LENGTH.size)
    size = len(buffer) - _LENGTH.size
    if size > MAX_FRAME_BYTES:
        raise WireError(f"a message of {size} bytes exceeds a frame's {MAX_FRAME_BYTES}; send it in parts")
    _LENGTH.pack_into(buffer, 0, size)
    return bytes(buffer)


def decode_to_engine(body: bytes) -> ToEngine:
    try:
        return _engine_side.decode(body)
    except _UNREADABLE as error:
        raise WireError(f"unreadable message from the server: {error}") from None


def decode_to_server(body: bytes) -> ToServer:
    try:
        return _server_side.decode(body)
    except _UNREADABLE as error:
        raise WireError(f"unreadable message from the engine: {error}") from None


class FrameSplitter:
    """Cuts a byte stream into frames, however it arrives."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes, give the bodies of the frames that are complete now. Raises WireError on an oversized frame."""
        buffer = self._buffer
        buffer += data
        bodies: list[bytes] = []
        at = 0
        while len(buffer) - at >= _LENGTH.size:
            (size,) = _LENGTH.unpack_from(buffer, at)
            if size > MAX_FRAME_BYTES:
                raise WireError(f"a frame of {size} bytes was announced; at most {MAX_FRAME_BYTES} are allowed")
            start = at + _LENGTH.size
            if len(buffer) - start < size:
                break
            bodies.append(bytes(buffer[start : start + size]))
            at = start + size
        if at:
            del buffer[:at]
        return bodies
