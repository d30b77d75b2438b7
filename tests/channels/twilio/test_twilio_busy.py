"""A server that is full tells its callers so, on whichever way they come in; both lanes."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from offhook.channels import busy_line
from offhook.channels.busy_line import TRY_AGAIN_LATER

CALL = "CA" + "0" * 32
FORM = {"CallSid": CALL, "AccountSid": "AC" + "0" * 32, "From": "+12025550101", "To": "+12025550100"}
TO_THE_SHOP = {"To": "+919999900000"}
SPOKEN = b"\xfe" * 1600
"""200 ms."""


class Doorman:
    """Port `Admission`: notes who asks, answers as told."""

    def __init__(self, *, welcome: bool) -> None:
        self.welcome = welcome
        self.rang: list[str] = []
        self.started: list[str] = []
        self.expected: list[str] = []
        self.wait = asyncio.Event()
        self.wait.set()

    async def rings(self, call: str) -> bool:
        self.rang.append(call)
        await self.wait.wait()
        return self.welcome

    async def starts(self, call: str) -> bool:
        self.started.append(call)
        await self.wait.wait()
        return self.welcome or call in self.expected

    def expect(self, call: str) -> None:
        self.expected.append(call)


async def post(server: Any, path: str, **more: str) -> ET.Element:
    async with httpx.AsyncClient() as http:
        return ET.fromstring((await http.post(server.http + path, data=FORM | more)).text)


def start(**parameters: str) -> str:
    begin = {"streamSid": "MZ1", "callSid": CALL, "customParameters": parameters}
    return json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": begin})


def media(length: int) -> str:
    payload = base64.b64encode(b"\xff" * length).decode("ascii")
    return json.dumps({"event": "media", "streamSid": "MZ1", "media": {"payload": payload}})


async def all_of(socket: ClientConnection) -> list[dict[str, Any]]:
    """Every message until the close."""
    messages = []
    async with asyncio.timeout(10):
        with pytest.raises(ConnectionClosed):
            while True:
                messages.append(json.loads(await socket.recv()))
    return messages


@pytest.mark.parametrize(
    ("to", "language", "words"),
    [("+12025550100", "en-US", "The lines are busy"), (TO_THE_SHOP["To"], "hi-IN", "लाइनें व्यस्त हैं")],
)
async def test_a_call_that_rings_is_told_in_its_language(serve: Any, to: str, language: str, words: str) -> None:
    doorman = Doorman(welcome=False)
    async with serve(admission=doorman) as server:
        answer = await post(server, "/twilio/voice", To=to)
        assert [child.tag for child in answer] == ["Say", "Hangup"]
        assert (answer[0].get("language"), answer[0].text) == (language, words)
        assert (doorman.rang, server.errors("busy")) == ([CALL], 1)


async def test_a_call_is_answered_when_its_turn_comes(serve: Any) -> None:
    doorman = Doorman(welcome=True)
    doorman.wait.clear()
    async with serve(admission=doorman) as server:
        ringing = asyncio.create_task(post(server, "/twilio/voice"))
        async with asyncio.timeout(5):
            while not doorman.rang:  # noqa: ASYNC110  # the state of a server
                await asyncio.sleep(0.005)
        assert not ringing.done()
        doorman.wait.set()
        assert [child.tag for child in await ringing] == ["Connect"]


async def test_a_call_that_we_placed_is_not_asked_about(serve: Any) -> None:
    doorman = Doorman(welcome=False)
    async with serve(admission=doorman) as server:
        answer = await post(server, "/twilio/voice", Direction="outbound-api")
        assert [child.tag for child in answer] == ["Connect"]
        assert (doorman.rang, doorman.expected, server.errors("busy")) == ([], [CALL], 0)


@pytest.mark.parametrize(("to", "language"), [("+12025550100", "en"), (TO_THE_SHOP["To"], "hi")])
async def test_a_socket_that_was_opened_without_asking_hears_the_words_and_is_closed(
    serve: Any, words: Any, to: str, language: str
) -> None:
    doorman, words = Doorman(welcome=False), words(SPOKEN)
    async with serve(admission=doorman, busy=words) as server, connect(server.media) as socket:
        await socket.send(media(160))
        await socket.send(start(To=to))
        for _ in range(100):
            await socket.send(media(160))
        message, mark = await all_of(socket)
        assert mark["event"] == "mark"
        assert base64.b64decode(message["media"]["payload"]) == SPOKEN
        assert (socket.close_code, words.asked) == (1000, [language])
        assert server.calls.lives == []
        assert (doorman.started, server.errors("busy")) == ([CALL], 1)
        assert server.dropped("before_answer") == 0, "nobody meant to listen"
        assert [child.tag for child in await post(server, "/twilio/after-stream")] == ["Hangup"]


@pytest.mark.parametrize(("audio", "listeners"), [(b"", 100), (SPOKEN, 0)])
async def test_without_audio_or_with_too_many_who_hear_it_the_carrier_says_the_words(
    serve: Any, words: Any, audio: bytes, listeners: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(busy_line.BusyLine.__init__.__kwdefaults__, "most_at_once", listeners)
    doorman = Doorman(welcome=False)
    async with serve(admission=doorman, busy=words(audio)) as server, connect(server.media) as socket:
        await socket.send(start())
        assert await all_of(socket) == []
        assert socket.close_code == TRY_AGAIN_LATER
        answer = await post(server, "/twilio/after-stream", **TO_THE_SHOP)
        assert [child.tag for child in answer] == ["Say", "Hangup"]
        assert (answer[0].get("language"), answer[0].text) == ("hi-IN", "लाइनें व्यस्त हैं")


async def test_listeners_are_counted_while_they_listen(serve: Any, words: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(busy_line.BusyLine.__init__.__kwdefaults__, "most_at_once", 1)
    async with serve(admission=Doorman(welcome=False), busy=words(SPOKEN)) as server:
        for _ in range(3):
            async with connect(server.media) as socket:
                await socket.send(start())
                assert [message["event"] for message in await all_of(socket)] == ["media", "mark"]
                assert socket.close_code == 1000


async def test_a_caller_who_hangs_up_during_the_words_is_let_go(serve: Any, words: Any) -> None:
    forever = words(b"\xfe" * 8000 * 60)
    async with serve(admission=Doorman(welcome=False), busy=forever) as server, connect(server.media) as socket:
        await socket.send(start())
        await socket.recv()
        await socket.send(json.dumps({"event": "stop", "streamSid": "MZ1"}))
        await all_of(socket)
        assert server.errors("busy") == 1


async def test_a_caller_who_hangs_up_before_his_turn_leaves_nothing(serve: Any) -> None:
    doorman = Doorman(welcome=True)
    doorman.wait.clear()
    async with serve(admission=doorman) as server, connect(server.media) as socket:
        await socket.send(start())
        await socket.send(json.dumps({"event": "stop", "streamSid": "MZ1"}))
        async with asyncio.timeout(5):
            while not doorman.started:  # noqa: ASYNC110  # the state of a server
                await asyncio.sleep(0.005)
        doorman.wait.set()
        await all_of(socket)
        assert all(live.stops == ["caller_hung_up"] for live in server.calls.lives)
