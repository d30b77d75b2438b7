"""Calls that we place: `POST /api/calls`. A request with an `Idempotency-Key` dials once, whatever comes of it.

The key is marked as used before anybody is asked to dial, and what came of it is stored afterwards; a request that
finds the mark without an outcome may have dialled (the server died in between) and is told so.
"""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec
from fastapi import APIRouter, Request, Response

from offhook.api.access import visitor
from offhook.api.answers import as_json
from offhook.api.bodies import known_id, read_body
from offhook.api.deps import ApiDeps, BookEditing
from offhook.api.docs import described
from offhook.channels.outbound import OutboundCalls
from offhook.contracts.business import Business
from offhook.contracts.channel import CallOrder, NotDialled, PerhapsDialled
from offhook.contracts.desk import Effect
from offhook.contracts.errors import AppError, Conflict, Invalid
from offhook.kit.phone import NotAPhoneNumber, parse_phone
from offhook.store.contact_wishes import ContactWishes

_ASKED, _CAME = "calls.ask", "calls.placed"
_BAD_GATEWAY = 502
_UNKNOWN = "The carrier may have dialled: nothing was tried again. Look at its log before you ask again with a new key."


class CallToPlace(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    to: str
    """A telephone number, with its country's code or as the business's country writes it."""
    about: Literal["reminder"] = "reminder"
    """Why: to remind of the next appointment."""


class CallPlaced(msgspec.Struct, kw_only=True):
    call_sid: str
    """The carrier's id; `GET /api/calls/{call_sid}` knows the call once it is answered."""
    carrier: str
    to: str
    business_id: str
    about: str


class _Outcome(msgspec.Struct, kw_only=True):
    kind: Literal["placed", "refused", "unknown"]
    carrier: str = ""
    call_sid: str = ""
    detail: str = ""


KINDS = (CallToPlace, CallPlaced)
_EXAMPLE = {"to": "+12025550142", "about": "reminder"}
_PARAMETERS = [
    {"name": "business", "in": "query", "description": "Its id; by default the first.", "schema": {"type": "string"}},
    {"name": "Idempotency-Key", "in": "header", "description": "Dials once.", "schema": {"type": "string"}},
]


def router(deps: ApiDeps, editing: BookEditing, outbound: OutboundCalls) -> APIRouter:
    routes = APIRouter(tags=["calls"])

    @routes.post(
        "/api/calls",
        status_code=201,
        openapi_extra=described(
            who="staff", body=CallToPlace, example=_EXAMPLE, answers=CallPlaced, status=201, errors=[404, 409, 502]
        )
        | {"parameters": _PARAMETERS},
        summary="Call somebody",
    )
    async def place(request: Request) -> Response:
        """By the carrier that suits the number, or the next one where that refuses. Whoever answers hears who calls and
        why."""
        visitor(request, deps).require_staff()
        body = await read_body(request, CallToPlace)
        named = request.query_params.get("business")
        business = await (deps.businesses.get(known_id(named, "This business")) if named else deps.businesses.default())
        to_number = _number(body.to, business)
        once = request.headers.get("idempotency-key")
        turn = None if once is None else f"api:{known_id(once, 'This Idempotency-Key')}"
        payload = hashlib.sha256(msgspec.json.encode(body)).hexdigest()
        outcome = None if turn is None else await _before(editing, business, turn, payload)
        if outcome is None:
            if not outbound.carriers:
                raise Conflict(
                    "no_carrier_to_call",
                    "No carrier is set up to place calls: set OFFHOOK_PUBLIC_URL and Twilio's or Exotel's account, "
                    "key and number.",
                )
            await _mark(editing, business, turn, payload, to_number)
            outcome = await _dial(outbound, CallOrder(business.business_id, to_number, body.about, business.phone))
            await _keep(editing, business, turn, outcome)
        return _answer(outcome, business, to_number, body.about)

    return routes


def _number(given: str, business: Business) -> str:
    try:
        return parse_phone(given, business.country)
    except NotAPhoneNumber as error:
        raise Invalid("The number cannot be called.", {"to": str(error)}) from None


async def _before(editing: BookEditing, business: Business, turn: str, payload: str) -> _Outcome | None:
    """What came of this key before; None where it is new."""
    async with editing.units(business.business_id, Effect.READ) as uow:
        asked = await uow.recall(turn, _ASKED, payload)
        came = await uow.recall(turn, _CAME)
    if came is not None:
        return msgspec.json.decode(came, type=_Outcome)
    return None if asked is None else _Outcome(kind="unknown")


async def _mark(editing: BookEditing, business: Business, turn: str | None, payload: str, to_number: str) -> None:
    """From here on the key is used. Raises Conflict where a twin was quicker, or the number wants no calls."""
    async with editing.units(business.business_id, Effect.WRITE) as uow:
        if to_number in await ContactWishes(uow).opted_out([to_number]):
            raise Conflict("opted_out", "Whoever has this number has asked not to be contacted.")
        if turn is not None:
            await uow.remember(turn, _ASKED, b"1", payload)


async def _keep(editing: BookEditing, business: Business, turn: str | None, outcome: _Outcome) -> None:
    if turn is None:
        return
    async with editing.units(business.business_id, Effect.WRITE) as uow:
        await uow.remember(turn, _CAME, msgspec.json.encode(outcome))


async def _dial(outbound: OutboundCalls, order: CallOrder) -> _Outcome:
    try:
        placed = await outbound.place(order)
    except NotDialled as error:
        return _Outcome(kind="refused", detail=str(error))
    except PerhapsDialled:
        return _Outcome(kind="unknown")
    return _Outcome(kind="placed", carrier=placed.carrier, call_sid=placed.call_sid)


def _answer(outcome: _Outcome, business: Business, to_number: str, about: str) -> Response:
    if outcome.kind == "refused":
        raise AppError("call_refused", f"Nobody was called. {outcome.detail}.", status=_BAD_GATEWAY)
    if outcome.kind == "unknown":
        raise AppError("call_outcome_unknown", _UNKNOWN, status=_BAD_GATEWAY)
    placed = CallPlaced(
        call_sid=outcome.call_sid,
        carrier=outcome.carrier,
        to=to_number,
        business_id=business.business_id,
        about=about,
    )
    return as_json(placed, 201)
