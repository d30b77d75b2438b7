"""Opening, reading and ending sessions."""

from __future__ import annotations

from typing import Literal

import msgspec
from fastapi import APIRouter, Request, Response

from offhook.api.access import visitor
from offhook.api.bodies import clean_text, documented, read_body
from offhook.api.chat import run_turn
from offhook.api.deps import ApiDeps
from offhook.api.rates import RateLimit
from offhook.contracts.business import Business
from offhook.contracts.conversation import Opening, SlotValue, TurnInput
from offhook.contracts.errors import AppError, Invalid, NotFound
from offhook.kit.phone import phone_or_none


class NewSession(msgspec.Struct, kw_only=True):
    business: str | None = None
    """A business id; by default the first business of the desk."""
    desk: Literal["dealership", "shop", "sales"] | None = None
    channel: Literal["chat", "browser", "socketio", "livekit"] = "chat"
    language: str | None = None
    customer_phone: str | None = None
    user_id: str | None = None


class OpenedSession(msgspec.Struct, kw_only=True):
    session_id: str
    token: str
    business: str
    desk: str
    greeting: str


def router(deps: ApiDeps) -> APIRouter:
    routes = APIRouter(tags=["sessions"])
    opened = RateLimit(deps.clock, deps.settings.sessions_per_minute)

    @routes.post(
        "/api/sessions", status_code=201, openapi_extra=documented(NewSession, {"desk": "dealership"}), summary="Open"
    )
    async def open_session(request: Request) -> Response:
        who = visitor(request, deps)
        if not who.trusted and not opened.allow(request.client.host if request.client else ""):
            raise AppError("rate_limited", "Too many new sessions from here; try again in a minute.", status=429)
        body = await read_body(request, NewSession)
        business = await _business(deps, body)
        state = await deps.conversations.open(_opening(body, business))
        greeting, _ = await run_turn(deps, state.session_id, TurnInput(turn_id="greeting", source="greeting"))
        token = deps.tokens.issue(state.session_id, business.business_id)
        answer = OpenedSession(
            session_id=state.session_id,
            token=token,
            business=business.business_id,
            desk=business.desk,
            greeting=greeting.reply,
        )
        return _json(answer, 201)

    @routes.get("/api/sessions/{session_id}", summary="The conversation's state")
    async def get_session(session_id: str, request: Request) -> Response:
        visitor(request, deps).require_session(session_id)
        return _json(await deps.conversations.get(session_id))

    @routes.delete("/api/sessions/{session_id}", status_code=204, summary="End it")
    async def end_session(session_id: str, request: Request) -> Response:
        visitor(request, deps).require_session(session_id)
        await deps.conversations.close(session_id)
        return Response(status_code=204)

    @routes.get("/api/sessions/{session_id}/tasks", summary="Its background tasks")
    async def tasks(session_id: str, request: Request) -> Response:
        visitor(request, deps).require_session(session_id)
        state = await deps.conversations.get(session_id)
        by_status: dict[str, list[dict[str, SlotValue]]] = {"running": [], "queued": [], "done": []}
        for task in state.pending_tasks:
            by_status[_PLACE.get(str(task.get("status")), "done")].append(task)
        return _json(by_status)

    return routes


_PLACE = {"RUNNING": "running", "QUEUED": "queued"}


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


async def _business(deps: ApiDeps, body: NewSession) -> Business:
    if body.business is None:
        return await deps.businesses.default(body.desk)
    try:
        business = await deps.businesses.get(clean_text(body.business, "business", 64))
    except NotFound:
        raise Invalid("This business does not exist.", {"business": "no such business"}) from None
    if body.desk is not None and business.desk != body.desk:
        raise Invalid("This business has another desk.", {"desk": f"the business's desk is {business.desk}"})
    return business


def _opening(body: NewSession, business: Business) -> Opening:
    phone = None
    if body.customer_phone is not None:
        phone = phone_or_none(body.customer_phone, business.country)
        if phone is None:
            raise Invalid("The phone number cannot be used.", {"customer_phone": "not a valid phone number"})
    language = None
    if body.language is not None:
        language = clean_text(body.language, "language", 16)
    return Opening(
        business_id=business.business_id,
        channel=body.channel,
        language=language,
        caller_phone=phone,
        user_id=clean_text(body.user_id, "user_id", 128) if body.user_id is not None else None,
        desk=business.desk,
    )
