"""The switch: media paths go to picows, everything else to the ordinary protocol. (Calls on both lanes: twilio/.)"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from offhook.channels.fast_lane import FastLane, upgrade_request
from offhook.channels.gate import BELOW, Admitted, GateRules
from offhook.channels.media_door import MediaDoor
from offhook.telemetry.metrics import Metrics

PATH = "/media/test"


@dataclass
class EchoCall:
    """A call that sends back what it hears."""

    out: Any
    trusted: bool
    name: str = ""
    heard: list[bytes | str] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def received(self, message: str | bytes) -> None:
        self.heard.append(message)
        self.out.send(message, audio=True)

    def received_utf8(self, message: memoryview) -> None:
        text = bytes(message).decode()
        self.heard.append(text)
        if text == "close":
            self.out.close(1008, "enough")
        self.out.send(text, audio=False)

    def disconnected(self) -> None:
        self.over.set()

    async def run(self) -> str:
        await self.over.wait()
        return "over"


@dataclass
class Rig:
    url: str
    door: MediaDoor
    lane: FastLane
    calls: list[EchoCall]


@asynccontextmanager
async def serving(path: str = PATH, **rules: Any) -> AsyncIterator[Rig]:
    app = FastAPI()

    @app.websocket("/ordinary")
    async def ordinary(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text("ordinary " + await websocket.receive_text())
        await websocket.close()

    @app.websocket(PATH)
    async def refused(websocket: WebSocket) -> None:
        await websocket.close()

    @app.get("/hello")
    async def hello() -> str:
        return "hello"

    calls: list[EchoCall] = []

    def call(out: Any, admitted: Admitted) -> Any:
        calls.append(EchoCall(out, admitted.trusted, admitted.name))
        return calls[-1]

    door = MediaDoor(GateRules(path, **rules), call, Metrics())
    lane = FastLane([door], WebSocketsSansIOProtocol)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, ws=lane, log_config=None, lifespan="off", timeout_graceful_shutdown=1)  # type: ignore[arg-type]  # called as a class is
        server = uvicorn.Server(config)
        async with lane, asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve(sockets=[listener]))
            while not server.started:  # noqa: ASYNC110  # uvicorn tells by a flag
                await asyncio.sleep(0.005)
            yield Rig(f"ws://127.0.0.1:{listener.getsockname()[1]}", door, lane, calls)
            server.should_exit = True


async def over(call: EchoCall) -> None:
    async with asyncio.timeout(5):
        await call.over.wait()


async def test_media_takes_the_fast_lane_and_the_rest_does_not() -> None:
    async with serving() as rig:
        async with connect(rig.url + PATH, additional_headers={"X-Request-ID": "req_mine"}) as media:
            assert media.response is not None
            assert media.response.headers["X-Request-ID"] == "req_mine"
            await media.send("नमस्ते")
            assert await media.recv() == "नमस्ते"
            assert (len(rig.calls), rig.calls[0].trusted, rig.door.open) == (1, True, 1)
            async with connect(rig.url + "/ordinary") as ordinary:
                await ordinary.send("one")
                assert await ordinary.recv() == "ordinary one"
        await over(rig.calls[0])
        assert len(rig.calls) == 1
    assert rig.door.open == 0


async def test_binary_messages_go_both_ways() -> None:
    async with serving() as rig:
        async with connect(rig.url + PATH) as media:
            await media.send(b"\x00\xff" * 320)
            assert await media.recv() == b"\x00\xff" * 320
        await over(rig.calls[0])
        assert rig.calls[0].heard == [b"\x00\xff" * 320]


async def test_a_door_may_have_a_socket_path_for_each_name_below_it() -> None:
    async with serving(PATH + BELOW) as rig:
        async with connect(f"{rig.url}{PATH}/one?token=x"), connect(f"{rig.url}{PATH}/two/"):
            assert [call.name for call in rig.calls] == ["one", "two"]
        for path in (PATH, f"{PATH}/", f"{PATH}/one/more"):
            with pytest.raises(InvalidStatus):
                await connect(rig.url + path)
        assert len(rig.calls) == 2


async def test_what_the_door_refuses_is_answered_by_the_ordinary_lane() -> None:
    async with serving(max_sockets=0) as rig:
        with pytest.raises(InvalidStatus):
            await connect(rig.url + PATH)
        assert rig.calls == []


async def test_a_message_in_pieces_is_put_together() -> None:
    async with serving() as rig, connect(rig.url + PATH) as media:
        await media.send(iter(["one ", "two ", "three"]))
        assert await media.recv() == "one two three"
        await media.send(iter([b"\x00", b"\x01"]))
        assert await media.recv() == b"\x00\x01"
        assert rig.calls[0].heard == ["one two three", b"\x00\x01"]


async def test_a_close_of_ours_arrives_with_its_code() -> None:
    async with serving() as rig, connect(rig.url + PATH) as media:
        await media.send("close")
        with pytest.raises(ConnectionClosed):
            await media.recv()
        assert (media.close_code, media.close_reason) == (1008, "enough")
        await over(rig.calls[0])


async def test_what_a_peer_sends_after_our_close_is_not_read() -> None:
    async with serving() as rig, connect(rig.url + PATH) as media:
        await media.send("first")
        await media.recv()
        rig.calls[0].out.close(1008, "enough")
        for _ in range(5):
            with suppress(ConnectionClosed):
                await media.send("more")
        await over(rig.calls[0])
        assert rig.calls[0].heard == ["first"]


async def test_a_peer_that_vanishes_ends_its_call() -> None:
    async with serving() as rig:
        media: ClientConnection = await connect(rig.url + PATH)
        await media.send("x")
        await media.recv()
        media.transport.abort()
        await over(rig.calls[0])


async def test_a_peer_that_does_not_read_is_told_by_send() -> None:
    async with serving() as rig:
        rig.door.max_outbox_bytes = 100_000
        async with connect(rig.url + PATH, max_queue=1) as media:
            await media.send("x")
            await media.recv()
            call = rig.calls[0]
            sent = 0
            while call.out.send("y" * 50_000, audio=True):
                sent += 1
                assert sent < 1000, "a socket that takes everything"
            call.out.cut()
            await over(call)


async def test_calls_that_are_open_end_with_the_lane() -> None:
    async with serving() as rig:
        media = await connect(rig.url + PATH)
        await media.send("x")
        await media.recv()
    assert rig.calls[0].over.is_set()


@pytest.mark.parametrize(
    "data", [b"", b"GET /\r\n\r\n", b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"POST /x HTTP/1.1\r\n\r\n", b"\xff\xfe"]
)
def test_a_request_that_cannot_be_read_is_left_to_the_ordinary_protocol(data: bytes) -> None:
    assert upgrade_request(data, asyncio.Transport()) is None


def test_a_request_is_read_as_the_gate_wants_it() -> None:
    class Peer(asyncio.Transport):
        def get_extra_info(self, name: str, default: Any = None) -> Any:
            return {"peername": ("192.0.2.7", 5)}.get(name, default)

    read = upgrade_request(b"GET /m/x?a=1&b=2 HTTP/1.1\r\nHost: desk.example\r\nX-A:  b:c \r\n\r\n", Peer())
    assert read is not None
    assert (read.path, read.query, read.scheme, read.peer) == ("/m/x", "a=1&b=2", "ws", "192.0.2.7")
    assert list(read.headers) == [("host", "desk.example"), ("x-a", "b:c")]
