"""READ tool: can the service be done, or the car be driven, then; and if not, when.

The one place where a wish ("Friday afternoon", "the earliest", "any morning", "Tuesday at ten") meets the book.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from offhook.contracts.desk import Effect, Failed, Ok, Retry, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership import offers
from offhook.desks.dealership.drives import Drivable
from offhook.desks.dealership.model import FreeSlot, Needs, NoSlotReason, ServiceType
from offhook.desks.dealership.offers import OFFERS, Window
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.slots import wall_clock
from offhook.desks.dealership.tools.arguments import ClockTime, IsoDate, ServiceName, day_of, local, time_of
from offhook.desks.dealership.tools.job import ModelName, StockNumber, job_of

SEARCH_DAYS = 21
"""How many days from the wished one on are looked through for a free time."""
JUST_PASSED_DAYS = 60
"""A day without a year that is over is read as next year's; within this time the one just passed is meant."""
_NOMINAL = ServiceType("", "", (), 30, 0, None, None)
"""Stands for the service while it is not known: is the business open then at all?"""

SlotStatus = Literal["free", "day_free", "offers", "none", NoSlotReason]


class SlotWish(msgspec.Struct, frozen=True, kw_only=True):
    service: ServiceName | None = None
    date: IsoDate | None = None
    time: ClockTime | None = None
    daypart: str | None = None
    time_from: ClockTime | None = None
    time_to: ClockTime | None = None
    date_from: IsoDate | None = None
    date_to: IsoDate | None = None
    days: Annotated[str, Meta(description="Weekdays: mon-fri, sat, tue,thu.", max_length=40)] | None = None
    earliest: bool = False
    offers: bool = False
    """Offer times of the wished day even where no part of it was named."""
    declined: list[str] = []
    """Moments (ISO local, without offset) that were offered and not wanted."""
    model: ModelName | None = None
    stock_number: StockNumber | None = None


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


@dataclass(frozen=True, slots=True)
class _Wish:
    """The wish with its days read."""

    on: date | None
    at: time | None
    first: date | None
    last: date | None
    earliest: bool
    offers: bool
    window: Window


async def _run(ctx: ToolContext, asked: SlotWish) -> ToolOutcome[SlotAnswer]:
    wish = _read(asked)
    if isinstance(wish, Retry):
        return wish
    book = DealershipRepository(ctx.uow)
    job = await job_of(book, service=asked.service, model=asked.model, stock_number=asked.stock_number) or _NOMINAL
    if isinstance(job, Failed):
        return job
    search = _Search(book, job.needs if isinstance(job, Drivable) else job, wish, ctx, asked.declined)
    if wish.on is not None and wish.at is not None:
        return Ok(await search.moment(wish.on, wish.at))
    if wish.on is not None:
        return Ok(await search.day(wish.on))
    return Ok(await search.range())


def _read(asked: SlotWish) -> _Wish | Retry:
    days: dict[str, date | None] = {}
    for field in ("date", "date_from", "date_to"):
        said = getattr(asked, field)
        day = day_of(said, field) if said else None
        if isinstance(day, Retry):
            return day
        days[field] = day
    times: dict[str, time | None] = {}
    for field in ("time", "time_from", "time_to"):
        said = getattr(asked, field)
        at = time_of(said, field) if said else None
        if isinstance(at, Retry):
            return at
        times[field] = at
    if days["date_from"] and days["date_to"] and days["date_to"] < days["date_from"]:
        days["date_from"], days["date_to"] = days["date_to"], days["date_from"]
    window = offers.window(
        at=times["time"],
        daypart=asked.daypart,
        time_from=times["time_from"],
        time_to=times["time_to"],
        days=asked.days,
    )
    return _Wish(days["date"], times["time"], days["date_from"], days["date_to"], asked.earliest, asked.offers, window)


