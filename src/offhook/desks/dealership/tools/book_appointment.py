"""WRITE tool: put an appointment into the book. Runs only after a confirmed read-back (the desk's policy)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.follow_up import appointment_booked
from offhook.desks.dealership.model import BookingRefused
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.slots import wall_clock


class BookingRequest(msgspec.Struct, frozen=True, kw_only=True):
    service: str
    date: str
    """ISO date, in the business's zone."""
    time: str
    """HH:MM, wall-clock."""
    name: str
    phone: str | None = None
    """E.164."""
    notes: str = ""


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    appointment_id: str
    service: str
    starts_at: str
    """ISO with offset."""
    name: str
    customer_id: str | None = None


async def _run(ctx: ToolContext, request: BookingRequest) -> ToolOutcome[Booked]:
    book = DealershipRepository(ctx.uow)
    service = await book.service_by_name(request.service)
    if service is None:
        return Failed("service_unknown")
    wished = datetime.fromisoformat(f"{request.date}T{request.time}")
    starts_at = wall_clock(wished.date(), wished.time(), ZoneInfo(ctx.business.timezone))
    if starts_at is None:
        return Failed("refused.nonexistent")
    try:
        appointment = await book.book(
            service,
            starts_at,
            customer_name=request.name,
            customer_phone=request.phone,
            now=ctx.now,
            created_via=ctx.caller.channel,
            session_id=ctx.caller.session_id,
            notes=request.notes,
        )
    except BookingRefused as refused:
        return Failed(f"refused.{refused.reason}")
    await appointment_booked(ctx.uow, ctx.business, appointment, now=ctx.now)
    return Ok(
        Booked(
            appointment_id=appointment.appointment_id,
            service=appointment.service_name,
            starts_at=appointment.starts_at.isoformat(timespec="minutes"),
            name=appointment.customer_name,
            customer_id=appointment.customer_id,
        )
    )


book_appointment: Tool[BookingRequest, Booked] = Tool(
    name="book_appointment",
    effect=Effect.WRITE,
    description="Book a service appointment at a free time. Needs the customer's confirmation of the read-back.",
    arguments=BookingRequest,
    result=Booked,
    run=_run,
    intent="service.book",
)
