"""READ tool: what a call that we placed reminds of, to the customer whom we called. No caller asks for it: it answers
for the number that we have dialled ourselves, and a number that several customers have tells of nobody."""

from __future__ import annotations

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.shop.repository import in_book
from offhook.desks.shop.tools.common import money, origin_of
from offhook.kit.money import Money


class CalledQuestion(msgspec.Struct, frozen=True, kw_only=True):
    phone: str
    """E.164, as we have dialled it."""


class CalledTold(msgspec.Struct, frozen=True, kw_only=True):
    customer: str
    owes: Money


async def _run(ctx: ToolContext, asked: CalledQuestion) -> ToolOutcome[CalledTold]:
    found = await in_book(ctx.uow, origin_of(ctx), lambda book: book.by_phone(asked.phone))
    if len(found) != 1:
        return Failed("customer_unknown")
    return Ok(CalledTold(customer=found[0].name, owes=money(ctx, found[0].balance)))


due_of_called: Tool[CalledQuestion, CalledTold] = Tool(
    name="due_of_called",
    effect=Effect.READ,
    description="What the customer owes whom we have called.",
    arguments=CalledQuestion,
    result=CalledTold,
    run=_run,
    personal=True,
)
