"""Reading the tables under `tests/understanding/tables/`: plain lines `a | b | c`, values as `slot=some_value`."""

from __future__ import annotations

from pathlib import Path

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import AppointmentRef, Command, Context

_TABLES = Path(__file__).parents[1] / "understanding" / "tables"
_NUMBERS = {"max_price", "km", "year", "shift_min"}
_NAMES = {"name", "service", "model", "vehicle"}
Values = dict[str, SlotValue]


def rows(name: str) -> list[list[str]]:
    lines = (_TABLES / name).read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.split(" | ")] for line in lines if line and not line.startswith("#")]


def values(text: str) -> Values:
    """ "date=2026-11-25 service=Oil_change" as slots; "none" is no value."""
    return {} if text == "none" else dict(_value(part) for part in text.split())


def _value(part: str) -> tuple[str, SlotValue]:
    slot, _, value = part.partition("=")
    if value == "True":
        return slot, True
    if slot in _NUMBERS:
        return slot, int(value)
    return slot, value.replace("_", " ") if slot in _NAMES else value


def commands(text: str) -> list[tuple[str, Values]]:
    """ "price.quote service=Oil_change; faq topic=hours" as intents with slots."""
    found: list[tuple[str, Values]] = []
    for part in text.split(";"):
        intent, _, rest = part.strip().partition(" ")
        if intent and intent != "none":
            found.append((intent, values(rest) if rest else {}))
    return found


def context_of(text: str) -> Context | None:
    """ "asked=time pending=service.book service=Oil_change", "last=faq", "appointment=2026-11-27T10:00"; "-": none."""
    if text == "-":
        return None
    cells = values(text)
    asked, last = cells.pop("asked", None), cells.pop("last", None)
    intent, appointment = cells.pop("pending", None), str(cells.pop("appointment", ""))
    day, _, at = appointment.partition("T")
    return Context(
        pending=Command(intent=str(intent), slots=cells) if intent is not None else None,
        asked=str(asked) if asked is not None else None,
        last_intent=str(last) if last is not None else None,
        appointment=AppointmentRef(date=day, time=at) if appointment else None,
    )
