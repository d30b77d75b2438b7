"""The operator's businesses: `POST /api/businesses`, `PATCH /api/businesses/{business_id}`."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec import UNSET, Meta, UnsetType

from offhook.api.access import visitor
from offhook.api.answers import as_json
from offhook.api.bodies import given_fields, known_id, read_body, spoken_language
from offhook.api.deps import ApiDeps, BookEditing
from offhook.api.docs import described
from offhook.api.lists import RESOURCES, shown
from offhook.contracts.business import Business, DeskName, OpenHours
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid
from offhook.desks.dealership.seed import BAYS, insert_resources, numbered
from offhook.kit.ids import new_id
from offhook.kit.phone import phone_or_none
from offhook.store.audit import record_change
from offhook.store.listing import Listing
from offhook.store.seeding import SeedIds
from offhook.store.unit_of_work import sql

_RESOURCE = next(resource for resource in RESOURCES if resource.path == "businesses")
_PHONES = ("phone", "transfer_number")
_ACTOR = "api"
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z]{2,4})?$")]


class BusinessPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1, max_length=120)] | UnsetType = UNSET
    timezone: str | UnsetType = UNSET
    """IANA zone."""
    languages: Annotated[tuple[Language, ...], Meta(min_length=1, max_length=5)] | UnsetType = UNSET
    persona: Annotated[str, Meta(min_length=1, max_length=60)] | UnsetType = UNSET
    address: Annotated[str, Meta(max_length=400)] | UnsetType = UNSET
    transfer_number: str | UnsetType | None = UNSET
    announce_automated: bool | UnsetType = UNSET
    greeting: Annotated[str, Meta(min_length=1, max_length=400)] | UnsetType | None = UNSET
    hours: tuple[OpenHours, ...] | UnsetType = UNSET


class NewBusiness(BusinessPatch, kw_only=True, forbid_unknown_fields=True):
    desk: DeskName | UnsetType = UNSET
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}$")] | UnsetType = UNSET
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$")] | UnsetType = UNSET
    phone: str | UnsetType | None = UNSET
    """The number that callers dial."""


KINDS = (BusinessPatch, NewBusiness)
_NEEDED = ("name", "desk", "timezone")


def router(deps: ApiDeps, editing: BookEditing, listing: Listing) -> APIRouter:
    routes = APIRouter(tags=["book"])

    async def answer(business_id: str, verb: str, status: int, before: dict[str, Any]) -> Response:
        async with editing.units(business_id, Effect.WRITE) as uow:
            await record_change(
                sql(uow),
                business_id,
                f"business.{verb}",
                business_id,
                actor=_ACTOR,
                now=deps.clock.now(),
                details={"before": before},
            )
        editing.changed(business_id)
        row = await listing.one(_RESOURCE.spec, business_id, business_id)
        return as_json(shown(_RESOURCE, row, await editing.businesses.get(business_id)), status)

    @routes.post(
        "/api/businesses",
        status_code=201,
        openapi_extra=described(who="staff", body=NewBusiness, status=201, errors=[409]),
        summary=f"Add a business; needs {', '.join(_NEEDED)}",
    )
    async def add(request: Request) -> Response:
        visitor(request, deps).require_staff()
        given = given_fields(await read_body(request, NewBusiness))
        missing = [name for name in _NEEDED if name not in given]
        if missing:
            raise Invalid("Some fields are missing.", dict.fromkeys(missing, "is missing"))
        business = Business(business_id=new_id("biz"), **_checked(given, given.get("country", "US")))
        await editing.businesses.create(business)
        if business.desk == "dealership":
            async with editing.units(business.business_id, Effect.WRITE) as uow:
                ids = SeedIds(business.business_id)
                await insert_resources(sql(uow), business.business_id, numbered("Bay", BAYS), ids)
        return await answer(business.business_id, "create", 201, {})

    @routes.patch(
        "/api/businesses/{business_id}",
        openapi_extra=described(who="staff", body=BusinessPatch, errors=[404]),
        summary="Change a business",
    )
    async def change(business_id: str, request: Request) -> Response:
        visitor(request, deps).require_staff()
        business = await editing.businesses.get(known_id(business_id, "This business"))
        given = given_fields(await read_body(request, BusinessPatch))
        if not given:
            raise Invalid("Nothing can be changed.", {"body": "must not be empty"})
        changed = msgspec.structs.replace(business, **_checked(given, business.country))
        await editing.businesses.update(changed)
        was, now_is = msgspec.to_builtins(business), msgspec.to_builtins(changed)
        before = {name: was.get(name) for name in given if was.get(name) != now_is.get(name)}
        return await answer(business.business_id, "change", 200, before)

    return routes


def _checked(given: dict[str, Any], country: str) -> dict[str, Any]:
    for name in _PHONES:
        if name in given and not given[name]:
            given[name] = None  # "" takes the number away, as null does
        elif given.get(name):
            given[name] = phone_or_none(given[name], country)
            if given[name] is None:
                raise Invalid("Some fields cannot be used.", {name: f"no number of {country}"})
    for tag in given.get("languages", ()):
        spoken_language(tag, field="languages")
    return given
