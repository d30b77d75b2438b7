"""`POST /api/voice/token`, with rooms that a test made up; the real ones are in e2e/test_livekit_rooms.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import httpx
import pytest

from offhook.api.http import create_app
from offhook.contracts.channel import RoomTicket
from offhook.contracts.conversation import ConversationState
from offhook.contracts.errors import Unavailable
from support.api_rig import Rig, open_session


@dataclass
class Rooms:
    asked: list[tuple[str, str, str, dict[str, str]]] = field(default_factory=list)
    down: bool = False

    def names_of(self, state: ConversationState) -> tuple[str, str]:
        return f"room-{state.session_id}", f"caller-{state.session_id}"

    async def ticket(self, session_id: str, *, name: str, metadata: str, attributes: Mapping[str, str]) -> RoomTicket:
        if self.down:
            raise Unavailable("livekit_unavailable", "No agent can come.")
        self.asked.append((session_id, name, metadata, dict(attributes)))
        return RoomTicket("wss://livekit.example.com", f"room-{session_id}", name, "token-of-livekit")


@dataclass
class Front:
    """A front end with a session of its own."""

    client: httpx.AsyncClient
    rooms: Rooms
    session_id: str
    token: str

    async def ask(self, body: object = None, *, token: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return await self.client.post("/api/voice/token", json=body or {}, headers=headers)


@pytest.fixture
async def front(rig: Rig) -> Front:
    rooms = Rooms()
    app = create_app(replace(rig.deps, rooms=rooms))
    transport = httpx.ASGITransport(app=app, client=("203.0.113.9", 5000))
    client = httpx.AsyncClient(transport=transport, base_url="http://offhook.example.com")
    opened = await open_session(client)
    return Front(client, rooms, opened.session_id, opened.token)


async def test_the_session_token_alone_is_enough(front: Front) -> None:
    """As LiveKit's own front ends ask: they know of no session id."""
    answer = await front.ask()
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "server_url": "wss://livekit.example.com",
        "room_name": f"room-{front.session_id}",
        "participant_name": "Caller",
        "participant_token": "token-of-livekit",
    }


async def test_what_a_front_end_may_say_of_itself_is_passed_on(front: Front) -> None:
    own = {"room_name": f"room-{front.session_id}", "participant_identity": f"caller-{front.session_id}"}
    said = {"participant_name": " Priya ", "participant_metadata": "m", "participant_attributes": {"seat": "4"}}
    answer = await front.ask({"session_id": front.session_id, **own, **said, "room_config": {}})
    assert answer.status_code == 201
    assert front.rooms.asked == [(front.session_id, "Priya", "m", {"seat": "4"})]


OTHERS: list[tuple[dict[str, object], list[str]]] = [
    ({"room_name": "another"}, ["room_name"]),
    ({"participant_identity": "caller-another"}, ["participant_identity"]),
    ({"room_config": {"agents": [{"agent_name": "x"}]}}, ["room_config"]),
    ({"room_name": "a", "room_config": {"c": 1}}, ["room_config", "room_name"]),
    ({"participant_attributes": {"lk.agent.state": "speaking"}}, ["participant_attributes"]),
    ({"participant_attributes": {f"a{n}": "x" for n in range(17)}}, ["participant_attributes"]),
    ({"participant_attributes": {"a": "x" * 3000}}, ["participant_attributes"]),
    ({"participant_attributes": {"a": 5}}, ["participant_attributes[...]"]),
    ({"participant_metadata": "x" * 3000}, ["participant_metadata"]),
    ({"participant_name": "\x07"}, ["participant_name"]),
    ({"participant_name": "x" * 200}, ["participant_name"]),
    ({"session_id": 5}, ["session_id"]),
]


@pytest.mark.parametrize(("body", "named"), OTHERS, ids=range(len(OTHERS)))
async def test_what_is_not_the_sessions_own_is_refused_by_name(
    front: Front, body: dict[str, object], named: list[str]
) -> None:
    answer = await front.ask(body)
    assert answer.status_code == 422
    assert sorted(answer.json()["error"]["fields"]) == named
    assert front.rooms.asked == []


async def test_a_wrong_or_expired_token_is_refused_before_the_body_is_read(front: Front, rig: Rig) -> None:
    assert (await front.ask({"room_name": 5}, token="nonsense")).status_code == 401
    rig.clock.advance(hours=13)
    assert (await front.ask({"room_name": 5})).status_code == 401
    assert (await front.client.post("/api/voice/token", content=b"{")).status_code == 401


async def test_another_session_is_not_found(front: Front) -> None:
    other = (await open_session(front.client)).session_id
    for foreign in (other, "sess_unknown", "\0"):
        assert (await front.ask({"session_id": foreign})).status_code == 404
    assert front.rooms.asked == []


async def test_without_settings_it_says_what_to_set(rig: Rig) -> None:
    async with rig.stranger() as client:
        opened = await open_session(client)
        answer = await client.post("/api/voice/token", json={}, headers={"Authorization": f"Bearer {opened.token}"})
        assert (await client.post("/api/voice/token", json={})).status_code == 401
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "livekit_not_configured"
    assert "LIVEKIT_URL" in answer.json()["error"]["message"]


async def test_a_livekit_that_is_down_is_said(front: Front) -> None:
    front.rooms.down = True
    answer = await front.ask()
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "livekit_unavailable")


async def test_tokens_are_limited_by_address(front: Front) -> None:
    answers = [(await front.ask()).status_code for _ in range(31)]
    assert answers == [201] * 30 + [429]
