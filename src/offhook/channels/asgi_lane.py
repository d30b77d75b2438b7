"""The ordinary lane of media sockets: through the web framework, with a queue and a writer task for each."""

from __future__ import annotations

import asyncio
import contextlib

from fastapi import WebSocket, WebSocketDisconnect
from fastapi.responses import JSONResponse

from offhook.channels.gate import Refused, UpgradeRequest
from offhook.channels.media_call import MediaPeer, Message
from offhook.channels.media_door import LAST_WORDS_S, MediaDoor
from offhook.channels.outbox import Outbox

MOST_FRAME_BYTES = 1_048_576
"""The server's own limit is the chat's, which is larger."""
_TOO_BIG = 1009


async def serve_media(websocket: WebSocket, door: MediaDoor) -> None:
    """One socket from its upgrade request to its end."""
    asked = UpgradeRequest(
        path=websocket.url.path,
        query=websocket.url.query,
        scheme=websocket.url.scheme,
        headers=websocket.headers.items(),
        peer=websocket.client.host if websocket.client else None,
    )
    verdict = door.admit(asked)
    if isinstance(verdict, Refused):
        door.refused(verdict)
        error = {"code": verdict.code, "message": verdict.message, "request_id": verdict.request_id}
        headers = {"X-Request-ID": verdict.request_id}
        await websocket.send_denial_response(JSONResponse({"error": error}, verdict.status, headers=headers))
        return
    with door.held(verdict.request_id):
        await websocket.accept(headers=[(b"x-request-id", verdict.request_id.encode())])
        socket = AsgiMediaSocket(websocket, Outbox(door.max_outbox_bytes))
        call = door.call(socket, verdict)
        async with asyncio.TaskGroup() as tasks:
            reader = tasks.create_task(socket.read_into(call), name="media reader")
            writer = tasks.create_task(socket.write_out(), name="media writer")
            await call.run()
            socket.close(1000, "")
            # A peer that reads gets our last words and the close; one that does not is left to the server.
            await asyncio.wait([writer], timeout=LAST_WORDS_S)
            writer.cancel()
            reader.cancel()


class AsgiMediaSocket:
    """A media socket over ASGI: one task reads, one writes, an outbox between the call and the writer."""

    def __init__(self, websocket: WebSocket, outbox: Outbox) -> None:
        self._websocket = websocket
        self._outbox = outbox
        self._closing: tuple[int, str] | None = None
        self._gone = False

    def send(self, message: Message, *, audio: bool) -> bool:
        return self._outbox.put(message, audio=audio)

    def drop_audio(self) -> None:
        self._outbox.drop_audio()

    def close(self, code: int, reason: str) -> None:
        if self._closing is None:
            self._closing = (code, reason)
            self._outbox.close()

    async def read_into(self, call: MediaPeer) -> None:
        """Feed the call until the peer is gone."""
        receive = self._websocket.receive
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                self._gone = True
                call.disconnected()
                self.close(1000, "")
                return
            text = message.get("text")
            payload: str | bytes = text if text is not None else message.get("bytes") or b""
            if len(payload) > MOST_FRAME_BYTES:
                call.disconnected()
                self.close(_TOO_BIG, "message too big")
                return
            call.received(payload)

    async def write_out(self) -> None:
        """Write what is queued until closed, then close. A peer that vanished meanwhile is the reader's business."""
        with contextlib.suppress(WebSocketDisconnect, OSError, RuntimeError):
            while (message := await self._outbox.take()) is not None:
                kind = "bytes" if isinstance(message, bytes) else "text"
                await self._websocket.send({"type": "websocket.send", kind: message})
            if not self._gone:
                code, reason = self._closing or (1000, "")
                await self._websocket.close(code, reason)
