"""Call records, live or ended: `/api/calls/{call_id or call_sid}` and its transcript."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request, Response

from offhook.api.access import visitor
from offhook.api.answers import as_json
from offhook.api.bodies import known_id
from offhook.api.deps import ApiDeps
from offhook.api.docs import described
from offhook.contracts.errors import NotFound
from offhook.contracts.store import CallRecord


class Line(msgspec.Struct, kw_only=True):
    role: str
    content: str
    at: str
    """ISO 8601 with offset: when the turn began."""
    interrupted: bool = False


class TranscriptOut(msgspec.Struct, kw_only=True):
    call_id: str
    session_id: str | None
    lines: list[Line]


KINDS = (CallRecord, TranscriptOut)


def router(deps: ApiDeps) -> APIRouter:
    routes = APIRouter(tags=["calls"])

    async def find(call: str, request: Request) -> CallRecord:
        visitor(request, deps).require_staff()
        record = await deps.call_log.get(known_id(call, "This call"))
        if record is None:
            raise NotFound("This call")
        return record

    @routes.get(
        "/api/calls/{call}",
        openapi_extra=described(who="staff", answers=CallRecord, errors=[404]),
        summary="A call's record with its turns and their timings",
    )
    async def get_call(call: str, request: Request) -> Response:
        """By `call_id` or the carrier's `call_sid`; a live call is told as it stands."""
        return as_json(await find(call, request))

    @routes.get(
        "/api/calls/{call}/transcript",
        openapi_extra=described(who="staff", answers=TranscriptOut, errors=[404]),
        summary="Who said what, as it was heard",
    )
    async def transcript(call: str, request: Request) -> Response:
        record = await find(call, request)
        return as_json(
            TranscriptOut(call_id=record.call_id, session_id=record.session_id, lines=transcript_lines(record))
        )

    return routes


def transcript_lines(record: CallRecord) -> list[Line]:
    """In order; of a reply that was cut off only what the caller heard."""
    lines: list[Line] = []
    for turn in record.turns:
        if turn.caller:
            lines.append(Line(role="user", content=turn.caller, at=turn.started_at))
        said = turn.agent if turn.agent_heard is None else turn.agent_heard
        if said:
            lines.append(Line(role="assistant", content=said, at=turn.started_at, interrupted=turn.interrupted))
    return lines
