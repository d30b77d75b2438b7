from __future__ import annotations

import pytest

from offhook.api.web_chat import SPOKEN_PER_ADDRESS, SPOKEN_PER_MINUTE
from offhook.audio.wav import parse_wav
from support.api_rig import Rig, open_session


async def test_a_chat_begins_with_a_greeting_and_can_be_gone_on_with(rig: Rig) -> None:
    async with rig.client() as client:
        begun = (await client.post("/api/chat/init", json={"desk": "sales"})).json()
        assert [message["role"] for message in begun["history"]] == ["assistant"]
        assert (await rig.deps.conversations.get(begun["session_id"])).channel == "socketio"
        bearer = {"Authorization": f"Bearer {begun['token']}"}
        body = {"session_id": begun["session_id"], "message": "when are you open", "message_id": "m1"}
        reply = (await client.post("/api/chat", json=body, headers=bearer)).json()["reply"]
        again = (await client.post("/api/chat/init", json={"token": begun["token"]})).json()
        assert again["session_id"] == begun["session_id"]
        assert [message["text"] for message in again["history"][1:]] == ["when are you open", reply]
        assert [message["id"] for message in again["history"]] == ["greeting", "m1", "m1"]
        kept = (await client.get("/api/chat/history", headers=bearer)).json()
        assert kept["history"] == again["history"]
        assert kept["seq"] == again["seq"]


async def test_a_session_that_is_over_is_begun_anew(rig: Rig) -> None:
    async with rig.client() as client:
        begun = (await client.post("/api/chat/init", json={})).json()
        await rig.deps.conversations.close(begun["session_id"])
        for token in (begun["token"], "nonsense"):
            again = (await client.post("/api/chat/init", json={"token": token})).json()
            assert again["session_id"] != begun["session_id"]


async def test_strangers_may_begin_but_not_read(rig: Rig) -> None:
    async with rig.stranger(sessions_per_minute=2) as stranger:
        statuses = [(await stranger.post("/api/chat/init", json={})).status_code for _ in range(3)]
        assert statuses == [201, 201, 429]
        assert (await stranger.get("/api/chat/history")).status_code == 401
        assert (await stranger.post("/api/voice/convert", json={"text": "hello"})).status_code == 401
    async with rig.client() as client:
        one, other = await open_session(client), await open_session(client)
        foreign = await client.get(f"/api/chat/history?session_id={other.session_id}", headers=one.bearer)
        assert foreign.status_code == 404


async def test_a_text_as_sound(rig: Rig) -> None:
    async with rig.stranger() as stranger:
        session = await open_session(stranger)
        body = {"text": "We are open until six.", "language": "en-US", "voice": "en-us+f2"}
        spoken = await stranger.post("/api/voice/convert", json=body, headers=session.bearer)
        assert spoken.headers["content-type"] == "audio/wav"
        assert parse_wav(spoken.content).rate_hz == 16_000


async def test_more_sessions_are_no_more_sound_for_one_address(rig: Rig) -> None:
    statuses = []
    async with rig.stranger() as stranger:
        for _ in range(3):
            session = await open_session(stranger)
            for _ in range(SPOKEN_PER_MINUTE):
                spoken = await stranger.post("/api/voice/convert", json={"text": "hello"}, headers=session.bearer)
                statuses.append(spoken.status_code)
    assert statuses == [200] * SPOKEN_PER_ADDRESS + [429] * (len(statuses) - SPOKEN_PER_ADDRESS)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 1_001}, "text"),
        ({"text": "bell\x07"}, "text"),
        ({"text": "hello", "language": "xx"}, "language"),
        ({"text": "hello", "language": "../en"}, "language"),
        ({"text": "hello", "voice": "../../etc/passwd"}, "voice"),
        ({"text": "hello", "voice": ""}, "voice"),
    ],
)
async def test_a_text_that_cannot_be_spoken_is_named(rig: Rig, body: dict[str, str], field: str) -> None:
    async with rig.client() as client:
        refused = await client.post("/api/voice/convert", json=body)
    assert refused.status_code == 422
    assert field in refused.json()["error"]["fields"]
