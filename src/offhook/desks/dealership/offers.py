"""Which of the free times are worth offering: those that fit the wish, two or three of them, well apart. Pure.

A caller hears three times and takes one. Three neighbouring quarters are one offer said three times; so offers are
spread over what was wished for, and alternatives lie around a wish with an hour between them where the book allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby

from offhook.desks.dealership.model import FreeSlot

OFFERS = 3
APART_MIN = 60
"""Minutes that offers around a wish lie apart where there is a choice."""
DAYS_OFFERED = 5
"""A wish for a range of days is answered from the first days that have room, not from its far end."""
_DAYPARTS = {
    "morning": (time(0, 0), time(12, 0)),
    "afternoon": (time(12, 0), time(17, 0)),
    "evening": (time(16, 0), time(23, 59)),
    "night": (time(17, 0), time(23, 59)),
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a day that was wished for, wall-clock, and the weekdays. Empty: any time of any day."""

    earliest: time = time(0, 0)
    latest: time = time(23, 59)
    includes_latest: bool = True
    """A part of the day ends before its last moment; "between two and four" includes four."""
    weekdays: frozenset[int] = frozenset()
    """0 = Monday; none named: any."""
    narrow: bool = False
    """A part of the day was named at all."""

    def fits(self, slot: FreeSlot) -> bool:
        at = slot.starts_at.time()
        if at < self.earliest or at > self.latest or (at == self.latest and not self.includes_latest):
            return False
        return not self.weekdays or slot.starts_at.weekday() in self.weekdays


def window(
    *,
    at: time | None = None,
    daypart: str | None = None,
    time_from: time | None = None,
    time_to: time | None = None,
    days: str | None = None,
) -> Window:
    """The window of a wish. Named bounds win over those of the part of the day; a turned pair is put right."""
    wanted = weekdays(days)
    if at is not None:
        return Window(at, at, weekdays=wanted, narrow=True)
    earliest, latest = _DAYPARTS.get(daypart or "", (time(0, 0), time(23, 59)))
    earliest, ends = time_from or earliest, time_to or latest
    if time_from is not None and time_to is not None and ends < earliest:
        earliest, ends = ends, earliest
    open_ended = daypart in _DAYPARTS and time_to is None
    narrow = daypart in _DAYPARTS or time_from is not None or time_to is not None
    return Window(earliest, ends, not open_ended, wanted, narrow)


def weekdays(days: str | None) -> frozenset[int]:
    """ "mon-fri", "sat", "fri-mon", "tue,thu" -> 0 = Monday; what is no weekday counts for nothing."""
    found: set[int] = set()
    for part in (days or "").lower().replace(" ", "").split(","):
        ends = [WEEKDAYS.index(name[:3]) for name in part.split("-") if name[:3] in WEEKDAYS]
        if ends:
            found.update((ends[0] + n) % 7 for n in range((ends[-1] - ends[0]) % 7 + 1))
    return frozenset(found)


def spread(slots: Sequence[FreeSlot], n: int = OFFERS) -> list[FreeSlot]:
    """Up to `n` of them, over the whole span: the first, the last, and between."""
    if len(slots) <= n:
        return list(slots)
    return [slots[round(k * (len(slots) - 1) / (n - 1))] for k in range(n)]


def of_days(slots: Sequence[FreeSlot], n: int = OFFERS) -> list[FreeSlot]:
    """For a range of days: one on each of several days, at different times of the day; of one or two, spread over them.

    `slots` in order.
    """
    days = by_day(slots)[:DAYS_OFFERED]
    if len(days) < n:
        return spread([slot for day in days for slot in day], n)
    chosen_days = [days[round(k * (len(days) - 1) / (n - 1))] for k in range(n)]
    return [day[round(k * (len(day) - 1) / (n - 1))] for k, day in enumerate(chosen_days)]


def soonest(slots: Sequence[FreeSlot], n: int = OFFERS) -> list[FreeSlot]:
    """The earliest one, and the earliest after it with APART_MIN between them."""
    chosen: list[FreeSlot] = []
    for slot in slots:
        if len(chosen) < n and (not chosen or _minutes(chosen[-1].starts_at, slot.starts_at) >= APART_MIN):
            chosen.append(slot)
    return chosen


def nearest(slots: Sequence[FreeSlot], wanted: datetime, n: int = OFFERS) -> list[FreeSlot]:
    """Up to `n` around the wanted moment, in order of time: the closest one, then others APART_MIN from it and each
    other; of two equally close ones the earlier."""
    chosen: list[FreeSlot] = []
    for slot in sorted(slots, key=lambda slot: (_minutes(slot.starts_at, wanted), slot.starts_at.timestamp())):
        if len(chosen) < n and all(_minutes(slot.starts_at, one.starts_at) >= APART_MIN for one in chosen):
            chosen.append(slot)
    return sorted(chosen, key=lambda slot: slot.starts_at.timestamp())


def by_day(slots: Sequence[FreeSlot]) -> list[list[FreeSlot]]:
    """Slots in order, by the calendar day that they begin on."""

    def day_of(slot: FreeSlot) -> date:
        return slot.starts_at.date()

    return [list(group) for _, group in groupby(slots, key=day_of)]


def _minutes(a: datetime, b: datetime) -> float:
    return abs(a.timestamp() - b.timestamp()) / 60
