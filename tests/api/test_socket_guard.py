from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from offhook.api.http import Sockets, create_app
from offhook.api.socket_door import admission
from offhook.audio.wav import wav_bytes
from offhook.channels.socketio import endpoint
from offhook.channels.socketio.client import WAITING_MESSAGES
from offhook.channels.socketio.deps import SocketIoDeps, SocketIoSettings
from offhook.channels.socketio.endpoint import SOCKETS_PER_SESSION, SocketIoChannel
from offhook.channels.socketio.guard import ATTACHMENT_MS, UNPROVED_BYTES
from offhook.contracts.speech import Transcript
from support.api_rig import Rig, open_session

MAX_BYTES = 100_000
ANNOUNCED = '451-7["chat:audio",{"id":"a1","audio":{"_placeholder":true,"num":0},"rate":16000}]'
SECOND = wav_bytes(16_000, b"\1\0" * 16_000)


@dataclass
class Poller:
    """A client of the polling transport that sends whatever it likes."""

    http: httpx.AsyncClient
    channel: SocketIoChannel
    sid: str = ""

    async def open(self) -> Poller:
        opened = await self.http.get("/socket/?EIO=4&transport=polling")
        return Poller(self.http, self.channel, json.loads(opened.text[1:])["sid"])

    @property
    def open_still(self) -> bool:
        return self.sid in self.channel._server.eio.sockets

    async def post(self, body: str) -> int:
        status = (await self.http.post(f"/socket/?EIO=4&transport=polling&sid={self.sid}", content=body)).status_code
        for _ in range(50):
            await asyncio.sleep(0)
        return status

    async def until(self, start: str) -> Any:
        """The next packet that begins so."""
        async with asyncio.timeout(4):
            while True:
                told = await self.http.get(f"/socket/?EIO=4&transport=polling&sid={self.sid}")
                for packet in told.text.split("\x1e"):
                    if packet.startswith(start):
                        return json.loads(packet.removeprefix(start).lstrip("0123456789"))

    async def join(self, token: str) -> Any:
        await self.post(f"40{json.dumps({'token': token})}")
        return await self.until("4")


@pytest.fixture
async def poller(rig: Rig) -> AsyncIterator[Poller]:
    async with serving(rig) as poller:
        yield poller


@asynccontextmanager
async def serving(rig: Rig) -> AsyncIterator[Poller]:
    deps = rig.deps
    channel = SocketIoChannel(
        SocketIoDeps(
            conversations=deps.conversations,
            store=deps.store,
            businesses=deps.businesses,
            speech=rig.speech,
            clock=deps.clock,
            metrics=deps.metrics,
            admit=admission(deps),
            settings=SocketIoSettings(max_bytes=MAX_BYTES),
        )
    )
    async with channel:
        app = create_app(deps, sockets=Sockets(channel.path, channel.app, 20_000_000))
        async with rig.stranger(app) as http:
            yield Poller(http, channel)


async def token_of(rig: Rig) -> str:
    async with rig.stranger() as http:
        return (await open_session(http)).token


async def admitted(rig: Rig, poller: Poller) -> Poller:
    client = await poller.open()
    await client.join(await token_of(rig))
    assert poller.channel.open_sockets
    return client


async def test_who_is_not_admitted_may_send_little(rig: Rig, poller: Poller) -> None:
    client = await poller.open()
    assert await client.post('42["x",' + "[]," * 5_500_000 + "[]]") == 413
    assert await client.post("40" + " " * UNPROVED_BYTES) == 413
    assert client.open_still
    assert (await client.join(await token_of(rig)))["sid"]
    assert await client.post('42["chat:typing",{"typing":true}]' + " " * UNPROVED_BYTES) == 200
    assert client.open_still


@pytest.mark.parametrize("packet", ['42["chat:start"]', ANNOUNCED, "b" + base64.b64encode(b"1").decode(), "4", "4[1]"])
async def test_who_is_not_admitted_may_only_connect(poller: Poller, packet: str) -> None:
    client = await poller.open()
    await client.post(packet)
    assert not client.open_still


async def test_a_text_too_long_to_be_an_event_is_refused_with_words(rig: Rig, poller: Poller) -> None:
    client = await admitted(rig, poller)
    audio = "A" * (MAX_BYTES * 3)
    await client.post(f'425["chat:audio",{{"audio":"{audio}"}}]')
    answer = (await client.until("435"))[0]
    assert (answer["ok"], answer["code"]) == (False, "too_large")
    assert client.open_still
    await client.post(f'42["chat:audio",{{"audio":"{audio}"}}]')
    assert (await client.until("42"))[1]["code"] == "too_large"


async def test_a_recording_comes_as_one_binary_part(rig: Rig, poller: Poller) -> None:
    client = await admitted(rig, poller)
    await client.post(f"{ANNOUNCED}\x1eb{base64.b64encode(SECOND).decode()}")
    assert (await client.until("437"))[0]["ok"]
    await client.post(f"{ANNOUNCED}\x1eb{base64.b64encode(bytes(MAX_BYTES + 2)).decode()}")
    assert (await client.until("437"))[0]["code"] == "too_large"
    assert client.open_still


