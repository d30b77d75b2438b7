"""Arithmetic of the civil calendar: pure functions over dates; weeks begin on Monday (0)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def month_days(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def make_date(year: int, month: int, day: int) -> date | None:
    """The date, or None where the calendar has no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, month_days(year, month + 1)))


def add_workdays(day: date, count: int) -> date:
    """The day so many days from Monday to Friday later, or earlier where `count` is negative."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while day.weekday() > 4:
            day += step
    return day


def next_weekday(after: date, weekday: int) -> date:
    """The first such weekday later than `after`."""
    return after + timedelta(days=(weekday - after.weekday() - 1) % 7 + 1)


def weekday_of_week(today: date, weekday: int, weeks: int) -> date:
    """That weekday in the calendar week `weeks` after the present one."""
    return today - timedelta(days=today.weekday()) + timedelta(days=weekday + 7 * weeks)


def week(today: date, weeks: int) -> tuple[date, date]:
    monday = weekday_of_week(today, 0, weeks)
    return monday, monday + timedelta(days=6)


def month(year: int, number: int) -> tuple[date, date]:
    return date(year, number, 1), date(year, number, month_days(year, number))


def nth_weekday(year: int, number: int, weekday: int, which: int) -> date | None:
    """The `which`-th weekday of a month (-1: the last), or None when the month has no such one."""
    first, last = month(year, number)
    if which == -1:
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    found = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))
    return found if found.month == number else None


def coming(today: date, number: int, day: int) -> date | None:
    """The next such day of the year, today included; None where no year has it (February 29th waits for its year)."""
    for year in range(today.year, today.year + 9):
        found = make_date(year, number, day)
        if found is not None and found >= today:
            return found
    return None


def coming_day(today: date, day: int) -> date | None:
    """The next day of a month with that number, today included; months that lack it are passed over."""
    for ahead in range(13):
        start = add_months(today.replace(day=1), ahead)
        found = make_date(start.year, start.month, day)
        if found is not None and found >= today:
            return found
    return None


def easter(year: int) -> date:
    """Western Easter Sunday (the anonymous Gregorian computus, Meeus/Jones/Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    n = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * n) // 451
    number, day = divmod(h + n - 7 * m + 114, 31)
    return date(year, number, day + 1)


def exists(day: date, at: time, zone: ZoneInfo) -> bool:
    """Whether the wall clock shows that time on that day (it does not in the gap when clocks go forward)."""
    local = datetime.combine(day, at, tzinfo=zone)
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)


def later(now: datetime, minutes: int) -> datetime:
    """`now` moved by real minutes, shown in its own zone."""
    zone = now.tzinfo
    return (now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(zone)
