"""The days that a summary covers: "aaj", "kal", "is hafte", "pichle mahine", "pichle 7 din", "1 se 10 tareekh tak"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from offhook.understanding.ledger.dates import Timed, last_days, period
from offhook.understanding.ledger.spans import Scan

_UNITS = {"day": "day", "week": "week", "month": "month", "year": "year"}
_ENGLISH = {
    "week": "week",
    "weeks": "week",
    "month": "month",
    "months": "month",
    "year": "year",
    "days": "day",
    "day": "day",
}
_THIS = frozenset({"this", "current"})
_LAST = frozenset({"last", "past", "previous"})
_WHOLE = "bhar"
_OF = ("ka", "ki", "ke")
_NOT = frozenset({"nahi", "nahin", "nhi"})
_EACH = frozenset({"har", "every", "each", "next"})


@dataclass(frozen=True, slots=True)
class Period:
    first: date
    last: date


def find_period(scan: Scan, start: int, end: int, times: Timed, now: datetime) -> Period | None:
    """The days spoken of in tokens [start, end), or None when none are."""
    found = _unit_period(scan, start, end, now)
    if found is not None:
        return Period(*found)
    when = times.when
    today = now.date()
    if when.date is not None:
        day = when.date
        return Period(_past(day, today), _past(day, today))
    if when.date_from is not None or when.date_to is not None:
        first, last = when.date_from or when.date_to, when.date_to or today
        if first is None:
            return None
        if first > today:
            span = last - first
            first = _past(first, today)
            last = first + span
        return Period(first, last if when.date_to is not None else today)
    return None


def _past(day: date, today: date) -> date:
    if day <= today:
        return day
    if (day - today).days <= 7:
        return date.fromordinal(day.toordinal() - 7)
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _unit_period(scan: Scan, start: int, end: int, now: datetime) -> tuple[date, date] | None:
    for i in range(start, end):
        if scan.taken[i] and not scan.words[i].isdecimal():
            continue
        unit = _unit(scan, i)
        if unit is None or _taken_back(scan, i, end):
            continue
        which, count = _which(scan, i)
        if which is None:
            continue
        if count is not None:
            return last_days(unit, count, now.date())
        if unit == "day" and scan.latin(i + 1) != _WHOLE:
            continue
        return period(unit, which, now)
    return None


def _taken_back(scan: Scan, i: int, end: int) -> bool:
    """Whether a unit of time is not the one that is meant ("hafte bhar ki nahi, aaj ki")."""
    return any(scan.latin(n) in _NOT for n in range(i + 1, min(i + 1 + len(_OF), end - 1)))


def _unit(scan: Scan, i: int) -> str | None:
    entry = scan.language.voc.at(scan.keys, i, i + 1)
    if entry is not None and entry[0].kind == "units":
        return _UNITS.get(entry[0].value)
    return _ENGLISH.get(scan.words[i])


def _which(scan: Scan, i: int) -> tuple[str | None, int | None]:
    """("this" or "last", how many) by the words before a unit."""
    count = None
    at = i - 1
    if at >= 0 and (value := _small(scan, at)) is not None:
        count, at = value, at - 1
    if count is None and scan.latin(i + 1) in (_WHOLE, *_OF):
        given = at >= 0 and _named(scan, at)
        if not given:
            return "this", None
    if at < 0:
        return (None, None)
    entry = scan.language.voc.at(scan.keys, at, at + 1)
    name = entry[0].value if entry is not None and entry[0].kind == "post" else ""
    if scan.words[at] in _THIS or name == "this":
        return "this", None
    if scan.words[at] in _LAST or name == "last":
        return "last", count
    return None, None


def _named(scan: Scan, at: int) -> bool:
    """Whether a word before a unit says which it is ("pichle mahine ki")."""
    entry = scan.language.voc.at(scan.keys, at, at + 1)
    return (entry is not None and entry[0].kind in ("post", "ordinals")) or scan.words[at] in _THIS | _LAST | _EACH


def _small(scan: Scan, i: int) -> int | None:
    if scan.words[i].isdecimal():
        return int(scan.words[i]) if len(scan.words[i]) < 4 else None
    return scan.language.counts.units.get(scan.keys[i])
