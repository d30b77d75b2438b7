"""A dealership to understand sentences for: Tuesday, November 24th 2026, ten in the morning, in a zone with DST."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import offhook.desks.dealership
from offhook.understanding.desk import load_desk_language
from offhook.understanding.model import AppointmentRef, Command, Context, DayHours, World
from offhook.understanding.understander import Understander
from support.understanding_tables import Values, values

LANGUAGE = Path(offhook.desks.dealership.__file__).parent / "language"
UNDERSTANDER = Understander(load_desk_language(LANGUAGE))
ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)
SERVICES: dict[str, tuple[str, ...]] = {
    "Oil change": ("oil service", "lube"),
    "Brake inspection": ("brake check",),
    "Brake pad replacement": (),
    "Tire rotation": (),
    "Wheel alignment": ("alignment",),
    "AC service": (),
    "Battery replacement": (),
    "Full service": (),
    "State inspection": (),
    "Car wash and detailing": (),
    "Diagnostics": (),
    "Transmission service": (),
}
HOURS = (
    *(DayHours(weekday=day, opens=time(8), closes=time(18)) for day in range(5)),
    DayHours(weekday=5, opens=time(9), closes=time(16)),
)
MODELS = ("Honda Civic", "Honda City", "Toyota Corolla", "Kia Seltos")


TIMES = ("date", "date_from", "date_to", "time", "time_from", "time_to", "daypart", "days")


def world(now: datetime = NOW, *, hours: bool = True) -> World:
    return World(now=now, tz="America/Chicago", services=SERVICES, models=MODELS, hours=HOURS if hours else ())


def booking(asked: str, **slots: str) -> Context:
    """A service booking waits for the answer to a question for `asked`."""
    return Context(pending=Command(intent="service.book", slots=dict(slots)), asked=asked)


def table_context(asked: str, held: str) -> Context:
    """The context of a row: `asked` is "-" for none, "appointment" for one that the caller has, else what we asked."""
    said = {slot: str(value) for slot, value in values(held).items()} if held else {}
    if asked == "-":
        return Context()
    return Context(appointment=AppointmentRef(**said)) if asked == "appointment" else booking(asked, **said)


def times_of(text: str, here: World) -> Values:
    """What a sentence that answers "when?" is read as, with what stands against it."""
    result = UNDERSTANDER.understand(text, here, booking("datetime", service="x"))
    found = {slot: value for command in result.commands for slot, value in command.slots.items() if slot in TIMES}
    return found | {f"!{problem.slot}": problem.kind for problem in result.problems}


def india() -> World:
    """The same dealership in a country where callers mix Hindi and English."""
    now = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
    models = ("Maruti Swift", "Hyundai Creta", "Honda City", "Kia Seltos", "Tata Nexon")
    return World(now=now, tz="Asia/Kolkata", services=SERVICES, models=models, hours=HOURS)


WORKSHOP = {
    "General service": ("periodic service",),
    "Wheel alignment and balancing": ("alignment",),
    "Brake service": (),
    "AC gas refill": (),
    "Denting and painting": (),
    "Engine oil change": (),
    "Battery check": (),
    "Car wash": (),
    "Tyre replacement": (),
    "Clutch overhaul": (),
}


def workshop() -> World:
    """Another dealership, that reads days before months and names its services in its own way."""
    now = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
    cars = ("Hyundai Creta", "Maruti Suzuki Swift", "Maruti Suzuki Baleno", "Tata Nexon EV", "Mahindra XUV700")
    hours = tuple(DayHours(weekday=day, opens=time(9), closes=time(19)) for day in range(7))
    return World(now=now, tz="Asia/Kolkata", services=WORKSHOP, models=(*cars, "Honda Elevate"), hours=hours)
