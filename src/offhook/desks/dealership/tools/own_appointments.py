"""Whose appointment it is: what a caller may see and change.

An appointment that was made in this very session is open to it. Any other belongs to a customer, and is open only to
that customer once a second fact has proved them (contracts/desk.py: Caller.verified). Another's is not even admitted
to exist.
"""

from __future__ import annotations

from datetime import datetime

from offhook.contracts.desk import Caller, Failed, ToolContext
from offhook.desks.dealership.model import Appointment, ChangeReason, ChangeRefused
from offhook.desks.dealership.repository import DealershipRepository

NEEDS_SECOND_FACT = "needs_second_fact"
UNKNOWN = "appointment_unknown"
_CHANGE_SAYS: dict[ChangeReason, str] = {
    "unknown": UNKNOWN,
    "not_active": "appointment_over",
    "started": "appointment_started",
    "cut_off": "cancel_too_late",
    "same_time": "same_time",
}
"""Why a change is refused -> what is said."""


def barred(appointment: Appointment | None, caller: Caller) -> Failed | None:
    """Why this caller may not touch it; None when they may."""
    if appointment is None:
        return Failed(UNKNOWN)
    if appointment.session_id is not None and appointment.session_id == caller.session_id:
        return None
    if appointment.customer_id is None or appointment.customer_id != caller.customer_id:
        return Failed(UNKNOWN)
    return None if caller.verified else Failed(NEEDS_SECOND_FACT)


async def own(book: DealershipRepository, appointment_id: str, caller: Caller) -> Appointment | Failed:
    appointment = await book.appointment(appointment_id)
    refusal = barred(appointment, caller)
    if refusal is not None or appointment is None:
        return refusal or Failed(UNKNOWN)
    return appointment


async def upcoming(book: DealershipRepository, ctx: ToolContext, limit: int) -> list[Appointment] | Failed:
    """The caller's appointments to come, by start: those of this session, and when proved all of the customer's.
    NEEDS_SECOND_FACT when there is nothing of this session and the caller is not proved."""
    caller = ctx.caller
    here = await book.appointments(session_id=caller.session_id, first=ctx.now, status="booked", limit=limit)
    if caller.customer_id is not None and caller.verified:
        theirs = await book.appointments(customer_id=caller.customer_id, first=ctx.now, status="booked", limit=limit)
        known = {one.appointment_id for one in theirs}
        both = [*theirs, *(one for one in here if one.appointment_id not in known)]
        return sorted(both, key=_start)[:limit]
    return here or Failed(NEEDS_SECOND_FACT)


def change_failed(refusal: ChangeRefused) -> Failed:
    return Failed(_CHANGE_SAYS[refusal.reason])


def actor_of(ctx: ToolContext) -> str:
    """For audit rows: the session tells who called."""
    return f"caller:{ctx.caller.session_id}"


def _start(appointment: Appointment) -> datetime:
    return appointment.starts_at
