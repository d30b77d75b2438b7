"""The book as lists, `GET /api/{customers, vehicles, appointments, services, resources, inventory, faq, tasks,
messages, calls, businesses, users, products, invoices, payments, ledger, leads,
webhooks, webhook-deliveries}`, and single rows by their id.

One business at a time: the one named by `?business=`, else the one that answers by default (for a shop's lists, the
first shop). Calls and businesses are the operator's own lists: all of them, unless a business is named.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from offhook.api.access import visitor
from offhook.api.answers import as_json
from offhook.api.bodies import known_id
from offhook.api.deps import ApiDeps
from offhook.api.docs import described
from offhook.api.resource import Resource
from offhook.api.sales_lists import SALES_RESOURCES
from offhook.api.shop_lists import SHOP_CUSTOMERS, SHOP_RESOURCES
from offhook.contracts.business import Business
from offhook.contracts.errors import Invalid
from offhook.desks.dealership import tables as dealership
from offhook.kit.money import Money
from offhook.store import schema
from offhook.store.listing import DEFAULT_LIMIT, MAX_LIMIT, Asked, Listing, ListSpec
from offhook.store.webhooks import DELIVER

_PAGING = ("business", "q", "cursor", "limit", "sort")
_MAX_FILTER_CHARS = 200


class ListPage(msgspec.Struct, kw_only=True):
    items: list[dict[str, Any]]
    next_cursor: str | None
    """For `?cursor=`; null on the last page."""


KINDS = (ListPage,)


RESOURCES = (
    Resource(
        "businesses",
        ListSpec(
            schema.businesses, "business_id", ("name", "phone"), ("desk",), ("name", "created_at"), order="created_at"
        ),
        json_columns=("languages",),
        hidden=("settings",),
        all_businesses=True,
    ),
    Resource(
        "customers",
        ListSpec(
            dealership.customers, "customer_id", ("name", "phone", "email"), ("phone",), ("name", "created_at"), "name"
        ),
        others={"shop": SHOP_CUSTOMERS},
    ),
    Resource(
        "vehicles",
        ListSpec(
            dealership.vehicles,
            "vehicle_id",
            ("make", "model", "registration", "vin"),
            ("customer_id", "registration", "vin", "make", "model"),
            ("make", "model", "vehicle_id"),
            order="vehicle_id",
        ),
    ),
    Resource(
        "appointments",
        ListSpec(
            dealership.appointments,
            "appointment_id",
            ("customer_name", "customer_phone", "service_name", "notes"),
            ("status", "kind", "customer_id", "customer_phone", "service_id", "resource_id", "session_id"),
            ("starts_at", "created_at"),
            order="starts_at",
        ),
    ),
    Resource(
        "services",
        ListSpec(dealership.service_types, "service_id", ("name", "aliases"), ("name",), ("sort", "name"), "sort"),
        json_columns=("aliases",),
        money_columns=("price_from", "price_to"),
    ),
    Resource(
        "resources",
        ListSpec(dealership.resources, "resource_id", ("name",), ("kind", "name"), ("sort", "name"), "sort"),
    ),
    Resource(
        "inventory",
        ListSpec(
            dealership.inventory,
            "stock_id",
            ("stock_number", "make", "model", "variant", "color"),
            ("status", "condition", "make", "model", "color", "fuel", "transmission", "stock_number"),
            ("stock_number", "make", "model", "year", "updated_at"),
            order="stock_number",
        ),
        money_columns=("price",),
    ),
    Resource(
        "users",
        ListSpec(schema.users, "user_id", ("name", "phone"), ("role", "phone"), ("name", "created_at"), "name"),
        hidden=("pin_hash",),
    ),
    Resource(
        "faq",
        ListSpec(
            schema.faq, "faq_id", ("question", "answer", "keywords"), ("category",), ("sort", "category"), order="sort"
        ),
        json_columns=("keywords",),
    ),
    Resource(
        "tasks",
        ListSpec(
            schema.tasks,
            "task_id",
            ("reason", "customer_name", "customer_phone"),
            ("status", "kind", "priority", "session_id", "customer_phone"),
            ("created_at", "updated_at"),
            order="-created_at",
        ),
        json_columns=("details",),
    ),
    Resource(
        "messages",
        ListSpec(
            schema.messages,
            "message_id",
            ("recipient", "recipient_name", "text"),
            ("state", "channel", "provider", "kind", "recipient", "about", "job_id"),
            ("created_at", "updated_at"),
            order="-created_at",
        ),
    ),
    Resource(
        "calls",
        ListSpec(
            schema.calls,
            "call_id",
            ("call_sid", "from_number", "to_number"),
            ("status", "channel", "direction", "session_id", "call_sid", "from_number", "to_number"),
            ("started_at",),
            order="-started_at",
        ),
        hidden=("record", "updated_at"),
        all_businesses=True,
        single=False,
    ),
    *SHOP_RESOURCES,
    *SALES_RESOURCES,
    Resource(
        "webhooks",
        ListSpec(schema.webhooks, "webhook_id", ("url", "description"), ("url",), ("created_at",), order="created_at"),
        json_columns=("events",),
        hidden=("secret",),
    ),
    Resource(
        "webhook-deliveries",
        ListSpec(
            schema.jobs,
            "job_id",
            ("reason",),
            ("state", "subject"),
            ("created_at", "updated_at"),
            order="-created_at",
            only={"kind": (DELIVER,)},
        ),
        json_columns=("payload",),
        hidden=("key", "worker_id"),
    ),
)


def router(deps: ApiDeps, listing: Listing) -> APIRouter:
    routes = APIRouter(tags=["book"])
    for resource in RESOURCES:
        _add(routes, resource, deps, listing)
    return routes


def _add(routes: APIRouter, resource: Resource, deps: ApiDeps, listing: Listing) -> None:
    async def page(request: Request) -> Response:
        visitor(request, deps).require_staff()
        asked = _asked(request)
        business = await _business(resource, request, deps)
        of, key = resource.of(business), None if business is None else business.business_id
        found = await listing.page(of.spec, key, asked)
        items = [shown(of, row, business) for row in found.rows]
        return as_json(ListPage(items=items, next_cursor=found.next_cursor))

    async def one(key: str, request: Request) -> Response:
        visitor(request, deps).require_staff()
        business = await _business(resource, request, deps)
        of, business_id = resource.of(business), None if business is None else business.business_id
        row = await listing.one(of.spec, business_id, known_id(key, "This row"))
        return as_json(shown(of, row, business))

    extra = described(who="staff", answers=ListPage, errors=[404, 422])
    extra["parameters"] = list(_parameters(resource))
    routes.add_api_route(
        f"/api/{resource.path}", page, methods=["GET"], openapi_extra=extra, summary=f"List {resource.path}"
    )
    if resource.single:
        routes.add_api_route(
            f"/api/{resource.path}/{{key}}",
            one,
            methods=["GET"],
            openapi_extra=described(who="staff", errors=[404]) | {"parameters": [business_param()]},
            summary=f"One of {resource.path}",
        )


async def _business(resource: Resource, request: Request, deps: ApiDeps) -> Business | None:
    named = request.query_params.get("business")
    if named is not None:
        return await deps.businesses.get(known_id(named, "This business"))
    return None if resource.all_businesses else await deps.businesses.default(resource.desk)


def _asked(request: Request) -> Asked:
    """Raises Invalid naming what cannot be used."""
    given = request.query_params
    limit = given.get("limit", str(DEFAULT_LIMIT))
    if not (limit.isascii() and limit.isdigit() and len(limit) <= 4):
        raise Invalid("The limit cannot be used.", {"limit": f"1 to {MAX_LIMIT}"})
    filters = {name: value for name, value in given.items() if name not in _PAGING}
    for name, value in filters.items():
        if len(value) > _MAX_FILTER_CHARS or not value.isprintable():
            raise Invalid("A filter cannot be used.", {name: f"at most {_MAX_FILTER_CHARS} printable characters"})
    return Asked(
        q=given.get("q", "").strip(),
        cursor=given.get("cursor", ""),
        limit=int(limit),
        sort=given.get("sort", ""),
        filters=filters,
    )


def shown(resource: Resource, row: dict[str, Any], business: Business | None) -> dict[str, Any]:
    """The row as it is served; its money in its own currency, or else in the business's."""
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if name in resource.hidden:
            continue
        if name in resource.json_columns:
            shown[name] = None if value is None else msgspec.json.decode(value)
        elif name in resource.money_columns:
            shown[name] = None if value is None else Money(value, _currency(row, business))
        elif isinstance(value, datetime):
            shown[name] = value.astimezone(UTC).isoformat()
        elif isinstance(value, date):
            shown[name] = value.isoformat()
        else:
            shown[name] = value
    return shown


def _currency(row: dict[str, Any], business: Business | None) -> str:
    told = row.get("currency")
    return str(told) if told or business is None else business.currency


def business_param() -> dict[str, Any]:
    return _parameter("business", "Its id; by default the first.")


def _parameters(resource: Resource) -> Iterable[dict[str, Any]]:
    spec = resource.spec
    yield _parameter("business", "Business id; by default " + ("all." if resource.all_businesses else "the first."))
    yield _parameter("q", f"Looked for in {', '.join(spec.search)}; letter case aside.")
    yield _parameter("cursor", "`next_cursor` of the page before.")
    yield _parameter("limit", "Rows of a page.", type="integer", minimum=1, maximum=MAX_LIMIT, default=DEFAULT_LIMIT)
    sorts = [prefix + name for name in spec.sorts for prefix in ("", "-")]
    yield _parameter("sort", '"-" for descending.', type="string", enum=sorts, default=spec.order)
    for name in spec.filters:
        yield _parameter(name, "Exactly this.")


def _parameter(name: str, text: str, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": text,
        "schema": schema or {"type": "string"},
    }
