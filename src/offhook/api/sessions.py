"""Opening, reading and ending sessions."""

from __future__ import annotations

from typing import Literal

import msgspec
from fastapi import APIRouter, Request, Response

from offhook.api.access import Visitor, opened, visitor
from offhook.api.answers import as_json
from offhook.api.bodies import known_id, read_body, spoken_language
from offhook.api.chat import run_turn
from offhook.api.deps import ApiDeps
from offhook.api.docs import described
from offhook.channels.rates import RateLimit
from offhook.channels.typed import clean_text
from offhook.contracts.business import Business
from offhook.contracts.conversation import (
    BookingSlots,
    ConversationState,
    CustomerRef,
    Message,
    Opening,
    Pending,
    SlotValue,
    TurnInput,
)
from offhook.contracts.errors import AppError, Invalid, NotFound
from offhook.kit.phone import phone_or_none
from offhook.session.think import GREETING_TURN
from offhook.session.told import shown_customer


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
    """Opens this session and no other; twelve hours."""
    business: str
    desk: str
    greeting: str


class SessionOut(msgspec.Struct, kw_only=True):
    """The conversation's state as clients see it. What the desk keeps for itself stays inside."""

    session_id: str
    business_id: str
    desk: str
    channel: str
    language: str
    status: Literal["IDLE", "ACTIVE", "COMPLETED", "EXPIRED"]
    messages: list[Message]
    current_agent: str
    detected_intent: str | None
    confidence: float
    customer: CustomerRef
    booking_slots: BookingSlots
    pending: Pending | None
    pending_tasks: list[dict[str, SlotValue]]
    notifications_queue: list[dict[str, SlotValue]]
    escalation_in_progress: bool
    human_agent_status: str | None
    active_customer_id: str | None
    recent_customers: list[str]
    turn_count: int
    created_at: str
    last_updated: str
    version: int


class SessionTasks(msgspec.Struct, kw_only=True):
    running: list[dict[str, SlotValue]] = []
    queued: list[dict[str, SlotValue]] = []
    done: list[dict[str, SlotValue]] = []


KINDS = (NewSession, OpenedSession, SessionOut, SessionTasks)
_EXAMPLE = {"desk": "dealership", "customer_phone": "+12025550142"}


def router(deps: ApiDeps) -> APIRouter:
    routes = APIRouter(tags=["sessions"])
    new = RateLimit(deps.clock, deps.settings.sessions_per_minute)

    async def find(session_id: str, request: Request) -> ConversationState:
        who = visitor(request, deps)
        who.require_session_or_staff(known_id(session_id, "This session"))
        return await opened(deps, session_id, who.held)

    @routes.post(
        "/api/sessions",
        status_code=201,
        openapi_extra=described(
            who="public", body=NewSession, example=_EXAMPLE, answers=OpenedSession, status=201, errors=[404, 429]
        ),
        summary="Open a session",
    )
    async def open_session(request: Request) -> Response:
        """Every field may be left out: the first business of the desk answers, the dealership's by default."""
        who = visitor(request, deps)
        if not who.trusted and not new.allow(who.address):
            text = "Too many new sessions from here; try again in a minute."
            raise AppError("rate_limited", text, status=429, retryable=True)
        state = await open_for(deps, await read_body(request, NewSession), who)
        answer = OpenedSession(
            session_id=state.session_id,
            token=deps.tokens.issue(state.session_id, state.business_id),
            business=state.business_id,
            desk=state.desk,
            greeting=state.messages[0].content if state.messages else "",
        )
        return as_json(answer, 201)

    @routes.get(
        "/api/sessions/{session_id}",
        openapi_extra=described(who="session or staff", answers=SessionOut, errors=[404]),
        summary="The conversation's state",
    )
    async def get_session(session_id: str, request: Request) -> Response:
        return as_json(session_out(await find(session_id, request)))

    @routes.delete(
        "/api/sessions/{session_id}",
        status_code=204,
        openapi_extra=described(who="session or staff", status=204, errors=[404]),
        summary="End it",
    )
    async def end_session(session_id: str, request: Request) -> Response:
        await find(session_id, request)
        await deps.conversations.close(session_id)
        return Response(status_code=204)

    @routes.get(
        "/api/sessions/{session_id}/tasks",
        openapi_extra=described(who="session or staff", answers=SessionTasks, errors=[404]),
        summary="Its background tasks",
    )
    async def tasks(session_id: str, request: Request) -> Response:
        state = await find(session_id, request)
        by_status: dict[str, list[dict[str, SlotValue]]] = {"running": [], "queued": [], "done": []}
        for task in state.pending_tasks:
            by_status[_PLACE.get(str(task.get("status")), "done")].append(task)
        return as_json(SessionTasks(**by_status))

    return routes


_PLACE = {"RUNNING": "running", "QUEUED": "queued"}


def session_out(state: ConversationState) -> SessionOut:
    shown = msgspec.structs.replace(state, customer=shown_customer(state))
    return SessionOut(**{name: getattr(shown, name) for name in SessionOut.__struct_fields__})


async def open_for(deps: ApiDeps, body: NewSession, who: Visitor) -> ConversationState:
    """A new session in which the greeting was said. Raises AppError."""
    business = await _business(deps, body)
    state = await deps.conversations.open(_opening(body, business, operator=who.trusted or who.api_key))
    greeting = await run_turn(deps, state.session_id, TurnInput(turn_id=GREETING_TURN, source="greeting"))
    if greeting.state.messages:
        return greeting.state
    # It could not be run: its words are told all the same.
    said = Message(role="assistant", content=greeting.result.reply, at=state.created_at, turn_id=GREETING_TURN)
    return msgspec.structs.replace(state, messages=[said])


async def _business(deps: ApiDeps, body: NewSession) -> Business:
    if body.business is None:
        return await deps.businesses.default(body.desk)
    try:
        business = await deps.businesses.get(known_id(body.business, "This business"))
    except NotFound:
        raise Invalid("This business does not exist.", {"business": "no such business"}) from None
    if body.desk is not None and business.desk != body.desk:
        raise Invalid("This business has another desk.", {"desk": f"the business's desk is {business.desk}"})
    return business


def _opening(body: NewSession, business: Business, *, operator: bool) -> Opening:
    phone: str | None = None
    if body.customer_phone is not None:
        phone = phone_or_none(body.customer_phone, business.country)
        if phone is None:
            raise Invalid("The phone number cannot be used.", {"customer_phone": "not a valid phone number"})
    language = None
    if body.language is not None:
        language = spoken_language(body.language)
    return Opening(
        business_id=business.business_id,
        channel=body.channel,
        language=language,
        caller_phone=phone,
        user_id=clean_text(body.user_id, "user_id", 128) if body.user_id is not None else None,
        operator=operator,
        claimed=phone is not None and not operator,
        desk=business.desk,
    )
