"""WRITE tools that the desk uses by itself, on the lead that its own session has kept: a person takes over; the visitor
takes the consent back. No model can ask for them."""

from __future__ import annotations

from datetime import UTC

import msgspec

from offhook.contracts.desk import Effect, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.sales.follow_up import lead_changed
from offhook.desks.sales.model import Lead
from offhook.desks.sales.repository import SalesBook


class StepRequest(msgspec.Struct, frozen=True, kw_only=True):
    pass


class StepTaken(msgspec.Struct, frozen=True, kw_only=True):
    lead_id: str | None
    """None where the session has kept no lead."""


async def _hand_over(ctx: ToolContext, request: StepRequest) -> ToolOutcome[StepTaken]:
    return await _changed(ctx, {"next_step": "hand_over", "next_at": None})


async def _withdraw(ctx: ToolContext, request: StepRequest) -> ToolOutcome[StepTaken]:
    return await _changed(ctx, {"status": "closed", "opted_out_at": ctx.now.astimezone(UTC)})


async def _changed(ctx: ToolContext, values: dict[str, object]) -> ToolOutcome[StepTaken]:
    book = SalesBook(ctx.uow)
    lead: Lead | None = await book.lead_of_session(ctx.caller.session_id)
    if lead is None:
        return Ok(StepTaken(lead_id=None))
    changed = await book.change(lead.lead_id, values, actor=f"session:{ctx.caller.session_id}", now=ctx.now)
    if changed:
        await lead_changed(ctx.uow, lead.lead_id, ctx.business, now=ctx.now)
    return Ok(StepTaken(lead_id=lead.lead_id))


hand_over_lead: Tool[StepRequest, StepTaken] = Tool(
    name="hand_over_lead",
    effect=Effect.WRITE,
    description="A person takes the session's lead over.",
    arguments=StepRequest,
    result=StepTaken,
    run=_hand_over,
)

withdraw_lead: Tool[StepRequest, StepTaken] = Tool(
    name="withdraw_lead",
    effect=Effect.WRITE,
    description="The visitor does not want to be contacted any more.",
    arguments=StepRequest,
    result=StepTaken,
    run=_withdraw,
)
