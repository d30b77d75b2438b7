"""Which times can be booked: pure rules over opening hours, durations, buffers, lead time, horizon and occupied units.

Opening hours are wall-clock in the business's zone, everything measured is absolute: an appointment of 90 minutes lasts
90 minutes across a clock change, and a wall-clock time that the change skips does not exist. Where the change repeats
an hour, a time means its first occurrence. A unit is a quarter hour counted from 1970 in UTC; every zone of today is
offset by whole quarters, so wall-clock quarters and units coincide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import and_, or_
from zoneinfo import ZoneInfo

from offhook.desks.dealership.model import UNIT_MIN, BookingRules, FreeSlot, Needs, NoSlotReason
from offhook.desks.dealership.occupancy import Occupancy
from offhook.store.model import DayOpening

UNIT_S = UNIT_MIN * 60
_MIDNIGHT = time(0, 0)

Taken = Mapping[str, Collection[int]]
"""resource_id -> occupied units."""


def unit_of(moment: datetime) -> int:
    """The unit in which an aware moment lies."""
    return int(moment.timestamp()) // UNIT_S


def moment_of(unit: int) -> datetime:
    """When a unit begins, in UTC."""
    return datetime.fromtimestamp(unit * UNIT_S, UTC)


def units_of(starts_at: datetime, minutes: int) -> range:
    """The units that `minutes` from an aware `starts_at` on touch."""
    seconds = int(starts_at.timestamp())
    return range(seconds // UNIT_S, -(-(seconds + minutes * 60) // UNIT_S))


def wall_clock(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """The moment of a wall-clock time; None when the clock change skips it."""
    naive = datetime.combine(day, at)
    moment = naive.replace(tzinfo=zone)
    if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != naive:
        return None
    return moment


def refusal(
    starts_at: datetime,
    duration_min: int,
    *,
    opening: DayOpening,
    zone: ZoneInfo,
    now: datetime,
    rules: BookingRules,
) -> NoSlotReason | None:
    """Why an appointment cannot start then, occupied resources aside; None when it can.

    `opening` is that of the day of `starts_at` in `zone`; `starts_at` and `now` are aware.
    """
    local = starts_at.astimezone(zone) if starts_at.tzinfo is not zone else starts_at
    if wall_clock(local.date(), local.time(), zone) is None:
        return "nonexistent"
    if local.astimezone(UTC) <= now.astimezone(UTC):
        return "past"
    if local.date() > now.astimezone(zone).date() + timedelta(days=rules.horizon_days):
        return "too_far"
    if not opening.ranges:
        return "closed_day"
    ends_at = _after(local, duration_min, zone)
    spans = _open_spans(local.date(), opening, zone)
    if not any(not _is_later(opens, local) and not _is_later(ends_at, closes) for opens, closes in spans):
        return "outside_hours"
    if local.astimezone(UTC) < now.astimezone(UTC) + timedelta(minutes=rules.lead_min):
        return "too_soon"
    if local.timestamp() % UNIT_S:
        return "off_grid"
    return None


def free_slots(
    day: date,
    duration_min: int,
    buffer_min: int,
    *,
    opening: DayOpening,
    zone: ZoneInfo,
    now: datetime,
    rules: BookingRules,
    resources: Sequence[str],
    taken: Taken,
    step_min: int = 30,
) -> list[FreeSlot]:
    """The day's free starts, every `step_min` (a multiple of the unit) on the wall-clock, in order."""
    begins = datetime.combine(day, _MIDNIGHT, zone)
    occupancy = Occupancy.of(unit_of(begins), unit_of(begins + timedelta(days=3)), taken)
    needs = Needs(duration_min, buffer_min, (tuple(resources),))
    return free_between({day: opening}, needs, occupancy, zone=zone, now=now, rules=rules, step_min=step_min)


def free_between(
    openings: Mapping[date, DayOpening],
    needs: Needs,
    occupancy: Occupancy,
    *,
    zone: ZoneInfo,
    now: datetime,
    rules: BookingRules,
    step_min: int = 30,
) -> list[FreeSlot]:
    """The free starts of several days, given in order. `occupancy` reaches over them and what may run past them."""
    if step_min % UNIT_MIN:
        raise ValueError(f"step_min must be a multiple of {UNIT_MIN}, not {step_min}")
    found: list[FreeSlot] = []
    minutes = needs.duration_min + needs.buffer_min
    length = -(-minutes // UNIT_MIN)
    runs = {resource: occupancy.runs(resource, length) for group in needs.groups for resource in group}
    possible = reduce(and_, (reduce(or_, (runs[one] for one in group), 0) for group in needs.groups), -1)
    apart = len(runs) == sum(map(len, needs.groups))
    first_group = [(resource, runs[resource]) for resource in needs.groups[0]]
    earliest_s = now.timestamp() + rules.lead_min * 60
    last_day = now.astimezone(zone).date() + timedelta(days=rules.horizon_days)
    for day, opening in openings.items():
        if day > last_day:
            break
        for minute, unit in _starts(day, opening, zone, needs.duration_min, step_min):
            if unit * UNIT_S < earliest_s or unit < occupancy.first or not possible >> (unit - occupancy.first) & 1:
                continue
            # Groups that share resources might need the same one twice; only then one by one is looked at.
            if not apart and occupancy.pick(needs.groups, range(unit, unit + length)) is None:
                continue
            bit = 1 << (unit - occupancy.first)
            resource = next(one for one, run in first_group if run & bit)
            start = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone)
            found.append(FreeSlot(start, _end(unit, needs.duration_min, zone), resource))
    return found


def _open_spans(day: date, opening: DayOpening, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    for part in opening.ranges:
        closing_day = day + timedelta(days=1) if part.closes == _MIDNIGHT else day
        yield _forward(day, part.opens, zone), _forward(closing_day, part.closes, zone)


def _forward(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A wall-clock time, moved past the clock change when it falls into its gap."""
    return datetime.combine(day, at, zone).astimezone(UTC).astimezone(zone)


def _starts(
    day: date, opening: DayOpening, zone: ZoneInfo, duration_min: int, step_min: int
) -> Iterator[tuple[int, int]]:
    """(minute of the day, unit) of each start that exists on the clock and ends by closing."""
    midnight = datetime.combine(day, _MIDNIGHT, zone)
    # No change of the clock on that day: its minutes can be counted from midnight, which is far quicker.
    steady = midnight.utcoffset() == datetime.combine(day + timedelta(days=1), _MIDNIGHT, zone).utcoffset()
    first_unit = unit_of(midnight)
    for opens, closes in _open_spans(day, opening, zone):
        last_s = closes.timestamp() - duration_min * 60
        first = opens.hour * 60 + opens.minute if opens.date() == day else 0
        for minute in range(-(-first // step_min) * step_min, 24 * 60, step_min):
            if steady:
                unit = first_unit + minute // UNIT_MIN
            else:
                start = wall_clock(day, time(minute // 60, minute % 60), zone)
                if start is None:
                    continue
                unit = unit_of(start)
            if unit * UNIT_S > last_s:
                break
            yield minute, unit


def _end(unit: int, minutes: int, zone: ZoneInfo) -> datetime:
    """`minutes` after the beginning of the unit."""
    return datetime.fromtimestamp(unit * UNIT_S + minutes * 60, zone)


def _after(moment: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """Aware arithmetic in one zone would count wall-clock minutes; this counts real ones."""
    return (moment.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(zone)


def _is_later(a: datetime, b: datetime) -> bool:
    """Whether `a` is after `b`; datetimes of one zone would be compared by wall-clock."""
    return a.astimezone(UTC) > b.astimezone(UTC)
