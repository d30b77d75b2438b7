"""Dates that are counted from another day: "in three weeks", "a week from Monday", "two Fridays from now"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from offhook.understanding import calendar
from offhook.understanding.date_base import Days
from offhook.understanding.date_within import WithinDates
from offhook.understanding.numbers import number_at

_WEEKS = ("week", "fortnight")
_HALVES = {"week": 3, "month": 15}
"""Days of the half in "a week and a half"."""


@dataclass(slots=True)
class CountedDates(WithinDates):
    def _counted(self, i: int) -> Days | None:
        """ "three days from now", "two weeks after the 5th", "two weeks on Tuesday", "a week tomorrow"."""
        s, w = self.sentence, self.words
        either = self._either(i)
        if either is not None:
            return self._counted_either(i, *either)
        measured = self._amounts(i)
        if measured is None:
            return self._weekdays_ahead(i)
        amounts, end = measured
        linker, unit = s.word(end), amounts[-1][1]
        if linker in w.sets["ago"]:
            return self._day(i, end + 1, self._all_moved(self.today, amounts, -1))
        if linker in ("later", "hence") and (linker == "hence" or self.anchor is None):
            return self._day(i, end + 1, self._all_moved(self.today, amounts))
        if linker in ("from", "after", "on", "before"):
            if s.word(end + 1) in w.sets["now"]:
                return self._day(i, end + 2, self._all_moved(self.today, amounts))
            said = self.anchor or self._said_before(i)
            that = linker in ("after", "before") and s.word(end + 1) in ("that", "this")
            inner = Days(end + 1, end + 2, said, said) if that and said is not None else self.at(end + 1)
            if inner is None and linker == "before" and said is not None:
                inner = Days(end, end + 1, said, said)  # "we leave on the 12th, so two days before at nine"
            if inner is not None and inner.first is not None and not inner.span and (linker != "on" or unit in _WEEKS):
                moved = self._all_moved(inner.first, amounts, -1 if linker == "before" else 1)
                return self._day(i, inner.end, moved)
        if unit in _WEEKS and (linker in w.relative_days or linker in w.weekdays or linker in w.sets["this"]):
            inner = self.at(end)
            if inner is not None and inner.first is not None and not inner.span:
                return self._day(i, inner.end, self._all_moved(inner.first, amounts))
        return None

    def _either(self, i: int) -> tuple[int, int, str, int] | None:
        """ "three or four days", "2-3 weeks", "a day or two" -> (3, 4, "day", end)."""
        s = self.sentence
        number = number_at(s, i, self.numbers)
        single = number is None or number.ordinal or number.whole is None
        if single and s.word(i) not in self.numbers.articles:
            return None
        unit = self._unit_at(i + 1) if number is None or s.word(i) in self.numbers.articles else None
        link = i + 2 if unit is not None else number.end if number is not None else i
        if s.word(link) not in ("or", "to", "-", "–"):
            return None
        more = number_at(s, link + 1, self.numbers)
        if more is None or more.ordinal or more.whole is None:
            return None
        if unit is not None:
            return (1, more.whole, unit, more.end) if s.word(link) == "or" and more.whole < 10 else None
        unit, low = self._unit_at(more.end), number.whole if number is not None else None
        end = more.end + (2 if unit == "workday" else 1)
        return (low, more.whole, unit, end) if unit is not None and low is not None and low < more.whole else None

    def _counted_either(self, i: int, low: int, high: int, unit: str, end: int) -> Days | None:
        """ "two or three weeks from Monday": from the one to the other."""
        link = self.sentence.word(end)
        if link in self.words.sets["ago"]:
            return self._between(i, end + 1, self._moved(self.today, unit, -high), self._moved(self.today, unit, -low))
        if link not in ("from", "after", "before"):
            return None
        now = self.sentence.word(end + 1) in self.words.sets["now"]
        inner = self._day(end, end + 2, self.today) if now else self.at(end + 1)
        if inner is None or inner.first is None or inner.span:
            return None
        one, two = (-high, -low) if link == "before" else (low, high)
        return self._between(i, inner.end, self._moved(inner.first, unit, one), self._moved(inner.first, unit, two))

    def _between(self, i: int, end: int, first: date | None, last: date | None) -> Days | None:
        return self._days(i, end, first, last) if first is not None and last is not None else None

    def _amounts(self, i: int) -> tuple[list[tuple[int, str]], int] | None:
        """ "two weeks", "a week and three days", "a month and a half" -> ([(1, "month"), (15, "day")], end)."""
        first = self._amount(i)
        if first is None:
            return None
        count, unit, end = first
        amounts = [(count, unit)]
        s = self.sentence
        if unit in _HALVES and s.has(("and", "a", "half"), end):
            return [*amounts, (_HALVES[unit], "day")], end + 3
        more = self._amount(end + 1 if s.word(end) == "and" else end)
        if more is not None and more[1] != unit and more[1] in ("day", "week"):
            return [*amounts, (more[0], more[1])], more[2]
        return amounts, end

    def _all_moved(self, day: date, amounts: list[tuple[int, str]], sign: int = 1) -> date | None:
        moved: date | None = day
        for count, unit in amounts:
            moved = self._moved(moved, unit, sign * count) if moved is not None else None
        return moved

    def _weekdays_ahead(self, i: int) -> Days | None:
        """ "three Fridays from now", "two Sundays ago"."""
        s, w = self.sentence, self.words
        number = number_at(s, i, self.numbers)
        if number is None or number.ordinal or number.whole is None or not 1 <= number.whole <= 60:
            return None
        weekday, linker = w.weekdays.get(s.word(number.end)), s.word(number.end + 1)
        if weekday is None:
            return None
        coming = calendar.next_weekday(self.today, weekday)
        if linker in ("from", "hence") and (linker == "hence" or s.word(number.end + 2) in w.sets["now"]):
            end = number.end + (2 if linker == "hence" else 3)
            return self._day(i, end, coming + timedelta(days=7 * (number.whole - 1)))
        if linker in w.sets["ago"]:
            past = coming - timedelta(days=7 if coming - timedelta(days=7) < self.today else 14)
            return self._day(i, number.end + 2, past - timedelta(days=7 * (number.whole - 1)))
        return None

    def _measure(self, i: int) -> Days | None:
        return self._counted(i) if number_at(self.sentence, i, self.numbers) is not None else None

    def _in(self, i: int) -> Days | None:
        """ "in three days", "in a week", "in two weeks' time", "within a week", "after five days"."""
        s = self.sentence
        near = s.word(i + 1) in self.words.sets["approx"] or s.word(i + 1) == "another"
        at = i + 2 if near else i + 1
        either = self._either(at)
        if either is not None:
            low, high, unit, end = either
            end = end + 1 if s.word(end) == "time" else end
            return self._between(i, end, self._moved(self.today, unit, low), self._moved(self.today, unit, high))
        measured = self._amounts(at)
        if measured is None:
            return self._in_weekdays(i, at)
        amounts, end = measured
        if s.word(end) == "time":
            end += 1
        day = self._all_moved(self.today, amounts)
        if day is None:
            return None
        if s.words[i] == "within":
            return self._days(i, end, self.today, day)
        return self._in_weekday(i, end, amounts) or self._day(i, end, day)

    def _in_weekdays(self, i: int, at: int) -> Days | None:
        """ "in two Wednesdays"."""
        number = number_at(self.sentence, at, self.numbers)
        if number is None or number.ordinal or number.whole is None or not 1 <= number.whole <= 60:
            return None
        weekday = self.words.weekdays.get(self.sentence.word(number.end))
        if weekday is None:
            return None
        coming = calendar.next_weekday(self.today, weekday)
        return self._day(i, number.end + 1, coming + timedelta(days=7 * (number.whole - 1)))

    def _in_weekday(self, i: int, end: int, amounts: list[tuple[int, str]]) -> Days | None:
        """ "in two weeks on Friday": that weekday of the week so far ahead."""
        s = self.sentence
        at = end + 2 if s.word(end + 1) in self.numbers.articles else end + 1
        weekday = self.words.weekdays.get(s.word(at)) if s.word(end) == "on" else None
        if weekday is None or len(amounts) != 1 or amounts[0][1] not in _WEEKS:
            return None
        weeks = amounts[0][0] * (2 if amounts[0][1] == "fortnight" else 1)
        return self._day(i, at + 1, calendar.weekday_of_week(self.today, weekday, weeks))

    def _pointed_at(self, i: int, end: int) -> Days | None:
        """What "the Wednesday before", "the Monday after that" is counted from: the day spoken of before it."""
        s = self.sentence
        stop = end + 2 if s.word(end + 1) in ("that", "this", "it", "then") else end + 1
        alone = s.word(stop) in (*self.words.hints.behind_day, "so") or s.pauses(stop)
        said = self._said_before(i) or self.anchor if s.word(i - 1) == "the" and alone else None
        return Days(end + 1, stop, said, said) if said is not None else None

    def _beside_day(self, i: int, end: int, weekday: int) -> Days | None:
        """ "Saturday after Thanksgiving", "Friday before Christmas"."""
        link = self.sentence.word(end)
        if link not in ("after", "before") or self.sentence.word(end + 1) in self.words.sets["next"]:
            return None
        inner = self.at(end + 1) if not self.sentence.pauses(end + 1) else None
        inner = inner or self._pointed_at(i, end)
        if inner is None or inner.first is None or inner.last is None or inner.span:
            return None
        if link == "after":
            return self._day(i, inner.end, calendar.next_weekday(inner.last, weekday))
        back = (inner.first.weekday() - weekday - 1) % 7 + 1
        return self._day(i, inner.end, inner.first - timedelta(days=back))