class _Search:
    def __init__(
        self,
        book: DealershipRepository,
        job: ServiceType | Needs,
        wish: _Wish,
        ctx: ToolContext,
        declined: Iterable[str],
    ) -> None:
        self._book = book
        self._job = job
        self._wish = wish
        self._now = ctx.now
        self._session_id = ctx.caller.session_id
        self._declined = frozenset(declined)
        self._zone = ZoneInfo(ctx.business.timezone)

    async def moment(self, day: date, at: time) -> SlotAnswer:
        wished = datetime.combine(day, at, self._zone)
        reason = await self._book.why_not(self._job, wished, now=self._now, session_id=self._session_id)
        if reason is None:
            return SlotAnswer(status="free")
        opening = await self._book.hours(day)
        ranges = [(f"{part.opens:%H:%M}", f"{part.closes:%H:%M}") for part in opening.ranges]
        if wall_clock(day, at, self._zone) is None:
            reason = "nonexistent"
        if reason == "too_far":
            return self._too_far(day, await self._last_day())
        found: list[FreeSlot] = []
        if day >= self._now.date():
            found = await self._near(day, at)
        return SlotAnswer(status=reason, offers=_moments(found), ranges=ranges, reason=opening.reason)

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
        free = await self._free(day, day)
        fitting = [slot for slot in free if self._wish.window.fits(slot)]
        if fitting:
            chosen = offers.spread(fitting) if self._wish.window.narrow or self._wish.offers else []
            return SlotAnswer(status="offers" if chosen else "day_free", offers=_moments(chosen), ranges=ranges)
        others = offers.spread(free) if free else await self._from(day + timedelta(days=1))
        return SlotAnswer(status="none", offers=_moments(others), ranges=ranges)

    async def range(self) -> SlotAnswer:
        """A range of days, a part of any day, or the earliest."""
        wish = self._wish
        today = self._now.date()
        if (wish.last or today) < today:
            return SlotAnswer(status="past")
        first = max(wish.first or today, today)
        until = wish.last or first + timedelta(days=SEARCH_DAYS)
        if first > date.fromisoformat(await self._last_day()):
            return self._too_far(first, await self._last_day())
        if wish.earliest:
            found = await self._soonest(first)
            return SlotAnswer(status="offers" if found else "none", offers=_moments(found))
        until = min(until, first + timedelta(days=SEARCH_DAYS))
        fitting = [slot for slot in await self._free(first, until) if wish.window.fits(slot)]
        if fitting:
            return SlotAnswer(status="offers", offers=_moments(offers.of_days(fitting)))
        return SlotAnswer(status="none", offers=_moments(await self._from(until + timedelta(days=1))))

    async def _free(self, first: date, last: date) -> list[FreeSlot]:
        free = await self._book.free_between(self._job, first, last, now=self._now, session_id=self._session_id)
        return [slot for slot in free if local(slot.starts_at) not in self._declined]

    async def _from(self, day: date) -> list[FreeSlot]:
        """Times of the first day from `day` on that has room in the wished part of the day."""
        days = offers.by_day(await self._fitting_from(day))
        return offers.spread(days[0]) if days else []

    async def _soonest(self, day: date) -> list[FreeSlot]:
        return offers.soonest(await self._fitting_from(day))

    async def _fitting_from(self, day: date) -> list[FreeSlot]:
        free = await self._free(day, day + timedelta(days=SEARCH_DAYS))
        return [slot for slot in free if self._wish.window.fits(slot)]

    async def _near(self, day: date, at: time) -> list[FreeSlot]:
        """Around that time of day on the first day from `day` on that has room; filled up from the next one."""
        found: list[FreeSlot] = []
        for slots in offers.by_day(await self._free(day, day + timedelta(days=SEARCH_DAYS))):
            that_day = slots[0].starts_at.date()
            found += offers.nearest(slots, datetime.combine(that_day, at, self._zone), OFFERS - len(found))
            if len(found) > 1:
                break
        return found

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


def _moments(slots: Iterable[FreeSlot]) -> list[str]:
    return [local(slot.starts_at) for slot in slots]


find_slots: Tool[SlotWish, SlotAnswer] = Tool(
    name="get_available_slots",
    effect=Effect.READ,
    description="Whether a service can be booked at a wished day and time, and two or three free times near it.",
    arguments=SlotWish,
    result=SlotAnswer,
    run=_run,
    intent="availability.check",
)
