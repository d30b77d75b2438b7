"""The fast lane of media sockets: picows on the server's own port, past the web framework.

uvicorn's `ws=` takes any protocol class. On an upgrade it makes one, gives it the transport and the raw request, and
makes it the transport's protocol. `_Switch` looks at the path: a media path that its door admits is handed to picows,
everything else (other paths, and refusals, which want an HTTP answer) to the ordinary protocol. So the rest of the
server does not know of the lane, and without it the same sockets are served by `asgi_lane`.

picows parses frames in C and calls `on_ws_frame`; from there to the detector and the recogniser there are plain
function calls only. What we send goes to the transport at once; a peer that does not read shows by its buffer.

`WSProtocol`'s constructor is not public in picows: its version is pinned, and the switch has tests of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, cast

from picows import (
    WSAutoPingStrategy,
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
)
from picows.picows import WSProtocol  # type: ignore[attr-defined]  # not public, see above

from offhook.channels.gate import BELOW, Admitted, UpgradeRequest
from offhook.channels.media_call import NORMAL, MediaPeer, Message
from offhook.channels.media_door import LAST_WORDS_S, MediaDoor
from offhook.telemetry.log import get_logger

OrdinaryProtocol = Callable[..., asyncio.Protocol]
_READ_BUFFER_BYTES = 4096
"""To begin with, per call; real frames have 300 bytes."""
_HANDSHAKE_S = 5.0
_TOO_BIG = 1009
_TEXT, _BINARY = WSMsgType.TEXT, WSMsgType.BINARY


class FastLane:
    """Gives uvicorn its WebSocket protocol, and holds the calls that it opened. Use as an async context manager.

    Args:
        doors: the media paths.
        ordinary: the protocol class for everything else.
        ping_interval_s, ping_timeout_s: a peer that is silent for so long is asked, and dropped if it does not answer.
    """

    def __init__(
        self,
        doors: Sequence[MediaDoor],
        ordinary: OrdinaryProtocol,
        *,
        ping_interval_s: float = 20.0,
        ping_timeout_s: float = 10.0,
        max_frame_bytes: int = 1_048_576,
    ) -> None:
        self.doors: Mapping[str, MediaDoor] = {door.rules.path: door for door in doors}
        self.ordinary = ordinary
        self._ping_interval_s = ping_interval_s
        self._ping_timeout_s = min(ping_timeout_s, ping_interval_s)
        self._max_frame_bytes = max_frame_bytes
        self._sockets: set[FastSocket] = set()
        self._tasks: asyncio.TaskGroup | None = None

    def door_at(self, path: str) -> MediaDoor | None:
        doors, path = self.doors, path.rstrip("/")
        return doors.get(path) or doors.get(path.rpartition("/")[0] + BELOW)

    async def __aenter__(self) -> Self:
        self._tasks = await asyncio.TaskGroup().__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes what is still open; the calls end as if the callers had hung up."""
        for socket in list(self._sockets):
            socket.cut()
        assert self._tasks is not None
        await self._tasks.__aexit__(kind, error, trace)

    def __call__(self, config: Any, server_state: Any, app_state: Any, _loop: Any = None) -> asyncio.Protocol:
        """What uvicorn calls for each upgrade request."""
        return _Switch(self, lambda: self.ordinary(config, server_state, app_state, _loop))

    def serve(self, transport: asyncio.Transport, request: bytes, door: MediaDoor, admitted: Admitted) -> None:
        """Take the connection over."""
        socket = FastSocket(door.max_outbox_bytes)
        call = door.call(socket, admitted)
        socket.call = call
        headers = {"X-Request-ID": admitted.request_id}

        def accept(_: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
            return WSUpgradeResponseWithListener(WSUpgradeResponse.create_101_response(headers), socket)

        protocol = WSProtocol(
            None,  # host and path are a client's
            None,
            False,
            accept,
            logging.getLogger("picows.server"),
            True,
            _HANDSHAKE_S,
            True,
            self._ping_interval_s,
            self._ping_timeout_s,
            WSAutoPingStrategy.PING_WHEN_IDLE,
            True,
            self._max_frame_bytes,
            None,
            _READ_BUFFER_BYTES,
        )
        protocol.connection_made(transport)
        _feed(protocol, request)
        # uvicorn makes the switch the transport's protocol once this returns
        asyncio.get_running_loop().call_soon(transport.set_protocol, protocol)
        assert self._tasks is not None
        self._tasks.create_task(self._carry(socket, call, door, admitted.request_id), name="media socket")

    async def _carry(self, socket: FastSocket, call: MediaPeer, door: MediaDoor, request_id: str) -> None:
        self._sockets.add(socket)
        try:
            with door.held(request_id):
                await call.run()
                socket.close(NORMAL, "")
                await socket.gone(LAST_WORDS_S)
        except Exception as error:  # lint: broad-except: supervisor of a socket: its failure ends it alone
            get_logger("media").error("media_socket_failed", exc_info=error)
        finally:
            socket.cut()
            self._sockets.discard(socket)


class _Switch(asyncio.Protocol):
    """Lives for one call of `data_received`: looks at the upgrade request and hands the connection on."""

    def __init__(self, lane: FastLane, ordinary: Callable[[], asyncio.Protocol]) -> None:
        self._lane = lane
        self._ordinary = ordinary
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one, but not by inheritance

    def data_received(self, data: bytes) -> None:
        transport = self._transport
        assert transport is not None
        asked = upgrade_request(data, transport)
        door = None if asked is None else self._lane.door_at(asked.path)
        if asked is not None and door is not None:
            verdict = door.admit(asked)
            if isinstance(verdict, Admitted):
                self._lane.serve(transport, data, door, verdict)
                return
        protocol = self._ordinary()
        protocol.connection_made(transport)
        protocol.data_received(data)
        asyncio.get_running_loop().call_soon(transport.set_protocol, protocol)


class FastSocket(WSListener):
    """A media socket on picows (port `MediaSocket`)."""

    def __init__(self, max_waiting_bytes: int) -> None:
        self.call: MediaPeer | None = None
        self._max_waiting_bytes = max_waiting_bytes
        self._transport: WSTransport | None = None
        self._closing = False
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._fragments: bytearray | None = None
        self._fragments_binary = False

    # -- MediaSocket -----------------------------------------------------------------------------------------------

    def send(self, message: Message, *, audio: bool) -> bool:
        transport = self._transport
        if transport is None or self._closing:
            return True
        waiting = transport.underlying_transport.get_write_buffer_size()
        if waiting and waiting + len(message) > self._max_waiting_bytes:
            return False
        if isinstance(message, bytes):
            transport.send(_BINARY, message)
        else:
            transport.send(_TEXT, message.encode())
        return True

    def drop_audio(self) -> None:
        """Nothing to forget: what was sent is on its way."""

    def close(self, code: int, reason: str) -> None:
        if self._closing or self._transport is None:
            return
        self._closing = True
        self._transport.send_close(WSCloseCode(code), reason.encode())
        asyncio.get_running_loop().call_later(LAST_WORDS_S, self.cut)

    # -- for the lane ----------------------------------------------------------------------------------------------

    async def gone(self, patience_s: float) -> None:
        """Until the peer has closed, too, or patience ends."""
        await asyncio.wait([self._gone], timeout=patience_s)

    def cut(self) -> None:
        """Drop the connection. Idempotent."""
        if self._transport is not None:
            self._transport.disconnect(False)

    # -- WSListener ------------------------------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        call = self.call
        assert call is not None
        kind = frame.msg_type
        if kind == _TEXT and frame.fin and not self._closing:
            call.received_utf8(frame.get_payload_as_memoryview())
        elif kind == _BINARY and frame.fin and not self._closing:
            call.received(frame.get_payload_as_bytes())
        elif kind == WSMsgType.CLOSE:
            self._closed_by_peer(transport)
        elif self._closing:
            return  # a peer that was told to go and sends on is not worth reading
        elif kind in (_TEXT, _BINARY, WSMsgType.CONTINUATION):
            self._other(call, frame)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._transport = None
        if not self._gone.done():
            self._gone.set_result(None)
        if self.call is not None:
            self.call.disconnected()

    def _closed_by_peer(self, transport: WSTransport) -> None:
        if not self._closing:
            self._closing = True
            transport.send_close(WSCloseCode.OK)
        transport.disconnect()

    def _other(self, call: MediaPeer, frame: WSFrame) -> None:
        """Messages in pieces: legal WebSocket, rare on media sockets."""
        payload = frame.get_payload_as_bytes()
        if frame.msg_type != WSMsgType.CONTINUATION:
            self._fragments_binary = frame.msg_type == _BINARY
            self._fragments = bytearray()
        if self._fragments is None:
            return
        self._fragments += payload
        if len(self._fragments) > self._max_waiting_bytes:
            self.close(_TOO_BIG, "message too big")
            call.disconnected()
            return
        if frame.fin:
            whole, self._fragments = bytes(self._fragments), None
            if self._fragments_binary:
                call.received(whole)
            else:
                call.received_utf8(memoryview(whole))


def _feed(protocol: Any, data: bytes) -> None:
    """Give a buffered protocol bytes that were read before it came."""
    while data:
        buffer = protocol.get_buffer(len(data))
        size = min(len(buffer), len(data))
        buffer[:size] = data[:size]
        protocol.buffer_updated(size)
        data = data[size:]


def upgrade_request(data: bytes, transport: asyncio.BaseTransport) -> UpgradeRequest | None:
    """The request as the gate reads it; None where it cannot be read (the ordinary protocol will say so)."""
    try:
        head, *lines = data.decode("latin-1").split("\r\n")
        method, target, _ = head.split(" ")
        headers = [
            (name.strip().lower(), value.strip()) for name, value in (line.split(":", 1) for line in lines if line)
        ]
    except ValueError:
        return None
    if method != "GET":
        return None
    path, _, query = target.partition("?")
    peer = transport.get_extra_info("peername")
    secure = transport.get_extra_info("sslcontext") is not None
    return UpgradeRequest(
        path=path,
        query=query,
        scheme="wss" if secure else "ws",
        headers=headers,
        peer=peer[0] if isinstance(peer, tuple) and peer else None,
    )
