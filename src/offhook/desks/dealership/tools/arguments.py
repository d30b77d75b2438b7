"""Days, times and texts as tools take them: checked for their form by msgspec, for their sense here."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from offhook.contracts.desk import Failed, Retry
from offhook.desks.dealership.slots import wall_clock

IsoDate = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
ClockTime = Annotated[str, Meta(pattern=r"^\d{2}:\d{2}$")]
Phone = Annotated[str, Meta(pattern=r"^\+[1-9]\d{6,14}$")]
"""E.164."""
Email = Annotated[str, Meta(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
PersonName = Annotated[str, Meta(min_length=1, max_length=120)]
ServiceName = Annotated[str, Meta(min_length=1, max_length=120)]
Notes = Annotated[str, Meta(max_length=1000)]
Registration = Annotated[str, Meta(pattern=r"^[A-Z0-9]{1,15}$", description="Registration number of the car.")]
"""Upper case, without spaces."""
AppointmentId = Annotated[str, Meta(pattern=r"^appt_[0-9A-Z]{26}$")]

NONEXISTENT = "refused.nonexistent"


class At(msgspec.Struct, frozen=True, kw_only=True):
    """A moment that is asked for, as the business's clock shows it."""

    date: IsoDate
    time: ClockTime


class Visit(At, frozen=True, kw_only=True):
    """Somebody comes then."""

    name: PersonName
    phone: Phone | None = None
    email: Email | None = None
    """For the confirmation; never asked for."""
    notes: Notes = ""


def day_of(text: str, field: str = "date") -> date | Retry:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Retry(f"There is no day {text}; give an ISO date, YYYY-MM-DD.", field)


def time_of(text: str, field: str = "time") -> time | Retry:
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return Retry(f"There is no time {text}; give HH:MM, 24 hours.", field)


def moment_of(day: str, at: str, zone: ZoneInfo) -> datetime | Retry | Failed:
    """The moment of a wall-clock time in the business's zone; Failed where the clock change skips it."""
    on, clock = day_of(day), time_of(at)
    if isinstance(on, Retry):
        return on
    if isinstance(clock, Retry):
        return clock
    moment = wall_clock(on, clock, zone)
    return Failed(NONEXISTENT) if moment is None else moment


def local(moment: datetime) -> str:
    """ISO without offset, as offers are given."""
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")
