"""Which times can be booked: pure rules over opening hours, durations, buffers, lead time, horizon and occupied units.

Opening hours are wall-clock in the business's zone, everything measured is absolute: an appointment of 90 minutes lasts
90 minutes across a clock change, and a wall-clock time that the change skips does not exist. Where the change repeats
an hour, a time means its first occurrence. A unit is a quarter hour counted from 1970 in UTC; every zone of today is
offset by whole quarters, so wall-clock quarters and units coincide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from offhook.desks.dealership.model import UNIT_MIN, BookingRules, FreeSlot, NoSlotReason
from offhook.store.model import DayOpening

_UNIT_S = UNIT_MIN * 60
_MIDNIGHT = time(0, 0)

Taken = Mapping[str, Collection[int]]
"""resource_id -> occupied units."""


def unit_of(moment: datetime) -> int:
    """The unit in which an aware moment lies."""
    return int(moment.timestamp()) // _UNIT_S


def units_of(starts_at: datetime, minutes: int) -> range:
    """The units that `minutes` from an aware `starts_at` on touch."""
    seconds = int(starts_at.timestamp())
    return range(seconds // _UNIT_S, -(-(seconds + minutes * 60) // _UNIT_S))


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
    if local.timestamp() % _UNIT_S:
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
    if step_min % UNIT_MIN:
        raise ValueError(f"step_min must be a multiple of {UNIT_MIN}, not {step_min}")
    found: list[FreeSlot] = []
    earliest = now.astimezone(UTC) + timedelta(minutes=rules.lead_min)
    if day > now.astimezone(zone).date() + timedelta(days=rules.horizon_days):
        return found
    for opens, closes in _open_spans(day, opening, zone):
        for start in _starts(day, opens, closes, zone, step_min):
            ends_at = _after(start, duration_min, zone)
            if start.astimezone(UTC) < earliest or _is_later(ends_at, closes):
                continue
            resource = free_resource(units_of(start, duration_min + buffer_min), resources, taken)
            if resource is not None:
                found.append(FreeSlot(start, ends_at, resource))
    return found


def free_resource(units: range, resources: Sequence[str], taken: Taken) -> str | None:
    """The first resource with all of `units` free."""
    for resource in resources:
        occupied = taken.get(resource)
        if not occupied or not any(unit in occupied for unit in units):
            return resource
    return None


def nearest(slots: Sequence[FreeSlot], wanted: datetime, n: int) -> list[FreeSlot]:
    """The `n` slots closest to the wanted moment, in order of time; of two equally close ones the earlier."""
    closest = sorted(slots, key=lambda slot: abs(slot.starts_at.timestamp() - wanted.timestamp()))[:n]
    return sorted(closest, key=lambda slot: slot.starts_at.timestamp())


def _open_spans(day: date, opening: DayOpening, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    for part in opening.ranges:
        closing_day = day + timedelta(days=1) if part.closes == _MIDNIGHT else day
        yield _forward(day, part.opens, zone), _forward(closing_day, part.closes, zone)


def _forward(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A wall-clock time, moved past the clock change when it falls into its gap."""
    return datetime.combine(day, at, zone).astimezone(UTC).astimezone(zone)


def _starts(day: date, opens: datetime, closes: datetime, zone: ZoneInfo, step_min: int) -> Iterator[datetime]:
    first = opens.hour * 60 + opens.minute if opens.date() == day else 0
    for minute in range(-(-first // step_min) * step_min, 24 * 60, step_min):
        start = wall_clock(day, time(minute // 60, minute % 60), zone)
        if start is None:
            continue
        if not _is_later(closes, start):
            return
        yield start


def _after(moment: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """Aware arithmetic in one zone would count wall-clock minutes; this counts real ones."""
    return (moment.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(zone)


def _is_later(a: datetime, b: datetime) -> bool:
    """Whether `a` is after `b`; datetimes of one zone would be compared by wall-clock."""
    return a.astimezone(UTC) > b.astimezone(UTC)
