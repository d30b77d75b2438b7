"""Holidays and other days of their own hours: `GET|POST /api/special-hours`, `DELETE /api/special-hours/{day}`."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec import Meta

from offhook.api.access import visitor
from offhook.api.answers import as_json
from offhook.api.bodies import known_id, read_body
from offhook.api.deps import ApiDeps, BookEditing
from offhook.api.docs import described
from offhook.api.lists import business_param
from offhook.contracts.business import Business
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid
from offhook.store.model import DayOpening, OpenRange
from offhook.store.special_hours import SpecialHours, as_data

_ACTOR = "api"
_AHEAD = timedelta(days=400)
_MOST_DAYS = 3700


class Opening(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    opens: time
    closes: time
    """00:00 is the end of the day."""


class SpecialDay(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    day: date
    ranges: tuple[Opening, ...] = ()
    """Without any the day is closed."""
    reason: Annotated[str, Meta(max_length=120)] = ""
    """As callers hear it: Christmas Day."""


class SpecialDays(msgspec.Struct, kw_only=True):
    items: list[dict[str, Any]]


KINDS = (SpecialDay, SpecialDays)
_EXAMPLE = {"day": "2026-12-24", "ranges": [{"opens": "09:00", "closes": "12:00"}], "reason": "Christmas Eve"}


def router(deps: ApiDeps, editing: BookEditing) -> APIRouter:
    routes = APIRouter(tags=["book"])
    of_business = {"parameters": [business_param()]}

    async def business_of(request: Request) -> Business:
        visitor(request, deps).require_staff()
        named = request.query_params.get("business")
        found = deps.businesses.get(known_id(named, "This business")) if named else deps.businesses.default()
        return await found

    @routes.get(
        "/api/special-hours",
        openapi_extra=described(who="staff", answers=SpecialDays, errors=[404, 422]) | of_business,
        summary="Days of their own hours, from today on; ?from and ?to choose others",
    )
    async def listed(request: Request) -> Response:
        business = await business_of(request)
        first = _day(request.query_params.get("from"), "from", deps.clock.now().date() - timedelta(days=1))
        last = _day(request.query_params.get("to"), "to", first + _AHEAD)
        if last - first > timedelta(days=_MOST_DAYS):
            raise Invalid("The days cannot be shown.", {"to": f"at most {_MOST_DAYS} days after from"})
        async with editing.units(business.business_id, Effect.READ) as uow:
            found = await SpecialHours(uow).days(first, last)
        return as_json(SpecialDays(items=[dict(as_data(day, opening)) for day, opening in found.items()]))

    @routes.post(
        "/api/special-hours",
        status_code=201,
        openapi_extra=described(who="staff", body=SpecialDay, status=201, example=_EXAMPLE, errors=[404]) | of_business,
        summary="Give a day its own hours, in place of any that it had; without ranges it is closed",
    )
    async def put(request: Request) -> Response:
        business = await business_of(request)
        body = await read_body(request, SpecialDay)
        opening = DayOpening(tuple(OpenRange(one.opens, one.closes) for one in body.ranges), body.reason)
        async with editing.units(business.business_id, Effect.WRITE) as uow:
            await SpecialHours(uow).put(body.day, opening, actor=_ACTOR, now=deps.clock.now())
        editing.changed(business.business_id)
        return as_json(dict(as_data(body.day, opening)), 201)

    @routes.delete(
        "/api/special-hours/{day}",
        openapi_extra=described(who="staff", errors=[404, 422]) | of_business,
        summary="Give a day its weekday's hours again",
    )
    async def take_back(day: str, request: Request) -> Response:
        business = await business_of(request)
        which = _day(day, "day", date.min)
        async with editing.units(business.business_id, Effect.WRITE) as uow:
            await SpecialHours(uow).take_back(which, actor=_ACTOR, now=deps.clock.now())
        editing.changed(business.business_id)
        return as_json({"day": which.isoformat()})

    return routes


def _day(text: str | None, name: str, default: date) -> date:
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("The day cannot be read.", {name: "YYYY-MM-DD"}) from None
