"""Lengths of time: "two hours", "half an hour", "an hour and a half", "three quarters of an hour", "a week". Pure."""

from __future__ import annotations

from offhook.understanding.lexicon import Lexicon
from offhook.understanding.numbers import number_at
from offhook.understanding.text import Sentence

_GLUED_UNITS = {"h": 60, "m": 1}
"""Units of time that are ones only where they touch their number: "in 2h", "in 30m"."""


def length_at(s: Sentence, lexicon: Lexicon, i: int, inner: bool = False) -> tuple[int, int, int] | None:
    """(minutes, days, end): "two hours", "half an hour", "an hour and a half", "a day"; one of the two is 0.

    `inner`: behind another length; no third one follows ("two hours and ten minutes").
    """
    numbers, units = lexicon.numbers, lexicon.calendar.short_units
    if s.word(i) in numbers.halves:
        at = i + 2 if s.word(i + 1) in numbers.articles else i + 1
        return (30, 0, at + 1) if units.get(s.word(at)) == 60 else None
    if s.word(i) in numbers.articles and s.word(i + 1) in numbers.halves and units.get(s.word(i + 2)) == 60:
        return 30, 0, i + 3
    quarters = _quarters_at(s, lexicon, i)
    if quarters is not None:
        return quarters
    count: float | None = None
    at = i
    if s.word(i) in numbers.articles and (s.word(i + 1) in units or s.word(i + 1) in ("day", "week")):
        count, at = 1.0, i + 1
    else:
        number = number_at(s, i, numbers)
        if number is not None and not number.ordinal and number.value < 1000:
            count, at = number.value, number.end
            if s.has(("and", "a", "half"), at) and s.word(at + 3) in units:
                count, at = count + 0.5, at + 3
    if count is None:
        return None
    if s.word(at) in ("more", "of"):
        at += 1
    unit = s.word(at)
    short = _GLUED_UNITS.get(unit) if s.word(at - 1).isdecimal() and at > i and s.glued[at : at + 1] == [True] else None
    if unit in units or short:
        minutes, end = round(count * (short or units[unit])), at + 1
        if minutes % 60 == 0 and s.has(("and", "a", "half"), end):
            return minutes + 30, 0, end + 3
        if minutes % 60 == 0 and s.has(("and", "a", "quarter"), end):
            return minutes + 15, 0, end + 3
        rest = end + 1 if s.word(end) == "and" else end
        more = length_at(s, lexicon, rest, inner=True) if minutes % 60 == 0 and rest < len(s) and not inner else None
        return (minutes + more[0], 0, more[2]) if more is not None and more[0] < 60 else (minutes, 0, end)
    calendar_unit = lexicon.calendar.units.get(unit)
    if calendar_unit == "day" and count == int(count) and s.word(at + 1) == "and" and not inner:
        hours = length_at(s, lexicon, at + 2, inner=True)
        if hours is not None and hours[0]:
            return int(count) * 1440 + hours[0], 0, hours[2]  # "four days and three hours"
    if calendar_unit in ("day", "week") and count == int(count):
        return 0, int(count) * (7 if calendar_unit == "week" else 1), at + 1
    return None


def _quarters_at(s: Sentence, lexicon: Lexicon, i: int) -> tuple[int, int, int] | None:
    """ "a quarter of an hour", "three quarters of an hour"."""
    sets = lexicon.calendar.sets
    number = number_at(s, i, lexicon.numbers)
    count = 1 if s.word(i) in lexicon.numbers.articles else int(number.value) if number is not None else 0
    at = number.end if number is not None else i + 1
    at = at + 1 if s.word(at) == "-" else at
    if not 1 <= count <= 3 or not (s.word(at) in sets["quarter"] or s.word(at) == "quarters"):
        return None
    hour = at + 3 if s.has(("of", "an"), at + 1) else at + 2 if s.word(at + 1) in ("of", "an") else at + 1
    return (15 * count, 0, hour + 1) if lexicon.calendar.short_units.get(s.word(hour)) == 60 else None


def quarter_beside(s: Sentence, lexicon: Lexicon, i: int) -> tuple[int, int, int] | None:
    """The quarter of "quarter to 5:30"; one beside a full hour is a time by itself."""
    sets = lexicon.calendar.sets
    at = i + 1 if s.word(i) in lexicon.numbers.articles else i
    if s.word(at) not in sets["quarter"] or s.word(at + 1) not in (sets["to"] | sets["past"]) - {"of"}:
        return None
    return (15, 0, at + 1) if s.word(at + 3) == ":" else None
