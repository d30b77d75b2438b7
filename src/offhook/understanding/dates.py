"""Reading days and spans of days at a place in the sentence (English grammar; the words are data).

`DateReader.at(i)` gives the longest date expression that begins at token `i`. A day that the calendar does not have is
read and marked impossible, never moved to a neighbour. Rules that people disagree on, fixed here: a bare weekday is its
next occurrence after today; "next Tuesday" is Tuesday of the next calendar week; "this Friday" is this week's while it
is not over; a day of the month without a month is the next one to come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from offhook.understanding import calendar
from offhook.understanding.date_base import DEEPEST, Days
from offhook.understanding.date_relative import RelativeDates
from offhook.understanding.numbers import number_at


@dataclass(slots=True)
class DateReader(RelativeDates):
    def at(self, i: int) -> Days | None:
        if self.depth >= DEEPEST:
            return None
        self.depth += 1
        try:
            return self._at(i)
        finally:
            self.depth -= 1

    def _at(self, i: int) -> Days | None:
        """The longest date expression beginning at token `i`, or None."""
        word = self.sentence.word(i)
        words = self.words
        if not word:
            return None
        if word in ("the", "this", "a", "an"):
            return self._after_determiner(i)
        if word in words.dayparts:
            return self._daypart_beside(i)
        for kind in words.date_kinds.get(word, ()):
            found = self._of_kind(kind, i)
            if found is not None:
                return found
        number = number_at(self.sentence, i, self.numbers)
        if number is not None:
            return self._number(i, number)
        if word in words.holidays.starters:
            return self._holiday(i)
        return None

    def _of_kind(self, kind: str, i: int) -> Days | None:
        match kind:
            case "relative":
                return self._relative(i)
            case "weekday":
                return self._weekday(i)
            case "month":
                return self._month(i)
            case "next":
                return self._next(i)
            case "coming":
                return self._coming(i)
            case "following":
                return self._following(i)
            case "last":
                return self._last(i)
            case "in":
                return self._in(i)
            case "weekday_group":
                return self._weekday_group(i)
            case "part":
                return self._part(i)
            case _:
                return self._unit(i)

    def _after_determiner(self, i: int) -> Days | None:
        word, following = self.sentence.words[i], self.sentence.word(i + 1)
        w = self.words
        if word == "this":
            return self._this(i)
        if word in ("a", "an"):
            return self._counted(i) if following in w.units else self._measure(i)
        if following == "day" and self.sentence.word(i + 2) in ("after", "before"):
            return self._shift(i, self._day_after(i + 1))
        if following == "one" and self.sentence.word(i + 2) == "after" and (said := self._week_said(i)) is not None:
            # "not this Friday, the one after"
            return self._day(i, i + 3, said + timedelta(days=7))
        if following == "day" or following in ("same", "other"):
            return None
        if following in w.dayparts:
            return self._shift(i, self._daypart_beside(i + 1))
        if following in self.numbers.ordinals or following.isdecimal():
            return self._the_number(i)
        inner = self.at(i + 1) if following not in ("the", "this", "a", "an") else None
        return self._shift(i, inner)

    def _relative(self, i: int) -> Days | None:
        word = self.sentence.words[i]
        offset = self.words.relative_days[word]
        day = self.today + timedelta(days=offset)
        end = i + 1
        daypart = "night" if word in self.words.sets["evening_days"] else None
        unit = self.words.units.get(self.sentence.word(end))
        if offset in (0, 1) and unit in ("week", "fortnight") and word not in ("tomorrows", "todays"):
            day, end = day + timedelta(days=7 if unit == "week" else 14), end + 1
        amount = self._amount(end + 1) if self.sentence.word(end) == "in" and offset in (0, 1) else None
        if amount is not None:
            return self._day(i, amount[2], self._moved(day, amount[1], amount[0]))  # "today in one week"
        return Days(i, end, day, day, daypart=daypart)

    def _weekday(self, i: int) -> Days | None:
        s, w = self.sentence, self.words
        word = s.words[i]
        if word in w.sets["shy_weekdays"] and not self._weekday_like(i):
            return None
        weekday = w.weekdays[word]
        end = i + 2 if s.word(i + 1) == "." and len(word) <= 5 else i + 1
        dated = self._weekday_dated(i, end, weekday)
        if dated is not None:
            return dated
        day = calendar.next_weekday(self.today, weekday)
        if s.word(end) in ("week", "fortnight") and s.word(end - 1) != "this":
            return self._day(i, end + 1, day + timedelta(days=7 if s.word(end) == "week" else 14))
        if s.has(("after", "next"), end):
            return self._day(i, end + 2, calendar.weekday_of_week(self.today, weekday, 2))
        if s.has(("before", "last"), end):
            last = day - timedelta(days=7 if day - timedelta(days=7) < self.today else 14)
            return self._day(i, end + 2, last - timedelta(days=7))
        beside = self._beside_day(i, end, weekday)
        if beside is not None:
            return beside
        week = self._week_named(end)
        if week is not None:
            weeks, end = week
            return self._day(i, end, calendar.weekday_of_week(self.today, weekday, weeks))
        ahead = self._in_weeks(end)
        if ahead is not None:
            weeks, end = ahead
            return self._day(i, end, day + timedelta(days=7 * (weeks - 1)) if weeks > 0 else day)
        day = self._bare_weekday(weekday)
        return Days(i, end, day, day, weekday=weekday)

    def _weekday_like(self, i: int) -> bool:
        """Whether a short weekday that is also a word ("sat", "sun") is meant as one."""
        s, w = self.sentence, self.words
        before, behind = s.word(i - 1), s.word(i + 1)
        if before in w.sets["shy_after"]:
            return False
        if before not in w.hints.sitting and (behind == "" or s.pauses(i + 1)):
            return True
        if behind in w.hints.between_days and s.word(i + 2) in w.weekdays:
            return True
        if before not in w.hints.sitting and (behind in w.clock or behind in w.sets["shy_behind"]):
            return True
        return before in w.sets["shy_before"] or behind in w.dayparts or behind == "at" or behind[:1].isdecimal()

    def _weekday_dated(self, i: int, end: int, weekday: int) -> Days | None:
        """ "Friday the 4th", "Friday, December 4th", "Friday 4 December": the two must agree."""
        s = self.sentence
        at = end + 1 if s.word(end) == "," else end
        if s.word(at) == "the":
            at += 1
        number = number_at(s, at, self.numbers)
        dated: Days | None = None
        if s.word(at) in self.words.months:
            dated = self._month(at)
        elif number is not None and (number.ordinal or self._names_month(number.end)):
            if s.word(at - 1) != "the" and number.value <= 2 and not self._names_month(number.end):
                return None
            dated = self._number(at, number, definite=True)
        elif number is not None and s.word(number.end) in ("/",) and s.glued[number.end]:
            dated = self._number(at, number)
        if dated is None or dated.span:
            return None
        if dated.first is not None and dated.first.weekday() != weekday:
            return Days(i, dated.end, dated.first, dated.first, problem="conflict")
        return self._shift(i, dated)

    def _weekday_group(self, i: int) -> Days | None:
        return Days(i, i + 1, None, None, days="mon-fri")
