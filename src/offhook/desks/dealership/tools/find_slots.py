"""READ tool: can the service be done then; and if not, when.

The one place where a wish ("Friday afternoon", "the earliest", "Tuesday at ten") meets the book.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from offhook.contracts.desk import Effect, Failed, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.model import FreeSlot, NoSlotReason, ServiceType
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.slots import nearest, wall_clock

OFFERS = 3
SEARCH_DAYS = 21
"""How many days from the wished one on are looked through for a free time."""
JUST_PASSED_DAYS = 60
"""A day without a year that is over is read as next year's; within this time the one just passed is meant."""
_DAYPARTS = {
    "morning": (time(0, 0), time(12, 0)),
    "afternoon": (time(12, 0), time(17, 0)),
    "evening": (time(16, 0), time(23, 59)),
    "night": (time(17, 0), time(23, 59)),
}
_NOMINAL = ServiceType("", "", (), 30, 0, None, None)
"""Stands for the service while it is not known: is the business open then at all?"""

SlotStatus = Literal["free", "day_free", "offers", "none", NoSlotReason]


class SlotWish(msgspec.Struct, frozen=True, kw_only=True):
    service: str | None = None
    date: str | None = None
    """ISO date."""
    time: str | None = None
    """HH:MM."""
    daypart: str | None = None
    time_from: str | None = None
    time_to: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    earliest: bool = False
    offers: bool = False
    """Offer times of the wished day even where no part of it was named."""


class SlotAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`free`: the wished moment is free. `day_free`: the day has room, no time was named. `offers`: the wish was a
    range, these are free in it. `none`: nothing is free there. Else why the wished moment or day is not bookable."""

    status: SlotStatus
    offers: list[str] = []
    """ISO local moments without offset, in order."""
    ranges: list[tuple[str, str]] = []
    """Opening hours of the wished day, HH:MM; empty where the wish is free."""
    reason: str = ""
    """The holiday that closes the day."""
    just_passed: str | None = None
    """The day that was meant, ISO, where the wished one is a year too far: "November 20th" said on the 25th."""
    last_day: str | None = None
    """The last bookable day, ISO, where the wish is beyond it."""


async def _run(ctx: ToolContext, wish: SlotWish) -> ToolOutcome[SlotAnswer]:
    book = DealershipRepository(ctx.uow)
    service = await book.service_by_name(wish.service) if wish.service else _NOMINAL
    if service is None:
        return Failed("service_unknown")
    search = _Search(book, service, wish, ctx.now, ZoneInfo(ctx.business.timezone))
    if wish.date is not None and wish.time is not None:
        return Ok(await search.moment(date.fromisoformat(wish.date), time.fromisoformat(wish.time)))
    if wish.date is not None:
        return Ok(await search.day(date.fromisoformat(wish.date)))
    return Ok(await search.range())


class _Search:
    def __init__(
        self, book: DealershipRepository, service: ServiceType, wish: SlotWish, now: datetime, zone: ZoneInfo
    ) -> None:
        self._book = book
        self._service = service
        self._wish = wish
        self._now = now
        self._zone = zone

    async def moment(self, day: date, at: time) -> SlotAnswer:
        wished = datetime.combine(day, at, self._zone)
        reason = await self._book.why_not(self._service, wished, now=self._now)
        if reason is None:
            return SlotAnswer(status="free")
        opening = await self._book.hours(day)
        ranges = [(f"{part.opens:%H:%M}", f"{part.closes:%H:%M}") for part in opening.ranges]
        if wall_clock(day, at, self._zone) is None:
            reason = "nonexistent"
        offers: list[FreeSlot] = []
        if reason == "too_far":
            return self._too_far(day, await self._last_day())
        if reason == "closed_day" and day >= self._now.date():
            offers = await self._near(day + timedelta(days=1), at)
        elif day >= self._now.date():
            offers = await self._book.nearest_free(self._service, wished, OFFERS, now=self._now)
        return SlotAnswer(status=reason, offers=_moments(offers), ranges=ranges, reason=opening.reason)

    async def day(self, day: date) -> SlotAnswer:
        opening = await self._book.hours(day)
        if day < self._now.date():
            return SlotAnswer(status="past")
        last_day = await self._last_day()
        if day > date.fromisoformat(last_day):
            return self._too_far(day, last_day)
        if not opening.ranges:
            after = await self._from(day + timedelta(days=1))
            return SlotAnswer(status="closed_day", offers=_moments(after), reason=opening.reason)
        ranges = [(f"{part.opens:%H:%M}", f"{part.closes:%H:%M}") for part in opening.ranges]
        free = await self._book.free_slots(self._service, day, now=self._now)
        fitting = self._fitting(free)
        if fitting:
            chosen = spread(fitting, OFFERS) if self._narrowed() or self._wish.offers else []
            return SlotAnswer(status="offers" if chosen else "day_free", offers=_moments(chosen), ranges=ranges)
        others = spread(free, OFFERS) if free else await self._from(day + timedelta(days=1))
        return SlotAnswer(status="none", offers=_moments(others), ranges=ranges)

    async def range(self) -> SlotAnswer:
        """A range of days, or the earliest: the first free time of each of the first days that have one."""
        wish = self._wish
        first = max(date.fromisoformat(wish.date_from) if wish.date_from else self._now.date(), self._now.date())
        until = date.fromisoformat(wish.date_to) if wish.date_to else first + timedelta(days=SEARCH_DAYS)
        if until < self._now.date():
            return SlotAnswer(status="past")
        if wish.earliest:
            found = await self._from(first)
            return SlotAnswer(status="offers" if found else "none", offers=_moments(found))
        chosen: list[FreeSlot] = []
        day = first
        while day <= until and len(chosen) < OFFERS and day <= first + timedelta(days=SEARCH_DAYS):
            chosen += self._fitting(await self._book.free_slots(self._service, day, now=self._now))[:1]
            day += timedelta(days=1)
        if chosen:
            return SlotAnswer(status="offers", offers=_moments(chosen))
        return SlotAnswer(status="none", offers=_moments(await self._from(until + timedelta(days=1))))

    async def _from(self, day: date) -> list[FreeSlot]:
        """The next free times from that day on, within the wished part of the day."""
        if not self._narrowed():
            begins = datetime.combine(day, time(0), self._zone)
            return await self._book.next_free(self._service, begins, OFFERS, now=self._now)
        for ahead in range(SEARCH_DAYS):
            slots = await self._book.free_slots(self._service, day + timedelta(days=ahead), now=self._now)
            fitting = self._fitting(slots)
            if fitting:
                return fitting[:OFFERS]
        return []

    async def _near(self, day: date, at: time) -> list[FreeSlot]:
        """Free times nearest to that time of day, on the first day from `day` on that has any."""
        for ahead in range(SEARCH_DAYS):
            that_day = day + timedelta(days=ahead)
            slots = await self._book.free_slots(self._service, that_day, now=self._now)
            if slots:
                return nearest(slots, datetime.combine(that_day, at, self._zone), OFFERS)
        return []

    def _too_far(self, day: date, last_day: str) -> SlotAnswer:
        today = self._now.date()
        try:
            year_before = day.replace(year=day.year - 1)
        except ValueError:  # the 29th of February
            year_before = day
        if today - timedelta(days=JUST_PASSED_DAYS) <= year_before < today:
            return SlotAnswer(status="past", just_passed=year_before.isoformat())
        return SlotAnswer(status="too_far", last_day=last_day)

    async def _last_day(self) -> str:
        rules = await self._book.rules()
        return (self._now.date() + timedelta(days=rules.horizon_days)).isoformat()

    def _narrowed(self) -> bool:
        wish = self._wish
        return (
            wish.time is not None or wish.daypart is not None or wish.time_from is not None or wish.time_to is not None
        )

    def _fitting(self, slots: Iterable[FreeSlot]) -> list[FreeSlot]:
        wish = self._wish
        earliest, latest = _DAYPARTS.get(wish.daypart or "", (time(0, 0), time(23, 59)))
        if wish.time_from:
            earliest = time.fromisoformat(wish.time_from)
        if wish.time_to:
            latest = time.fromisoformat(wish.time_to)
        if wish.time:
            earliest = latest = time.fromisoformat(wish.time)
        # A part of the day ends before its last moment, a wished range includes it ("between two and four").
        open_ended = wish.daypart is not None and not wish.time_to and not wish.time
        return [
            slot
            for slot in slots
            if earliest <= slot.starts_at.time()
            and (slot.starts_at.time() < latest if open_ended else slot.starts_at.time() <= latest)
        ]


def spread(slots: Sequence[FreeSlot], n: int) -> list[FreeSlot]:
    """Up to `n` of them, over the whole span: the first, the last, and between."""
    if len(slots) <= n:
        return list(slots)
    return [slots[round(k * (len(slots) - 1) / (n - 1))] for k in range(n)]


def _moments(slots: Iterable[FreeSlot]) -> list[str]:
    return [slot.starts_at.replace(tzinfo=None).isoformat(timespec="minutes") for slot in slots]


find_slots: Tool[SlotWish, SlotAnswer] = Tool(
    name="get_available_slots",
    effect=Effect.READ,
    description="Whether a service can be booked at a wished day and time, and two or three free times near it.",
    arguments=SlotWish,
    result=SlotAnswer,
    run=_run,
)
