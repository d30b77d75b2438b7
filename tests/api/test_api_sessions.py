"""Opening, reading and ending sessions."""

from __future__ import annotations

import msgspec
import pytest

from offhook.contracts.conversation import ConversationState
from support.api_rig import Rig, open_session

STATE_FIELDS = {
    "session_id", "business_id", "desk", "channel", "language", "status", "messages", "current_agent",
    "detected_intent", "confidence", "customer", "booking_slots", "pending", "pending_tasks", "notifications_queue",
    "escalation_in_progress", "human_agent_status", "active_customer_id", "recent_customers", "turn_count",
    "created_at", "last_updated", "version",
}  # fmt: skip


@pytest.mark.parametrize("desk", ["dealership", "shop", "sales"])
async def test_each_desk_opens_and_greets(rig: Rig, desk: str) -> None:
    business = await rig.deps.businesses.default(desk)
    async with rig.stranger() as client:
        response = await client.post("/api/sessions", json={"desk": desk})
    told = response.json()
    assert response.status_code == 201
    assert set(told) == {"session_id", "token", "business", "desk", "greeting"}
    assert told["desk"] == desk
    assert told["business"] == business.business_id
    assert business.name in told["greeting"]
    assert told["session_id"].startswith("sess_")


async def test_an_empty_body_opens_the_default_desk(rig: Rig) -> None:
    async with rig.stranger() as client:
        assert (await client.post("/api/sessions")).json()["desk"] == "dealership"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"desk": "bakery"}, "desk"),
        ({"channel": "twilio"}, "channel"),
        ({"business": "biz_unknown"}, "business"),
        ({"business": "\0"}, "business"),
        ({"language": "klingon!"}, "language"),
        ({"language": "xx"}, "language"),
        ({"customer_phone": "12"}, "customer_phone"),
        ({"customer_phone": 12}, "customer_phone"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": "a\0b"}, "user_id"),
    ],
    ids=ascii,
)
async def test_a_bad_field_is_named(rig: Rig, body: dict[str, object], named: str) -> None:
    async with rig.stranger() as client:
        response = await client.post("/api/sessions", json=body)
    assert response.status_code == 422
    assert named in response.json()["error"]["fields"]


async def test_the_state_has_the_documented_fields_and_no_others(rig: Rig) -> None:
    async with rig.stranger() as client:
        session = await open_session(client, language="en", customer_phone="(202) 555-0142")
        state = (await client.get(f"/api/sessions/{session.session_id}", headers=session.bearer)).json()
    assert set(state) == STATE_FIELDS
    assert state["status"] == "ACTIVE"
    assert state["channel"] == "chat"
    assert [message["content"] for message in state["messages"]] == [session.greeting]


async def test_a_typed_number_greets_nobody_by_name(rig: Rig) -> None:
    """Staff's key, and this machine, are believed."""
    async with rig.client() as known:
        phone = (await known.get("/api/customers")).json()["items"][0]["phone"]
        trusted = await open_session(known, customer_phone=phone)
        shown = (await known.get(f"/api/sessions/{trusted.session_id}", headers=trusted.bearer)).json()
    name = shown["customer"]["name"].split()[0]
    assert name in trusted.greeting
    async with rig.stranger() as client:
        session = await open_session(client, customer_phone=phone)
        state = (await client.get(f"/api/sessions/{session.session_id}", headers=session.bearer)).json()
    assert name not in session.greeting
    assert (state["customer"]["name"], state["customer"]["customer_id"]) == (None, None)


async def test_ending_a_session_is_told_and_may_be_repeated(rig: Rig) -> None:
    async with rig.stranger() as client:
        session = await open_session(client)
        path = f"/api/sessions/{session.session_id}"
        for _ in range(2):
            response = await client.delete(path, headers=session.bearer)
            assert response.status_code == 204
            assert response.content == b""
        assert (await client.get(path, headers=session.bearer)).json()["status"] == "COMPLETED"


async def test_tasks_stand_under_what_has_become_of_them(rig: Rig) -> None:
    async with rig.stranger() as client:
        session = await open_session(client)
        state = await rig.store.load(session.session_id)
        assert isinstance(state, ConversationState)
        given = [{"task_id": f"task_{s}", "status": s} for s in ("RUNNING", "QUEUED", "COMPLETED", "FAILED")]
        await rig.store.commit(msgspec.structs.replace(state, pending_tasks=given))
        tasks = (await client.get(f"/api/sessions/{session.session_id}/tasks", headers=session.bearer)).json()
    assert tasks == {"running": given[:1], "queued": given[1:2], "done": given[2:]}


async def test_one_address_opens_only_so_many_sessions_a_minute(rig: Rig) -> None:
    app = rig.app(sessions_per_minute=3, trusted_proxies=("203.0.113.0/24",))
    near, far = {"X-Forwarded-For": "198.51.100.1"}, {"X-Forwarded-For": "198.51.100.2"}
    async with rig.stranger(app) as client:
        statuses = [(await client.post("/api/sessions", headers=near)).status_code for _ in range(4)]
        other = await client.post("/api/sessions", headers=far)
        rig.clock.advance(seconds=21)
        later = await client.post("/api/sessions", headers=near)
    assert statuses == [201, 201, 201, 429]
    assert other.status_code == 201
    assert later.status_code == 201


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"desk": "bakery"}, {"desk": "one of dealership, sales, shop"}),
        ({"language": "xx"}, {"language": "one of en, hi"}),
    ],
)
async def test_a_value_that_is_none_of_a_few_is_refused_with_those(
    rig: Rig, body: dict[str, object], told: dict[str, str]
) -> None:
    async with rig.stranger() as client:
        response = await client.post("/api/sessions", json=body)
    assert (response.status_code, response.json()["error"]["fields"]) == (422, told)


@pytest.mark.parametrize("language", ["en", "hi-IN", "en-GB", "hi-Latn"])
async def test_a_region_may_follow_the_language(rig: Rig, language: str) -> None:
    async with rig.stranger() as client:
        response = await client.post("/api/sessions", json={"language": language})
    assert response.status_code == 201
