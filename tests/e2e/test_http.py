"""The API of a real server: who may ask, what is refused, what is written once."""

from __future__ import annotations

import pytest
from chats import STARTS_AT_UTC, open_chat, up_to_read_back
from e2e_server import ServerProcess
from wire_call import http

pytestmark = pytest.mark.e2e

UNKNOWN = "sess_01KDV0000000000000000000ZZ"


@pytest.mark.parametrize(
    "headers",
    [{"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}, {"Host": "offhook.example.com"}],
    ids=["forwarded-for", "forwarded", "foreign-host"],
)
async def test_a_request_that_is_not_from_this_machine_needs_a_token(
    headers: dict[str, str], text_server: ServerProcess
) -> None:
    async with http(text_server.url) as client:
        chat = await open_chat(client)
        body = {"session_id": chat.session_id, "message": "hello"}
        for response in (
            await client.post("/api/chat", json=body, headers=headers),
            await client.post("/api/chat", content=b"not even JSON", headers=headers),
            await client.get(f"/api/sessions/{chat.session_id}", headers=headers),
            await client.get("/api/calls/CA1", headers=headers),
            await client.get("/metrics", headers=headers),
        ):
            assert (response.status_code, response.json()["error"]["code"]) == (401, "unauthorized"), response.url
        with_token = await client.post("/api/chat", json=body, headers=headers | chat.headers)
        assert with_token.status_code == 200
        assert (await client.post("/api/chat", json=body)).status_code == 200, "loopback needs none"


async def test_another_sessions_token_opens_nothing(text_server: ServerProcess) -> None:
    async with http(text_server.url) as client:
        mine, other = await open_chat(client), await open_chat(client)
        response = await client.get(f"/api/sessions/{mine.session_id}", headers=other.headers)
        assert response.status_code == 404
        response = await client.get(f"/api/sessions/{mine.session_id}", headers={"Authorization": "Bearer forged"})
        assert response.status_code == 401


async def test_an_unknown_session_is_404(text_server: ServerProcess) -> None:
    async with http(text_server.url) as client:
        for session_id in (UNKNOWN, "sess_x", "../etc/passwd", "x" * 5000):
            response = await client.post("/api/chat", json={"session_id": session_id, "message": "hello"})
            assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found"), session_id[:40]
        assert (await client.get(f"/api/sessions/{UNKNOWN}")).status_code == 404
        assert (await client.delete(f"/api/sessions/{UNKNOWN}")).status_code == 404


@pytest.mark.parametrize(
    "message",
    ["", "   \n\t ", "x" * 100_000, "book\x00 it", "bell\x07", "\x1b[2J", "\u200b\u200b"],
    ids=["empty", "blank", "100 kB", "NUL", "bell", "escape", "invisible"],
)
async def test_a_message_that_cannot_be_meant_is_422(message: str, text_server: ServerProcess) -> None:
    async with http(text_server.url) as client:
        chat = await open_chat(client)
        before = await chat.state()
        response = await chat.post(message)
        assert (response.status_code, list(response.json()["error"]["fields"])) == (422, ["message"])
        assert await chat.state() == before


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"session_id": 1, "message": "x"}', b"\xff\xfe", b"[" * 9000])
async def test_a_body_of_another_shape_is_422(body: bytes, text_server: ServerProcess) -> None:
    async with http(text_server.url) as client:
        response = await client.post("/api/chat", content=body, headers={"Content-Type": "application/json"})
        assert (response.status_code, response.json()["error"]["code"]) == (422, "invalid")


async def test_the_same_message_id_gives_the_stored_reply_and_writes_nothing_more(text_server: ServerProcess) -> None:
    phone = "+12025550181"
    async with http(text_server.url) as client:
        chat = await up_to_read_back(client, phone)
        first = await chat.say("yes", "the-yes")
        booked = _of(text_server, phone)
        state = await chat.state()
        again = [await chat.say("yes", "the-yes") for _ in range(3)]
        other_words = await chat.say("no, forget it", "the-yes")
        assert [(reply["reply"], reply["turn_id"]) for reply in (*again, other_words)] == [
            (first["reply"], first["turn_id"])
        ] * 4
        assert [row["starts_at"][:19] for row in booked] == [STARTS_AT_UTC]
        assert _of(text_server, phone) == booked
        assert await chat.state() == state


async def test_request_ids_come_in_and_go_out(text_server: ServerProcess) -> None:
    async with http(text_server.url) as client:
        given = {"X-Request-ID": "trace-4711"}
        for response in (
            await client.get("/health/live", headers=given),
            await client.post("/api/chat", json={"session_id": UNKNOWN, "message": "x"}, headers=given),
            await client.get("/nowhere", headers=given),
            await client.post("/twilio/voice", data={"CallSid": "CA1"}, headers=given),
        ):
            assert response.headers["X-Request-ID"] == "trace-4711", response.url
        made = [(await client.get("/nowhere")) for _ in range(2)]
        ids = [response.headers["X-Request-ID"] for response in made]
        assert len(set(ids)) == 2
        assert [response.json()["error"]["request_id"] for response in made] == ids
        poisoned = await client.get("/health/live", headers={"X-Request-ID": "a b<script>"})
        assert poisoned.headers["X-Request-ID"] != "a b<script>"


def _of(server: ServerProcess, phone: str) -> list[dict[str, object]]:
    return [row for row in server.appointments() if row["customer_phone"] == phone]
