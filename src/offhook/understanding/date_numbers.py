"""Dates that have a number in them: "the 21st", "3rd of December", "12/5", "a week from Monday"; and holidays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from offhook.understanding import calendar
from offhook.understanding.date_base import Days
from offhook.understanding.date_counted import CountedDates
from offhook.understanding.numbers import Number, number_at


@dataclass(slots=True)
class NumberDates(CountedDates):
    def day_number(self, i: int) -> Days | None:
        """A bare number as the day of a month: "twenty one" where only a day was asked for."""
        number = number_at(self.sentence, i, self.numbers)
        if number is None or number.whole is None or not 1 <= number.whole <= 31:
            return None
        found = self._day_of_month(number.whole)
        return Days(i, number.end, found, found)

    def _the_number(self, i: int) -> Days | None:
        number = number_at(self.sentence, i + 1, self.numbers)
        if number is None:
            return None
        counts = number.ordinal and self.sentence.word(number.end) in self.words.sets["counted_things"]
        if counts and not self.sentence.pauses(number.end):
            return None  # "is the first service free"
        if number.ordinal and (weekday := self.words.weekdays.get(self.sentence.word(number.end))) is not None:
            return self._shift(i, self._nth_within(i, number) or self._nth_weekday(i, number, weekday))
        found = self._number(i + 1, number, definite=True) or self._day_of_any_month(i, number)
        return self._shift(i, found)

    def _day_of_any_month(self, i: int, number: Number) -> Days | None:
        """ "on the 15": a number with an article that nothing makes anything else."""
        s, day = self.sentence, number.whole
        if s.word(i - 1) not in ("on", "for", "to") or not number.digits or day is None or not 1 <= day <= 31:
            return None
        if s.word(number.end) not in self.words.hints.behind_day or self._is_clock(number):
            return None
        return self._day(i, number.end, self._day_of_month(day))

    def _month(self, i: int) -> Days | None:
        s, w = self.sentence, self.words
        number_of_month = w.months[s.words[i]]
        at = i + 2 if s.word(i + 1) in (".", "-", "/") and s.word(i + 2)[:1].isdecimal() else i + 1
        if s.word(at) == "the":
            at += 1
        number = number_at(s, at, self.numbers)
        day = number.whole if number is not None else None
        if number is not None and day is not None and 1 <= day <= 31 and not self._is_clock(number):
            return self._dated(i, number_of_month, day, number.end)
        if number is not None and day is not None and number.digits and 1900 <= day < 2200 and len(number.digits) == 4:
            at = number.end + 1 if s.word(number.end) in ("the", ",") else number.end
            inner = number_at(s, at, self.numbers)
            if inner is not None and inner.ordinal and (within := inner.whole) is not None:
                return self._day(i, inner.end, calendar.make_date(day, number_of_month, within))  # "May 2027 the 5th"
            return self._days(i, number.end, *calendar.month(day, number_of_month))
        if number is not None and day is not None and number.ordinal:
            return Days(i, number.end, None, None, problem="impossible")
        if s.has(("next", "year"), i + 1) or s.has(("of", "next", "year"), i + 1):
            end = i + 3 if s.word(i + 1) == "next" else i + 4
            return self._days(i, end, *calendar.month(self.today.year + 1, number_of_month))
        before = s.word(i - 1)
        if s.words[i] in w.sets["shy_months"] and before not in (
            "in",
            "during",
            "of",
            "until",
            "by",
            "this",
            "next",
            "late",
            "early",
            "mid",
        ):
            return None
        return self._days(i, i + 1, *self._coming_month(number_of_month))

    def _number(self, i: int, number: Number, definite: bool = False) -> Days | None:
        s = self.sentence
        part = self._nth_within(i, number) or self._half_of_year(i, number) or self._part_of_month(i, number)
        part = part or self._span_of_month(i, number) or self._eight_digits(i, number)
        if part is None and number.ordinal:
            part = self._last_but(i, number)
        if part is not None:
            return part
        weekday = self.words.weekdays.get(s.word(number.end))
        if weekday is not None:
            counted = self._nth_weekday(i, number, weekday) if number.ordinal else self._weekdays_ahead(i)
            if counted is not None:
                return counted
        if number.digits:
            written = self._written(i, number)
            if written is not None:
                return written
        value = number.whole
        if value is None:
            return None
        if s.word(i - 1) == "in" and number.digits and len(number.digits) == 4 and self.today.year <= value <= 2100:
            return self._days(i, number.end, date(value, 1, 1), date(value, 12, 31))
        at = number.end
        if s.word(at) in self.words.months and number.digits and self._is_year(i, number, value):
            return self._behind_year(i, at, value)
        if s.word(at) in (".", "-", "/") and s.glued[at] and number.digits and s.word(at + 1) in self.words.months:
            apart = s.word(at) == "." and not s.glued[at + 1] and number_at(s, at + 2, self.numbers) is not None
            at += 0 if apart else 1  # "never off before 5. Dec 8"
        elif s.word(at) in ("of", "day"):
            at += 1 if s.word(at) == "of" or s.word(at + 1) != "of" else 2
        named = self._month_named(at, bare=at == number.end)
        if named is not None and not self._is_clock(number):
            return self._day_in_month(i, number, value, at, named)
        if number.ordinal:
            return self._ordinal_alone(i, number, value, definite)
        return self._counted(i) if self._unit_at(number.end) is not None or self._either(i) is not None else None

    def _day_in_month(self, i: int, number: Number, value: int, at: int, named: tuple[int, int, int]) -> Days | None:
        """ "the 3rd of December": the month (`named`: year, month, end) stands at `at`."""
        year, month, end = named
        if not 1 <= value <= 31:
            return Days(i, end, None, None, problem="impossible") if number.ordinal else None
        if self.sentence.word(at) in self.words.months:
            return self._dated(i, month, value, end)
        found = calendar.make_date(year, month, value)
        if found is not None and found < self.today and self._any_month(at):
            found = calendar.coming_day(self.today, value)
        return self._day(i, end, found)

    def _ordinal_alone(self, i: int, number: Number, value: int, definite: bool) -> Days | None:
        """ "the 3rd", with no month beside it."""
        s = self.sentence
        following = s.word(number.end)
        clocked = s.pauses(number.end) or s.word(number.end + 1) in self.words.sets["oclock"]
        if following in self.words.hints.counted and not (following == "one" and clocked):
            return None
        if not 1 <= value <= 31:
            nameless = definite and following == "" and value < 100
            return Days(i, number.end, None, None, problem="impossible") if nameless else None
        typed = s.words[i][0].isdigit()
        if not (typed or definite) and number.end - i < 2 and not self._ends_day(number.end):
            return None
        weak = not definite and not typed and number.end - i < 2
        found = self._day_of_month(value)
        return Days(i, number.end, found, found, weak=weak)

    def _ends_day(self, i: int) -> bool:
        """Whether what stands behind "second" leaves it a day, and does not make it a thing ("second opinion")."""
        word, w = self.sentence.word(i), self.words
        return (
            word in w.hints.behind_ordinal
            or word in w.dayparts
            or word[:1].isdecimal()
            or word in self.numbers.starters
        )

    def _eight_digits(self, i: int, number: Number) -> Days | None:
        """ "20261203"."""
        digits = number.digits
        if len(digits) != 8 or not digits.startswith("20") or self.sentence.word(i) != digits:
            return None
        day = calendar.make_date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        return self._day(i, i + 1, day) if day is not None else None

    def _written(self, i: int, number: Number) -> Days | None:
        """ "2026-12-03", "3/12", "3/12/26", "3.12.2026", "03-12-2026"."""
        s = self.sentence
        parts, end = [number.digits], i + 1
        separator = s.word(end)
        if separator not in ("/", "-", ".") or not s.glued[end]:
            return None
        while (
            len(parts) < 3
            and s.word(end) == separator
            and s.glued[end]
            and s.word(end + 1).isdecimal()
            and s.glued[end + 1]
        ):
            parts.append(s.words[end + 1])
            end += 2
        if len(parts) == 2 and separator == "/" and all(len(part) <= 2 for part in parts):
            return self._two_part(i, end, int(parts[0]), int(parts[1]))
        if len(parts) == 2 and separator in ("/", "-") and len(parts[1]) == 4 and 1 <= int(parts[0]) <= 12:
            year = int(parts[1])
            return self._days(i, end, *calendar.month(year, int(parts[0]))) if 2000 <= year <= 2100 else None
        if len(parts) != 3 or any(len(part) > 4 for part in parts):
            return None
        if len(parts[0]) == 4:
            return self._day(i, end, calendar.make_date(int(parts[0]), int(parts[1]), int(parts[2])))
        year = int(parts[2]) + (2000 if len(parts[2]) <= 2 else 0)
        one, two = int(parts[0]), int(parts[1])
        month, day = (one, two) if (self.month_first and one <= 12) or two > 12 else (two, one)
        return self._day(i, end, calendar.make_date(year, month, day) if 1 <= year <= 9999 else None)

    def _two_part(self, i: int, end: int, one: int, two: int) -> Days | None:
        if (one, two) == (24, 7):
            return None  # around the clock
        month, day = (one, two) if (self.month_first and one <= 12) or two > 12 else (two, one)
        if not 1 <= month <= 12 or not 1 <= day <= 31:
            return None
        return self._day(i, end, calendar.coming(self.today, month, day))

    def _dated(self, i: int, month: int, day: int, end: int) -> Days:
        """A month and a day, with the year or the last day of a span that may follow."""
        s = self.sentence
        span = self._span_of_days(i, month, day, end)
        if span is not None:
            return span
        dotted = s.word(end) == "." and s.glued[end] and s.word(end + 1).isdecimal()
        joined = s.word(end) in ("-", "/") and s.glued[end] and s.word(end + 1).isdecimal()
        at = end + 1 if s.word(end) in (",", "of") or dotted or joined else end
        year, number = self._year(at), number_at(s, at, self.numbers)
        if year is None and number is not None and self._is_short_year(at, number):
            year = int(number.value) + 2000, number.end
        if year is not None:
            return self._day(i, year[1], calendar.make_date(year[0], month, day))
        if s.has(("next", "year"), end) or s.has(("of", "next", "year"), end):
            stop = end + 2 if s.word(end) == "next" else end + 3
            return self._day(i, stop, calendar.make_date(self.today.year + 1, month, day))
        if s.has(("this", "year"), end) or s.has(("of", "this", "year"), end):
            stop = end + 2 if s.word(end) == "this" else end + 3
            return self._day(i, stop, calendar.make_date(self.today.year, month, day))
        return self._day(i, end, calendar.coming(self.today, month, day))

    def _behind_year(self, i: int, at: int, year: int) -> Days:
        """ "2026 December 7", "2026 December": the year stands before the month."""
        month = self.words.months[self.sentence.word(at)]
        day = number_at(self.sentence, at + 1, self.numbers)
        if day is not None and day.whole is not None and 1 <= day.whole <= 31 and not self._is_clock(day):
            return self._day(i, day.end, calendar.make_date(year, month, day.whole))
        return self._days(i, at + 1, *calendar.month(year, month))

    def _is_short_year(self, at: int, number: Number) -> bool:
        """ "14 April 28": two digits that are no hour, with nothing behind them that would make them something else."""
        short = self.today.year % 100
        if len(number.digits) != 2 or not max(short, 25) <= number.value < short + 15:
            return False
        return self.sentence.word(at - 1) != "at" and self.sentence.word(number.end) in self.words.hints.behind_year

    def _span_of_month(self, i: int, first: Number) -> Days | None:
        """ "13 to 15 of December", "10 - 22 August 2027": the month stands behind both days."""
        s = self.sentence
        if first.whole is None or not 1 <= first.whole <= 31 or self._is_clock(first):
            return None
        between = s.word(first.end) == "and" and s.word(i - 1) in self.words.sets["between"]
        if s.word(first.end) not in self.words.sets["range_links"] and not between:
            return None
        last = number_at(s, first.end + 2 if s.word(first.end + 1) == "the" else first.end + 1, self.numbers)
        if last is None or last.whole is None or not first.whole < last.whole <= 31 or self._is_clock(last):
            return None
        at = last.end + 1 if s.word(last.end) == "of" else last.end
        named = self._month_and_year(at) if s.word(at) in self.words.months or at > last.end else None
        if named is None:
            return None
        year, month, end = named
        begin, stop = calendar.make_date(year, month, first.whole), calendar.make_date(year, month, last.whole)
        if begin is None or stop is None:
            return Days(i, end, None, None, problem="impossible")
        return self._days(i, end, begin, stop)

    def _span_of_days(self, i: int, month: int, day: int, end: int) -> Days | None:
        """ "December 14 - 18", "December 14th to 18th"."""
        s = self.sentence
        if s.word(end) not in self.words.sets["range_links"] or s.words[end - 1] in self.words.months:
            return None
        last = number_at(s, end + 2 if s.word(end + 1) == "the" else end + 1, self.numbers)
        if last is None or last.whole is None or not day < last.whole <= 31 or self._is_clock(last):
            return None
        first_day = calendar.coming(self.today, month, day)
        last_day = calendar.make_date(first_day.year, month, last.whole) if first_day is not None else None
        return self._days(i, last.end, first_day, last_day) if first_day is not None and last_day is not None else None

    def _holiday(self, i: int) -> Days | None:
        names = self.words.holidays
        before = self.sentence.word(i - 2 if self.sentence.word(i - 1) in ("a", "the") else i - 1)
        for length in range(names.longest, 0, -1):
            said = tuple(self.sentence.words[i : i + length])
            if len(said) < length:
                continue
            day = self._holiday_of(said, self.today.year)
            if day is None:
                continue
            end = i + length
            if before in self.words.sets["likened"] or self.sentence.word(end) in self.words.sets["holiday_things"]:
                return None  # "lit up like a Christmas tree"
            if self.sentence.word(i - 1) in self.words.sets["last"]:
                day = day if day < self.today else self._holiday_of(said, self.today.year - 1)
                return self._day(i, end, day)
            named = self._holiday_year(end)
            if named is not None:
                return self._day(i, named[1], self._holiday_of(said, named[0]))
            return self._day(i, end, day if day >= self.today else self._holiday_of(said, self.today.year + 1))
        return None

    def _holiday_of(self, said: tuple[str, ...], year: int) -> date | None:
        names = self.words.holidays
        if said in names.fixed:
            return date(year, *names.fixed[said])
        if said in names.nth:
            month, weekday, which, after = names.nth[said]
            found = calendar.nth_weekday(year, month, weekday, which)
            return found + timedelta(days=after) if found is not None else None
        return calendar.easter(year) + timedelta(days=names.easter[said]) if said in names.easter else None

    def _holiday_year(self, i: int) -> tuple[int, int] | None:
        """ "2027", "of next year", "in 2027" behind a holiday -> (year, end)."""
        s, sets = self.sentence, self.words.sets
        at = i + 1 if s.word(i) in ("of", "in", ",") else i
        for kind, ahead in (("next", 1), ("this", 0), ("last", -1)):
            if s.word(at) in sets[kind] and self.words.units.get(s.word(at + 1)) == "year":
                return self.today.year + ahead, at + 2
        return self._year(at)
