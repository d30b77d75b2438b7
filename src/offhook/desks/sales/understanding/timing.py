"""When somebody wants to begin, as far as it is told in words other than a date: "next month", "within two weeks",
"January tak", "jaldi", "no hurry". Pure."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from offhook.desks.sales.understanding.words import FigureWords, Marked, Span
from offhook.understanding.calendar import add_months
from offhook.understanding.ledger.counts import Count

_UNITS = ("day", "week", "month", "quarter", "year")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DOUBTFUL_MONTHS = frozenset({"may", "march"})
"""Words that are months only where something says so."""
_ORDINAL = frozenset({"st", "nd", "rd", "th", "of"})
"""Words between a day and its month ("1st dec", "the 1st of december")."""
_THIRD = timedelta(days=10)
"""Of a month: its beginning, its middle, its end."""
_MOST = 120
"""Of any unit; beyond is no plan."""


@dataclass(frozen=True, slots=True)
class Timing:
    first: date | None = None
    last: date | None = None
    """None with a first day: from then on."""
    later: bool = False
    spans: tuple[Span, ...] = ()


def find_timing(marked: Marked, words: FigureWords, today: date, *, asked: bool) -> Timing | None:
    """`asked`: our question was when."""
    for find in (_later, _counted, _named, _month, _now):
        found = find(marked, words, today, asked)
        if found is not None:
            return found
    return None


def _later(marked: Marked, words: FigureWords, today: date, asked: bool) -> Timing | None:
    span = marked.anywhere("later")
    return None if span is None else Timing(later=True, spans=(span,))


def _now(marked: Marked, words: FigureWords, today: date, asked: bool) -> Timing | None:
    span = marked.anywhere("now")
    if span is None and asked and len(marked.words) <= 4 and marked.anywhere("decline") is None:
        span = marked.anywhere("now_asked")
    return None if span is None else Timing(today, today, spans=(span,))


def _counted(marked: Marked, words: FigureWords, today: date, asked: bool) -> Timing | None:
    """ "in two months", "2-3 hafte mein", "after six months"."""
    half = marked.anywhere("half_year")
    if half is not None:
        return _about(marked, half.start, half.end, _ahead(today, "month", 6), today)
    for number, count in enumerate(marked.counts):
        for unit in _UNITS:
            end = marked.starts(f"{unit}_unit", count.end)
            if end is None or not _plain(count):
                continue
            start = count.start
            if number and marked.starts("range", marked.counts[number - 1].end) == start:
                start = marked.counts[number - 1].start
            if marked.ends("last", start) is not None or marked.starts("last", end) is not None:
                return None
            told = _about(marked, start, end, _ahead(today, unit, int(count.value)), today)
            if told is not None or asked:
                then = _ahead(today, unit, int(count.value))
                return told or Timing(then, then, spans=(Span(start, end),))
    return None


def _about(marked: Marked, start: int, end: int, then: date, today: date) -> Timing | None:
    """What stands around a stretch of time says whether it is the latest, the earliest, or the moment."""
    before = {
        name: at for name in ("within", "after", "in", "next_n", "by") if (at := marked.ends(name, start)) is not None
    }
    behind = {name: at for name in ("within", "after", "in", "by") if (at := marked.starts(name, end)) is not None}
    if behind.get("in") == end + 1 and marked.words[end] == "in":
        del behind["in"]  # English "in" belongs to what follows ("3 days in January")
    first = min((start, *before.values()))
    last = max((end, *behind.values()))
    spans = (Span(first, last),)
    if {"within", "by", "next_n"} & (before.keys() | behind.keys()):
        return Timing(today, then, spans=spans)
    if "after" in before or "after" in behind:
        return Timing(then, None, spans=spans)
    return Timing(then, then, spans=spans) if "in" in before or "in" in behind else None


def _named(marked: Marked, words: FigureWords, today: date, asked: bool) -> Timing | None:
    """ "this quarter", "agle mahine"."""
    for which in ("this", "next"):
        for span in marked.every(which):
            for unit in _UNITS[1:]:
                end = marked.starts(f"{unit}_unit", span.end)
                if end is None:
                    continue
                first, last = _period(today, unit, nth=1 if which == "next" else 0)
                return _bounded(marked, span.start, end, max(first, today), last, today)
    return None


def _month(marked: Marked, words: FigureWords, today: date, asked: bool) -> Timing | None:
    """ "in January", "March tak"; not the month of a date."""
    months = words.lexicon.calendar.months
    for at, word in enumerate(marked.words):
        entry = words.voc.at(marked.keys, at, len(marked.keys))
        named = entry[0].value if entry is not None and entry[0].kind == "months" else word
        number = months.get(named)
        dated = at - (at > 0 and marked.words[at - 1] in _ORDINAL)
        dated -= dated > 0 and dated < at and marked.words[dated - 1] in _ORDINAL
        if number is None or any(count.end in (at, dated) or count.start == at + 1 for count in marked.counts):
            continue
        placed = any(
            marked.ends(name, at) is not None
            for name in ("in", "by", "from", "after", "next", "this", "end_of", "start_of", "mid_of")
        )
        placed = placed or any(marked.starts(name, at + 1) is not None for name in ("in", "by", "from", "after"))
        if not (placed or (asked and len(marked.words) <= 4)) and named in _DOUBTFUL_MONTHS:
            continue
        first = date(today.year + (number < today.month), number, 1)
        return _bounded(marked, at, at + 1, max(first, today), _month_end(first), today)
    return None


def _bounded(marked: Marked, start: int, end: int, first: date, last: date, today: date) -> Timing:
    """The period as what stands around it has it: its end alone, until then, or the whole."""
    for name, begins, ends in (("end_of", last - _THIRD, last), ("start_of", first, first + _THIRD)):
        part = marked.ends(name, start)
        if part is not None:
            start, first, last = part, max(first, begins), min(last, ends)
            break
    else:
        part = marked.ends("mid_of", start)
        if part is not None:
            middle = first + (last - first) / 2
            start, first, last = part, middle - _THIRD / 2, middle + _THIRD / 2
    by = marked.ends("by", start)
    by_behind = marked.starts("by", end)
    lead = next((at for name in ("in", "from") if (at := marked.ends(name, start)) is not None), None)
    tail = next((at for name in ("in", "from") if (at := marked.starts(name, end)) is not None), None)
    spans = (Span(min(one for one in (start, by, lead) if one is not None), max(end, by_behind or 0, tail or 0)),)
    if by is not None or by_behind is not None:
        return Timing(today, last, spans=spans)
    return Timing(first, last, spans=spans)


def _plain(count: Count) -> bool:
    return 0 < count.value <= _MOST and count.value == int(count.value) and not count.scaled


def _ahead(today: date, unit: str, times: int) -> date:
    if unit in ("day", "week"):
        return today + timedelta(days=times * (7 if unit == "week" else 1))
    return add_months(today, times * _MONTHS[unit])


def _period(today: date, unit: str, nth: int) -> tuple[date, date]:
    """The week, month, quarter or year that is the `nth` from this one."""
    if unit == "week":
        first = today - timedelta(days=today.weekday()) + timedelta(weeks=nth)
        return first, first + timedelta(days=6)
    length = _MONTHS[unit]
    months = (today.year * 12 + today.month - 1) // length * length + nth * length
    first = date(months // 12, months % 12 + 1, 1)
    ends = months + length - 1
    return first, _month_end(date(ends // 12, ends % 12 + 1, 1))


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
