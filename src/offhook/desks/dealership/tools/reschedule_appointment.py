"""WRITE tool: move an appointment of the caller. Runs only after a confirmed read-back (the desk's policy)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.follow_up import appointment_moved
from offhook.desks.dealership.model import BookingRefused, ChangeRefused
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.alternatives import refused
from offhook.desks.dealership.tools.arguments import AppointmentId, At, moment_of
from offhook.desks.dealership.tools.own_appointments import actor_of, change_failed, own


class MoveRequest(At, frozen=True, kw_only=True):
    """To the new day and time."""

    appointment_id: AppointmentId


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    appointment_id: str
    service: str
    starts_at: str
    """ISO with offset."""
    moved_from: str
    """ISO with offset."""
    name: str


async def _run(ctx: ToolContext, request: MoveRequest) -> ToolOutcome[Moved]:
    book = DealershipRepository(ctx.uow)
    before = await own(book, request.appointment_id, ctx.caller)
    if isinstance(before, Failed):
        return before
    starts_at = moment_of(request.date, request.time, ZoneInfo(ctx.business.timezone))
    if not isinstance(starts_at, datetime):
        return starts_at
    try:
        after = await book.reschedule(
            before.appointment_id, starts_at, now=ctx.now, actor=actor_of(ctx), session_id=ctx.caller.session_id
        )
    except ChangeRefused as refusal:
        return change_failed(refusal)
    except BookingRefused as refusal:
        return await refused(book, refusal, await book.needs_of(before), starts_at, ctx)
    await appointment_moved(ctx.uow, ctx.business, after, now=ctx.now)
    return Ok(
        Moved(
            appointment_id=after.appointment_id,
            service=after.service_name,
            starts_at=after.starts_at.isoformat(timespec="minutes"),
            moved_from=before.starts_at.isoformat(timespec="minutes"),
            name=after.customer_name,
        )
    )


reschedule_appointment: Tool[MoveRequest, Moved] = Tool(
    name="reschedule_appointment",
    effect=Effect.WRITE,
    description="Move an appointment of the caller to a free time. Needs the customer's confirmation of the read-back.",
    arguments=MoveRequest,
    result=Moved,
    run=_run,
    intent="appointment.reschedule",
    personal=True,
)
