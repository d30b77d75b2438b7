"""What the booking that is under way holds, changed slot by slot: nothing is written to the book.

The session's form takes the values (as it does with every wish of a model) and reads the whole back before it is
written; the tool itself says which of them can be used. What is changed travels in its return value alone.
"""

from __future__ import annotations

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Retry, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.arguments import (
    ClockTime,
    Email,
    IsoDate,
    Notes,
    PersonName,
    Phone,
    Registration,
    ServiceName,
    day_of,
    time_of,
)


class BookingChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Only what changes."""

    service: ServiceName | None = None
    date: IsoDate | None = None
    time: ClockTime | None = None
    name: PersonName | None = None
    phone: Phone | None = None
    email: Email | None = None
    reg_no: Registration | None = None
    notes: Notes | None = None


async def _run(ctx: ToolContext, change: BookingChange) -> ToolOutcome[BookingChange]:
    given = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not None}
    if not given:
        return Retry("Give at least one of the slots that change.")
    for problem in (day_of(change.date) if change.date else None, time_of(change.time) if change.time else None):
        if isinstance(problem, Retry):
            return problem
    if change.service is not None:
        service = await DealershipRepository(ctx.uow).service_by_name(change.service)
        if service is None:
            return Failed("service_unknown")
        given["service"] = service.name
    return Ok(BookingChange(**given))


update_booking: Tool[BookingChange, BookingChange] = Tool(
    name="update_booking",
    effect=Effect.WRITE,
    description="Change slots of the service booking under way, any of them. The booking itself is not made by this.",
    arguments=BookingChange,
    result=BookingChange,
    run=_run,
    intent="service.book",
)
