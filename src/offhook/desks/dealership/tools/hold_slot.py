"""WRITE tools: keep a free time for the caller while they decide, and let it go. It promises for a while, and is no
booking. No brain calls them: they follow from a turn that reads a time back (agents/holding.py)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Retry, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.drives import Drivable
from offhook.desks.dealership.model import BookingRefused
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.alternatives import refused
from offhook.desks.dealership.tools.arguments import At, ServiceName, moment_of
from offhook.desks.dealership.tools.job import ModelName, StockNumber, job_of


class HoldRequest(At, frozen=True, kw_only=True):
    service: ServiceName | None = None
    model: ModelName | None = None
    stock_number: StockNumber | None = None


class Held(msgspec.Struct, frozen=True, kw_only=True):
    starts_at: str
    """ISO with offset."""
    until: str
    """ISO with offset."""


class LetGo(msgspec.Struct, frozen=True, kw_only=True):
    """Whatever the session holds."""


async def _hold(ctx: ToolContext, request: HoldRequest) -> ToolOutcome[Held]:
    book = DealershipRepository(ctx.uow)
    job = await job_of(book, service=request.service, model=request.model, stock_number=request.stock_number)
    if job is None:
        return Retry("Say which service, or the model of a car.", "service")
    if isinstance(job, Failed):
        return job
    starts_at = moment_of(request.date, request.time, ZoneInfo(ctx.business.timezone))
    if not isinstance(starts_at, datetime):
        return starts_at
    session_id = ctx.caller.session_id
    try:
        if isinstance(job, Drivable):
            hold = await book.hold_drive(job, starts_at, session_id=session_id, now=ctx.now)
        else:
            hold = await book.hold(job, starts_at, session_id=session_id, now=ctx.now)
    except BookingRefused as refusal:
        return await refused(book, refusal, job.needs if isinstance(job, Drivable) else job, starts_at, ctx)
    return Ok(
        Held(
            starts_at=hold.starts_at.isoformat(timespec="minutes"),
            until=hold.expires_at.isoformat(timespec="seconds"),
        )
    )


async def _release(ctx: ToolContext, request: LetGo) -> ToolOutcome[LetGo]:
    await DealershipRepository(ctx.uow).release(ctx.caller.session_id, now=ctx.now)
    return Ok(request)


hold_slot: Tool[HoldRequest, Held] = Tool(
    name="hold_slot",
    effect=Effect.WRITE,
    description="Keep a free time for the caller for a minute and a half, while they decide.",
    arguments=HoldRequest,
    result=Held,
    run=_hold,
)
release_slot: Tool[LetGo, LetGo] = Tool(
    name="release_slot",
    effect=Effect.WRITE,
    description="Let go the time that is kept for the caller.",
    arguments=LetGo,
    result=LetGo,
    run=_release,
)
