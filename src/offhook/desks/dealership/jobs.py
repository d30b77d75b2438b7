"""The dealership's jobs, as they are when they are due: each looks at the book again and decides what is to be sent.

An appointment that was cancelled or moved meanwhile, or whose time has come, gets no message, whatever the outbox says.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from offhook.contracts.business import Business
from offhook.contracts.calendar import CalendarChange, CalendarEvent
from offhook.contracts.channel import REMINDER as CALL_REMINDER
from offhook.contracts.channel import CallOrder
from offhook.contracts.desk import UnitOfWork
from offhook.contracts.jobs import JobContext, JobKind, Prepared, Skip, Wait
from offhook.contracts.messaging import Attachment, MessageTemplate, OutgoingMessage, Recipient
from offhook.desks.dealership.digest import digest, next_digest
from offhook.desks.dealership.follow_up import CALENDAR, CONFIRMATION, DIGEST, REMINDER, SLOT_FREED
from offhook.desks.dealership.model import Appointment
from offhook.desks.dealership.repository import DealershipRepository
from offhook.dialogue.shared import SHARED_TEMPLATES
from offhook.dialogue.spoken import spoken_date, spoken_time
from offhook.dialogue.templates import Templates
from offhook.kit.ics import event_text
from offhook.store.contact_wishes import ContactWishes
from offhook.store.message_rules import after_quiet, message_rules, stamp
from offhook.store.outbox import NewJob, enqueue

MESSAGES_FOLDER = Path(__file__).parent / "messages"
CONFIRMATION_TEMPLATE = "appointment_confirmation"
REMINDER_TEMPLATE = "appointment_reminder"
FREED_TEMPLATE = "slot_freed"
"""Names under which WhatsApp must know the texts; values: customer, service, when."""


async def confirmation(ctx: JobContext) -> Prepared:
    appointment = await _standing(ctx)
    if isinstance(appointment, Skip):
        return appointment
    return await _to_customer(ctx, appointment, "confirmation", CONFIRMATION_TEMPLATE)


async def reminder(ctx: JobContext) -> Prepared:
    appointment = await _standing(ctx)
    if isinstance(appointment, Skip):
        return appointment
    rules, zone = await message_rules(ctx.uow), ZoneInfo(ctx.business.timezone)
    allowed = after_quiet(ctx.now, rules, zone)
    if allowed >= appointment.starts_at:
        return Skip("the appointment is too near")
    if allowed > ctx.now:
        return Wait(allowed)
    message = await _to_customer(ctx, appointment, "reminder", REMINDER_TEMPLATE)
    return _said(message, ctx.business) if rules.reminder_by == "call" else message


def _said(message: OutgoingMessage | Skip, business: Business) -> OutgoingMessage | Skip:
    """The same by telephone, to who has one; the call itself looks up what it reminds of."""
    if isinstance(message, Skip) or message.recipient.phone is None:
        return message
    order = CallOrder(business.business_id, message.recipient.phone, CALL_REMINDER, business.phone)
    return msgspec.structs.replace(message, prefer="call", call=order)


async def slot_freed(ctx: JobContext) -> Prepared:
    """Tell who waits of the time, if it still is free; if not, they wait on."""
    book = DealershipRepository(ctx.uow)
    waiting = await book.offered_to(ctx.job.payload["waitlist_id"])
    service = None if waiting is None else await book.service(waiting.service_id)
    if waiting is None or service is None or waiting.customer_phone is None:
        return Skip("nobody waits for it any more")
    starts_at = datetime.fromisoformat(ctx.job.payload["starts_at"]).astimezone(ZoneInfo(ctx.business.timezone))
    allowed = after_quiet(ctx.now, await message_rules(ctx.uow), ZoneInfo(ctx.business.timezone))
    if await book.why_not(service, starts_at, now=max(allowed, ctx.now)) is not None:
        await book.wait_on(waiting.waitlist_id)
        return Skip("the time is taken again")
    if allowed > ctx.now:
        return Wait(allowed)
    customer = await book.customer_by_phone(waiting.customer_phone)
    language = customer.language if customer is not None else "en"
    when, name = _spoken_when(starts_at, language), waiting.customer_name
    values = {"business": ctx.business.name, "service": service.name, "when": when}
    recipient = await _reached(ctx, name, waiting.customer_phone, None if customer is None else customer.email)
    if isinstance(recipient, Skip):
        await book.wait_on(waiting.waitlist_id)
        return recipient
    return OutgoingMessage(
        recipient=recipient,
        language=language,
        subject=message_templates().render(language, "slot_freed_subject", values, 0),
        text=message_templates().render(
            language, "slot_freed", {**values, "answer": _by_phone(ctx.business, language, "take_it")}, 0
        ),
        template=MessageTemplate(name=FREED_TEMPLATE, language=language, values=(name, service.name, when)),
    )


async def calendar(ctx: JobContext) -> Prepared:
    appointment_id = ctx.job.payload["appointment_id"]
    appointment = await DealershipRepository(ctx.uow).appointment(appointment_id)
    event_id = event_id_of(appointment_id)
    if appointment is None or appointment.status != "booked":
        return CalendarChange(business_id=ctx.business.business_id, event_id=event_id, event=None)
    event = CalendarEvent(
        event_id=event_id,
        title=": ".join(part for part in (appointment.service_name, appointment.customer_name) if part),
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        timezone=ctx.business.timezone,
        description="\n".join(part for part in (appointment.customer_phone or "", appointment.notes) if part),
        location=appointment.resource_name,
    )
    return CalendarChange(business_id=ctx.business.business_id, event_id=event_id, event=event)


async def owners_digest(ctx: JobContext) -> Prepared:
    rules = await message_rules(ctx.uow)
    if ctx.now.date().isoformat() != ctx.job.payload["day"]:
        return Skip("its day is over")
    language = ctx.business.languages[0] if ctx.business.languages else "en"
    subject, text = await digest(ctx.uow, ctx.business, message_templates(), language, ctx.now)
    owner = Recipient(name=rules.owner_name or "owner", phone=rules.owner_phone, email=rules.owner_email)
    return OutgoingMessage(recipient=owner, language=language, subject=subject, text=text)


async def plan_dealership(uow: UnitOfWork, business: Business, now: datetime) -> None:
    """The next digest of a business that has somebody to read it."""
    due = next_digest(now, await message_rules(uow))
    day = due.date().isoformat()
    await enqueue(uow, NewJob(DIGEST, f"digest:{day}", {"day": day}, due), now=now)


DEALERSHIP_JOBS: Mapping[str, JobKind] = {
    CONFIRMATION: JobKind(confirmation),
    REMINDER: JobKind(reminder),
    CALENDAR: JobKind(calendar, repeatable=True),
    DIGEST: JobKind(owners_digest),
    SLOT_FREED: JobKind(slot_freed),
}


def event_id_of(appointment_id: str) -> str:
    """The calendar event's id: the same for the same appointment, in the letters that Google takes (a-v, 0-9)."""
    return base64.b32hexencode(hashlib.sha256(appointment_id.encode()).digest()[:20]).decode().lower()


