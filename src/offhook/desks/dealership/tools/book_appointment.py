"""WRITE tool: put an appointment into the book. Runs only after a confirmed read-back (the desk's policy)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from offhook.contracts.desk import Effect, Failed, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.follow_up import appointment_booked
from offhook.desks.dealership.model import BookingRefused
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.alternatives import refused
from offhook.desks.dealership.tools.arguments import Registration, ServiceName, Visit, moment_of


class BookingRequest(Visit, frozen=True, kw_only=True):
    service: ServiceName
    reg_no: Registration | None = None
    vehicle: Annotated[str, Meta(max_length=80, description="Model or make of the customer's car.")] | None = None


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
    starts_at = moment_of(request.date, request.time, ZoneInfo(ctx.business.timezone))
    if not isinstance(starts_at, datetime):
        return starts_at
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
            language=ctx.caller.language,
            email=request.email,
            registration=request.reg_no,
            car=request.vehicle,
        )
    except BookingRefused as refusal:
        return await refused(book, refusal, service, starts_at, ctx)
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
