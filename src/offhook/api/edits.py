"""The book changed by hand: `POST /api/{list}`, `PATCH` and `DELETE /api/{list}/{id}`; the last one deactivates or
cancels.

`Idempotency-Key` on a POST: the same key again answers with what the first one made, and makes nothing; with another
body it is a 409.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from offhook.api.access import visitor
from offhook.api.answers import as_json
from offhook.api.bodies import given_fields, known_id, read_body
from offhook.api.deps import ApiDeps, BookEditing
from offhook.api.docs import described
from offhook.api.lists import RESOURCES, business_param, shown
from offhook.api.resource import Resource
from offhook.contracts.business import Business
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid
from offhook.store.editing import Editable, Editing
from offhook.store.listing import Listing

ACTOR = "api"
_CANCELLED = ("appointments", "invoices", "payments")
_CHANGED_ELSEWHERE = "tasks"
"""PATCH /api/tasks answers a task (api/tasks.py)."""


def router(deps: ApiDeps, editing: BookEditing, listing: Listing) -> APIRouter:
    routes = APIRouter(tags=["book"])
    for resource in RESOURCES:
        editable = editing.editables.get(resource.path)
        if editable is not None:
            _add(routes, _Door(deps, editing, listing, resource, editable))
    return routes


def kinds(editing: BookEditing) -> list[type[msgspec.Struct]]:
    """The structs that the routes take, for the description."""
    return [editable.fields for editable in editing.editables.values()]


def _add(routes: APIRouter, door: _Door) -> None:
    path = door.resource.path
    business = {"parameters": [business_param()]}
    kept = {**business["parameters"][0], "name": "Idempotency-Key", "in": "header", "description": "Makes it once."}
    body = door.editable.fields
    routes.add_api_route(
        f"/api/{path}",
        door.create,
        methods=["POST"],
        status_code=201,
        openapi_extra=described(who="staff", body=body, status=201, errors=[409])
        | {"parameters": [*business["parameters"], kept]},
        summary=f"Add to {path}; needs {', '.join(door.editable.required)}",
    )
    if path == _CHANGED_ELSEWHERE:
        return
    routes.add_api_route(
        f"/api/{path}/{{key}}",
        door.change,
        methods=["PATCH"],
        openapi_extra=described(who="staff", body=body, errors=[404, 409]) | business,
        summary=f"Change one of {path}",
    )
    routes.add_api_route(
        f"/api/{path}/{{key}}",
        door.close,
        methods=["DELETE"],
        openapi_extra=described(who="staff", errors=[404, 409]) | business,
        summary=f"{'Cancel' if path in _CANCELLED else 'Deactivate'} one of {path}; nothing is deleted",
    )


@dataclass(frozen=True, slots=True)
class _Door:
    deps: ApiDeps
    editing: BookEditing
    listing: Listing
    resource: Resource
    editable: Editable

    async def create(self, request: Request) -> Response:
        business = await self._business(request)
        return await self._of(business)._create(business, request)

    async def change(self, key: str, request: Request) -> Response:
        business = await self._business(request)
        return await self._of(business)._change(business, key, request)

    async def close(self, key: str, request: Request) -> Response:
        business = await self._business(request)
        return await self._of(business)._close(business, key)

    def _of(self, business: Business) -> _Door:
        """The door to what the list is for that business."""
        resource = self.resource.of(business)
        editable = self.editing.editables.get(f"{business.desk}:{resource.path}", self.editable)
        return replace(self, resource=resource, editable=editable)

    async def _create(self, business: Business, request: Request) -> Response:
        given = given_fields(await read_body(request, self.editable.fields))
        missing = [name for name in self.editable.required if given.get(name) is None]
        if missing:
            raise Invalid("Some fields are missing.", dict.fromkeys(missing, "is missing"))
        once = request.headers.get("idempotency-key")
        turn = None if once is None else f"api:{known_id(once, 'This Idempotency-Key')}"
        command = f"{self.resource.path}.create"
        payload = hashlib.sha256(msgspec.json.encode(given, order="sorted")).hexdigest()
        async with self.editing.units(business.business_id, Effect.WRITE) as uow:
            before = None if turn is None else await uow.recall(turn, command, payload)
            if before is not None:
                key = before.decode()
            else:
                key = await self.editable.create(self._edit(uow, business), given)
                if turn is not None:
                    await uow.remember(turn, command, key.encode(), payload)
        return await self._row(business, key, 201)

    async def _change(self, business: Business, key: str, request: Request) -> Response:
        given = given_fields(await read_body(request, self.editable.fields))
        empty = [name for name in self.editable.required if name in given and given[name] is None]
        if empty or not given:
            raise Invalid("Nothing can be changed.", dict.fromkeys(empty or ["body"], "must not be empty"))
        known_id(key, "This row")
        async with self.editing.units(business.business_id, Effect.WRITE) as uow:
            await self.editable.change(self._edit(uow, business), key, given)
        return await self._row(business, key)

    async def _close(self, business: Business, key: str) -> Response:
        known_id(key, "This row")
        async with self.editing.units(business.business_id, Effect.WRITE) as uow:
            await self.editable.close(self._edit(uow, business), key)
        return await self._row(business, key)

    async def _business(self, request: Request) -> Business:
        visitor(request, self.deps).require_staff()
        named = request.query_params.get("business")
        if named is None:
            return await self.deps.businesses.default(self.resource.desk)
        return await self.deps.businesses.get(known_id(named, "This business"))

    def _edit(self, uow: Any, business: Business) -> Editing:
        return Editing(uow, business, self.deps.clock.now(), ACTOR)

    async def _row(self, business: Business, key: str, status: int = 200) -> Response:
        """The row as it is now; talks see it from now on."""
        self.editing.changed(business.business_id)
        row = await self.listing.one(self.resource.spec, business.business_id, key)
        return as_json(shown(self.resource, row, business), status)
