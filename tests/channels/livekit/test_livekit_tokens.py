"""Our tokens and webhook checks against LiveKit's own library."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from livekit import api

from offhook.channels.livekit.tokens import (
    LiveKitKeys,
    Room,
    agent_token,
    api_token,
    caller_token,
    genuine_event,
    room_named,
)

KEYS = LiveKitKeys("APIkey", "a secret of thirty-two bytes or more!")
NOW = datetime.now(UTC)
BODY = b'{"event":"room_finished","id":"EV_1","room":{"name":"offhook-sess_1","sid":"RM_1","future":1},"createdAt":"5"}'


VERIFIER = api.TokenVerifier(KEYS.api_key, KEYS.api_secret, leeway=timedelta(days=1))
"""LiveKit's own. It asks the real clock, and these tests may run long after NOW."""


def verified(token: str) -> api.access_token.Claims:
    return VERIFIER.verify(token)


def signed(body: bytes = BODY, *, secret: str = KEYS.api_secret, at: datetime = NOW, **changed: object) -> str:
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"iss": KEYS.api_key, "nbf": at, "exp": at + timedelta(minutes=5), "sha256": digest, **changed}
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, secret, algorithm="HS256")


def test_a_caller_may_enter_one_room_for_a_quarter_of_an_hour_at_most() -> None:
    token = caller_token(KEYS, Room("sess_1"), NOW, name="Priya", metadata="m", attributes={"seat": "4"})
    claims = verified(token)
    assert (claims.identity, claims.name, claims.metadata) == ("caller-sess_1", "Priya", "m")
    assert claims.attributes == {"seat": "4"}
    assert claims.video is not None
    grants = {name: value for name, value in vars(claims.video).items() if value}
    assert grants == {
        "room_join": True,
        "room": "offhook-sess_1",
        "can_publish": True,
        "can_subscribe": True,
        "can_publish_data": True,
    }
    raw = jwt.decode(token, options={"verify_signature": False})
    assert raw["exp"] - raw["nbf"] <= 15 * 60
    assert "roomConfig" not in raw


def test_an_agent_is_one() -> None:
    claims = verified(
        agent_token(KEYS, Room("sess_1"), NOW, name="Sophie", attributes={"lk.agent.state": "initializing"})
    )
    assert (claims.kind, claims.identity) == ("agent", "agent-sess_1")
    assert claims.video is not None
    assert claims.video.agent and claims.video.room == "offhook-sess_1"


def test_the_api_is_opened_for_one_room_or_for_the_list() -> None:
    one, many = verified(api_token(KEYS, NOW, room="r")).video, verified(api_token(KEYS, NOW)).video
    assert one is not None and many is not None
    assert (one.room_admin, one.room, one.room_join) == (True, "r", None)
    assert (many.room_create, many.room_list, many.room_admin) == (True, True, None)


def test_rooms_are_named_after_sessions() -> None:
    for room in (Room("sess_1"), Room("sess_1", 3)):
        assert room_named(room.name) == room
    for name in ("somebody-elses", "offhook-", "offhook-.2", "offhook-sess_1.0", "offhook-sess_1.x", "offhook-sess_1."):
        assert room_named(name) is None


@pytest.mark.parametrize("header", ["{}", "Bearer {}"])
def test_a_genuine_webhook_is_read(header: str) -> None:
    event = genuine_event(BODY, header.format(signed()), KEYS, NOW)
    assert event is not None
    assert (event.event, event.id, event.room.name, event.room.sid) == (
        "room_finished",
        "EV_1",
        "offhook-sess_1",
        "RM_1",
    )


def test_livekits_own_receiver_reads_the_same_signature() -> None:
    event = api.WebhookReceiver(VERIFIER).receive(BODY.decode(), signed())
    assert event.event == "room_finished"


FORGED = {
    "no token": None,
    "no jwt": "nonsense",
    "another secret": signed(secret="another secret of thirty-two bytes!!"),
    "another key": signed(iss="APIother"),
    "another body": signed(b"{}"),
    "no digest": signed(sha256=None),
    "a digest that is no text": signed(sha256=5),
    "too old": signed(at=NOW - timedelta(minutes=7)),
    "not yet": signed(at=NOW + timedelta(minutes=5)),
    "without an end": signed(exp=None),
    "unsigned": jwt.encode({"iss": KEYS.api_key}, "", algorithm="none"),
    "a caller's token": caller_token(KEYS, Room("sess_1"), NOW, name="Priya"),
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
def test_a_forged_webhook_is_nothing(token: str | None) -> None:
    assert genuine_event(BODY, token, KEYS, NOW) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"event": 5}', json.dumps({"room": {}}).encode()])
def test_a_signed_body_that_is_no_event_is_nothing(body: bytes) -> None:
    assert genuine_event(body, signed(body), KEYS, NOW) is None
