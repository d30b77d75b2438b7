"""`POST /api/chat`: the reply, idempotency by message_id, and what is refused before anything runs."""

from __future__ import annotations

import pytest

from offhook.api.chat import text_turn
from offhook.contracts.conversation import ConversationState
from offhook.contracts.errors import Invalid
from support.api_rig import API_KEY, Rig, open_session


async def test_a_message_gets_a_reply_with_all_its_fields(rig: Rig) -> None:
    async with rig.stranger() as client:
        session = await open_session(client)
        body = {"session_id": session.session_id, "message": "when are you open", "message_id": "m1"}
        response = await client.post("/api/chat", json=body, headers=session.bearer)
    assert response.status_code == 200
    told = response.json()
    assert set(told) == {
        "session_id", "turn_id", "reply", "agent", "intent", "confidence", "language", "source",
        "commands", "booking_slots", "pending_tasks", "latency_ms",
    }  # fmt: skip
    assert told["intent"] == "faq"
    assert told["agent"] == "faq"
    assert "open" in told["reply"]
    assert told["commands"] == [{"intent": "faq", "slots": {"topic": "hours"}, "decision": ""}]
    assert told["source"] in ("template", "rules", "llm")
    assert set(told["booking_slots"]) == {
        "appointment_type", "service_type", "preferred_date", "preferred_time",
        "customer_name", "customer_phone", "customer_email",
    }  # fmt: skip


async def test_the_same_message_id_returns_the_stored_reply_and_runs_nothing(rig: Rig) -> None:
    async with rig.stranger() as client:
        session = await open_session(client, customer_phone="+12025550142")
        body = {"session_id": session.session_id, "message": "a human please", "message_id": "m1"}
        first = (await client.post("/api/chat", json=body, headers=session.bearer)).json()
        state = (await client.get(f"/api/sessions/{session.session_id}", headers=session.bearer)).json()
        again = (await client.post("/api/chat", json=body, headers=session.bearer)).json()
        after = (await client.get(f"/api/sessions/{session.session_id}", headers=session.bearer)).json()
        tasks = (await client.get("/api/tasks", headers={"X-API-Key": API_KEY})).json()["items"]
    assert again["reply"] == first["reply"]
    assert again["turn_id"] == first["turn_id"]
    assert after == state
    assert len(tasks) == 1


async def test_a_message_id_counts_within_its_session_alone(rig: Rig) -> None:
    async with rig.client() as client:
        one, two = await open_session(client), await open_session(client)
        for session, text in ((one, "when are you open"), (two, "a human please")):
            body = {"session_id": session.session_id, "message": text, "message_id": "m1"}
            told = (await client.post("/api/chat", json=body, headers=session.bearer)).json()
            assert told["intent"] == ("faq" if session is one else "handoff")


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("", "message"),
        ("   \n\t ", "message"),
        ("\u200b", "message"),
        ("x" * 4_001, "message"),
        ("x" * 100_000, "message"),
        ("nul \0 here", "message"),
        ("bell \a", "message"),
        ("escape \x1b[2J", "message"),
        ("c1 \x9b", "message"),
        (17, "message"),
        (None, "message"),
        (["a"], "message"),
    ],
    ids=repr,
)
async def test_a_bad_message_is_refused_by_name(rig: Rig, message: object, named: str) -> None:
    async with rig.client() as client:
        session = await open_session(client)
        response = await client.post("/api/chat", json={"session_id": session.session_id, "message": message})
        state = (await client.get(f"/api/sessions/{session.session_id}")).json()
    assert response.status_code == 422
    assert named in response.json()["error"]["fields"]
    assert state["turn_count"] == 1, "only the greeting has run"


@pytest.mark.parametrize("message", ["two\nlines\twith a tab", "कल दस बजे", "🙂 hello", "x" * 4_000], ids=ascii)
def test_a_good_message_is_taken(message: str) -> None:
    assert text_turn(message, None, 4_000).text == message


@pytest.mark.parametrize("message_id", ["", "x" * 129, "tab\there", "nul\0"], ids=ascii)
def test_a_bad_message_id_is_refused(message_id: str) -> None:
    with pytest.raises(Invalid) as refused:
        text_turn("hello", message_id, 4_000)
    assert refused.value.fields is not None
    assert "message_id" in refused.value.fields


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"session_id": 1, "message": "hello"}',
        b'{"message": "hello"}',
        b'{"session_id": "sess_1", "message": "\\ud800"}',
        b'{"session_id": "sess_1", "message": "hello", "x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    ],
    ids=lambda body: ascii(body[:30]),
)
async def test_a_body_that_cannot_be_read_is_refused(rig: Rig, body: bytes) -> None:
    async with rig.client() as client:
        response = await client.post("/api/chat", content=body)
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "invalid"
    assert response.json()["error"]["fields"]


@pytest.mark.parametrize("session_id", ["sess_01KDV00000000000000000000A", "", "\0", "../x", "x" * 500], ids=ascii)
async def test_an_unknown_session_is_not_found(rig: Rig, session_id: str) -> None:
    async with rig.client() as client:
        response = await client.post("/api/chat", json={"session_id": session_id, "message": "hello"})
    assert response.status_code == 404


async def test_a_session_that_is_over_takes_no_message(rig: Rig) -> None:
    async with rig.client() as client:
        session = await open_session(client)
        assert (await client.delete(f"/api/sessions/{session.session_id}")).status_code == 204
        response = await client.post("/api/chat", json={"session_id": session.session_id, "message": "hello"})
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "session_over"


async def test_every_typed_turn_tells_its_latency_to_watchers(rig: Rig) -> None:
    async with rig.client() as client:
        session = await open_session(client)
        watcher = rig.store.subscribe(session.session_id)
        await client.post("/api/chat", json={"session_id": session.session_id, "message": "hello"})
        kinds = []
        while "latency" not in kinds:
            event = await anext(watcher)
            kinds.append(event.type)
    assert kinds == ["transcript", "transcript", "state_update", "latency"]
    assert event.seq == 0
    assert set(event.data["data"]) == {"stt_ms", "llm_ms", "tts_ms", "total_ms", "endpoint_ms", "think_ms"}


async def test_a_message_costs_one_look_at_the_session(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    load = rig.store.load

    async def look(session_id: str) -> ConversationState | None:
        looks.append(session_id)
        return await load(session_id)

    monkeypatch.setattr(rig.store, "load", look)
    async with rig.stranger() as client:
        session = await open_session(client)
        looks.clear()
        body = {"session_id": session.session_id, "message": "when are you open"}
        assert (await client.post("/api/chat", json=body, headers=session.bearer)).status_code == 200
    assert len(looks) == 1, "the turn's own"
