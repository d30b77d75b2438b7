"""WRITE tool: is the caller who they seem to be. A yes opens their own appointments and data to them, nothing else.

Whom the claim is about: the customer whom the caller id found, else the one with the number that was said (which is
then no fact any more). The dialogue keeps the yes with the session, counts the noes (second_fact.TRIES) and says
neither which part was wrong nor whether such a customer exists. It writes only that a wrong fact was given: those about
one customer count together, whoever calls, and after some even the right one is not taken, in the same words. No brain
calls it: it follows from the question for the fact.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from offhook.contracts.desk import Effect, Ok, Retry, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.model import Customer
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.second_fact import Claim, proves
from offhook.desks.dealership.tools.arguments import IsoDate, PersonName, Phone, day_of

_APPOINTMENTS = 20


class ProofOffered(msgspec.Struct, frozen=True, kw_only=True):
    reg_no: Annotated[str, Meta(max_length=20, description="Registration of the car, or its last four.")] | None = None
    phone: Phone | None = None
    date: IsoDate | None = None
    """Day of a booking."""
    name: PersonName | None = None
    """The name it is under."""


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    customer_id: str
    name: str


class ProofChecked(msgspec.Struct, frozen=True, kw_only=True):
    who: Verified | None
    """None: not proved."""


async def _run(ctx: ToolContext, offered: ProofOffered) -> ToolOutcome[ProofChecked]:
    day = day_of(offered.date) if offered.date is not None else None
    if isinstance(day, Retry):
        return day
    book = DealershipRepository(ctx.uow)
    known_by = {ctx.caller.phone} if ctx.caller.phone is not None else set()
    customer = await _customer(book, ctx, offered, known_by)
    if customer is None:
        return Ok(ProofChecked(who=None))
    if await book.proofs_closed(customer.customer_id, ctx.now):
        return Ok(ProofChecked(who=None))
    proved = proves(
        Claim(registration=offered.reg_no, phone=offered.phone, booking_date=day, name=offered.name),
        known_by=known_by,
        phones=await book.phones(customer.customer_id),
        vehicles=await book.vehicles(customer.customer_id),
        appointments=await book.appointments(
            customer_id=customer.customer_id, first=ctx.now, status="booked", limit=_APPOINTMENTS
        ),
    )
    if not proved:
        await book.proof_failed(customer.customer_id, ctx.caller.session_id, ctx.now)
        return Ok(ProofChecked(who=None))
    return Ok(ProofChecked(who=Verified(customer_id=customer.customer_id, name=customer.name)))


async def _customer(
    book: DealershipRepository, ctx: ToolContext, offered: ProofOffered, known_by: set[str]
) -> Customer | None:
    """Whom the claim is about; a number that was needed to find them is added to `known_by`."""
    if ctx.caller.customer_id is not None:
        return await book.customer(ctx.caller.customer_id)
    if ctx.caller.phone is not None:
        found = await book.customer_by_phone(ctx.caller.phone)
        if found is not None:
            return found
    if offered.phone is None:
        return None
    known_by.add(offered.phone)
    return await book.customer_by_phone(offered.phone)


verify_caller: Tool[ProofOffered, ProofChecked] = Tool(
    name="verify_caller",
    effect=Effect.WRITE,
    description="Whether what the caller knows proves that they are the customer.",
    arguments=ProofOffered,
    result=ProofChecked,
    run=_run,
)
