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
from offhook.store.message_rules import MessageRules, after_quiet, at_wall_clock, message_rules_in, stamp
from offhook.store.outbox import NewJob, cancel_about, enqueue, enqueue_in
from offhook.store.prepared import Rows, in_one_visit
from offhook.store.unit_of_work import sql
from offhook.store.webhooks import publish_in

CONFIRMATION = "dealership.confirmation"
REMINDER = "dealership.reminder"
CALENDAR = "dealership.calendar"
DIGEST = "dealership.digest"
SLOT_FREED = "dealership.slot_freed"


async def appointment_booked(uow: UnitOfWork, business: Business, appointment: Appointment, *, now: datetime) -> None:
    """The appointment was written in this transaction."""

    def write(rows: Rows) -> None:
        _announce_in(rows, uow.business_id, "booking.made", appointment, now)
        _plan_in(rows, business, appointment, now)

    await in_one_visit(sql(uow), write)


async def appointment_moved(uow: UnitOfWork, business: Business, appointment: Appointment, *, now: datetime) -> None:
    """The appointment has another time or resource since this transaction."""
    await cancel_about(uow, appointment.appointment_id, now=now)

    def write(rows: Rows) -> None:
        _announce_in(rows, uow.business_id, "booking.moved", appointment, now)
        _plan_in(rows, business, appointment, now)

    await in_one_visit(sql(uow), write)


async def appointment_cancelled(uow: UnitOfWork, appointment: Appointment, *, now: datetime) -> None:
    """The appointment was cancelled in this transaction."""
    await cancel_about(uow, appointment.appointment_id, now=now)

    def write(rows: Rows) -> None:
        _announce_in(rows, uow.business_id, "booking.cancelled", appointment, now)
        _into_calendar_in(rows, uow.business_id, appointment, now)

    await in_one_visit(sql(uow), write)


async def slot_freed(uow: UnitOfWork, waitlist_id: str, starts_at: datetime, *, now: datetime) -> None:
    """A time has become free in this transaction, and is offered to this entry of the waiting list."""
    about = {"waitlist_id": waitlist_id, "starts_at": stamp(starts_at)}
    key = f"slot_freed:{waitlist_id}:{about['starts_at']}:{stamp(now)}"
    await enqueue(uow, NewJob(SLOT_FREED, key, about, now, subject=waitlist_id), now=now)


def reminder_moment(starts_at: datetime, rules: MessageRules, zone: ZoneInfo) -> datetime:
    """The day before, at the rules' time; never in the quiet hours."""
    day = starts_at.astimezone(zone).date() - timedelta(days=1)
    return after_quiet(at_wall_clock(day, rules.reminder_at, zone), rules, zone)


def _plan_in(rows: Rows, business: Business, appointment: Appointment, now: datetime) -> None:
    about = {"appointment_id": appointment.appointment_id, "starts_at": stamp(appointment.starts_at)}
    occurrence = f"{appointment.appointment_id}:{about['starts_at']}"

    def add(kind: str, word: str, run_at: datetime) -> None:
        key, subject = f"{word}:{occurrence}", appointment.appointment_id
        enqueue_in(rows, business.business_id, NewJob(kind, key, about, run_at, subject=subject), now=now)

    if appointment.customer_phone is not None or appointment.customer_id is not None:
        add(CONFIRMATION, "confirmation", now)
        rules = message_rules_in(rows, business.business_id)
        remind_at = reminder_moment(appointment.starts_at, rules, ZoneInfo(business.timezone))
        if remind_at > now:  # later bookings were confirmed a few hours before; that is reminder enough
            add(REMINDER, "reminder", remind_at)
    _into_calendar_in(rows, business.business_id, appointment, now)


def _announce_in(rows: Rows, business_id: str, kind: str, appointment: Appointment, now: datetime) -> None:
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
    publish_in(rows, business_id, DomainEvent(kind, appointment.appointment_id, told), now=now)


def _into_calendar_in(rows: Rows, business_id: str, appointment: Appointment, now: datetime) -> None:
    """One job per change; it looks up what is true when it runs."""
    key = f"calendar:{appointment.appointment_id}:{appointment.status}:{stamp(appointment.starts_at)}:{stamp(now)}"
    about = {"appointment_id": appointment.appointment_id}
    enqueue_in(rows, business_id, NewJob(CALENDAR, key, about, now, subject=appointment.appointment_id), now=now)
