"""READ tool: when the business is open on a day, and when it opens next."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from offhook.contracts.desk import Effect, Ok, Tool, ToolContext, ToolOutcome
from offhook.store.business_book import BusinessBook
from offhook.store.model import DayOpening

LOOK_AHEAD_DAYS = 14


class HoursQuestion(msgspec.Struct, frozen=True, kw_only=True):
    day: date | None = None
    """None: the coming seven days."""


class DayHoursAnswer(msgspec.Struct, frozen=True, kw_only=True):
    day: date
    ranges: list[tuple[str, str]] = []
    """(opens, closes), HH:MM; empty when closed."""
    reason: str = ""
    """The holiday or exception, "" on an ordinary day."""


class HoursAnswer(msgspec.Struct, frozen=True, kw_only=True):
    days: list[DayHoursAnswer]


async def _run(ctx: ToolContext, question: HoursQuestion) -> ToolOutcome[HoursAnswer]:
    first = question.day or ctx.now.date()
    last = first if question.day else first + timedelta(days=6)
    openings = await BusinessBook(ctx.uow).hours_between(first, last)
    return Ok(HoursAnswer(days=[_answer(day, opening) for day, opening in openings.items()]))


def _answer(day: date, opening: DayOpening) -> DayHoursAnswer:
    ranges = [(f"{part.opens:%H:%M}", f"{part.closes:%H:%M}") for part in opening.ranges]
    return DayHoursAnswer(day=day, ranges=ranges, reason=opening.reason)


def is_open(opening: DayOpening, now: datetime) -> bool:
    """Whether the business is open at `now` (wall-clock of its zone), given that day's opening."""
    at = now.time()
    return any(part.opens <= at and (at < part.closes or part.closes == part.closes.min) for part in opening.ranges)


def next_opening(openings: dict[date, DayOpening], now: datetime) -> datetime | None:
    """When it opens next after `now`, wall-clock in the business's zone; None within the days given."""
    for day in sorted(openings):
        for part in openings[day].ranges:
            opens = datetime.combine(day, part.opens, now.tzinfo)
            if opens > now:
                return opens
    return None


async def openings_ahead(book: BusinessBook, now: datetime) -> tuple[bool, datetime | None]:
    """(whether it is open at `now`, when it opens next: None while it is open, or when that is not in sight)."""
    local = now.astimezone(await book.zone())
    today = local.date()
    openings = await book.hours_between(today, today + timedelta(days=LOOK_AHEAD_DAYS))
    if is_open(openings[today], local):
        return True, None
    return False, next_opening(openings, local)


async def call_back_due(book: BusinessBook, now: datetime) -> datetime | None:
    """When a call-back asked for at `now` is due: at once while somebody is there, else as soon as it opens; None when
    that is not in sight."""
    open_now, opens = await openings_ahead(book, now)
    return now if open_now else opens


opening_hours: Tool[HoursQuestion, HoursAnswer] = Tool(
    name="opening_hours",
    effect=Effect.READ,
    description="When the business is open: on one day, or over the coming week.",
    arguments=HoursQuestion,
    result=HoursAnswer,
    run=_run,
)
