"""`POST /api/voice/token`: what LiveKit's front ends ask for before they call (their "token source" endpoint)."""

from __future__ import annotations

from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from offhook.api.access import opened, visitor
from offhook.api.answers import as_json
from offhook.api.bodies import known_id, read_body
from offhook.api.deps import ApiDeps
from offhook.api.docs import described
from offhook.channels.rates import RateLimit
from offhook.channels.typed import clean_text
from offhook.contracts.errors import AppError, Invalid, LiveKitNotConfigured

MOST_ATTRIBUTES = 16
MOST_CHARACTERS = 2_048
"""Of the metadata, and of all attributes together."""
_DEFAULT_NAME = "Caller"
_RESERVED = "lk."
"""Attributes by which LiveKit's front ends know agents."""


class VoiceTokenAsked(msgspec.Struct, kw_only=True):
    session_id: str | None = None
    """By default the session of the token."""
    room_name: str | None = None
    """Only the session's own."""
    participant_identity: str | None = None
    """Only the session's caller."""
    participant_name: str | None = None
    participant_metadata: str | None = None
    participant_attributes: dict[str, str] | None = None
    room_config: dict[str, Any] | None = None
    """Empty: the agent comes by itself."""


class VoiceTicket(msgspec.Struct, kw_only=True):
    server_url: str
    room_name: str
    participant_name: str
    participant_token: str
    """Opens this room for ten minutes."""


KINDS = (VoiceTokenAsked, VoiceTicket)
_EXAMPLE = {"session_id": "sess_01KDV00000000000000000000A", "participant_name": "Priya"}


def router(deps: ApiDeps) -> APIRouter:
    routes = APIRouter(tags=["voice"])
    given = RateLimit(deps.clock, deps.settings.sessions_per_minute)

    @routes.post(
        "/api/voice/token",
        status_code=201,
        openapi_extra=described(
            who="session",
            body=VoiceTokenAsked,
            example=_EXAMPLE,
            answers=VoiceTicket,
            status=201,
            errors=[404, 409, 429],
        ),
        summary="Let the caller into the session's LiveKit room",
    )
    async def token(request: Request) -> Response:
        """The session's agent is in the room before the token is given."""
        who = visitor(request, deps)
        who.require_any()
        if not who.trusted and not given.allow(who.address):
            text = "Too many tokens from here; try again in a minute."
            raise AppError("rate_limited", text, status=429, retryable=True)
        body = await read_body(request, VoiceTokenAsked)
        session_id = body.session_id or (who.claim.session_id if who.claim is not None else None)
        if session_id is None:
            raise Invalid("Some fields cannot be used.", {"session_id": "is required without a session token"})
        who.require_session(known_id(session_id, "This session"))
        if deps.rooms is None:
            raise LiveKitNotConfigured
        state = await opened(deps, session_id, who.held)
        _refuse_others(body, *deps.rooms.names_of(state))
        ticket = await deps.rooms.ticket(
            session_id,
            name=clean_text(body.participant_name or _DEFAULT_NAME, "participant_name", 128),
            metadata=body.participant_metadata or "",
            attributes=body.participant_attributes or {},
        )
        answer = as_json(
            VoiceTicket(
                server_url=ticket.server_url,
                room_name=ticket.room_name,
                participant_name=ticket.participant_name,
                participant_token=ticket.participant_token,
            ),
            201,
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return routes


def _refuse_others(body: VoiceTokenAsked, room: str, caller: str) -> None:
    """Raises Invalid naming every field that asks for more than the session's own room and caller."""
    wrong: dict[str, str] = {}
    if body.room_name and body.room_name != room:
        wrong["room_name"] = f"leave it out: the session's room is {room}"
    if body.participant_identity and body.participant_identity != caller:
        wrong["participant_identity"] = f"leave it out: the session's caller is {caller}"
    if body.room_config:
        wrong["room_config"] = "leave it out: the session's agent comes by itself"
    attributes = body.participant_attributes or {}
    if any(name.startswith(_RESERVED) for name in attributes):
        wrong["participant_attributes"] = f"names that begin with {_RESERVED} are LiveKit's own"
    elif len(attributes) > MOST_ATTRIBUTES or sum(map(len, (*attributes, *attributes.values()))) > MOST_CHARACTERS:
        wrong["participant_attributes"] = f"at most {MOST_ATTRIBUTES}, of {MOST_CHARACTERS} characters in all"
    if len(body.participant_metadata or "") > MOST_CHARACTERS:
        wrong["participant_metadata"] = f"at most {MOST_CHARACTERS} characters"
    if wrong:
        raise Invalid("Some fields cannot be used.", wrong)
