"""What a client may send, looked at before anything of it is decoded.

Socket.IO decodes a packet before it asks who sent it, and collects as many binary parts as a packet announces. Here a
connection that was not admitted may send little, one that was admitted an event and one binary part, and whoever sends
what no client of ours would is cut off.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

import msgspec
from engineio.packet import Packet as EnginePacket
from engineio.payload import Payload
from socketio import AsyncServer
from socketio.packet import ACK

from offhook.contracts.clock import Clock

UNPROVED_BYTES = 8_192
"""Of a connection that was not admitted: room for its token. Of the first part of an event with a binary one, too."""
ATTACHMENT_MS = 30_000.0
"""A binary part that was announced is waited for so long: ten megabytes over a poor line."""
PACKETS_AT_ONCE = 128
"""Of one POST of the polling transport: what a client kept while it was away comes at once."""
_TEXT_MARGIN = 4_096
"""Beside a recording's base64: the event's name and its other fields."""
_ONE_PART = "51-"
_RESERVED = frozenset({"connect", "disconnect", "*"})
"""Names under which the library would call our own handlers."""
_ASKED_ID = re.compile(r"2([0-9]{1,15})\[")


class Json:
    """The JSON of Socket.IO's packets."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return msgspec.json.encode(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        return msgspec.json.decode(text)


class _FrameJson(Json):
    """Of Engine.IO's frames, which would decode whatever is no packet of Socket.IO: only its own, which are short."""

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        if len(text) > UNPROVED_BYTES:
            raise ValueError("too long for a frame of Engine.IO")
        return msgspec.json.decode(text)


class GuardedServer(AsyncServer):  # type: ignore[misc]  # the library has no types
    """Socket.IO's server behind these rules.

    Args:
        max_bytes: of a recording.
        admitted: whether this connection (by Engine.IO's id) has proved who it is.
        too_large: (connection, id of the acknowledgement asked for) -> say so.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        max_bytes: int,
        admitted: Callable[[str], bool],
        too_large: Callable[[str, int | None], Awaitable[None]],
        **options: Any,
    ) -> None:
        super().__init__(json=Json, **options)
        EnginePacket.json = _FrameJson
        Payload.max_decode_packets = PACKETS_AT_ONCE
        self._clock = clock
        self._most_text = max_bytes * 4 // 3 + _TEXT_MARGIN
        self._admitted = admitted
        self._too_large = too_large
        self._announced_ms: dict[str, float] = {}

    def may_post(self, scope: Mapping[str, Any]) -> bool:
        """Whether this request's body may be read: the polling transport holds the whole of it."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return True
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) <= UNPROVED_BYTES:
            return True
        named = parse_qs(scope["query_string"].decode("latin-1")).get("sid", [""])
        return self._admitted(named[0])

    async def acknowledge(self, connection: str, asked: int, answer: Mapping[str, Any]) -> None:
        await self._send_packet(connection, self.packet_class(ACK, id=asked, data=[answer]))

    async def drop_unfinished(self) -> None:
        """Cut off those whose announced binary part does not come."""
        now_ms = self._clock.mono_ms()
        for connection, since_ms in list(self._announced_ms.items()):
            if connection not in self._binary_packet:
                del self._announced_ms[connection]
            elif now_ms - since_ms > ATTACHMENT_MS:
                await self.cut_off(connection)

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        if eio_sid not in self.environ:
            return  # cut off already; what it had sent before is still on its way
        waiting = eio_sid in self._binary_packet
        if not self._usable(eio_sid, data, waiting):
            await self.cut_off(eio_sid)
        elif not waiting and len(data) > self._most_text:
            asked = _ASKED_ID.match(data)
            await self._too_large(eio_sid, int(asked[1]) if asked else None)
        else:
            if not waiting and data.startswith(_ONE_PART):
                self._announced_ms[eio_sid] = self._clock.mono_ms()
            await super()._handle_eio_message(eio_sid, data)

    def _usable(self, connection: str, data: Any, waiting: bool) -> bool:
        if waiting:
            return isinstance(data, bytes)  # one that is too large is refused with words by who reads it
        if not isinstance(data, str) or not data:
            return False
        if not self._admitted(connection):
            return data[0] in "01" and len(data) <= UNPROVED_BYTES
        if data.startswith(_ONE_PART):
            return len(data) <= UNPROVED_BYTES
        return data[0] in "0123"

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:
        named = isinstance(data, list) and data and isinstance(data[0], str)
        if not named or data[0] in _RESERVED:
            await self.cut_off(eio_sid)
            return
        await super()._handle_event(eio_sid, namespace, id, data)

    async def cut_off(self, connection: str) -> None:
        self._binary_packet.pop(connection, None)
        self._announced_ms.pop(connection, None)
        socket = self.eio.sockets.get(connection)
        if socket is not None:
            # The library's own way waits until the client has read everything, which it may never do.
            await socket.close(wait=False, reason=self.reason.SERVER_DISCONNECT)
            await socket.queue.put(None)  # ends the writer, and its WebSocket with it
            self.eio.sockets.pop(connection, None)
