"""`GET /api/invoices/{id}/page`: a bill of a shop, ready to print."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from offhook.api.access import visitor
from offhook.api.bodies import known_id
from offhook.api.deps import ApiDeps, BookEditing
from offhook.api.docs import described
from offhook.api.lists import business_param
from offhook.contracts.desk import Effect
from offhook.contracts.errors import NotFound
from offhook.desks.shop.invoice_page import page_of
from offhook.desks.shop.model import Origin, Refused
from offhook.desks.shop.repository import in_book

_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", "Cache-Control": "no-store"}


def router(deps: ApiDeps, editing: BookEditing) -> APIRouter:
    routes = APIRouter(tags=["book"])

    @routes.get(
        "/api/invoices/{key}/page",
        openapi_extra=described(who="staff", errors=[404]) | {"parameters": [business_param()]},
        summary="One of invoices, as a page to print",
    )
    async def page(key: str, request: Request) -> Response:
        visitor(request, deps).require_staff()
        named = request.query_params.get("business")
        found = (
            deps.businesses.default("shop") if named is None else deps.businesses.get(known_id(named, "This business"))
        )
        business = await found
        now = deps.clock.now().astimezone(ZoneInfo(business.timezone))
        origin = Origin(now=now, day=now.date(), turn_id="page", via="api", currency=business.currency)
        invoice_id = known_id(key, "This row")
        try:
            async with editing.units(business.business_id, Effect.READ) as uow:
                html = await in_book(uow, origin, partial(page_of, business=business, invoice_id=invoice_id))
        except Refused:
            raise NotFound("This row") from None
        return Response(html, media_type="text/html; charset=utf-8", headers=_HEADERS)

    return routes
