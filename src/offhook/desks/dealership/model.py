"""What the dealership's book holds, as values. Moments are aware, in the business's zone, unless a name says `_utc`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from offhook.kit.money import Money
from offhook.store.model import DayOpening, FaqEntry, OpenRange, Task

__all__ = [
    "UNIT_MIN",
    "Appointment",
    "AppointmentKind",
    "AppointmentStatus",
    "BookingRefused",
    "BookingRules",
    "BusySpan",
    "ChangeReason",
    "ChangeRefused",
    "Customer",
    "DayOpening",
    "FaqEntry",
    "FreeSlot",
    "Hold",
    "Needs",
    "NoSlotReason",
    "OpenRange",
    "OutsideHours",
    "Resource",
    "ServiceType",
    "SlotTaken",
    "StockCar",
    "Task",
    "Vehicle",
    "Waiting",
]

AppointmentKind = Literal["service", "test_drive"]
AppointmentStatus = Literal["booked", "cancelled", "completed", "no_show"]

UNIT_MIN = 15
"""The book's grain, minutes: appointments start on it and occupy whole units of a resource."""


@dataclass(frozen=True, slots=True)
class ServiceType:
    service_id: str
    name: str
    aliases: tuple[str, ...]
    """Other ways in which callers name it, lower case."""
    duration_min: int
    buffer_min: int
    """Kept free on the bay after the work, minutes."""
    price_from: Money | None
    price_to: Money | None
    """None where the price is fixed (`price_from` alone) or unknown (both None)."""
    description: str = ""
    sort: int = 0
    resource_kind: str = "bay"
    """Kind of resource that it occupies."""
    technician_kind: str | None = None
    """Kind of a second resource that it occupies for the same time; None where it needs none."""


@dataclass(frozen=True, slots=True)
class Resource:
    """What an appointment occupies: a service bay, a demonstration car."""

    resource_id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Customer:
    customer_id: str
    phone: str
    """E.164; unique in the business."""
    name: str
    email: str | None = None
    language: str = "en"
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Vehicle:
    vehicle_id: str
    customer_id: str
    make: str
    model: str
    year: int | None = None
    registration: str | None = None
    """Upper case, without spaces."""
    vin: str | None = None


@dataclass(frozen=True, slots=True)
class Appointment:
    appointment_id: str
    kind: AppointmentKind
    status: AppointmentStatus
    service_id: str | None
    service_name: str
    resource_id: str
    resource_name: str
    starts_at: datetime
    ends_at: datetime
    """End of the work; the service's buffer comes after it."""
    customer_id: str | None
    customer_name: str
    customer_phone: str | None
    """E.164."""
    notes: str
    created_via: str
    """Channel that it was booked through."""
    session_id: str | None
    created_at: datetime
    technician_id: str | None = None
    vehicle_id: str | None = None
    stock_id: str | None = None
    """The car of a test drive, where it is one of the cars for sale."""


@dataclass(frozen=True, slots=True)
class FreeSlot:
    starts_at: datetime
    ends_at: datetime
    resource_id: str
    """A resource that is free for it; booking may take another one."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a job occupies: for its minutes and the buffer after them, one resource of each group."""

    duration_min: int
    buffer_min: int
    groups: tuple[tuple[str, ...], ...]
    """Resource ids, in the order in which they are taken. An empty group can never be had."""


@dataclass(frozen=True, slots=True)
class BusySpan:
    """A time that is not to be had, from a calendar; our own appointments are not in it."""

    starts_at: datetime
    ends_at: datetime
    resource_id: str | None = None
    """None: the whole business."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A time kept for one caller who is deciding."""

    hold_id: str
    session_id: str
    starts_at: datetime
    resource_id: str
    technician_id: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class StockCar:
    """A car for sale, as far as a test drive is concerned."""

    stock_id: str
    stock_number: str
    make: str
    model: str
    year: int
    color: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who wants a time that is not free now, between two moments (both included)."""

    waitlist_id: str
    service_id: str
    customer_id: str | None
    customer_name: str
    customer_phone: str | None
    starts_from: datetime
    starts_to: datetime
    session_id: str | None


@dataclass(frozen=True, slots=True)
class BookingRules:
    """How far ahead and how late one may book and cancel."""

    lead_min: int = 60
    """The earliest start is that many minutes from now."""
    horizon_days: int = 60
    """The last bookable day, counted from today in the business's zone."""
    cancel_cutoff_min: int = 60
    """Callers cancel until that many minutes before the start; later, people do."""
    test_drive_min: int = 30
    test_drive_buffer_min: int = 15


NoSlotReason = Literal[
    "past",  # the moment is over
    "too_soon",  # inside the lead time
    "too_far",  # beyond the horizon
    "closed_day",  # not open at all on that day
    "outside_hours",  # open that day, but not at that time or not long enough
    "nonexistent",  # skipped by the clock change
    "off_grid",  # not on a quarter of an hour
    "taken",  # every resource is occupied
]


class BookingRefused(Exception):
    """The book does not take this appointment; nothing was written. `reason` says why."""

    def __init__(self, reason: NoSlotReason) -> None:
        super().__init__(reason)
        self.reason: NoSlotReason = reason


class SlotTaken(BookingRefused):
    """All resources are occupied at that time."""

    def __init__(self) -> None:
        super().__init__("taken")


class OutsideHours(BookingRefused):
    """The time itself is not bookable: past, too soon, too far ahead, closed, or skipped by the clock change."""


ChangeReason = Literal[
    "unknown",  # there is no such appointment
    "not_active",  # cancelled or done already
    "started",  # its time has come
    "cut_off",  # too shortly before it
    "same_time",  # it is at that time already
]


class ChangeRefused(Exception):
    """The appointment is not to be changed like that; nothing was written. `reason` says why."""

    def __init__(self, reason: ChangeReason) -> None:
        super().__init__(reason)
        self.reason: ChangeReason = reason