@pytest.mark.parametrize(
    "packets",
    [
        ANNOUNCED.replace("51-", "52-"),
        '4559-["x",{"_placeholder":true,"num":0}]',
        '45["chat:audio"]',
        '4\uff159-["x",{"_placeholder":true,"num":0}]',
        '461-7[{"_placeholder":true,"num":0}]',
        ANNOUNCED + " " * UNPROVED_BYTES,
        f"{ANNOUNCED}\x1e{ANNOUNCED}",
        "bAAAA",
        "42",
        "42[]",
        "42[7]",
        '42{"a":1}',
        "4x",
    ],
)
async def test_who_sends_what_no_client_would_is_cut_off(rig: Rig, poller: Poller, packets: str) -> None:
    client = await admitted(rig, poller)
    await client.post(packets)
    assert not client.open_still
    assert not poller.channel.open_sockets


async def test_a_binary_part_that_does_not_come_is_not_waited_for(rig: Rig, poller: Poller) -> None:
    client = await admitted(rig, poller)
    await client.post(ANNOUNCED)
    server = poller.channel._server
    rig.clock.advance(seconds=ATTACHMENT_MS / 1000)
    await server.drop_unfinished()
    assert client.open_still
    rig.clock.advance(seconds=1)
    await server.drop_unfinished()
    assert not client.open_still
    assert not server._binary_packet


@pytest.mark.parametrize("name", ["connect", "disconnect", "*"])
async def test_an_event_of_a_reserved_name_ends_the_connection(rig: Rig, poller: Poller, name: str) -> None:
    client = await admitted(rig, poller)
    await client.post(f'42["{name}"]')
    assert not client.open_still
    assert not poller.channel.open_sockets


async def test_sockets_that_come_at_once_are_counted(rig: Rig, poller: Poller, monkeypatch: pytest.MonkeyPatch) -> None:
    token, go_on = await token_of(rig), asyncio.Event()
    last_seq = rig.deps.store.last_seq

    async def slow(session_id: str) -> int:
        await go_on.wait()
        return await last_seq(session_id)

    monkeypatch.setattr(rig.deps.store, "last_seq", slow)
    clients = [await poller.open() for _ in range(SOCKETS_PER_SESSION + 3)]
    posts = [asyncio.create_task(client.post(f"40{json.dumps({'token': token})}")) for client in clients]
    for _ in range(500):
        await asyncio.sleep(0)
    gone = clients.pop(0)
    await poller.channel._server.cut_off(gone.sid)
    go_on.set()
    await asyncio.gather(*posts)
    assert poller.channel._refused == {"too_many_sockets": 3, "gone": 1}
    assert poller.channel.open_sockets == SOCKETS_PER_SESSION - 1
    assert list(poller.channel._sockets.values()) == [SOCKETS_PER_SESSION - 1]


async def test_recordings_wait_in_the_same_queue_as_messages(
    rig: Rig, poller: Poller, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, go_on = await admitted(rig, poller), asyncio.Event()

    async def slow(*_: object) -> Transcript:
        await go_on.wait()
        return Transcript(1, "when are you open")

    monkeypatch.setattr(rig.speech, "hear", slow)
    audio = base64.b64encode(SECOND).decode()
    for _ in range(WAITING_MESSAGES):
        await client.post(f'42["chat:audio",{{"audio":"{audio}"}}]')
    await client.post(f'429["chat:audio",{{"audio":"{audio}"}}]')
    assert (await client.until("439"))[0]["code"] == "busy"
    go_on.set()


@pytest.mark.parametrize("patience_s", [4.0, 0.0])
async def test_nothing_goes_on_when_the_channel_is_closed(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, patience_s: float
) -> None:
    ended: list[str] = []
    monkeypatch.setattr(endpoint, "LAST_ANSWERS_S", patience_s)

    async def slow(*_: object) -> Transcript:
        try:
            await asyncio.sleep(0.05)
            ended.append("heard")
        except asyncio.CancelledError:
            ended.append("cut off")
            raise
        return Transcript(1, "when are you open")

    monkeypatch.setattr(rig.speech, "hear", slow)
    async with serving(rig) as poller:
        client = await admitted(rig, poller)
        await client.post(f'42["chat:audio",{{"audio":"{base64.b64encode(SECOND).decode()}"}}]')
    assert ended == (["heard"] if patience_s else ["cut off"])
    assert not poller.channel._answering


async def test_refusals_are_told_of_in_one_line(poller: Poller) -> None:
    for _ in range(3):
        client = await poller.open()
        assert (await client.join("nonsense"))["data"]["code"] == "bad_token"
    told: list[dict[str, Any]] = []
    poller.channel._log = type("Log", (), {"info": lambda _, event, **more: told.append({"event": event, **more})})()
    poller.channel._tell_refused()
    poller.channel._tell_refused()
    assert told == [{"event": "chat_refused", "codes": {"bad_token": 3}}]
