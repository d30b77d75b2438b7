"""Staff answer a task that waits for a person: `PATCH /api/tasks/{task_id}`."""

from __future__ import annotations

from typing import Literal

import msgspec
from fastapi import APIRouter, Request, Response

from offhook.api.access import visitor
from offhook.api.answers import as_json
from offhook.api.bodies import known_id, read_body
from offhook.api.deps import ApiDeps
from offhook.api.docs import described
from offhook.contracts.background import StaffAnswer
from offhook.contracts.errors import Invalid
from offhook.store.staff_board import StaffBoard

_MAX_NAME = 80


class TaskPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    human_available: bool | None = None
    """Whether somebody takes it."""
    human_agent_name: str | None = None
    status: Literal["COMPLETED", "FAILED"] | None = None
    """Done, or given up; left out while it goes on."""


class TaskPatched(msgspec.Struct, kw_only=True):
    task_id: str
    status: str
    human_available: bool
    human_agent_name: str | None = None


KINDS = (TaskPatch, TaskPatched)
_EXAMPLE = {"human_available": True, "human_agent_name": "Ravi"}


def router(deps: ApiDeps, board: StaffBoard) -> APIRouter:
    routes = APIRouter(tags=["book"])

    @routes.patch(
        "/api/tasks/{task_id}",
        openapi_extra=described(who="staff", body=TaskPatch, example=_EXAMPLE, answers=TaskPatched, errors=[404, 422])
        | {"parameters": [_BUSINESS]},
        summary="Take a task, or say that nobody can",
    )
    async def patch_task(task_id: str, request: Request) -> Response:
        """A caller who waits for a person is told at once."""
        visitor(request, deps).require_staff()
        body = await read_body(request, TaskPatch)
        if body.human_available is None and body.status is None:
            raise Invalid("Nothing is said of the task.", {"human_available": "true, false, or a status"})
        name = (body.human_agent_name or "").strip()
        if len(name) > _MAX_NAME or not name.isprintable():
            raise Invalid("The name cannot be used.", {"human_agent_name": f"at most {_MAX_NAME} characters"})
        available = body.human_available is not False and body.status != "FAILED"
        named = request.query_params.get("business")
        business = await (deps.businesses.get(known_id(named, "This business")) if named else deps.businesses.default())
        answer = StaffAnswer(available, name or None)
        status = await board.answer(business.business_id, known_id(task_id, "This task"), answer, status=body.status)
        return as_json(
            TaskPatched(task_id=task_id, status=status, human_available=available, human_agent_name=name or None)
        )

    return routes


_BUSINESS = {
    "name": "business",
    "in": "query",
    "description": "Its id; by default the first.",
    "schema": {"type": "string"},
}
