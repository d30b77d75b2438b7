"""A dealership to understand sentences for: Tuesday, November 24th 2026, ten in the morning, in a zone with DST."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import offhook.desks.dealership
from offhook.understanding.desk import load_desk_language
from offhook.understanding.model import Command, Context, DayHours, World
from offhook.understanding.understander import Understander

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


def world(now: datetime = NOW, *, hours: bool = True) -> World:
    return World(now=now, tz="America/Chicago", services=SERVICES, models=MODELS, hours=HOURS if hours else ())


def booking(asked: str, **slots: str) -> Context:
    """A service booking waits for the answer to a question for `asked`."""
    return Context(pending=Command(intent="service.book", slots=dict(slots)), asked=asked)


def india() -> World:
    """The same dealership in a country where callers mix Hindi and English."""
    now = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Asia/Kolkata"))
    models = ("Maruti Swift", "Hyundai Creta", "Honda City", "Kia Seltos", "Tata Nexon")
    return World(now=now, tz="Asia/Kolkata", services=SERVICES, models=models, hours=HOURS)
