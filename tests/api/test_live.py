"""`WS /ws/{session_id}` over a real server: events in order, resume, bad frames, slow readers, who may open it."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from offhook.api.live import SOCKETS_PER_SESSION, WAITING_MESSAGES
from offhook.contracts.conversation import ConversationState, Opening, SessionEvent, TurnInput, TurnOutput
from offhook.contracts.errors import Unavailable
from offhook.session.conversation import Sessions
from support.api_rig import API_KEY, Opened, Rig, open_session, serving

PATIENCE_S = 20
"""How long a test waits for what must come: long, so that only a defect reaches it."""


@asynccontextmanager
async def opened(rig: Rig, **settings: object) -> AsyncIterator[tuple[str, Opened]]:
    """A server and a session on it that has greeted."""
    async with rig.client() as client:
        session = await open_session(client, customer_phone="+12025550142")
    async with serving(rig.app(**settings)) as address:
        yield f"ws://{address}/ws/{session.session_id}", session


async def send(ws: ClientConnection, **frame: object) -> None:
    await ws.send(json.dumps(frame))


async def take(ws: ClientConnection, until: str) -> list[dict[str, Any]]:
    """Events up to and with the first of that type."""
    events: list[dict[str, Any]] = []
    async with asyncio.timeout(PATIENCE_S):
        while not events or events[-1]["type"] != until:
            events.append(json.loads(await ws.recv()))
    return events


async def test_a_message_comes_back_as_events_in_order(rig: Rig) -> None:
    async with opened(rig) as (url, session), connect(url) as ws:
        await send(ws, type="message", text="when are you open", message_id="m1")
        events = await take(ws, "latency")
    assert [event["type"] for event in events] == ["partial", "transcript", "transcript", "state_update", "latency"]
    piece, user, assistant, update, latency = events
    assert piece["content"] == assistant["content"]
    assert piece["turn_id"] == assistant["turn_id"] == "msg:m1"
    assert "seq" not in piece
    assert {"role": "user", "content": "when are you open", "final": True}.items() <= user.items()
    assert assistant["role"] == "assistant"
    assert "open" in assistant["content"]
    assert assistant["agent_type"] == "faq"
    assert {"current_agent", "intent", "confidence", "customer", "booking_slots", "pending_tasks"} <= set(update)
    seqs = [event["seq"] for event in (user, assistant, update)]
    assert seqs == list(range(seqs[0], seqs[0] + 3))
    assert "seq" not in latency
    assert latency["data"]["total_ms"] > 0
    for event in events:
        assert event["session_id"] == session.session_id
        assert event["timestamp"].endswith("+00:00")


async def test_every_watcher_sees_what_any_door_brings(rig: Rig) -> None:
    async with opened(rig) as (url, session), connect(url) as one, connect(url) as two:
        async with rig.client() as client:
            await client.post("/api/chat", json={"session_id": session.session_id, "message": "hello"})
        assert await take(one, "latency") == await take(two, "latency")


async def test_resume_brings_what_was_missed_once_and_in_order(rig: Rig) -> None:
    async with opened(rig) as (url, session):
        async with connect(url) as ws:
            await send(ws, type="message", text="hello")
            seen = (await take(ws, "state_update"))[-1]["seq"]
        async with rig.client() as client:
            for _ in range(5):
                await client.post("/api/chat", json={"session_id": session.session_id, "message": "where are you"})
        async with connect(url) as ws:
            await send(ws, type="resume", after=seen)
            await send(ws, type="ping")
            missed = (await take(ws, "pong"))[:-1]
            await send(ws, type="message", text="hello")
            fresh = [event["seq"] for event in await take(ws, "latency") if "seq" in event]
    numbers = [event["seq"] for event in missed]
    assert numbers == list(range(seen + 1, seen + 16))
    assert fresh == [numbers[-1] + 1, numbers[-1] + 2, numbers[-1] + 3]


async def test_resume_from_the_beginning_tells_the_greeting(rig: Rig) -> None:
    async with opened(rig) as (url, session), connect(url) as ws:
        await send(ws, type="resume", after=0)
        events = await take(ws, "state_update")
    assert events[0]["content"] == session.greeting


@pytest.mark.parametrize("after", [0, 10**9])
async def test_a_resume_that_cannot_be_served_gets_the_state(rig: Rig, after: int) -> None:
    """Too far back (events are kept for ten minutes), or ahead of everything."""
    async with opened(rig) as (url, session):
        rig.clock.advance(minutes=11)
        async with connect(url) as ws:
            await send(ws, type="resume", after=after)
            resync, update = await take(ws, "state_update")
            last = await rig.store.last_seq(session.session_id)
            assert resync["type"] == "resync"
            assert resync["seq"] == update["seq"] == last
            assert update["current_agent"]
            await send(ws, type="message", text="hello")
            assert (await take(ws, "transcript"))[-1]["seq"] == last + 1


async def test_no_event_is_lost_over_many_disconnects(rig: Rig) -> None:
    """Another client talks all the while; this one is cut off after every few events and resumes."""
    async with opened(rig) as (url, session):
        before = await rig.store.last_seq(session.session_id)

        async def talk() -> None:
            async with rig.client() as client:
                for n in range(30):
                    body = {"session_id": session.session_id, "message": "hello", "message_id": f"m{n}"}
                    await client.post("/api/chat", json=body)

        got: list[int] = []
        last, wanted = before, before + 90
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
            tasks.create_task(talk())
            cut = 0
            while last < wanted:
                cut += 1
                async with connect(url, max_queue=None) as ws:
                    await send(ws, type="resume", after=last)
                    for _ in range(1 + cut % 7):
                        event = json.loads(await ws.recv())
                        if event.get("seq", 0) > last:
                            got.append(event["seq"])
                            last = event["seq"]
                        if last >= wanted:
                            break
                    if cut % 2:
                        ws.transport.abort()
    assert got == list(range(before + 1, wanted + 1)), (before, wanted)


async def test_a_repeated_message_gets_its_stored_reply_again(rig: Rig) -> None:
    async with opened(rig) as (url, session), connect(url) as ws:
        await send(ws, type="message", text="a human please", message_id="m1")
        first = await take(ws, "latency")
        await send(ws, type="message", text="a human please", message_id="m1")
        again = (await take(ws, "transcript"))[-1]
        state = await rig.deps.conversations.get(session.session_id)
    assert again["role"] == "assistant"
    assert again["content"] == first[2]["content"]
    assert state.turn_count == 2


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("", "invalid_json"),
        ("{", "invalid_json"),
        ("[]", "invalid_json"),
        ("[" * 60_000, "invalid_json"),
        ("{}", "invalid"),
        ('{"type": 7}', "invalid"),
        ('{"type": "dance"}', "unknown_type"),
        ('{"type": "message"}', "invalid"),
        ('{"type": "message", "text": ""}', "invalid"),
        ('{"type": "message", "text": 5}', "invalid"),
        ('{"type": "message", "text": "nul \\u0000"}', "invalid"),
        ('{"type": "message", "text": "hello", "message_id": 5}', "invalid"),
        ('{"type": "message", "text": "hello", "message_id": ""}', "invalid"),
        (json.dumps({"type": "message", "text": "x" * 4_001}), "invalid"),
        (json.dumps({"type": "message", "text": "x" * 100_000}), "too_large"),
        ('{"type": "resume"}', "invalid"),
        ('{"type": "resume", "after": -1}', "invalid"),
        ('{"type": "resume", "after": "7"}', "invalid"),
        ('{"type": "resume", "after": 1e300}', "invalid"),
        (b"\x00\x01", "not_text"),
    ],
    ids=lambda value: ascii(value[:40]),
)
async def test_a_bad_frame_is_answered_and_the_socket_goes_on(rig: Rig, frame: str | bytes, code: str) -> None:
    async with opened(rig) as (url, _), connect(url) as ws:
        await ws.send(frame)
        error = (await take(ws, "error"))[-1]
        assert error["code"] == code
        assert error["message"]
        assert "message" not in error.get("fields", {}), "named as this door calls it: text"
        await send(ws, type="ping")
        assert [event["type"] for event in await take(ws, "pong")] == ["pong"]


async def test_a_heartbeat_tells_the_newest_seq(rig: Rig) -> None:
    async with opened(rig, heartbeat_s=0.01) as (url, session), connect(url) as ws:
        beat = (await take(ws, "heartbeat"))[-1]
    assert beat["seq"] == await rig.store.last_seq(session.session_id)


async def test_an_event_that_another_process_committed_is_fetched(rig: Rig) -> None:
    async with opened(rig) as (url, session), connect(url) as ws:
        state = await rig.store.load(session.session_id)
        assert state is not None
        hub, rig.store._hub = rig.store._hub, type(rig.store._hub)()
        foreign = SessionEvent(type="notification", session_id=session.session_id, timestamp="", data={"message": "x"})
        await rig.store.commit(state, events=[foreign])
        rig.store._hub = hub
        await send(ws, type="message", text="hello")
        events = await take(ws, "latency")
    numbered = [event for event in events if "seq" in event]
    assert [event["type"] for event in numbered[:2]] == ["notification", "transcript"]
    assert numbered[1]["seq"] == numbered[0]["seq"] + 1


async def test_a_reader_who_does_not_read_is_ended_alone(rig: Rig) -> None:
    big = {"content": "x" * 60_000}
    async with opened(rig) as (url, session), connect(url, max_size=None) as reads:
        host, _, port = url.removeprefix("ws://").partition("/")[0].partition(":")
        with socket.socket() as raw:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.connect((host, int(port)))
            path = f"/ws/{session.session_id}"
            key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            ask = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{key}\r\n"
            raw.sendall(ask.encode())  # and from now on this client does nothing
            n = 0
            while not rig.store._hub.ended_slow:
                event = SessionEvent(type="partial", session_id=session.session_id, timestamp="", data=big | {"n": n})
                rig.store.publish(event)
                assert json.loads(await reads.recv())["n"] == n
                n += 1
                assert n < 10_000, "the server keeps everything for a client that does not read"
            await send(reads, type="ping")
            await take(reads, "pong")


class Slow:
    """Conversations whose turns wait until they are let go."""

    def __init__(self, real: Sessions) -> None:
        self.real = real
        self.go = asyncio.Event()
        self.done: list[str] = []

    async def open(self, opening: Opening) -> ConversationState:
        return await self.real.open(opening)

    async def get(self, session_id: str) -> ConversationState:
        return await self.real.get(session_id)

    async def turn(self, session_id: str, turn: TurnInput, **_: object) -> AsyncIterator[TurnOutput]:
        await self.go.wait()
        async for output in self.real.turn(session_id, turn):
            yield output
        self.done.append(turn.turn_id)

    async def heard(self, session_id: str, turn_id: str, heard: str) -> None: ...

    async def close(self, session_id: str, status: str = "COMPLETED") -> None: ...


async def test_a_flood_of_messages_is_refused_not_kept(rig: Rig) -> None:
    async with rig.client() as client:
        session = await open_session(client)
    slow = Slow(rig.deps.conversations)  # type: ignore[arg-type]
    async with (
        serving(rig.app(conversations=slow)) as address,
        connect(f"ws://{address}/ws/{session.session_id}") as ws,
    ):
        for n in range(WAITING_MESSAGES + 2):
            await send(ws, type="message", text="hello", message_id=f"m{n}")
        assert (await take(ws, "error"))[-1]["code"] == "busy"
        await send(ws, type="ping")
        await take(ws, "pong")
        slow.go.set()
        for _ in range(WAITING_MESSAGES):
            await take(ws, "latency")


async def test_a_message_that_was_taken_is_answered_even_when_its_sender_leaves(rig: Rig) -> None:
    async with rig.client() as client:
        session = await open_session(client)
    slow = Slow(rig.deps.conversations)  # type: ignore[arg-type]
    async with serving(rig.app(conversations=slow)) as address:
        async with connect(f"ws://{address}/ws/{session.session_id}") as ws:
            await send(ws, type="message", text="hello", message_id="m1")
            await send(ws, type="ping")
            await take(ws, "pong")
        slow.go.set()
        async with connect(f"ws://{address}/ws/{session.session_id}") as ws:
            await send(ws, type="message", text="hello", message_id="m1")
            assert (await take(ws, "transcript"))[-1]["type"] == "transcript"
    assert (await rig.deps.conversations.get(session.session_id)).turn_count == 2


async def test_a_reply_that_could_not_be_stored_is_still_told(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(rig) as (url, _), connect(url) as ws:

        async def gone(*_: object, **__: object) -> None:
            raise Unavailable("database_gone", "The database cannot be reached.")

        for name in ("load", "resume", "commit", "stored_turn", "last_seq", "events_after"):
            monkeypatch.setattr(rig.store, name, gone)
        await send(ws, type="message", text="when are you open")
        told = (await take(ws, "transcript"))[-1]
        await send(ws, type="resume", after=0)
        assert (await take(ws, "error"))[-1]["code"] == "database_gone"
    assert told["role"] == "assistant"
    assert told["content"]


async def test_a_message_to_a_session_that_is_over_is_an_error_event(rig: Rig) -> None:
    async with opened(rig) as (url, session), connect(url) as ws:
        await rig.deps.conversations.close(session.session_id)
        assert (await take(ws, "state_update"))[-1]["status"] == "COMPLETED"
        await send(ws, type="message", text="hello")
        assert (await take(ws, "error"))[-1]["code"] == "session_over"


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({}, "", None),
        ({}, "?token={token}", None),
        ({"Authorization": "Bearer {token}"}, "", None),
        ({"X-API-Key": API_KEY}, "", None),
        ({"X-API-Key": API_KEY + "x"}, "", 401),
        ({}, "?token={token}x", 401),
        ({}, "?token=", 401),
        ({}, "?token={other}", 404),
        ({"X-Forwarded-For": "198.51.100.9"}, "", 401),
        ({"X-Forwarded-For": "198.51.100.9"}, "?token={token}", None),
        ({"Origin": "https://evil.example"}, "?token={token}", 403),
        ({"Origin": "https://console.example"}, "?token={token}", None),
        ({"Origin": "http://localhost:5173"}, "", None),
    ],
    ids=str,
)
async def test_who_may_open_a_socket(rig: Rig, headers: dict[str, str], query: str, status: int | None) -> None:
    async with opened(rig, cors_origins=("https://console.example",)) as (url, session):
        async with rig.client() as client:
            other = await open_session(client)
        told = {name: value.format(token=session.token) for name, value in headers.items()}
        url += query.format(token=session.token, other=other.token)
        if status is None:
            async with connect(url, additional_headers=told) as ws:
                assert ws.response is not None
                assert ws.response.headers["X-Request-ID"]
            return
        with pytest.raises(InvalidStatus) as refused:
            await connect(url, additional_headers={**told, "X-Request-ID": "mine"})
    response = refused.value.response
    assert response.status_code == status
    assert response.headers["X-Request-ID"] == "mine"
    assert json.loads(response.body)["error"]["request_id"] == "mine"


@pytest.mark.parametrize("path", ["/ws/sess_unknown", "/ws/%00", "/ws", "/nowhere"])
async def test_an_unknown_session_or_path_is_not_found(rig: Rig, path: str) -> None:
    async with serving(rig.app()) as address:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://{address}{path}")
    assert refused.value.response.status_code == 404
    assert json.loads(refused.value.response.body)["error"]["code"] == "not_found"


async def test_a_session_has_only_so_many_sockets(rig: Rig) -> None:
    async with opened(rig) as (url, _):
        sockets = [await connect(url) for _ in range(SOCKETS_PER_SESSION)]
        with pytest.raises(InvalidStatus) as refused:
            await connect(url)
        assert refused.value.response.status_code == 429
        await sockets.pop().close()
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    sockets.append(await connect(url))
                    break
                except InvalidStatus:
                    await asyncio.sleep(0.01)
        for ws in sockets:
            await ws.close()
