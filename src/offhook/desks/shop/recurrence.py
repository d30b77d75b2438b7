"""When a reminder is due, and when again. Pure; days and times are the business's own."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta, tzinfo

from offhook.store.message_rules import at_wall_clock

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYPARTS = {"morning": "10:00", "afternoon": "14:00", "evening": "18:00", "night": "20:00"}
"""When a reminder is sent for which only a part of the day was named."""
USUAL = "10:00"
"""Where only a day was named."""


def is_recurrence(text: str) -> bool:
    """daily, weekly:<mon…sun>, monthly:<1…31>."""
    kind, _, which = text.partition(":")
    if kind == "daily":
        return not which
    if kind == "weekly":
        return which in DAYS
    return kind == "monthly" and which.isascii() and which.isdigit() and 1 <= int(which) <= 31


def of_a_day(text: str, today: date) -> str:
    """A recurrence of which no day was said: that of today, which the reply tells."""
    return {"weekly": f"weekly:{DAYS[today.weekday()]}", "monthly": f"monthly:{today.day}"}.get(text, text)


def first_moment(
    now: datetime, *, day: date | None, hhmm: str | None, daypart: str | None, recurrence: str
) -> datetime | None:
    """The first occurrence, in `now`'s zone; None where it would be over already. With nothing named it is now."""
    zone = now.tzinfo
    assert zone is not None
    at = hhmm or DAYPARTS.get(daypart or "")
    if recurrence:
        return following(recurrence, at or USUAL, now - timedelta(microseconds=1), zone, first_day=day)
    if day is None:
        if at is None:
            return now
        moment = at_wall_clock(now.date(), at, zone)
        return moment if moment > now else at_wall_clock(now.date() + timedelta(days=1), at, zone)
    if day == now.date() and at is None:
        return now
    moment = at_wall_clock(day, at or USUAL, zone)
    return moment if moment > now else None


def following(
    recurrence: str, hhmm: str, after: datetime, zone: tzinfo, first_day: date | None = None
) -> datetime | None:
    """The next occurrence later than `after`, from `first_day` on; None for what does not recur."""
    kind, _, which = recurrence.partition(":")
    if not is_recurrence(recurrence):
        return None
    day = max(after.astimezone(zone).date(), first_day or date.min)
    for _ in range(400):
        if _falls(kind, which, day):
            moment = at_wall_clock(day, hhmm, zone)
            if moment > after:
                return moment
        day += timedelta(days=1)
    return None


def _falls(kind: str, which: str, day: date) -> bool:
    if kind == "daily":
        return True
    if kind == "weekly":
        return DAYS[day.weekday()] == which
    # The 31st of a shorter month is its last day.
    return day.day == min(int(which), calendar.monthrange(day.year, day.month)[1])
