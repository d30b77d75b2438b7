"""What follows from an appointment: a confirmation, a reminder the day before, an entry in the owner's calendar.

Call these three in the transaction that writes, moves or cancels the appointment; they only write rows of the outbox.
A reminder that was not sent yet is taken back by a move or a cancel, up to the moment of its send.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from offhook.contracts.business import Business
from offhook.contracts.desk import UnitOfWork
from offhook.contracts.webhooks import DomainEvent
from offhook.desks.dealership.model import Appointment
from offhook.store.message_rules import MessageRules, after_quiet, at_wall_clock, message_rules, stamp
from offhook.store.outbox import cancel_about, enqueue
from offhook.store.webhooks import publish

CONFIRMATION = "dealership.confirmation"
REMINDER = "dealership.reminder"
CALENDAR = "dealership.calendar"
DIGEST = "dealership.digest"
SLOT_FREED = "dealership.slot_freed"


async def appointment_booked(uow: UnitOfWork, business: Business, appointment: Appointment, *, now: datetime) -> None:
    """The appointment was written in this transaction."""
    await _announce(uow, "booking.made", appointment, now)
    await _plan(uow, business, appointment, now)


async def _plan(uow: UnitOfWork, business: Business, appointment: Appointment, now: datetime) -> None:
    about = {"appointment_id": appointment.appointment_id, "starts_at": stamp(appointment.starts_at)}
    occurrence = f"{appointment.appointment_id}:{about['starts_at']}"
    if appointment.customer_phone is not None or appointment.customer_id is not None:
        await enqueue(
            uow,
            CONFIRMATION,
            f"confirmation:{occurrence}",
            about,
            now,
            now=now,
            subject=appointment.appointment_id,
        )
        remind_at = reminder_moment(appointment.starts_at, await message_rules(uow), ZoneInfo(business.timezone))
        if remind_at > now:  # later bookings were confirmed a few hours before; that is reminder enough
            await enqueue(
                uow, REMINDER, f"reminder:{occurrence}", about, remind_at, now=now, subject=appointment.appointment_id
            )
    await _into_calendar(uow, appointment, now)


async def appointment_moved(uow: UnitOfWork, business: Business, appointment: Appointment, *, now: datetime) -> None:
    """The appointment has another time or resource since this transaction."""
    await cancel_about(uow, appointment.appointment_id, now=now)
    await _announce(uow, "booking.moved", appointment, now)
    await _plan(uow, business, appointment, now)


async def appointment_cancelled(uow: UnitOfWork, appointment: Appointment, *, now: datetime) -> None:
    """The appointment was cancelled in this transaction."""
    await cancel_about(uow, appointment.appointment_id, now=now)
    await _announce(uow, "booking.cancelled", appointment, now)
    await _into_calendar(uow, appointment, now)


async def slot_freed(uow: UnitOfWork, waitlist_id: str, starts_at: datetime, *, now: datetime) -> None:
    """A time has become free in this transaction, and is offered to this entry of the waiting list."""
    about = {"waitlist_id": waitlist_id, "starts_at": stamp(starts_at)}
    key = f"slot_freed:{waitlist_id}:{about['starts_at']}:{stamp(now)}"
    await enqueue(uow, SLOT_FREED, key, about, now, now=now, subject=waitlist_id)


def reminder_moment(starts_at: datetime, rules: MessageRules, zone: ZoneInfo) -> datetime:
    """The day before, at the rules' time; never in the quiet hours."""
    day = starts_at.astimezone(zone).date() - timedelta(days=1)
    return after_quiet(at_wall_clock(day, rules.reminder_at, zone), rules, zone)


async def _announce(uow: UnitOfWork, kind: str, appointment: Appointment, now: datetime) -> None:
    """Tell the business's webhooks."""
    told: dict[str, object] = {
        "appointment_id": appointment.appointment_id,
        "kind": appointment.kind,
        "status": appointment.status,
        "service": appointment.service_name,
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
        "customer_id": appointment.customer_id,
        "customer_name": appointment.customer_name,
        "customer_phone": appointment.customer_phone,
    }
    await publish(uow, DomainEvent(kind, appointment.appointment_id, told), now=now)


async def _into_calendar(uow: UnitOfWork, appointment: Appointment, now: datetime) -> None:
    """One job per change; it looks up what is true when it runs."""
    key = f"calendar:{appointment.appointment_id}:{appointment.status}:{stamp(appointment.starts_at)}:{stamp(now)}"
    about = {"appointment_id": appointment.appointment_id}
    await enqueue(uow, CALENDAR, key, about, now, now=now, subject=appointment.appointment_id)
