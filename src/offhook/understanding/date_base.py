"""What every reader of dates stands on: the words around a place, the present day, what was found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from offhook.understanding import calendar
from offhook.understanding.lexicon import CalendarWords, NumberWords
from offhook.understanding.numbers import Number, number_at
from offhook.understanding.text import Sentence

DEEPEST = 5

DayProblem = Literal["impossible", "conflict"]


@dataclass(frozen=True, slots=True)
class Days:
    """One day (`first == last`) or an inclusive span, said by tokens [start, end)."""

    start: int
    end: int
    first: date | None
    last: date | None
    problem: DayProblem | None = None
    weekday: int | None = None
    """Set when a weekday alone named the day."""
    days: str | None = None
    """A kind of day ("mon-fri") in place of dates."""
    weak: bool = False
    """Only a date where a date is expected ("second", "5/6")."""
    span: bool = False
    daypart: str | None = None


@dataclass(slots=True)
class DateBase(ABC):
    sentence: Sentence
    words: CalendarWords
    numbers: NumberWords
    today: date
    month_first: bool = True
    """How "3/12" is read: month first (US) or day first."""
    anchor: date | None = None
    """The day spoken of before ("the day after", "the following Monday")."""
    near: bool = False
    """Whether a weekday or a day of the month alone is the one nearest to that day, and not the next to come."""
    depth: int = 0
    """How many dates within dates are being read ("a week after the day after …"); bounded by `DEEPEST`."""
    _named: list[tuple[int, date]] | None = None
    """The days that the sentence names, listed once for what looks back to them."""
    _listing: bool = False

    @abstractmethod
    def at(self, i: int) -> Days | None:
        """The longest date expression beginning at token `i`, or None."""

    @abstractmethod
    def _weekday_dated(self, i: int, end: int, weekday: int) -> Days | None:
        """A weekday that ends at `end`, with the day of the month that follows it."""

    def _amount(self, i: int) -> tuple[int, str, int] | None:
        """ "three days" -> (3, "day", end); "a week", "a couple of weeks", "one and a half months" is none."""
        s = self.sentence
        if s.word(i) in self.numbers.articles and s.word(i + 1) in self.words.units:
            return 1, self.words.units[s.words[i + 1]], i + 2
        number = number_at(s, i, self.numbers)
        if number is None or number.ordinal or number.whole is None or number.whole > 1000:
            return None
        at = number.end + 1 if s.word(number.end) in ("more", "of") else number.end
        unit = self._unit_at(at)
        if unit == "workday":
            return number.whole, unit, at + 2
        return (number.whole, unit, at + 1) if unit is not None else None

    def _unit_at(self, i: int) -> str | None:
        """ "days" -> "day"; "business days" -> "workday"."""
        s, units = self.sentence, self.words.units
        if s.word(i) in self.words.sets["working"] and units.get(s.word(i + 1)) == "day":
            return "workday"
        return units.get(s.word(i))

    def _moved(self, day: date, unit: str | None, count: int) -> date | None:
        try:
            if unit == "workday":
                return calendar.add_workdays(day, count)
            if unit == "day":
                return day + timedelta(days=count)
            if unit in ("week", "fortnight"):
                return day + timedelta(days=count * (7 if unit == "week" else 14))
            if unit in ("month", "year"):
                return calendar.add_months(day, count * (1 if unit == "month" else 12))
        except (OverflowError, ValueError):
            return None
        return None

    def _week_named(self, i: int) -> tuple[int, int] | None:
        """Behind a weekday: "next week", "of last week", "the week after next" -> (weeks ahead, end)."""
        s = self.sentence
        at = i
        while s.word(at) in ("of", "in", "the", ","):
            at += 1
        if s.word(at) in self.words.sets["next"] and s.word(at + 1) == "week":
            return 1, at + 2
        if s.word(at) in self.words.sets["this"] and s.word(at + 1) == "week":
            return 0, at + 2
        if s.word(at) in self.words.sets["last"] and s.word(at + 1) == "week":
            return -1, at + 2
        if s.has(("week", "after", "next"), at):
            return 2, at + 3
        if s.has(("week", "before", "last"), at):
            return -2, at + 3
        if s.has(("week", "after"), at) and s.word(at - 1) == "the":
            return 1, at + 2
        return None

    def _in_weeks(self, i: int) -> tuple[int, int] | None:
        """Behind a weekday: "in two weeks" -> (2, end)."""
        if self.sentence.word(i) != "in":
            return None
        amount = self._amount(i + 1)
        return (amount[0], amount[2]) if amount is not None and amount[1] == "week" else None

    def _month_named(self, i: int, bare: bool = False) -> tuple[int, int, int] | None:
        """ "december", "next month", "this month", "the month" -> (year, month, end)."""
        s, w = self.sentence, self.words
        at = i + 1 if s.word(i) == "the" and not bare else i
        if s.word(at) in w.months:
            first, _ = self._coming_month(w.months[s.words[at]])
            return first.year, first.month, at + 1
        if bare and s.word(at) not in w.sets["next"]:
            return None
        if w.units.get(s.word(at)) == "month" and at > i:
            return self.today.year, self.today.month, at + 1
        if w.units.get(s.word(at + 1)) == "month":
            if s.word(at) in w.sets["this"]:
                return self.today.year, self.today.month, at + 2
            if s.word(at) in w.sets["next"] or s.word(at) in w.sets["coming"]:
                start = calendar.add_months(self.today.replace(day=1), 1)
                return start.year, start.month, at + 2
        return None

    def _month_and_year(self, i: int) -> tuple[int, int, int] | None:
        """ "december", "december 2027", "next month" -> (year, month, end)."""
        if self.sentence.has(("the", "new", "year"), i) or self.sentence.has(("next", "year"), i):
            return self.today.year + 1, 1, i + (3 if self.sentence.word(i) == "the" else 2)
        named = self._month_named(i)
        if named is None or self.sentence.word(named[2] - 1) not in self.words.months:
            return named
        _, month, end = named
        at = end + 1 if self.sentence.word(end) in (",", "of") else end
        if self.sentence.has(("next", "year"), at):
            return self.today.year + 1, month, at + 2
        year = self._year(at)
        return (year[0], month, year[1]) if year is not None else named

    def _year(self, at: int) -> tuple[int, int] | None:
        """ "2027", "two thousand twenty seven", "twenty twenty seven" -> (2027, end)."""
        number = number_at(self.sentence, at, self.numbers)
        if number is None or number.whole is None:
            return None
        if number.value == 20 and not number.digits:
            rest = number_at(self.sentence, number.end, self.numbers)
            if rest is not None and rest.whole is not None and 20 <= rest.whole < 60 and not rest.digits:
                year = Number(2000.0 + rest.whole, at, rest.end)
                return (2000 + rest.whole, rest.end) if self._is_year(at, year, 2000 + rest.whole) else None
        return (number.whole, number.end) if self._is_year(at, number, number.whole) else None

    def _any_month(self, i: int) -> bool:
        """Whether the month named at `i` is "the month": this one, or the next where this one's day is over."""
        return self.sentence.word(i) == "the" and self.words.units.get(self.sentence.word(i + 1)) == "month"

    def _is_year(self, at: int, number: Number, year: int) -> bool:
        if number.ordinal or not 1990 <= year <= 2100:
            return False
        follower = self.sentence.word(number.end)
        if follower in self.words.meridiem or follower in ("hours", "hrs", "miles", "km"):
            return False
        return self.sentence.word(at - 1) != "at"

    def _names_month(self, i: int) -> bool:
        at = i + 1 if self.sentence.word(i) == "of" else i
        return self.sentence.word(at) in self.words.months

    def _is_clock(self, number: Number) -> bool:
        """Whether the number is the beginning of a time of day ("10:30", "5 pm")."""
        s = self.sentence
        follower = s.word(number.end)
        if follower == ":" and s.word(number.end + 1).isdecimal():
            return True
        return follower in self.words.meridiem or follower in self.words.sets["oclock"]

    def _day_of_month(self, day: int) -> date | None:
        """The day of a month that nothing names."""
        found = calendar.coming_day(self.today, day)
        if not self.near or self.anchor is None:
            return found
        starts = [calendar.add_months(self.anchor.replace(day=1), ahead) for ahead in (-1, 0, 1)]
        days = [calendar.make_date(start.year, start.month, day) for start in starts]
        return self._nearest([one for one in days if one is not None]) or found

    def _bare_weekday(self, weekday: int) -> date:
        """The weekday of a week that nothing names."""
        coming = calendar.next_weekday(self.today, weekday)
        if not self.near or self.anchor is None:
            return coming
        before = calendar.next_weekday(self.anchor - timedelta(days=7), weekday)
        return self._nearest([before, before + timedelta(days=7)]) or coming

    def _nearest(self, days: list[date]) -> date | None:
        """The one nearest to the day spoken of, of those that are still to come."""
        anchor = self.anchor or self.today
        return min((day for day in days if day > self.today), key=lambda day: abs(day - anchor), default=None)

    def _coming_month(self, number: int) -> tuple[date, date]:
        year = self.today.year + (1 if number < self.today.month else 0)
        first, last = calendar.month(year, number)
        return max(first, self.today) if first <= self.today <= last else first, last

    def _weekend(self, weeks: int) -> tuple[date, date]:
        saturday = calendar.weekday_of_week(self.today, 5, weeks)
        return (max(saturday, self.today) if weeks == 0 else saturday), saturday + timedelta(days=1)

    def _day(self, start: int, end: int, day: date | None) -> Days:
        return Days(start, end, day, day, problem="impossible" if day is None else None)

    def _days(self, start: int, end: int, first: date, last: date) -> Days:
        return Days(start, end, first, last, span=True)

    def _shift(self, start: int, found: Days | None) -> Days | None:
        """`found` with the words before it that belong to it."""
        return replace(found, start=start) if found is not None else None

    def _shift_end(self, found: Days | None, end: int) -> Days | None:
        return replace(found, end=end) if found is not None else None

    def _said_before(self, i: int) -> date | None:
        """The last single day that the sentence names before `i` ("my Thursday booking to the following Thursday")."""
        if self._listing:
            return None
        if self._named is None:
            self._listing, depth, self.depth = True, self.depth, 0
            self._named = list(self._single_days())
            self._listing, self.depth = False, depth
        return next((day for end, day in reversed(self._named) if end <= i), None)

    def _single_days(self) -> Iterator[tuple[int, date]]:
        """The days that the sentence names and that are to come, each with its end. What leans on a day said before it
        is none: each would look back again."""
        at = 0
        while at < len(self.sentence):
            found = None if self.sentence.words[at] in self.words.sets["following"] else self.at(at)
            if found is not None and not found.span and found.first is not None and found.first >= self.today:
                yield found.end, found.first
            at = max(at + 1, found.end) if found is not None else at + 1
