"""WRITE tool: book a test drive, of a model or of one car. Runs only after a confirmed read-back (policy)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Retry, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.follow_up import appointment_booked
from offhook.desks.dealership.model import BookingRefused
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.alternatives import refused
from offhook.desks.dealership.tools.arguments import Visit, moment_of
from offhook.desks.dealership.tools.job import ModelName, StockNumber


class DriveRequest(Visit, frozen=True, kw_only=True):
    model: ModelName | None = None
    stock_number: StockNumber | None = None


class DriveBooked(msgspec.Struct, frozen=True, kw_only=True):
    appointment_id: str
    car: str
    starts_at: str
    """ISO with offset."""
    name: str
    customer_id: str | None = None
    stock_number: str | None = None
    """The car, where it is one of those for sale."""


async def _run(ctx: ToolContext, request: DriveRequest) -> ToolOutcome[DriveBooked]:
    if request.model is None and request.stock_number is None:
        return Retry("Say which model, or the stock number of a car.", "model")
    starts_at = moment_of(request.date, request.time, ZoneInfo(ctx.business.timezone))
    if not isinstance(starts_at, datetime):
        return starts_at
    book = DealershipRepository(ctx.uow)
    drivable = await book.drivable(model=request.model, stock_number=request.stock_number)
    if drivable is None:
        return Failed("no_such_car")
    try:
        appointment = await book.book_drive(
            drivable,
            starts_at,
            customer_name=request.name,
            customer_phone=request.phone,
            now=ctx.now,
            created_via=ctx.caller.channel,
            session_id=ctx.caller.session_id,
            notes=request.notes,
            language=ctx.caller.language,
            email=request.email,
        )
    except BookingRefused as refusal:
        return await refused(book, refusal, drivable.needs, starts_at, ctx)
    await appointment_booked(ctx.uow, ctx.business, appointment, now=ctx.now)
    car = drivable.stock.get(appointment.stock_id or "")
    return Ok(
        DriveBooked(
            appointment_id=appointment.appointment_id,
            car=drivable.title,
            starts_at=appointment.starts_at.isoformat(timespec="minutes"),
            name=appointment.customer_name,
            customer_id=appointment.customer_id,
            stock_number=None if car is None else car.stock_number,
        )
    )


book_test_drive: Tool[DriveRequest, DriveBooked] = Tool(
    name="book_test_drive",
    effect=Effect.WRITE,
    description="Book a test drive of a model, or of one car. Needs the customer's confirmation of the read-back.",
    arguments=DriveRequest,
    result=DriveBooked,
    run=_run,
    intent="testdrive.book",
)
