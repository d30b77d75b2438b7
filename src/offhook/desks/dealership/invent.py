"""Invented customers, cars and appointments: consistent with the book they are for, and repeatable.

The same seed, counts and book give the same rows on every machine. Telephone numbers are 555-01xx numbers, which no
exchange gives out. Rows are those of the tables, without `business_id`.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from offhook.contracts.errors import Invalid
from offhook.desks.dealership import slots
from offhook.desks.dealership.model import BookingRules, ServiceType
from offhook.desks.dealership.names_data import AREA_CODES, FIRST_NAMES, LAST_NAMES, MODELS
from offhook.store.model import DayOpening
from offhook.store.seeding import SeedIds

Row = dict[str, Any]

_NUMBERS_PER_AREA = 100
MAX_CUSTOMERS = len(AREA_CODES) * _NUMBERS_PER_AREA
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_ATTEMPTS = 8
"""Tries per appointment at finding a free time before the book counts as full."""


@dataclass(frozen=True, slots=True)
class Counts:
    customers: int
    vehicles: int
    appointments: int


@dataclass(slots=True)
class Invented:
    customers: list[Row] = field(default_factory=list)
    vehicles: list[Row] = field(default_factory=list)
    appointments: list[Row] = field(default_factory=list)
    units: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Opened:
    """The book as far as appointments depend on it. `taken` is filled up while inventing."""

    zone: ZoneInfo
    rules: BookingRules
    openings: Mapping[date, DayOpening]
    services: tuple[ServiceType, ...]
    bays: tuple[str, ...]
    taken: dict[str, set[int]]

    @staticmethod
    def last_day(today: date, rules: BookingRules) -> date:
        return today + timedelta(days=rules.horizon_days)


def invent(opened: Opened, wanted: Counts, *, seed: str, now: datetime) -> Invented:
    """Raises Invalid when the counts cannot be had at all."""
    if min(wanted.customers, wanted.vehicles, wanted.appointments) < 0 or wanted.customers > MAX_CUSTOMERS:
        raise Invalid("The counts cannot be had.", {"customers": f"must be 0 to {MAX_CUSTOMERS}, no count below 0"})
    if not wanted.customers and (wanted.vehicles or wanted.appointments):
        raise Invalid("The counts cannot be had.", {"customers": "cars and appointments need at least one customer"})
    dice = random.Random(seed)  # noqa: S311  # repeatable on purpose
    ids = SeedIds(seed)
    found = Invented()
    for number in dice.sample(range(MAX_CUSTOMERS), wanted.customers):
        found.customers.append(
            {
                "customer_id": ids.new("cust"),
                "phone": _phone(number),
                "name": f"{dice.choice(FIRST_NAMES)} {dice.choice(LAST_NAMES)}",
                "created_at": now - timedelta(days=dice.randrange(1, 900)),
            }
        )
    registrations = dice.sample(range(100_000 * len(_LETTERS) ** 2), wanted.vehicles)
    for position, registration in enumerate(registrations):
        # everybody gets a first car before anybody gets a second one
        owner = found.customers[position % wanted.customers]
        make, model = dice.choice(MODELS)
        found.vehicles.append(
            {
                "vehicle_id": ids.new("veh"),
                "customer_id": owner["customer_id"],
                "make": make,
                "model": model,
                "year": dice.randrange(2008, 2027),
                "registration": _registration(registration),
            }
        )
    open_days = [day for day, opening in opened.openings.items() if opening.ranges]
    if open_days and opened.services:
        for _ in range(wanted.appointments):
            if not _appoint(opened, open_days, found, dice, ids, now):
                break
    return found


def _appoint(
    opened: Opened, open_days: list[date], found: Invented, dice: random.Random, ids: SeedIds, now: datetime
) -> bool:
    """Add one appointment at a free time; False when none was found in a few tries."""
    for _ in range(_ATTEMPTS):
        service, day = dice.choice(opened.services), dice.choice(open_days)
        free = slots.free_slots(
            day,
            service.duration_min,
            service.buffer_min,
            opening=opened.openings[day],
            zone=opened.zone,
            now=now,
            rules=opened.rules,
            resources=opened.bays,
            taken=opened.taken,
        )
        if not free:
            continue
        slot, customer, appointment_id = dice.choice(free), dice.choice(found.customers), ids.new("appt")
        units = slots.units_of(slot.starts_at, service.duration_min + service.buffer_min)
        opened.taken.setdefault(slot.resource_id, set()).update(units)
        found.units += [
            {"resource_id": slot.resource_id, "unit": unit, "appointment_id": appointment_id} for unit in units
        ]
        found.appointments.append(
            {
                "appointment_id": appointment_id,
                "kind": "service",
                "status": "booked",
                "service_id": service.service_id,
                "service_name": service.name,
                "resource_id": slot.resource_id,
                "starts_at": slot.starts_at.astimezone(UTC),
                "ends_at": slot.ends_at.astimezone(UTC),
                "customer_id": customer["customer_id"],
                "customer_name": customer["name"],
                "customer_phone": customer["phone"],
                "notes": "",
                "created_via": "seed",
                "session_id": None,
                "created_at": now,
            }
        )
        return True
    return False


def _phone(number: int) -> str:
    area, line = divmod(number, _NUMBERS_PER_AREA)
    return f"+1{AREA_CODES[area]}55501{line:02d}"


def _registration(number: int) -> str:
    letters, digits = divmod(number, 100_000)
    first, second = divmod(letters, len(_LETTERS))
    return f"{_LETTERS[first]}{_LETTERS[second]}{digits:05d}"
