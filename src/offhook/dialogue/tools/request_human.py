"""WRITE tool: leave a task for a colleague to call back."""

from __future__ import annotations

from datetime import datetime

import msgspec

from offhook.contracts.desk import Effect, Ok, Tool, ToolContext, ToolOutcome, UnitOfWork
from offhook.dialogue.tools.opening_hours import openings_ahead
from offhook.store.business_book import BusinessBook
from offhook.store.model import TaskPriority
from offhook.store.outbox import NewJob, enqueue

OWNER_NOTICE = "owner.notice"
"""Kind of the job that tells the owner of a call-back (desks/owner_notice.py)."""
_URGENT = frozenset({"breakdown", "complaint", "emergency"})


class HumanRequest(msgspec.Struct, frozen=True, kw_only=True):
    reason: str = "request"
    """complaint, breakdown, request, or the words of the caller."""
    phone: str | None = None
    """E.164."""
    name: str | None = None
    said: str = ""
    """The caller's last words, for whoever calls back."""


class HumanRequested(msgspec.Struct, frozen=True, kw_only=True):
    task_id: str
    status: str
    open_now: bool
    priority: TaskPriority = "NORMAL"
    opens_at: str | None = None
    """When the business opens next, ISO local; None while it is open, or when that is not in sight."""


async def _run(ctx: ToolContext, request: HumanRequest) -> ToolOutcome[HumanRequested]:
    book = BusinessBook(ctx.uow)
    priority: TaskPriority = "HIGH" if request.reason in _URGENT else "NORMAL"
    open_now, opens = await openings_ahead(book, ctx.now)
    task = await book.create_task(
        "callback",
        request.reason,
        now=ctx.now,
        session_id=ctx.caller.session_id,
        customer_name=request.name,
        customer_phone=request.phone,
        priority=priority,
        details={"said": request.said, "channel": ctx.caller.channel},
        due_at=ctx.now if open_now else opens,
    )
    if not open_now:
        await tell_owner(ctx.uow, task.task_id, now=ctx.now)
    return Ok(
        HumanRequested(
            task_id=task.task_id,
            status=task.status,
            open_now=open_now,
            priority=priority,
            opens_at=opens.replace(tzinfo=None).isoformat(timespec="minutes") if opens else None,
        )
    )


async def tell_owner(uow: UnitOfWork, task_id: str, *, now: datetime) -> None:
    """Nobody is there for this caller: the owner is written to at once; needs a WRITE unit of work."""
    await enqueue(
        uow, NewJob(OWNER_NOTICE, f"{OWNER_NOTICE}:{task_id}", {"task_id": task_id}, now, subject=task_id), now=now
    )


request_human: Tool[HumanRequest, HumanRequested] = Tool(
    name="request_human",
    effect=Effect.WRITE,
    description="Ask a colleague to call the customer back.",
    arguments=HumanRequest,
    result=HumanRequested,
    run=_run,
    intent="handoff",
)
