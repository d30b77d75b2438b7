"""Access tokens of LiveKit (JWT, HS256, signed with the API secret) and the signature of its webhooks. Pure.

Times are of the real clock, whatever the demonstration's clock says: LiveKit compares them with its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import jwt
import msgspec

CALLER_LIFETIME = timedelta(minutes=10)
AGENT_LIFETIME = timedelta(minutes=10)
"""To join with; LiveKit renews it for as long as the agent stays."""
_API_LIFETIME = timedelta(minutes=1)
_LEEWAY_S = 60
_ALGORITHM = "HS256"
ROOM_PREFIX = "offhook-"


@dataclass(frozen=True, slots=True)
class LiveKitKeys:
    api_key: str
    api_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Room:
    """A session's; another one after each join by a code, so that a ticket from before it opens a room in which
    nobody is."""

    session_id: str
    generation: int = 0

    @property
    def name(self) -> str:
        after = f".{self.generation}" if self.generation else ""
        return f"{ROOM_PREFIX}{self.session_id}{after}"


def room_named(name: str) -> Room | None:
    """None for a room that is not ours."""
    session_id, _, after = name.removeprefix(ROOM_PREFIX).partition(".")
    room = Room(session_id, int(after) if after.isdecimal() else 0)
    return room if session_id and room.name == name else None


def caller_of(session_id: str) -> str:
    return f"caller-{session_id}"


def agent_of(session_id: str) -> str:
    return f"agent-{session_id}"


def caller_token(
    keys: LiveKitKeys,
    room: Room,
    now: datetime,
    *,
    name: str,
    metadata: str = "",
    attributes: Mapping[str, str] | None = None,
) -> str:
    """Lets its bearer into the session's room as its caller, and nothing else."""
    claims: dict[str, Any] = {"name": name, "video": _may_talk(room.name)}
    if metadata:
        claims["metadata"] = metadata
    if attributes:
        claims["attributes"] = dict(attributes)
    return _signed(keys, caller_of(room.session_id), claims, now, CALLER_LIFETIME)


def agent_token(keys: LiveKitKeys, room: Room, now: datetime, *, name: str, attributes: Mapping[str, str]) -> str:
    grants = {**_may_talk(room.name), "agent": True, "canUpdateOwnMetadata": True}
    claims = {"name": name, "kind": "agent", "attributes": dict(attributes), "video": grants}
    return _signed(keys, agent_of(room.session_id), claims, now, AGENT_LIFETIME)


def api_token(keys: LiveKitKeys, now: datetime, *, room: str | None = None) -> str:
    """For LiveKit's own API: one room's, or (None) the list of rooms and the deletion of them."""
    grants = {"roomList": True, "roomCreate": True} if room is None else {"roomAdmin": True, "room": room}
    return _signed(keys, "", {"video": grants}, now, _API_LIFETIME)


def _may_talk(room: str) -> dict[str, Any]:
    return {"roomJoin": True, "room": room, "canPublish": True, "canSubscribe": True, "canPublishData": True}


def _signed(keys: LiveKitKeys, identity: str, claims: Mapping[str, Any], now: datetime, lifetime: timedelta) -> str:
    times = {"nbf": int(now.timestamp()), "exp": int((now + lifetime).timestamp())}
    return jwt.encode({"iss": keys.api_key, "sub": identity, **times, **claims}, keys.api_secret, algorithm=_ALGORITHM)


class WebhookRoom(msgspec.Struct, frozen=True):
    name: str = ""
    sid: str = ""


class WebhookParticipant(msgspec.Struct, frozen=True):
    identity: str = ""


class WebhookEvent(msgspec.Struct, frozen=True):
    event: str
    id: str = ""
    room: WebhookRoom = WebhookRoom()
    participant: WebhookParticipant = WebhookParticipant()


def genuine_event(body: bytes, authorization: str | None, keys: LiveKitKeys, now: datetime) -> WebhookEvent | None:
    """What LiveKit tells; None unless the token is of our key, in time, and for this very body.

    LiveKit sends the bare token; proxies that know only bearers may have put the word before it.
    """
    token = (authorization or "").removeprefix("Bearer ").strip()
    try:
        claims = jwt.decode(
            token,
            keys.api_secret,
            algorithms=[_ALGORITHM],
            issuer=keys.api_key,
            options={"require": ["exp", "iss", "sha256"], "verify_exp": False, "verify_nbf": False},
        )
    except jwt.PyJWTError:
        return None
    expires, begins, digest = claims["exp"], claims.get("nbf", 0), claims["sha256"]
    if not isinstance(expires, int | float) or not isinstance(begins, int | float) or not isinstance(digest, str):
        return None
    seconds = now.timestamp()
    if seconds > expires + _LEEWAY_S or seconds < begins - _LEEWAY_S:
        return None
    ours = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if not hmac.compare_digest(ours.encode(), digest.encode()):
        return None
    try:
        return msgspec.json.decode(body, type=WebhookEvent)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
