"""WRITE tool: keep the enquiry of a visitor who has agreed to be contacted, once per session and person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Retry, Tool, ToolContext, ToolOutcome
from offhook.desks.sales.follow_up import lead_kept
from offhook.desks.sales.model import Item, NextStep, Quote, SalesSettings
from offhook.desks.sales.quoting import price_of, quote_for, together
from offhook.desks.sales.repository import SalesBook, Told
from offhook.desks.sales.tools.arguments import LeadRequest
from offhook.desks.sales.tools.catalogue import UNKNOWN
from offhook.desks.sales.understanding.intents import LEAD
from offhook.kit.money import places

PRICE_CHANGED = "quote_changed"


class LeadSaved(msgspec.Struct, frozen=True, kw_only=True):
    lead_id: str
    created: bool
    """False where an enquiry that was there was changed."""
    score: int
    next_step: NextStep
    next_at: str | None = None
    """ISO, in the business's zone."""


async def _run(ctx: ToolContext, request: LeadRequest) -> ToolOutcome[LeadSaved]:
    if request.phone is None and request.email is None:
        return Retry("A phone number or an e-mail address is needed.", "phone")
    book = SalesBook(ctx.uow)
    item = None if request.product is None else await book.item(request.product)
    if request.product is not None and item is None:
        return Failed(UNKNOWN)
    settings = await book.sales_settings()
    priced = await _priced(book, request, item, settings)
    if priced is None:
        return Failed(UNKNOWN)
    quote = None if request.quoted is None else priced.quote
    if request.quoted is not None and (quote is None or quote.total.amount != request.quoted):
        return Failed(PRICE_CHANGED)
    next_at = _moment(request, ctx.business.timezone)
    if isinstance(next_at, Retry):
        return next_at
    if next_at is not None and next_at <= ctx.now:
        return Failed("when_past")
    minor = 10 ** places(ctx.business.currency)
    told = Told(
        name=request.name,
        phone=request.phone,
        email=request.email,
        product=None if item is None else item.name,
        need=request.need,
        qty=request.qty,
        budget_min=None if request.budget_min is None else request.budget_min * minor,
        budget_max=None if request.budget_max is None else request.budget_max * minor,
        timing_from=_day(request.timing_from),
        timing_to=_day(request.timing_to),
        timing=request.timing,
        asked=request.next_step,
        next_at=next_at,
        quote=quote,
    )
    kept = await book.keep(
        told,
        session_id=ctx.caller.session_id,
        channel=ctx.caller.channel,
        language=ctx.caller.language,
        currency=ctx.business.currency,
        price=priced.price,
        now=ctx.now,
    )
    await lead_kept(ctx.uow, kept, ctx.business, now=ctx.now)
    lead = kept.lead
    return Ok(
        LeadSaved(
            lead_id=lead.lead_id,
            created=kept.created,
            score=lead.score,
            next_step=lead.next_step,
            next_at=None if lead.next_at is None else lead.next_at.astimezone(ctx.now.tzinfo).isoformat(),
        )
    )


@dataclass(frozen=True, slots=True)
class _Priced:
    """What is wanted, by its price."""

    quote: Quote | None = None
    price: int | None = None
    """Minor units, as well as it is known."""


async def _priced(book: SalesBook, request: LeadRequest, item: Item | None, settings: SalesSettings) -> _Priced | None:
    """None where one of several things is not for sale."""
    if not request.parts:
        if item is None:
            return _Priced()
        return _Priced(quote_for(item, request.qty or 1, settings), price_of(item, request.qty, settings))
    quotes: list[Quote | None] = []
    for part in request.parts:
        one = await book.item(part.product)
        if one is None:
            return None
        qty = part.qty or (request.qty if one.unit == "person" else 1 if not one.unit else None)
        quotes.append(None if qty is None else quote_for(one, qty, settings))
    known = [quote for quote in quotes if quote is not None]
    if len(known) < len(quotes):
        return _Priced()
    whole = together(known)
    return _Priced(whole, whole.total.amount)


def _moment(request: LeadRequest, zone: str) -> datetime | Retry | None:
    if request.date is None or request.time is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(request.date), time.fromisoformat(request.time), ZoneInfo(zone))
    except ValueError:
        return Retry(f"There is no moment {request.date} {request.time}.", "date")


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


save_lead: Tool[LeadRequest, LeadSaved] = Tool(
    name="save_lead",
    effect=Effect.WRITE,
    description="Keep the visitor's enquiry, once they agreed to be contacted: what, how many, when, budget, contact.",
    arguments=LeadRequest,
    result=LeadSaved,
    run=_run,
    intent=LEAD,
)
