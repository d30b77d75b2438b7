"""A business's webhooks: `/api/webhooks`. Lists are served beside the others (api/lists.py)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec import UNSET, Meta, UnsetType

from offhook.api.access import visitor
from offhook.api.answers import as_json
from offhook.api.bodies import given_fields, known_id, read_body
from offhook.api.deps import ApiDeps, BookEditing
from offhook.api.docs import described
from offhook.api.lists import business_param
from offhook.contracts.business import Business
from offhook.contracts.desk import Effect, UnitOfWork
from offhook.contracts.errors import Invalid
from offhook.kit.webhook_signature import new_secret
from offhook.ops import webhooks as hooks
from offhook.store.webhooks import Webhooks

_ACTOR = "api"
_BUSINESS = {"parameters": [business_param()]}


class WebhookFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    url: Annotated[str, Meta(max_length=2000)] | UnsetType = UNSET
    """HTTPS; http only to the server's own machine."""
    events: list[Annotated[str, Meta(max_length=60)]] | UnsetType = UNSET
    """Kinds such as lead.created; empty for all."""
    secret: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    """whsec_ and the base64 of 24 to 64 bytes; made when left out, and told in the answer to POST alone."""
    description: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class WebhookShown(msgspec.Struct, kw_only=True):
    webhook_id: str
    url: str
    events: list[str]
    description: str
    active: bool
    failing_since: str | None
    disabled_reason: str
    secret: str | UnsetType = UNSET


class WebhookTested(msgspec.Struct, kw_only=True):
    event_id: str


KINDS = (WebhookFields, WebhookShown, WebhookTested)


def router(deps: ApiDeps, editing: BookEditing) -> APIRouter:
    routes = APIRouter(tags=["book"])

    async def business_of(request: Request) -> Business:
        visitor(request, deps).require_staff()
        named = request.query_params.get("business")
        return await (deps.businesses.get(known_id(named, "This business")) if named else deps.businesses.default())

    async def written(
        request: Request,
        work: Callable[[UnitOfWork, datetime], Awaitable[object]],
        status: int = 200,
        business: Business | None = None,
    ) -> Response:
        business = business or await business_of(request)
        async with editing.units(business.business_id, Effect.WRITE) as uow:
            return as_json(await work(uow, deps.clock.now()), status)

    @routes.post(
        "/api/webhooks",
        status_code=201,
        openapi_extra=described(who="staff", body=WebhookFields, answers=WebhookShown, status=201, errors=[409])
        | _BUSINESS,
        summary="Add an endpoint for domain events",
    )
    async def create(request: Request) -> Response:
        """The answer has the secret, this once."""
        business = await business_of(request)
        given = given_fields(await read_body(request, WebhookFields))
        if not given.get("url"):
            raise Invalid("Some fields are missing.", {"url": "is missing"})

        async def work(uow: UnitOfWork, now: datetime) -> object:
            made = await hooks.add(
                uow,
                given["url"],
                given.get("events", ()),
                secret=given.get("secret"),
                description=given.get("description", ""),
                actor=_ACTOR,
                now=now,
            )
            return hooks.as_data(made, secret=True)

        return await written(request, work, 201, business)

    @routes.patch(
        "/api/webhooks/{webhook_id}",
        openapi_extra=described(who="staff", body=WebhookFields, answers=WebhookShown, errors=[404]) | _BUSINESS,
        summary="Change an endpoint, or switch it on again",
    )
    async def change(webhook_id: str, request: Request) -> Response:
        business = await business_of(request)
        given = given_fields(await read_body(request, WebhookFields))
        if not given:
            raise Invalid("Nothing can be changed.", {"body": "must not be empty"})
        hooks.checked(url=given.get("url"), events=given.get("events", ()), secret=given.get("secret"))
        if "events" in given:
            given["events"] = msgspec.json.encode(given["events"]).decode()
        known_id(webhook_id, "This webhook")

        async def work(uow: UnitOfWork, now: datetime) -> object:
            return hooks.as_data(await Webhooks(uow).change(webhook_id, actor=_ACTOR, now=now, **given))

        return await written(request, work, business=business)

    @routes.delete(
        "/api/webhooks/{webhook_id}",
        openapi_extra=described(who="staff", answers=WebhookShown, errors=[404]) | _BUSINESS,
        summary="Switch an endpoint off",
    )
    async def close(webhook_id: str, request: Request) -> Response:
        business = await business_of(request)
        known_id(webhook_id, "This webhook")

        async def work(uow: UnitOfWork, now: datetime) -> object:
            return hooks.as_data(await Webhooks(uow).change(webhook_id, actor=_ACTOR, now=now, active=False))

        return await written(request, work, business=business)

    @routes.post(
        "/api/webhooks/{webhook_id}/secret",
        openapi_extra=described(who="staff", answers=WebhookShown, errors=[404]) | _BUSINESS,
        summary="Give an endpoint a new secret",
    )
    async def rotate(webhook_id: str, request: Request) -> Response:
        """The answer has it, this once; the old one signs nothing more."""
        business = await business_of(request)
        known_id(webhook_id, "This webhook")

        async def work(uow: UnitOfWork, now: datetime) -> object:
            changed = await Webhooks(uow).change(webhook_id, actor=_ACTOR, now=now, secret=new_secret())
            return hooks.as_data(changed, secret=True)

        return await written(request, work, business=business)

    @routes.post(
        "/api/webhooks/{webhook_id}/test",
        status_code=202,
        openapi_extra=described(who="staff", answers=WebhookTested, status=202, errors=[404, 409]) | _BUSINESS,
        summary="Send a test event to an endpoint",
    )
    async def test(webhook_id: str, request: Request) -> Response:
        business = await business_of(request)
        known_id(webhook_id, "This webhook")

        async def work(uow: UnitOfWork, now: datetime) -> object:
            return {"event_id": await hooks.test(uow, webhook_id, now=now)}

        return await written(request, work, 202, business)

    return routes
