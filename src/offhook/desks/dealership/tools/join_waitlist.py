"""WRITE tool: note that the caller wants a time that is not free now. People ring when one becomes free."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Retry, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.arguments import (
    ClockTime,
    IsoDate,
    PersonName,
    Phone,
    ServiceName,
    day_of,
    time_of,
)


class WaitRequest(msgspec.Struct, frozen=True, kw_only=True):
    service: ServiceName
    date_from: IsoDate
    date_to: IsoDate | None = None
    """The last day; without it only the first one."""
    time_from: ClockTime | None = None
    time_to: ClockTime | None = None
    name: PersonName
    phone: Phone
    """Whoever waits must be reachable."""


class OnWaitlist(msgspec.Struct, frozen=True, kw_only=True):
    waitlist_id: str
    service: str
    date_from: str
    date_to: str


async def _run(ctx: ToolContext, request: WaitRequest) -> ToolOutcome[OnWaitlist]:
    read = _span(request)
    if isinstance(read, Retry):
        return read
    first, last, begins, ends = read
    zone = ZoneInfo(ctx.business.timezone)
    starts_from, starts_to = datetime.combine(first, begins, zone), datetime.combine(last, ends, zone)
    if starts_to < starts_from:
        return Retry("The first moment comes after the last one.", "date_to")
    if starts_to <= ctx.now:
        return Failed("refused.past")
    book = DealershipRepository(ctx.uow)
    service = await book.service_by_name(request.service)
    if service is None:
        return Failed("service_unknown")
    waiting = await book.wait_for(
        service,
        starts_from,
        starts_to,
        customer_name=request.name,
        customer_phone=request.phone,
        now=ctx.now,
        session_id=ctx.caller.session_id,
    )
    return Ok(
        OnWaitlist(
            waitlist_id=waiting.waitlist_id,
            service=service.name,
            date_from=first.isoformat(),
            date_to=last.isoformat(),
        )
    )


def _span(request: WaitRequest) -> tuple[date, date, time, time] | Retry:
    first = day_of(request.date_from, "date_from")
    if isinstance(first, Retry):
        return first
    last = day_of(request.date_to, "date_to") if request.date_to else first
    if isinstance(last, Retry):
        return last
    begins = time_of(request.time_from, "time_from") if request.time_from else time(0, 0)
    if isinstance(begins, Retry):
        return begins
    ends = time_of(request.time_to, "time_to") if request.time_to else time(23, 59)
    return ends if isinstance(ends, Retry) else (first, last, begins, ends)


join_waitlist: Tool[WaitRequest, OnWaitlist] = Tool(
    name="join_waitlist",
    effect=Effect.WRITE,
    description="Put the caller on the waiting list for a service within some days, where nothing is free.",
    arguments=WaitRequest,
    result=OnWaitlist,
    run=_run,
    intent="waitlist.join",
)