@cache
def message_templates() -> Templates:
    return Templates.load((SHARED_TEMPLATES, MESSAGES_FOLDER))


async def _standing(ctx: JobContext) -> Appointment | Skip:
    """The job's appointment if it still is what the job was written for."""
    appointment = await DealershipRepository(ctx.uow).appointment(ctx.job.payload["appointment_id"])
    if appointment is None or appointment.status != "booked":
        return Skip("the appointment does not stand")
    if stamp(appointment.starts_at) != ctx.job.payload["starts_at"]:
        return Skip("the appointment was moved")
    if appointment.starts_at <= ctx.now:
        return Skip("the appointment is over")
    return appointment


def _spoken_when(moment: datetime, language: str) -> str:
    spoken = message_templates().words(language)
    return spoken.at.format(date=spoken_date(moment.date(), spoken), time=spoken_time(moment.time(), spoken))


def _by_phone(business: Business, language: str, key: str) -> str:
    """How to answer us: by the business's number, where it has one."""
    if business.phone is None:
        return message_templates().render(language, key, {}, 0)
    return message_templates().render(language, f"{key}_by_phone", {"phone": business.phone}, 0)


async def _reached(ctx: JobContext, name: str, phone: str | None, email: str | None) -> Recipient | Skip:
    """Who wants no messages to their number is written to by e-mail, or not at all."""
    if phone is not None and phone in await ContactWishes(ctx.uow).opted_out([phone]):
        if email is None:
            return Skip("the customer wants no messages")
        phone = None
    return Recipient(name=name, phone=phone, email=email)


async def _to_customer(ctx: JobContext, appointment: Appointment, key: str, template: str) -> OutgoingMessage | Skip:
    book = DealershipRepository(ctx.uow)
    phone = appointment.customer_phone
    customer = await book.customer_by_phone(phone) if phone is not None else None
    name = appointment.customer_name
    recipient = await _reached(ctx, name, phone, None if customer is None else customer.email)
    if isinstance(recipient, Skip):
        return recipient
    language = customer.language if customer is not None else "en"
    words, business = message_templates(), ctx.business
    when = _spoken_when(appointment.starts_at, language)
    service, change = appointment.service_name, _by_phone(business, language, "change")
    values = {"business": business.name, "service": service, "when": when, "change": change}
    title = words.render(language, "event", {"service": service, "business": business.name}, 0)
    invitation = event_text(
        uid=f"{event_id_of(appointment.appointment_id)}@offhook",
        title=title,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        stamp=ctx.now,
        location=business.address,
        method="PUBLISH",
    )
    return OutgoingMessage(
        recipient=recipient,
        language=language,
        subject=words.render(language, f"{key}_subject", {"service": service, "when": when}, 0),
        text=words.render(language, key, values, 0),
        template=MessageTemplate(name=template, language=language, values=(name, service, when)),
        attachments=(Attachment(filename="appointment.ics", content_type="text/calendar", content=invitation),),
    )
