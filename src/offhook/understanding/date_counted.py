"""Dates that are counted from another day: "in three weeks", "a week from Monday", "two Fridays from now"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from offhook.understanding import calendar
from offhook.understanding.date_base import DateBase, Days
from offhook.understanding.numbers import Number, number_at

_WEEKS = ("week", "fortnight")


@dataclass(slots=True)
class CountedDates(DateBase):
    def _counted(self, i: int) -> Days | None:
        """ "three days from now", "two weeks after the 5th", "two weeks on Tuesday", "a week tomorrow"."""
        s, w = self.sentence, self.words
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
            inner = self.at(end + 1)
            if inner is not None and inner.first is not None and not inner.span and (linker != "on" or unit in _WEEKS):
                moved = self._all_moved(inner.first, amounts, -1 if linker == "before" else 1)
                return self._day(i, inner.end, moved)
        if unit in _WEEKS and (linker in w.relative_days or linker in w.weekdays or linker in w.sets["this"]):
            inner = self.at(end)
            if inner is not None and inner.first is not None and not inner.span:
                return self._day(i, inner.end, self._all_moved(inner.first, amounts))
        return None

    def _amounts(self, i: int) -> tuple[list[tuple[int, str]], int] | None:
        """ "two weeks", "a week and three days", "a month and a half" -> ([(1, "month"), (15, "day")], end)."""
        first = self._amount(i)
        if first is None:
            return None
        count, unit, end = first
        amounts = [(count, unit)]
        s = self.sentence
        if unit == "month" and s.has(("and", "a", "half"), end):
            return [*amounts, (15, "day")], end + 3
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
        measured = self._amounts(at)
        if measured is None:
            return None
        amounts, end = measured
        if s.word(end) == "time":
            end += 1
        day = self._all_moved(self.today, amounts)
        if day is None:
            return None
        if s.words[i] == "within":
            return self._days(i, end, self.today, day)
        return self._in_weekday(i, end, amounts) or self._day(i, end, day)

    def _in_weekday(self, i: int, end: int, amounts: list[tuple[int, str]]) -> Days | None:
        """ "in two weeks on Friday": that weekday of the week so far ahead."""
        s = self.sentence
        at = end + 2 if s.word(end + 1) in self.numbers.articles else end + 1
        weekday = self.words.weekdays.get(s.word(at)) if s.word(end) == "on" else None
        if weekday is None or len(amounts) != 1 or amounts[0][1] not in _WEEKS:
            return None
        weeks = amounts[0][0] * (2 if amounts[0][1] == "fortnight" else 1)
        return self._day(i, at + 1, calendar.weekday_of_week(self.today, weekday, weeks))

    def _nth_weekday(self, i: int, which: Number, weekday: int) -> Days | None:
        """ "the first Monday of next month", "the second Tuesday in December 2027", "the first Friday after it"."""
        at = which.end + 1
        link, count = self.sentence.word(at), int(which.value)
        if count > 5:
            return None
        if link in ("of", "in"):
            month = self._month_and_year(at + 1)
            if month is None:
                return None
            year, number, end = month
            found = calendar.nth_weekday(year, number, weekday, count)
            if found is not None and found < self.today and self._any_month(at + 1):
                following = calendar.add_months(date(year, number, 1), 1)
                found = calendar.nth_weekday(following.year, following.month, weekday, count)
            return self._day(i, end, found)
        if link == "after":
            inner = self.at(at + 1)
            if inner is not None and inner.last is not None:
                first = calendar.next_weekday(inner.last, weekday)
                return self._day(i, inner.end, first + timedelta(days=7 * (count - 1)))
        return None

    def _beside_day(self, i: int, end: int, weekday: int) -> Days | None:
        """ "Saturday after Thanksgiving", "Friday before Christmas"."""
        link = self.sentence.word(end)
        if link not in ("after", "before") or self.sentence.word(end + 1) in self.words.sets["next"]:
            return None
        inner = self.at(end + 1)
        if inner is None or inner.first is None or inner.last is None or inner.span:
            return None
        if link == "after":
            return self._day(i, inner.end, calendar.next_weekday(inner.last, weekday))
        back = (inner.first.weekday() - weekday - 1) % 7 + 1
        return self._day(i, inner.end, inner.first - timedelta(days=back))
