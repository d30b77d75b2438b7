"""The shop's jobs, as they are when due: each looks at the book again and decides what is sent, if anything is.

Whoever has paid meanwhile, wants no reminders or was taken off the list gets none; a reminder that recurs goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from offhook.contracts.business import Business
from offhook.contracts.channel import REMINDER as CALL_REMINDER
from offhook.contracts.channel import CallOrder
from offhook.contracts.jobs import JobContext, JobKind, Prepared, Skip, Wait
from offhook.contracts.messaging import MessageTemplate, OutgoingMessage, Recipient
from offhook.desks.shop.model import Customer, Invoice, Origin, Refused
from offhook.desks.shop.recurrence import following
from offhook.desks.shop.reminding import REMINDER, Reminder, Reminders
from offhook.desks.shop.repository import ShopBook, in_book
from offhook.desks.shop.tools.send_invoice import INVOICE
from offhook.desks.shop.upi import upi_link
from offhook.dialogue.shared import SHARED_TEMPLATES
from offhook.dialogue.templates import Templates
from offhook.kit.money import Money
from offhook.store.contact_wishes import ContactWishes
from offhook.store.message_rules import after_quiet, message_rules, stamp

MESSAGES_FOLDER = Path(__file__).parent / "messages"
DUES_TEMPLATE = "payment_due"
INVOICE_TEMPLATE = "invoice_sent"
"""Names under which WhatsApp must know the texts; values: customer, amount, business (bills: and the number)."""


async def reminder(ctx: JobContext) -> Prepared:
    book = Reminders(ctx.uow)
    found = await book.get(ctx.job.payload["reminder_id"])
    if found is None or found.status == "cancelled":
        return Skip("the reminder was taken back")
    settings = await message_rules(ctx.uow)
    allowed = after_quiet(ctx.now, settings, ZoneInfo(ctx.business.timezone))
    if allowed > ctx.now:
        return Wait(allowed)
    if found.next_at is not None and stamp(found.next_at) == ctx.job.payload["due"]:
        # Not so when the same occurrence is tried again after its carrier could not be reached.
        await book.goes_on(found, _next(found, ctx), now=ctx.now)
    customer, upi_id = await in_book(ctx.uow, _origin(ctx), lambda shop: _standing(shop, found))
    if customer is None:
        return Skip("the customer is not on the list any more")
    if customer.balance <= 0:
        return Skip("nothing is due")
    if customer.phone is None or customer.phone in await ContactWishes(ctx.uow).opted_out([customer.phone]):
        return Skip("the customer cannot be reminded")
    amount = Money(customer.balance, ctx.business.currency)
    values = {"business": ctx.business.name, "customer": customer.name, "amount": amount.format()}
    message = await _message(ctx, customer, "dues", values, DUES_TEMPLATE, _pay(ctx.business, upi_id, amount), found)
    spoken = settings.reminder_by == "call" and found.channel is None
    return await _said(ctx, message, customer.phone) if spoken else message


async def _said(ctx: JobContext, message: OutgoingMessage, phone: str) -> OutgoingMessage:
    """The same by telephone, where the number is this customer's alone; the call looks up what is due by itself."""
    if len(await in_book(ctx.uow, _origin(ctx), lambda shop: shop.by_phone(phone))) != 1:
        return message
    order = CallOrder(ctx.business.business_id, phone, CALL_REMINDER, ctx.business.phone)
    return msgspec.structs.replace(message, prefer="call", call=order)


async def invoice(ctx: JobContext) -> Prepared:
    def look(shop: ShopBook) -> tuple[Invoice, Customer, str | None]:
        found = shop.invoice(ctx.job.payload["invoice_id"])
        return found, shop.customer(found.customer_id), shop.shop.upi_id

    try:
        found, customer, upi_id = await in_book(ctx.uow, _origin(ctx), look)
    except Refused:
        return Skip("the bill or its customer is not there any more")
    if found.status == "cancelled":
        return Skip("the bill was cancelled")
    if customer.phone is not None and await ContactWishes(ctx.uow).opted_out([customer.phone]):
        if customer.email is None:
            return Skip("the customer wants no messages")
        customer = replace(customer, phone=None)
    total = Money(found.total, ctx.business.currency)
    left = Money(found.total - found.paid, ctx.business.currency)
    values = {
        "business": ctx.business.name,
        "customer": customer.name,
        "amount": total.format(),
        "number": found.invoice_no or "",
    }
    link = _pay(ctx.business, upi_id, left) if left.amount > 0 else ""
    return await _message(ctx, customer, "invoice", values, INVOICE_TEMPLATE, link, None)


SHOP_JOBS: Mapping[str, JobKind] = {REMINDER: JobKind(reminder), INVOICE: JobKind(invoice)}


@cache
def message_templates() -> Templates:
    return Templates.load((SHARED_TEMPLATES, MESSAGES_FOLDER))


def _pay(business: Business, upi_id: str | None, amount: Money) -> str:
    return upi_link(upi_id, business.name, amount, business.name) if upi_id else ""


def _next(found: Reminder, ctx: JobContext) -> datetime | None:
    return following(found.recurrence, found.at, ctx.now, ZoneInfo(ctx.business.timezone))


def _standing(shop: ShopBook, found: Reminder) -> tuple[Customer | None, str | None]:
    try:
        return shop.customer(found.customer_id), shop.shop.upi_id
    except Refused:
        return None, None


def _origin(ctx: JobContext) -> Origin:
    return Origin(now=ctx.now, day=ctx.now.date(), turn_id=ctx.job.job_id, via="job")


async def _message(
    ctx: JobContext,
    customer: Customer,
    key: str,
    values: dict[str, str],
    template: str,
    link: str,
    about: Reminder | None,
) -> OutgoingMessage:
    language = ctx.business.languages[0] if ctx.business.languages else "en"
    templates = message_templates()
    text = templates.render(language, key, values, 0)
    if link:
        text = f"{text} {templates.render(language, 'pay_here', {'link': link}, 0)}"
    free = customer.phone is not None and await ContactWishes(ctx.uow).wrote_lately(customer.phone, ctx.now)
    return OutgoingMessage(
        recipient=Recipient(name=customer.name, phone=customer.phone, email=customer.email),
        language=language,
        subject=templates.render(language, f"{key}_subject", {"business": ctx.business.name}, 0),
        text=text,
        template=None
        if free
        else MessageTemplate(name=template, language=language, values=tuple(values[name] for name in _VALUES[key])),
        prefer=about.channel if about is not None else ctx.job.payload.get("channel") or None,  # type: ignore[arg-type]
    )


_VALUES = {"dues": ("customer", "amount", "business"), "invoice": ("customer", "number", "amount", "business")}
"""Values of the approved templates, in their order."""
