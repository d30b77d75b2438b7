"""Dates by their place in a week, a month or a year: "the first Monday of next month", "the last day of 2027", "the
second week of December"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from offhook.understanding import calendar
from offhook.understanding.date_base import DateBase, Days
from offhook.understanding.numbers import Number


@dataclass(slots=True)
class WithinDates(DateBase):
    def _nth_within(self, i: int, which: Number) -> Days | None:
        """ "the third day of next week", "the first of the year", "the second Monday of 2027"."""
        s, count = self.sentence, which.whole
        if count is None or not which.ordinal:
            return None
        kind = s.word(which.end)
        weekday = self.words.weekdays.get(kind)
        at = which.end if kind == "of" else which.end + 1
        if not (kind == "of" or weekday is not None or self.words.units.get(kind) == "day"):
            return None
        whole = self._week_or_year(at + 1) if s.word(at) in ("of", "in") else None
        if whole is None:
            return None
        first, last, end = whole
        found = _counted_from(first, count, weekday)
        if found < self.today and s.has(("the", "year"), at + 1) and end == at + 3:
            first, last = date(first.year + 1, 1, 1), date(first.year + 1, 12, 31)  # the one that comes next
            found = _counted_from(first, count, weekday)
        return self._day(i, end, found if found <= last else None)

    def _half_of_year(self, i: int, which: Number) -> Days | None:
        """ "the second half of 2027"."""
        s, at = self.sentence, which.end + 1
        if which.value not in (1, 2) or s.word(which.end) != "half" or s.word(at) not in ("of", "in"):
            return None
        whole = self._week_or_year(at + 1)
        if whole is None or (whole[1] - whole[0]).days < 360:
            return None
        year, months = whole[0].year, ((1, 6), (7, 12))[int(which.value) - 1]
        return self._days(i, whole[2], date(year, months[0], 1), calendar.month(year, months[1])[1])

    def _last_within(self, i: int) -> Days | None:
        """ "last day of the year", "last Friday of 2027": "last" stands at `i`."""
        s = self.sentence
        weekday = self.words.weekdays.get(s.word(i + 1))
        if weekday is None and self.words.units.get(s.word(i + 1)) != "day":
            return None
        whole = self._week_or_year(i + 3) if s.word(i + 2) in ("of", "in") else None
        if whole is None:
            return None
        _, last, end = whole
        return self._day(i, end, last if weekday is None else last - timedelta(days=(last.weekday() - weekday) % 7))

    def _week_or_year(self, i: int) -> tuple[date, date, int] | None:
        """ "next week", "the year", "the year 2028", "2028" -> (first day, last day, end)."""
        s, w = self.sentence, self.words
        at = i + 1 if s.word(i) == "the" else i
        ahead = 0
        for kind, weeks in (("next", 1), ("coming", 1), ("last", -1), ("this", 0)):
            if s.word(at) in w.sets[kind]:
                ahead, at = weeks, at + 1
                break
        unit = w.units.get(s.word(at)) if at > i else None
        if unit == "week":
            return (*calendar.week(self.today, ahead), at + 1)
        year = self._year(at + 1 if unit == "year" else at) if ahead == 0 else None
        if year is not None:
            return date(year[0], 1, 1), date(year[0], 12, 31), year[1]
        if unit != "year":
            return None
        return date(self.today.year + ahead, 1, 1), date(self.today.year + ahead, 12, 31), at + 1

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

    def _part_of_month(self, i: int, which: Number) -> Days | None:
        """ "the first week of December", "the second half of next month"."""
        s = self.sentence
        word, at = s.word(which.end), which.end + 1
        if word not in ("week", "half", "weekend") or not which.ordinal or s.word(at) not in ("of", "in"):
            return None
        month = self._month_and_year(at + 1)
        if month is None or not 1 <= which.value <= (2 if word == "half" else 5):
            return None
        first, last = calendar.month(month[0], month[1])
        if word == "weekend":
            saturday = calendar.nth_weekday(month[0], month[1], 5, int(which.value))
            return self._days(i, month[2], saturday, saturday + timedelta(days=1)) if saturday is not None else None
        length = 15 if word == "half" else 7
        start = first + timedelta(days=length * (int(which.value) - 1))
        end = last if word == "half" and which.value == 2 else min(start + timedelta(days=length - 1), last)
        return self._days(i, month[2], start, end) if start <= last else None

    def _last_but(self, i: int, number: Number) -> Days | None:
        """ "second to last Friday of December"."""
        s, at = self.sentence, number.end
        at = at + 1 if s.word(at) == "-" else at
        if s.word(at) != "to" or s.word(at + 1 if s.word(at + 1) != "-" else at + 2) not in self.words.sets["last"]:
            return None
        at = at + 2 if s.word(at + 1) != "-" else at + 3
        weekday, month = self.words.weekdays.get(s.word(at)), self._month_and_year(at + 2)
        if month is None or s.word(at + 1) not in ("of", "in"):
            return None
        if self.words.units.get(s.word(at)) == "day":
            end = calendar.month(month[0], month[1])[1]
            return self._day(i, month[2], end - timedelta(days=int(number.value) - 1))
        if weekday is None:
            return None
        last = calendar.nth_weekday(month[0], month[1], weekday, -1)
        return self._day(i, month[2], last - timedelta(days=7 * (int(number.value) - 1)) if last is not None else None)

    def _last_weeks(self, i: int) -> Days | None:
        """ "the last two weeks of December", "the last ten days of next month"."""
        s = self.sentence
        measured = self._amount(i + 1)
        if measured is None or measured[1] not in ("day", "week") or s.word(measured[2]) not in ("of", "in"):
            return None
        month = self._month_and_year(measured[2] + 1)
        if month is None:
            return None
        last = calendar.month(month[0], month[1])[1]
        return self._days(
            i, month[2], last - timedelta(days=measured[0] * (7 if measured[1] == "week" else 1) - 1), last
        )

    def _last_of_month(self, i: int, unit: str, month: tuple[int, int, int]) -> Days:
        last = calendar.month(month[0], month[1])[1]
        if unit == "week":
            return self._days(i, month[2], last - timedelta(days=6), last)
        saturday = calendar.nth_weekday(month[0], month[1], 5, -1) or last
        return self._days(i, month[2], saturday, saturday + timedelta(days=1))


def _counted_from(first: date, count: int, weekday: int | None) -> date:
    """The `count`th day from `first` on, or the `count`th such weekday."""
    start = first if weekday is None else calendar.next_weekday(first - timedelta(days=1), weekday)
    return start + timedelta(days=(count - 1) * (1 if weekday is None else 7))
