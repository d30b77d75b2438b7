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
    "Customer",
    "DayOpening",
    "FaqEntry",
    "FreeSlot",
    "NoSlotReason",
    "OpenRange",
    "OutsideHours",
    "Resource",
    "ServiceType",
    "SlotTaken",
    "Task",
    "Vehicle",
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


@dataclass(frozen=True, slots=True)
class FreeSlot:
    starts_at: datetime
    ends_at: datetime
    resource_id: str
    """A resource that is free for it; booking may take another one."""


@dataclass(frozen=True, slots=True)
class BookingRules:
    """How far ahead and how late one may book."""

    lead_min: int = 60
    """The earliest start is that many minutes from now."""
    horizon_days: int = 60
    """The last bookable day, counted from today in the business's zone."""


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
