"""READ tool: who this phone number belongs to. Good for a greeting; proves nothing."""

from __future__ import annotations

import msgspec

from offhook.contracts.desk import Effect, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.repository import DealershipRepository


class CustomerQuestion(msgspec.Struct, frozen=True, kw_only=True):
    phone: str
    """E.164."""


class CustomerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    customer_id: str | None = None
    """None: nobody has this number."""
    name: str | None = None


async def _run(ctx: ToolContext, question: CustomerQuestion) -> ToolOutcome[CustomerAnswer]:
    customer = await DealershipRepository(ctx.uow).customer_by_phone(question.phone)
    if customer is None:
        return Ok(CustomerAnswer())
    return Ok(CustomerAnswer(customer_id=customer.customer_id, name=customer.name))


find_customer: Tool[CustomerQuestion, CustomerAnswer] = Tool(
    name="get_customer",
    effect=Effect.READ,
    description="The customer that a telephone number belongs to.",
    arguments=CustomerQuestion,
    result=CustomerAnswer,
    run=_run,
    personal=True,
)
