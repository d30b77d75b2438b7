"""READ tool: who this phone number belongs to. Good for a greeting; proves nothing."""

from __future__ import annotations

import msgspec

from offhook.contracts.desk import Effect, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.recognition import Recognition


class CustomerQuestion(msgspec.Struct, frozen=True, kw_only=True):
    phone: str
    """E.164."""


class KnownVehicle(msgspec.Struct, frozen=True, kw_only=True):
    """Without its registration, which proves who a caller is."""

    make: str
    model: str
    year: int | None = None


class CustomerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    customer_id: str | None = None
    """None: nobody has this number."""
    name: str | None = None
    email: str | None = None
    vehicles: list[KnownVehicle] = []
    next_service: str | None = None
    """Of the next appointment, if there is one."""
    next_at: str | None = None
    """ISO with offset."""


def find_customer(recognition: Recognition) -> Tool[CustomerQuestion, CustomerAnswer]:
    async def run(ctx: ToolContext, question: CustomerQuestion) -> ToolOutcome[CustomerAnswer]:
        known = await recognition.known(ctx.uow, question.phone, ctx.now)
        if known.customer is None:
            return Ok(CustomerAnswer())
        coming = known.next_appointment(ctx.now)
        return Ok(
            CustomerAnswer(
                customer_id=known.customer.customer_id,
                name=known.customer.name,
                email=known.customer.email,
                vehicles=[KnownVehicle(make=one.make, model=one.model, year=one.year) for one in known.vehicles],
                next_service=None if coming is None else coming.service_name,
                next_at=None if coming is None else coming.starts_at.isoformat(timespec="minutes"),
            )
        )

    return Tool(
        name="get_customer",
        effect=Effect.READ,
        description="The customer that a telephone number belongs to, their cars and next appointment.",
        arguments=CustomerQuestion,
        result=CustomerAnswer,
        run=run,
        personal=True,
    )
