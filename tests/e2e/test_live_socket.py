"""`/ws/{session_id}` of a real server: what was missed while away comes on resume, none of it twice, in order."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from chats import Chat, open_chat
from e2e_server import ServerProcess
from websockets.asyncio.client import ClientConnection, connect
from wire_call import http

pytestmark = pytest.mark.e2e


async def test_resume_after_a_disconnect_loses_nothing(text_server: ServerProcess) -> None:
    async with http(text_server.url) as client:
        chat = await open_chat(client)
        async with _socket(text_server, chat) as socket:
            await socket.send(json.dumps({"type": "message", "text": "when are you open", "message_id": "m1"}))
            seen = await _until(socket, lambda event: event["type"] == "state_update")
            socket.transport.abort()  # the network is gone, nobody says goodbye
        last = max(event["seq"] for event in seen if "seq" in event)

        replies = [await chat.say(text, f"away{n}") for n, text in enumerate(("what do you charge", "oil change"))]

        async with _socket(text_server, chat) as socket:
            await socket.send(json.dumps({"type": "resume", "after": last}))
            missed = await _until(socket, _says(replies[-1]["reply"]))
            missed += await _until(socket, lambda event: event["type"] == "state_update")
        numbered = [event["seq"] for event in missed if "seq" in event]
        assert numbered == list(range(last + 1, last + 1 + len(numbered)))
        said = [event["content"] for event in missed if event["type"] == "transcript"]
        assert said == ["what do you charge", replies[0]["reply"], "oil change", replies[1]["reply"]]


async def test_two_watchers_see_the_same_events_of_a_turn_by_http(text_server: ServerProcess) -> None:
    async with http(text_server.url) as client:
        chat = await open_chat(client)
        async with _socket(text_server, chat) as one, _socket(text_server, chat) as two:
            reply = await chat.say("where are you")
            told = [await _until(socket, lambda event: event["type"] == "state_update") for socket in (one, two)]
        assert told[0] == told[1]
        assert [event["content"] for event in told[0] if event["type"] == "transcript"] == [
            "where are you",
            reply["reply"],
        ]


async def test_nonsense_is_answered_and_the_socket_stays(text_server: ServerProcess) -> None:
    async with http(text_server.url) as client:
        chat = await open_chat(client)
        async with _socket(text_server, chat) as socket:
            for frame in ("{", "[]", '{"type": "dance"}', '{"type": "resume", "after": -1}', b"\x00", "x" * 70_000):
                await socket.send(frame)
                assert (await _next(socket))["type"] == "error", frame[:40]
            await socket.send(json.dumps({"type": "message", "text": "x" * 100_000, "message_id": "m"}))
            assert (await _next(socket))["type"] == "error"
            await socket.send(json.dumps({"type": "ping"}))
            assert (await _next(socket))["type"] == "pong"


def _socket(server: ServerProcess, chat: Chat) -> connect:
    return connect(f"{server.url.replace('http', 'ws', 1)}/ws/{chat.session_id}?token={chat.token}")


def _says(text: str) -> Any:
    return lambda event: event["type"] == "transcript" and event["content"] == text


async def _until(socket: ClientConnection, last: Any) -> list[dict[str, Any]]:
    """All events up to the first for which `last` is true, that one included."""
    events = []
    while True:
        event = await _next(socket)
        if event["type"] != "heartbeat":
            events.append(event)
        if last(event):
            return events


async def _next(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(30):
        event: dict[str, Any] = json.loads(await socket.recv())
        return event
