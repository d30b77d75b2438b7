"""READ tool: under which name the book has a number, so that nobody's booking is put under another customer unasked."""

from __future__ import annotations

import msgspec

from offhook.contracts.desk import Effect, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.arguments import Phone


class OwnerQuestion(msgspec.Struct, frozen=True, kw_only=True):
    phone: Phone


class OwnerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    name: str | None = None
    """None: nobody has this number."""


async def _run(ctx: ToolContext, question: OwnerQuestion) -> ToolOutcome[OwnerAnswer]:
    customer = await DealershipRepository(ctx.uow).customer_by_phone(question.phone)
    return Ok(OwnerAnswer(name=None if customer is None else customer.name))


phone_owner: Tool[OwnerQuestion, OwnerAnswer] = Tool(
    name="phone_owner",
    effect=Effect.READ,
    description="Under which name a number is known.",
    arguments=OwnerQuestion,
    result=OwnerAnswer,
    run=_run,
)
