"""What follows from a lead, written to the outbox with it: the owner is told at once, and reminded at the time that was
agreed; the visitor gets the quote, word before a demo, or a message when their time comes. One place decides it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from offhook.contracts.business import Business
from offhook.contracts.desk import UnitOfWork
from offhook.contracts.webhooks import DomainEvent
from offhook.desks.sales.model import Lead
from offhook.desks.sales.repository import Kept, SalesBook
from offhook.kit.money import Money
from offhook.store.message_rules import after_quiet, at_wall_clock, message_rules, stamp
from offhook.store.outbox import NewJob, cancel_about, enqueue
from offhook.store.webhooks import publish

OWNER_NEW = "sales.owner_new"
OWNER_DUE = "sales.owner_due"
VISITOR_QUOTE = "sales.quote"
VISITOR_DEMO = "sales.demo_reminder"
VISITOR_NURTURE = "sales.nurture"
_AGREED = (OWNER_DUE, VISITOR_DEMO, VISITOR_NURTURE)
"""Jobs at moments that a change of the lead may move."""
_BEFORE_DEMO = timedelta(hours=1)
_BEFORE_START = timedelta(days=7)
_LATER = timedelta(days=30)
_MORNING = "10:00"


async def lead_kept(uow: UnitOfWork, kept: Kept, business: Business, *, now: datetime) -> None:
    """A visitor's enquiry was kept or changed in this transaction."""
    lead = kept.lead
    if kept.created:
        await _enqueue(uow, OWNER_NEW, lead, lead.lead_id, now, now)
    if lead.quote is not None and lead.next_step == "quote" and (kept.created or "quote" in kept.changed):
        await _enqueue(uow, VISITOR_QUOTE, lead, f"{lead.lead_id}:{stamp(now)}", now, now)
    if kept.created or kept.changed:
        await _agreed(uow, lead, business, now)
        await announce(uow, "lead.created" if kept.created else "lead.changed", lead.lead_id, now=now)


async def lead_changed(uow: UnitOfWork, lead_id: str, business: Business, *, now: datetime) -> None:
    """A lead was changed by hand, or by its visitor's other wishes, in this transaction."""
    await announce(uow, "lead.changed", lead_id, now=now)
    await agreed_anew(uow, lead_id, business, now=now)


async def agreed_anew(uow: UnitOfWork, lead_id: str, business: Business, *, now: datetime) -> None:
    lead = await SalesBook(uow).lead(lead_id)
    if lead is not None:
        await _agreed(uow, lead, business, now)


async def announce(uow: UnitOfWork, kind: str, lead_id: str, *, now: datetime) -> None:
    """Tell the business's webhooks."""
    lead = await SalesBook(uow).must(lead_id)
    await publish(uow, DomainEvent(kind, lead_id, told_outside(lead)), now=now)


def told_outside(lead: Lead) -> dict[str, object]:
    """A lead as webhooks tell of it: what a CRM files, and no word of the talk."""

    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, lead.currency)

    return {
        "lead_id": lead.lead_id,
        "status": lead.status,
        "name": lead.name,
        "phone": lead.phone,
        "email": lead.email,
        "product": lead.product,
        "need": lead.need,
        "qty": lead.qty,
        "budget_min": money(lead.budget_min),
        "budget_max": money(lead.budget_max),
        "timing_from": lead.timing_from,
        "timing_to": lead.timing_to,
        "timing": lead.timing,
        "score": lead.score,
        "next_step": lead.next_step,
        "next_at": lead.next_at,
        "quote_total": None if lead.quote is None else lead.quote.total,
        "consent_at": lead.consent_at,
        "channel": lead.channel,
    }


async def _agreed(uow: UnitOfWork, lead: Lead, business: Business, now: datetime) -> None:
    """What was to happen at the moment that stood before is taken back; what is agreed now is planned."""
    await cancel_about(uow, lead.lead_id, now=now, kinds=_AGREED)
    if lead.status != "open":
        return
    zone = ZoneInfo(business.timezone)
    rules = await message_rules(uow)
    due = moment_of(lead, now.astimezone(zone))
    if due is None or due <= now:
        return
    await _enqueue(uow, OWNER_DUE, lead, f"{lead.lead_id}:{stamp(due)}", due, now)
    if lead.opted_out_at is not None or lead.consent_at is None:
        return
    if lead.next_step == "demo" and due - _BEFORE_DEMO > now:
        soon = after_quiet(due - _BEFORE_DEMO, rules, zone)
        if soon < due:
            await _enqueue(uow, VISITOR_DEMO, lead, f"{lead.lead_id}:{stamp(due)}", soon, now)
    if lead.next_step == "nurture":
        await _enqueue(uow, VISITOR_NURTURE, lead, f"{lead.lead_id}:{stamp(due)}", after_quiet(due, rules, zone), now)


def moment_of(lead: Lead, now: datetime) -> datetime | None:
    """When the next step is due: as agreed; for somebody who wants something later, a week before. Aware, local."""
    if lead.next_at is not None:
        return lead.next_at.astimezone(now.tzinfo)
    if lead.next_step != "nurture":
        return None
    assert now.tzinfo is not None
    first = lead.timing_from or lead.timing_to
    if first is None:
        return at_wall_clock((now + _LATER).date(), _MORNING, now.tzinfo)
    return at_wall_clock(max(first - _BEFORE_START, (now + timedelta(days=1)).date()), _MORNING, now.tzinfo)


async def _enqueue(uow: UnitOfWork, kind: str, lead: Lead, key: str, run_at: datetime, now: datetime) -> None:
    payload = {"lead_id": lead.lead_id, "due": stamp(run_at)}
    await enqueue(uow, NewJob(kind, f"{kind}:{key}", payload, run_at, subject=lead.lead_id), now=now)
