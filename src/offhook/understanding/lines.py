"""The body of `offhook understand`: JSON lines in, JSON lines out (CONTRACT §4).

A line is `{"text", "now"?, "context"?}`; its own `now` goes before the world's. A line that cannot be read gives
`{"error": {"code", "message"}}` in its place and the rest go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import Command, Context, DayHours, Understands, World

UNREAD = b'{"error":'
"""How the answer to a line begins that could not be read."""


class _Entry(msgspec.Struct):
    name: str
    aliases: tuple[str, ...] = ()


Named = dict[str, tuple[str, ...]] | tuple[str | _Entry, ...]


class WorldFile(msgspec.Struct, kw_only=True, frozen=True):
    """`--world FILE`: what the tenant's database would hold.

    `customers`, `services`, `products` and `models` are `{name: [aliases]}`, a list of names, or a list of
    `{name, aliases}`.
    `hours` are rows `{weekday, opens, closes}` or days with times: `{"mon-fri": ["09:00", "18:00"]}`.
    """

    now: str | None = None
    tz: str = "UTC"
    customers: Named = ()
    products: Named = {}
    services: Named = {}
    models: Named = {}
    hours: list[dict[str, str | int]] | dict[str, list[str] | str | None] = []
    limit: int = 25_000
    date_order: Literal["auto", "mdy", "dmy"] = "auto"


class _Line(msgspec.Struct, kw_only=True):
    text: str
    now: str | None = None
    context: Context | None = None


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def understand_lines(
    lines: Iterable[str | bytes], understander: Understands, world: WorldFile, *, now: datetime, explain: bool = False
) -> Iterator[bytes]:
    """One JSON line (without line end) for each line that is not blank.

    Args:
        now: the moment for lines that name none, when the world names none either; aware.
    """
    decoder = msgspec.json.Decoder(_Line)
    base = read_world(world, now)
    for raw in lines:
        if not raw.strip():
            continue
        try:
            line = decoder.decode(raw)
            own = base if line.now is None else msgspec.structs.replace(base, now=_moment(line.now, base.tz))
        except (msgspec.DecodeError, ValueError) as error:
            yield msgspec.json.encode({"error": {"code": "invalid_line", "message": str(error)}})
            continue
        result = understander.understand(line.text, own, line.context, explain)
        answer: dict[str, object] = {
            "commands": [{"intent": command.intent, "slots": _told(command)} for command in result.commands],
            "decision": result.decision,
            "ask": result.ask,
            "language": result.language,
            "confidence": result.confidence,
            "elapsed_ms": result.elapsed_ms,
        }
        if result.problems:
            answer["problems"] = result.problems
        if explain:
            answer["explain"] = result.explain
        yield msgspec.json.encode(answer)


def _told(command: Command) -> dict[str, SlotValue]:
    """What the contract names of a command: why something is out of scope is ours alone."""
    return {} if command.intent == "out_of_scope" else command.slots


def read_world(world: WorldFile, now: datetime) -> World:
    """The world of a file. Raises ValueError naming what cannot be read."""
    try:
        ZoneInfo(world.tz)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"The world's tz {world.tz!r} is no IANA zone.") from None
    return World(
        now=_moment(world.now, world.tz) if world.now is not None else now.astimezone(ZoneInfo(world.tz)),
        tz=world.tz,
        customers=_names(world.customers),
        customer_aliases={name: aliases for name, aliases in _named(world.customers).items() if aliases},
        products=_named(world.products),
        services=_named(world.services),
        models=tuple(_named(world.models)),
        hours=_hours(world.hours),
        limit=world.limit,
        date_order=world.date_order,
    )


def _names(names: Named) -> tuple[str, ...]:
    """In order; two may be called the same."""
    return tuple(entry if isinstance(entry, str) else entry.name for entry in names)


def _named(names: Named) -> dict[str, tuple[str, ...]]:
    if isinstance(names, dict):
        return names
    return dict((entry, ()) if isinstance(entry, str) else (entry.name, entry.aliases) for entry in names)


def _hours(rows: list[dict[str, str | int]] | dict[str, list[str] | str | None]) -> tuple[DayHours, ...]:
    found: list[DayHours] = []
    if isinstance(rows, list):
        for row in rows:
            opens, closes = row.get("opens", row.get("open")), row.get("closes", row.get("close"))
            found.extend(
                _day(weekday, str(opens), str(closes)) for weekday in _weekdays(str(row.get("weekday", row.get("day"))))
            )
        return tuple(found)
    for key, times in rows.items():
        ends = times.replace("–", "-").split("-") if isinstance(times, str) else times
        if ends is not None and len(ends) == 2:
            found.extend(_day(weekday, ends[0].strip(), ends[1].strip()) for weekday in _weekdays(key))
    return tuple(found)


def _weekdays(key: str) -> list[int]:
    """ "mon", "monday", "0" or "mon-fri". Raises ValueError for anything else."""
    first, _, last = key.lower().partition("-")
    try:
        numbers = [
            int(part) if part.isdecimal() else _WEEKDAYS.index(part.strip()[:3]) for part in (first, last or first)
        ]
    except ValueError:
        raise ValueError(f"The world's hours name the day {key!r}; use mon … sun, 0 … 6 or mon-fri.") from None
    return list(range(numbers[0], numbers[1] + 1))


def _day(weekday: int, opens: str, closes: str) -> DayHours:
    try:
        return DayHours(
            weekday=weekday, opens=time.fromisoformat(opens.zfill(5)), closes=time.fromisoformat(closes.zfill(5))
        )
    except ValueError:
        raise ValueError(f"The world's hours hold {opens!r} to {closes!r}; use HH:MM.") from None


def _moment(text: str, tz: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=ZoneInfo(tz)) if moment.tzinfo is None else moment.astimezone(ZoneInfo(tz))
