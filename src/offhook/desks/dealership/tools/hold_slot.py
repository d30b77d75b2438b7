"""WRITE tool: keep a free time for the caller while they decide. It promises for a while, and is no booking."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.model import BookingRefused
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.alternatives import refused
from offhook.desks.dealership.tools.arguments import ClockTime, IsoDate, ServiceName, moment_of


class HoldRequest(msgspec.Struct, frozen=True, kw_only=True):
    service: ServiceName
    date: IsoDate
    """In the business's zone."""
    time: ClockTime
    """Wall-clock."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    starts_at: str
    """ISO with offset."""
    until: str
    """ISO with offset."""


async def _run(ctx: ToolContext, request: HoldRequest) -> ToolOutcome[Held]:
    book = DealershipRepository(ctx.uow)
    service = await book.service_by_name(request.service)
    if service is None:
        return Failed("service_unknown")
    starts_at = moment_of(request.date, request.time, ZoneInfo(ctx.business.timezone))
    if not isinstance(starts_at, datetime):
        return starts_at
    try:
        hold = await book.hold(service, starts_at, session_id=ctx.caller.session_id, now=ctx.now)
    except BookingRefused as refusal:
        return await refused(book, refusal, service, starts_at, ctx)
    return Ok(
        Held(
            starts_at=hold.starts_at.isoformat(timespec="minutes"),
            until=hold.expires_at.isoformat(timespec="seconds"),
        )
    )


hold_slot: Tool[HoldRequest, Held] = Tool(
    name="hold_slot",
    effect=Effect.WRITE,
    description="Keep a free time for the caller for a minute and a half, while they decide.",
    arguments=HoldRequest,
    result=Held,
    run=_run,
)
