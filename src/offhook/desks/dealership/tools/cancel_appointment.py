"""WRITE tool: cancel an appointment of the caller. Runs only after a confirmed read-back (the desk's policy)."""

from __future__ import annotations

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.follow_up import appointment_cancelled
from offhook.desks.dealership.model import ChangeRefused
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.arguments import AppointmentId
from offhook.desks.dealership.tools.own_appointments import actor_of, change_failed, own


class CancelRequest(msgspec.Struct, frozen=True, kw_only=True):
    appointment_id: AppointmentId


class Cancelled(msgspec.Struct, frozen=True, kw_only=True):
    appointment_id: str
    service: str
    starts_at: str
    """ISO with offset."""
    name: str


async def _run(ctx: ToolContext, request: CancelRequest) -> ToolOutcome[Cancelled]:
    book = DealershipRepository(ctx.uow)
    before = await own(book, request.appointment_id, ctx.caller)
    if isinstance(before, Failed):
        return before
    try:
        gone, _ = await book.cancel(before.appointment_id, now=ctx.now, actor=actor_of(ctx))
    except ChangeRefused as refusal:
        return change_failed(refusal)
    await appointment_cancelled(ctx.uow, gone, now=ctx.now)
    return Ok(
        Cancelled(
            appointment_id=gone.appointment_id,
            service=gone.service_name,
            starts_at=gone.starts_at.isoformat(timespec="minutes"),
            name=gone.customer_name,
        )
    )


cancel_appointment: Tool[CancelRequest, Cancelled] = Tool(
    name="cancel_appointment",
    effect=Effect.WRITE,
    description="Cancel an appointment of the caller. Needs the customer's confirmation of the read-back.",
    arguments=CancelRequest,
    result=Cancelled,
    run=_run,
    intent="appointment.cancel",
    personal=True,
)
