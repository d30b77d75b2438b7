"""Invented customers, cars and appointments: consistent with the book they are for, and repeatable.

The same seed, counts and book give the same rows on every machine. Telephone numbers are 555-01xx numbers, which no
exchange gives out; VINs have a right check digit. A part of the appointments lies ahead and leaves room for
new callers; the rest is the past year's, with what was done then. Rows are those of the tables, without `business_id`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from offhook.contracts.errors import Invalid
from offhook.desks.dealership import slots
from offhook.desks.dealership.model import UNIT_MIN, BookingRules, ServiceType
from offhook.desks.dealership.names_data import AREA_CODES, COLORS, FIRST_NAMES, LAST_NAMES, MODELS, ModelLine
from offhook.kit.vin import check_digit
from offhook.store.model import DayOpening
from offhook.store.seeding import SeedIds

Row = dict[str, Any]

PAST_DAYS = 365
_NUMBERS_PER_AREA = 100
MAX_CUSTOMERS = len(AREA_CODES) * _NUMBERS_PER_AREA
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_FIRST_YEAR, _LAST_YEAR = 2008, 2026
_YEAR_CODES = "89ABCDEFGHJKLMNPRST"
"""Of the years from 2008 on (49 CFR 565.15)."""
_AHEAD = 0.25
"""Share of the appointments that lie ahead …"""
_AHEAD_OF_ROOM = 0.5
"""… and the most of the time ahead that they take."""
_GAPS = (0, 0, 0, 1, 1, 2, 4)
"""Empty units between two appointments of a bay."""
_PAST_STATUS = {"completed": 0.87, "cancelled": 0.08, "no_show": 0.05}
_WITH_EMAIL = 0.7


@dataclass(frozen=True, slots=True)
class Counts:
    customers: int
    vehicles: int
    appointments: int
    cars: int = 0
    """For sale."""


@dataclass(slots=True)
class Invented:
    customers: list[Row] = field(default_factory=list)
    vehicles: list[Row] = field(default_factory=list)
    appointments: list[Row] = field(default_factory=list)
    units: list[Row] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)
    cars: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Opened:
    """The book as far as appointments depend on it. `openings` hold the past year as well as the days ahead."""

    zone: ZoneInfo
    rules: BookingRules
    openings: Mapping[date, DayOpening]
    services: tuple[ServiceType, ...]
    bays: tuple[str, ...]
    taken: dict[str, set[int]]
    currency: str = "USD"

    @staticmethod
    def first_day(today: date) -> date:
        return today - timedelta(days=PAST_DAYS)

    @staticmethod
    def last_day(today: date, rules: BookingRules) -> date:
        return today + timedelta(days=rules.horizon_days)


def invent(opened: Opened, wanted: Counts, *, seed: str, now: datetime) -> Invented:
    """Raises Invalid when the counts cannot be had at all."""
    counts = (wanted.customers, wanted.vehicles, wanted.appointments, wanted.cars)
    if min(counts) < 0 or wanted.customers > MAX_CUSTOMERS:
        raise Invalid("The counts cannot be had.", {"customers": f"must be 0 to {MAX_CUSTOMERS}, no count below 0"})
    if not wanted.customers and (wanted.vehicles or wanted.appointments):
        raise Invalid("The counts cannot be had.", {"customers": "cars and appointments need at least one customer"})
    return _Inventing(opened, wanted, seed, now).all()


class _Inventing:
    def __init__(self, opened: Opened, wanted: Counts, seed: str, now: datetime) -> None:
        self.opened = opened
        self.wanted = wanted
        self.now = now
        self.dice = random.Random(seed)  # noqa: S311  # repeatable on purpose
        self.ids = SeedIds(seed)
        self.found = Invented()
        self.owned: dict[str, list[Row]] = {}
        """customer_id -> vehicles."""

    def all(self) -> Invented:
        self.people()
        self.vehicles()
        self.appointments()
        self.stock()
        return self.found

    def people(self) -> None:
        for number in self.dice.sample(range(MAX_CUSTOMERS), self.wanted.customers):
            name = f"{self.dice.choice(FIRST_NAMES)} {self.dice.choice(LAST_NAMES)}"
            phone = _phone(number)
            email = f"{name.lower().replace(' ', '.')}.{phone[2:5]}{phone[-2:]}@example.com"
            self.found.customers.append(
                {
                    "customer_id": self.ids.new("cust"),
                    "phone": phone,
                    "name": name,
                    "email": email if self.dice.random() < _WITH_EMAIL else None,
                    "created_at": self.now - timedelta(days=self.dice.randrange(PAST_DAYS + 1, 1500)),
                }
            )

    def vehicles(self) -> None:
        count = self.wanted.vehicles
        registrations = self.dice.sample(range(100_000 * len(_LETTERS) ** 2), count)
        serials = self.dice.sample(range(1_000_000), min(count, 1_000_000))
        for position, (registration, serial) in enumerate(zip(registrations, serials, strict=False)):
            # everybody gets a first car before anybody gets a second one
            owner = self.found.customers[position % len(self.found.customers)]
            line = self.dice.choice(MODELS)
            year = self.dice.randrange(_FIRST_YEAR, _LAST_YEAR + 1)
            vehicle = {
                "vehicle_id": self.ids.new("veh"),
                "customer_id": owner["customer_id"],
                "make": line.make,
                "model": line.model,
                "year": year,
                "registration": _registration(registration),
                "vin": self._vin(line, year, serial),
                "color": self.dice.choice(COLORS),
                "fuel": self.dice.choice(line.fuels),
                "odometer_km": (_LAST_YEAR + 1 - year) * self.dice.randrange(9_000, 24_000),
            }
            self.found.vehicles.append(vehicle)
            self.owned.setdefault(str(owner["customer_id"]), []).append(vehicle)

    def appointments(self) -> None:
        if not self.opened.services or not self.opened.bays:
            return
        ahead = round(self.wanted.appointments * _AHEAD)
        made = self._fill(self._days(ahead=True), ahead, room=_AHEAD_OF_ROOM)
        made += self._fill(self._days(ahead=False), self.wanted.appointments - made, room=1.0)
        self._fill(self._days(ahead=True), self.wanted.appointments - made, room=1.0)

    def stock(self) -> None:
        for number in range(self.wanted.cars):
            line = self.dice.choice(MODELS)
            used = self.dice.random() < 0.45
            year = self.dice.randrange(2015, _LAST_YEAR) if used else _LAST_YEAR
            value = line.price * (0.88 ** (_LAST_YEAR - year)) * self.dice.uniform(0.92, 1.15)
            self.found.cars.append(
                {
                    "stock_id": self.ids.new("car"),
                    "stock_number": f"S{self.dice.randrange(10, 100)}{number:05d}",
                    "make": line.make,
                    "model": line.model,
                    "variant": self.dice.choice(("", "Sport", "Limited", "Touring", "Base")),
                    "year": year,
                    "color": self.dice.choice(COLORS),
                    "fuel": self.dice.choice(line.fuels),
                    "transmission": "automatic" if self.dice.random() < 0.85 else "manual",
                    "condition": "used" if used else "new",
                    "odometer_km": (_LAST_YEAR + 1 - year) * self.dice.randrange(8_000, 22_000) if used else None,
                    "price": round(value) // 50 * 50 * 100,
                    "currency": self.opened.currency,
                    "status": "available" if self.dice.random() < 0.9 else self.dice.choice(("reserved", "sold")),
                    "updated_at": self.now,
                }
            )

    # -- inside -------------------------------------------------------------------------------------------------------

    def _days(self, *, ahead: bool) -> list[tuple[date, str]]:
        """Open days with each bay, shuffled."""
        today = self.now.astimezone(self.opened.zone).date()
        days = [
            (day, bay)
            for day, opening in sorted(self.opened.openings.items())
            if opening.ranges and (day > today if ahead else day < today)
            for bay in self.opened.bays
        ]
        self.dice.shuffle(days)
        return days

    def _fill(self, days: list[tuple[date, str]], count: int, *, room: float) -> int:
        """Put up to `count` appointments on these days, on each at most that part of the day; returns how many."""
        made = 0
        for day, bay in days:
            if made >= count:
                break
            for start, service in self._starts(day, bay, room):
                if made >= count:
                    break
                self._appoint(start, service, bay)
                made += 1
        return made

    def _starts(self, day: date, bay: str, room: float) -> Iterator[tuple[datetime, ServiceType]]:
        """One bay's day, packed from its opening on around what is taken."""
        taken = self.opened.taken.setdefault(bay, set())
        for part in self.opened.openings[day].ranges:
            opens = datetime.combine(day, part.opens, self.opened.zone).astimezone(UTC)
            closes = datetime.combine(day, part.closes, self.opened.zone).astimezone(UTC)
            if closes <= opens:
                closes += timedelta(days=1)
            left = (closes - opens) * room
            start = opens + timedelta(minutes=UNIT_MIN) * self.dice.choice(_GAPS)
            while True:
                service = self.dice.choice(self.opened.services)
                needed = timedelta(minutes=service.duration_min + service.buffer_min)
                if start + timedelta(minutes=service.duration_min) > closes or needed > left:
                    break
                units = slots.units_of(start, service.duration_min + service.buffer_min)
                if not any(unit in taken for unit in units):
                    taken.update(units)
                    left -= needed
                    yield start, service
                start += needed + timedelta(minutes=UNIT_MIN) * self.dice.choice(_GAPS)

    def _appoint(self, start: datetime, service: ServiceType, bay: str) -> None:
        customer = self.dice.choice(self.found.customers)
        cars = self.owned.get(str(customer["customer_id"]), [])
        car = self.dice.choice(cars) if cars else None
        past = start < self.now
        status = self.dice.choices([*_PAST_STATUS], [*_PAST_STATUS.values()])[0] if past else "booked"
        appointment_id = self.ids.new("appt")
        self.found.appointments.append(
            {
                "appointment_id": appointment_id,
                "kind": "service",
                "status": status,
                "service_id": service.service_id,
                "service_name": service.name,
                "resource_id": bay,
                "starts_at": start,
                "ends_at": start + timedelta(minutes=service.duration_min),
                "customer_id": customer["customer_id"],
                "customer_name": customer["name"],
                "customer_phone": customer["phone"],
                "vehicle_id": None if car is None else car["vehicle_id"],
                "notes": "",
                "created_via": "seed",
                "session_id": None,
                "created_at": min(self.now, start - timedelta(days=self.dice.randrange(1, 21))),
            }
        )
        if status != "cancelled":
            self.found.units += [
                {"resource_id": bay, "unit": unit, "appointment_id": appointment_id}
                for unit in slots.units_of(start, service.duration_min + service.buffer_min)
            ]
        if status == "completed" and car is not None:
            self.found.history.append(self._work(appointment_id, service, car, start))

    def _work(self, appointment_id: str, service: ServiceType, car: Row, start: datetime) -> Row:
        low = service.price_from.amount if service.price_from is not None else None
        high = service.price_to.amount if service.price_to is not None else low
        driven = (self.now - start).days * 40
        return {
            "history_id": self.ids.new("hist"),
            "vehicle_id": car["vehicle_id"],
            "customer_id": car["customer_id"],
            "appointment_id": appointment_id,
            "service_name": service.name,
            "done_on": start.astimezone(self.opened.zone).date(),
            "odometer_km": max(car["odometer_km"] - driven, 10),
            "price": None if low is None or high is None else self.dice.randrange(low, high + 1, 5),
            "currency": self.opened.currency,
            "notes": "",
        }

    def _vin(self, line: ModelLine, year: int, serial: int) -> str:
        """Position 7 is a letter from 2010 on and a digit before, as North America has it."""
        middle = "".join(self.dice.choice(_LETTERS) for _ in range(3))
        middle += self.dice.choice(_LETTERS) if year >= 2010 else self.dice.choice("0123456789")
        code = _YEAR_CODES[year - _FIRST_YEAR]
        draft = f"{line.wmi}{middle}{self.dice.choice(_LETTERS)}0{code}{self.dice.choice(_LETTERS)}{serial:06d}"
        return draft[:8] + check_digit(draft) + draft[9:]


def _phone(number: int) -> str:
    area, line = divmod(number, _NUMBERS_PER_AREA)
    return f"+1{AREA_CODES[area]}55501{line:02d}"


def _registration(number: int) -> str:
    letters, digits = divmod(number, 100_000)
    first, second = divmod(letters, len(_LETTERS))
    return f"{_LETTERS[first]}{_LETTERS[second]}{digits:05d}"
