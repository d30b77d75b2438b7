"""Clients of the chat for benchmarks: Socket.IO's packets and `/ws` on bare WebSockets, cheap enough for hundreds.

Both keep what a page keeps: the last seq. Both can be cut off without a goodbye and come back.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.decode
Event = dict[str, Any]


@dataclass
class Begun:
    session_id: str
    token: str
    seq: int


async def begin(client: httpx.AsyncClient, desk: str = "dealership") -> Begun:
    response = await client.post("/api/chat/init", json={"desk": desk})
    response.raise_for_status()
    told = response.json()
    return Begun(told["session_id"], told["token"], told["seq"])


@dataclass
class Waited:
    """One message on its way. Times in seconds of `perf_counter`."""

    sent: float
    first: float | None = None
    """The first thing that told of its turn."""
    whole: float | None = None
    acked: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Client:
    """What both kinds share."""

    def __init__(self, url: str, begun: Begun) -> None:
        self.begun = begun
        self.seq = begun.seq
        self.seen: list[int] = []
        """Every seq, in the order of arrival, those that came twice as well."""
        self.replies: dict[str, str] = {}
        self.waiting: dict[str, Waited] = {}
        self._url = url.replace("http", "ws", 1)
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None

    async def say(self, message_id: str, text: str) -> Waited:
        waited = self.waiting.setdefault(message_id, Waited(time.perf_counter()))
        await self._send_message(message_id, text)
        return waited

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        await self._stop()

    async def cut(self) -> None:
        """The network is gone; nobody says goodbye."""
        if self._socket is not None:
            self._socket.transport.abort()
        await self._stop()

    async def _stop(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        self._socket = self._reading = None

    async def _send(self, text: str) -> None:
        """Nothing is sent on a line that is down; whoever waits for an answer asks again."""
        if self._socket is None:
            return
        with contextlib.suppress(ConnectionClosed):
            await self._socket.send(text)

    def _numbered(self, seq: int) -> bool:
        """False where it came before."""
        self.seen.append(seq)
        if seq <= self.seq:
            return False
        self.seq = seq
        return True

    async def _send_message(self, message_id: str, text: str) -> None:
        raise NotImplementedError

    async def _read(self, take: Callable[[str], Any]) -> None:
        assert self._socket is not None
        try:
            async for frame in self._socket:
                answer = take(str(frame))
                if answer is not None:
                    await self._send(answer)
        except ConnectionClosed:
            pass


class SocketIoClient(Client):
    """The WebSocket transport alone: packets "0" open, "2" ping, "3" pong, "4" message; in it "0" connect, "2" event,
    "3" acknowledgement."""

    async def connect(self, *, after: int | None = None) -> None:
        """Connect and start; what was missed comes when `after` is given."""
        self._socket = socket = await connect(f"{self._url}/socket/?EIO=4&transport=websocket", compression=None)
        await socket.recv()
        await socket.send("40" + _encode({"token": self.begun.token}).decode())
        answer = str(await socket.recv())
        if not answer.startswith("40"):
            raise ConnectionError(answer)
        start = {} if after is None else {"after": after}
        await socket.send("420" + _encode(["chat:start", start]).decode())
        self._reading = asyncio.create_task(self._read(self._take), name="socket.io client")

    async def _send_message(self, message_id: str, text: str) -> None:
        event = ["chat:message", {"id": message_id, "text": text}]
        await self._send("421" + _encode(event).decode())

    def _take(self, frame: str) -> str | None:
        if frame == "2":
            return "3"
        if frame.startswith("43"):
            answer = _decode(frame[frame.index("[") :])
            for told in answer:
                waited = self.waiting.get(str(told.get("id"))) if isinstance(told, dict) else None
                if waited is not None and told.get("ok"):
                    waited.acked = True
            return None
        if not frame.startswith("42"):
            return None
        body = frame.index("[")
        name, data = _decode(frame[body:])
        if "seq" in data:
            self._numbered(data["seq"])
        if name == "chat:response":
            waited = self.waiting.get(data["id"])
            if waited is not None:
                now = time.perf_counter()
                waited.first = waited.first or now
                if data["final"]:
                    waited.whole = waited.whole or now
                    self.replies[data["id"]] = data["text"]
                    waited.done.set()
        acknowledgement = frame[2:body]
        return f"43{acknowledgement}[]" if acknowledgement else None


class WsClient(Client):
    async def connect(self, *, after: int | None = None) -> None:
        where = f"{self._url}/ws/{self.begun.session_id}?token={self.begun.token}"
        self._socket = socket = await connect(where, compression=None)
        frame: Event = {"type": "ping"} if after is None else {"type": "resume", "after": after}
        await socket.send(_encode(frame).decode())
        self._reading = asyncio.create_task(self._read(self._take), name="ws client")

    async def _send_message(self, message_id: str, text: str) -> None:
        await self._send(_encode({"type": "message", "text": text, "message_id": message_id}).decode())

    def _take(self, frame: str) -> str | None:
        event = _decode(frame)
        if event["type"] in ("heartbeat", "pong", "error", "resync", "latency"):
            return None
        if "seq" in event:
            self._numbered(event["seq"])
        message_id = str(event.get("turn_id", "")).removeprefix("msg:")
        waited = self.waiting.get(message_id)
        if waited is None:
            return None
        now = time.perf_counter()
        waited.first = waited.first or now
        if event["type"] == "transcript" and event.get("role") == "assistant":
            waited.whole = waited.whole or now
            waited.acked = True
            self.replies[message_id] = event["content"]
            waited.done.set()
        return None
