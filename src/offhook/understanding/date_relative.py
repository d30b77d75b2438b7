"""Dates by their place against today: "next Tuesday", "this weekend", "in two weeks", "the end of the month"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from offhook.understanding import calendar
from offhook.understanding.date_base import Days
from offhook.understanding.date_numbers import NumberDates
from offhook.understanding.numbers import number_at


@dataclass(slots=True)
class RelativeDates(NumberDates):
    def _next(self, i: int) -> Days | None:
        s, w = self.sentence, self.words
        weeks, at = 1, i + 1
        while s.word(at) in w.sets["next"] or (s.word(at) == "to" and s.word(at + 1) in w.sets["next"]):
            at += 2 if s.word(at) == "to" else 1
            weeks += 1
        word = s.word(at)
        if word in w.weekdays:
            if s.word(at + 1) == "week" or s.has(("of", "next"), at + 1):
                end = at + 2 if s.word(at + 1) == "week" else at + 3
                return self._day(i, end, calendar.weekday_of_week(self.today, w.weekdays[word], 1))
            dated = self._weekday_dated(at, at + 1, w.weekdays[word])
            if dated is not None:
                return self._shift(i, dated)
            return self._day(i, at + 1, calendar.weekday_of_week(self.today, w.weekdays[word], weeks))
        if word in w.months:
            first, last = self._coming_month(w.months[word])
            if first <= self.today:
                first, last = calendar.month(first.year + 1, first.month)
            inner = number_at(s, at + 1, self.numbers)
            if inner is not None and 1 <= inner.value <= 31:
                return self._day(i, inner.end, calendar.make_date(first.year, first.month, int(inner.value)))
            return self._days(i, at + 1, first, last)
        unit = w.units.get(word)
        if unit is None:
            return self._next_few(i, at)
        return self._unit_ahead(i, at, unit, weeks)

    def _unit_ahead(self, i: int, at: int, unit: str, ahead: int) -> Days | None:
        """`unit` stands at `at` behind "next": a whole week or month, or a weekday or day in it."""
        if unit == "day":
            return self._day(i, at + 1, (self.anchor or self.today) + timedelta(days=1))
        if unit in ("week", "month") and ahead == 1 and self._from_today(i):
            return self._days(i, at + 1, self.today, self._moved(self.today, unit, 1) or self.today)
        if unit == "week":
            return self._in_week(i, at + 1, ahead)
        if unit == "weekend":
            return self._days(i, at + 1, *self._weekend(ahead))
        if unit == "month":
            start = calendar.add_months(self.today.replace(day=1), ahead)
            return self._in_month(i, at + 1, start)
        if unit == "year":
            year = self.today.year + ahead
            month = self.words.months.get(self.sentence.word(at + 2)) if self.sentence.word(at + 1) == "in" else None
            if month is not None:
                return self._days(i, at + 3, *calendar.month(year, month))
            return self._days(i, at + 1, date(year, 1, 1), date(year, 12, 31))
        if unit == "fortnight":
            return self._days(i, at + 1, self.today + timedelta(days=1), self.today + timedelta(days=14))
        return None

    def _from_today(self, i: int) -> bool:
        """ "over the next week", "in the next month": as long as that from today on."""
        s = self.sentence
        return s.word(i - 1) == "the" and s.word(i - 2) in ("in", "over", "within", "during")

    def _in_week(self, i: int, end: int, weeks: int) -> Days:
        """A week, or the weekday that is named behind it ("next week on Friday", "next week Tuesday")."""
        s = self.sentence
        at = end + 1 if s.word(end) in ("on", ",") else end
        weekday = self.words.weekdays.get(s.word(at))
        if weekday is not None and s.word(at - 1) not in ("or", "and"):
            return self._day(i, at + 1, calendar.weekday_of_week(self.today, weekday, weeks))
        first, last = calendar.week(self.today, weeks)
        return self._days(i, end, max(first, self.today) if weeks == 0 else first, last)

    def _in_month(self, i: int, end: int, start: date) -> Days:
        """A month, or the day that is named behind it ("next month on the 5th")."""
        s = self.sentence
        at = end
        while s.word(at) in ("on", "the", ","):
            at += 1
        number = number_at(s, at, self.numbers) if at > end else None
        if number is not None and number.ordinal and number.value <= 31:
            return self._day(i, number.end, calendar.make_date(start.year, start.month, int(number.value)))
        return self._days(i, end, *calendar.month(start.year, start.month))

    def _next_few(self, i: int, at: int) -> Days | None:
        """ "the next few days", "the next two weeks": from today on."""
        number = number_at(self.sentence, at, self.numbers)
        few = 2 if self.sentence.word(at) in self.numbers.couples else 3
        count, at = (number.whole or 0, number.end) if number is not None else (few, at + 1)
        if number is None and self.sentence.word(at - 1) not in ("few", "couple"):
            return None
        if self.sentence.word(at) == "of":
            at += 1
        unit = self.words.units.get(self.sentence.word(at))
        end = self._moved(self.today, unit, count) if unit in ("day", "week", "month") else None
        return self._days(i, at + 1, self.today, end) if end is not None else None

    def _this(self, i: int) -> Days | None:
        s, w = self.sentence, self.words
        at = i + 1
        if s.word(at) in w.sets["coming"] or s.word(at) in w.sets["next"]:
            return self._shift(i, self._coming(at) if s.word(at) in w.sets["coming"] else self._next(at))
        if s.word(at) in w.sets["last"]:
            return self._shift(i, self._last(at))
        word = s.word(at)
        if w.dayparts.get(word):
            return Days(i, at + 1, self.today, self.today, daypart=w.dayparts[word])
        if word in w.weekdays:
            dated = self._weekday_dated(at, at + 1, w.weekdays[word])
            if dated is not None:
                return self._shift(i, dated)
            day = calendar.weekday_of_week(self.today, w.weekdays[word], 0)
            return self._day(i, at + 1, day if day >= self.today else day + timedelta(days=7))
        unit = w.units.get(word)
        if unit == "day" and s.has(("next", "week"), at + 1):
            return self._day(i, at + 3, self.today + timedelta(days=7))
        if unit == "day":
            return self._day(i, at + 1, self.today) if s.word(at) == "day" else None
        if unit == "week":
            return self._in_week(i, at + 1, 0)
        if unit == "weekend":
            return self._days(i, at + 1, *self._weekend(0))
        if unit == "month":
            found = self._in_month(i, at + 1, self.today)
            return found if not found.span or found.last is None else self._days(i, at + 1, self.today, found.last)
        if unit == "year":
            return self._days(i, at + 1, self.today, date(self.today.year, 12, 31))
        return self._shift(i, self._month(at)) if word in w.months else None

    def _coming(self, i: int) -> Days | None:
        word = self.sentence.word(i + 1)
        weekday = self.words.weekdays.get(word)
        if weekday is not None:
            dated = self._weekday_dated(i + 1, i + 2, weekday)
            return self._shift(i, dated) or self._day(i, i + 2, calendar.next_weekday(self.today, weekday))
        unit = self.words.units.get(word)
        if unit == "weekend":
            return self._days(i, i + 2, *self._weekend(0))
        return self._unit_ahead(i, i + 1, unit, 1) if unit in ("week", "month", "year") else None

    def _following(self, i: int) -> Days | None:
        """Relative to the day spoken of: "the following Monday", "the following day", "the following week"."""
        word, base = self.sentence.word(i + 1), self.anchor or self._said_before(i) or self.today
        weekday = self.words.weekdays.get(word)
        if weekday is not None:
            return self._day(i, i + 2, calendar.next_weekday(base, weekday))
        unit = self.words.units.get(word)
        if unit == "day":
            return self._day(i, i + 2, base + timedelta(days=1))
        return self._days(i, i + 2, *calendar.week(base, 1)) if unit == "week" else None

    def _last(self, i: int) -> Days | None:
        s, w = self.sentence, self.words
        word = s.word(i + 1)
        within = self._last_weeks(i) or self._last_within(i)
        if within is not None:
            return within
        if word in w.weekdays:
            monday_before = calendar.next_weekday(self.today, w.weekdays[word]) - timedelta(days=7)
            day = monday_before if monday_before < self.today else monday_before - timedelta(days=7)
            beside = self._beside_day(i, i + 2, w.weekdays[word])
            if beside is not None:
                return beside
            if s.word(i + 2) in ("of", "in") and (month := self._month_and_year(i + 3)) is not None:
                found = calendar.nth_weekday(month[0], month[1], w.weekdays[word], -1)
                return self._day(i, month[2], found)
            return self._day(i, i + 2, day)
        unit = w.units.get(word)
        if unit == "day" and s.word(i + 2) in ("of", "in"):
            month = self._month_and_year(i + 3)
            return self._day(i, month[2], calendar.month(month[0], month[1])[1]) if month else None
        if unit in ("week", "weekend") and s.word(i + 2) in ("of", "in"):
            month = self._month_and_year(i + 3)
            return self._last_of_month(i, unit, month) if month else None
        if word in w.dayparts and s.words[i] == "last":
            yesterday = self.today - timedelta(days=1)
            return Days(i, i + 2, yesterday, yesterday, daypart=w.dayparts[word])
        if unit == "year":
            return self._days(i, i + 2, date(self.today.year - 1, 1, 1), date(self.today.year - 1, 12, 31))
        if unit == "week":
            return self._in_week(i, i + 2, -1)
        if unit == "weekend":
            return self._days(i, i + 2, *self._weekend(-1))
        if unit == "month":
            return self._in_month(i, i + 2, calendar.add_months(self.today.replace(day=1), -1))
        return None

    def _unit(self, i: int) -> Days | None:
        """ "week after next", "weekend", "day after tomorrow", "weekends"."""
        s = self.sentence
        unit = self.words.units[s.words[i]]
        if unit == "day" and s.word(i + 1) in ("after", "before"):
            return self._day_after(i)
        if unit in ("week", "month", "weekend") and s.has(("after", "next"), i + 1):
            return self._shift_end(self._unit_ahead(i, i, unit, 2), i + 3)
        if unit in ("week", "weekend") and s.has(("before", "last"), i + 1):
            spanned = calendar.week(self.today, -2) if unit == "week" else self._weekend(-2)
            return self._days(i, i + 3, *spanned)
        if unit in ("week", "weekend") and s.word(i + 1) in self.words.hints.holding:
            at = i + 3 if s.word(i + 2) == "on" else i + 2
            inner = self.at(at)
            if inner is not None and inner.first is not None and not inner.span:
                return self._around(i, unit, inner.end, inner.first)
        if (
            unit in ("week", "month")
            and s.word(i + 1) in ("after", "before", "from")
            and s.word(i - 1) in ("", "the", "a")
        ):
            inner = self.at(i + 2)
            if inner is not None and inner.first is not None and not inner.span:
                sign = -1 if s.word(i + 1) == "before" else 1
                if s.word(i - 1) == "the" and unit == "week":
                    return self._days(i, inner.end, *calendar.week(inner.first, sign))
                return self._day(i, inner.end, self._moved(inner.first, unit, sign))
            if s.word(i + 1) == "after" and unit == "week":
                return self._days(i, i + 2, *calendar.week(self.anchor or self._week_said(i) or self.today, 1))
        if unit == "weekend":
            return self._weekend_beside(i) or self._days(i, i + 1, *self._weekend(0))
        return None

    def _weekend_beside(self, i: int) -> Days | None:
        saturday = self._beside_day(i, i + 1, 5)
        if saturday is None or saturday.first is None:
            return None
        return self._days(i, saturday.end, saturday.first, saturday.first + timedelta(days=1))

    def _around(self, i: int, unit: str, end: int, day: date) -> Days:
        """ "the week of the 7th", "the weekend of December 5th": what holds the day, or is nearest to it."""
        if unit == "week":
            first, last = calendar.week(day, 0)
            return self._days(i, end, max(first, self.today) if last >= self.today else first, last)
        saturday = calendar.weekday_of_week(day, 5, 0 if day.weekday() > 1 else -1)
        return self._days(i, end, saturday, saturday + timedelta(days=1))

    def _week_said(self, i: int) -> date | None:
        """The weekday spoken of earlier in the sentence ("my Friday booking to the week after")."""
        for word in reversed(self.sentence.words[:i]):
            if word in self.words.weekdays:
                return calendar.next_weekday(self.today, self.words.weekdays[word])
        return None

    def _day_after(self, i: int) -> Days | None:
        """ "day after tomorrow", "day before Friday", "day after" (of the day spoken of)."""
        sign = 1 if self.sentence.word(i + 1) == "after" else -1
        inner = self.at(i + 2)
        if inner is not None and inner.first is not None and not inner.span:
            if self.sentence.word(i - 1) in ("any", "every", "each", "some"):
                return None  # "any day after the tenth" is not the eleventh
            return self._day(i, inner.end, inner.first + timedelta(days=sign))
        said = self.anchor or self._said_before(i)
        if (sign == -1 and said is None) or self.sentence.word(i - 1) in ("any", "every", "each", "some"):
            return None
        base = said if said is not None else self.today + timedelta(days=1)
        end = i + 3 if self.sentence.word(i + 2) in ("that", "this") else i + 2
        return self._day(i, end, base + timedelta(days=sign))

    def _daypart_beside(self, i: int) -> Days | None:
        """ "the night before Christmas", "the morning after the 5th", "the night before last", "the eve of the 3rd"."""
        s = self.sentence
        daypart, link = self.words.dayparts.get(s.word(i)), s.word(i + 1)
        eve = s.word(i) == "eve" and link == "of"
        if daypart is None or not (eve or (link in ("before", "after") and s.word(i - 1) == "the")):
            return None
        if s.has(("before", "last"), i + 1):
            day = self.today - timedelta(days=2)
            return Days(i, i + 3, day, day, daypart=daypart)
        inner = self.at(i + 2)
        if inner is None or inner.first is None or inner.span:
            return None
        day = inner.first + timedelta(days=1 if link == "after" else -1)
        return Days(i, inner.end, day, day, daypart=None if eve else daypart)

    def _part(self, i: int) -> Days | None:
        """ "end of the month", "early next week", "beginning of December", "later this week"."""
        s = self.sentence
        part = self.words.parts[s.words[i]]
        at = i + 1
        while s.word(at) in ("of", "the", "in", "-", "by"):
            at += 1
        if s.word(at) in self.words.dayparts:
            return None
        whole = self._whole(at)
        if whole is None or whole.first is None or whole.last is None:
            return None
        found = self._cut(i, part, whole.end, whole.first, whole.last)
        over = found is not None and found.last is not None and found.last < self.today
        if over and self.words.units.get(s.word(at)) == "month":
            following = calendar.add_months(whole.first, 1)
            return self._cut(i, part, whole.end, *calendar.month(following.year, following.month))
        return found

    def _cut(self, i: int, part: str, end: int, first: date, last: date) -> Days | None:
        s = self.sentence
        length = (last - first).days + 1
        if length > 60:
            return self._days(i, end, first, last) if part == "later" else None
        month = 28 <= length <= 31
        third = 10 if month else max(length // 3, 2)
        if part == "rest":
            first = max(first, self.today)
        elif s.words[i] == "later":
            first = max(first, self.today + timedelta(days=1))
        elif part == "start":
            last = first + timedelta(days=third - 1)
        elif part == "middle":
            first, last = (
                first + timedelta(days=third),
                first + timedelta(days=19) if month else last - timedelta(days=third),
            )
        else:
            # A week ends with Thursday to Sunday, a month with what comes behind its twentieth.
            first = first + timedelta(days=20) if month else last - timedelta(days=3)
        return self._days(i, end, max(first, self.today) if last >= self.today else first, last)

    def _whole(self, at: int) -> Days | None:
        """The week or month that "end of" and its like speak of."""
        s = self.sentence
        unit = self.words.units.get(s.word(at))
        if unit == "month":
            return self._days(at, at + 1, *calendar.month(self.today.year, self.today.month))
        if unit == "week":
            named = self._unit(at) if s.word(at + 1) == "of" else None
            return named or self._days(at, at + 1, *calendar.week(self.today, 0))
        if s.word(at) in self.words.months and (month := self._month_and_year(at)) is not None:
            return self._days(at, month[2], *calendar.month(month[0], month[1]))
        if s.word(at) in self.words.sets["this"] and self.words.units.get(s.word(at + 1)) == "month":
            return self._days(at, at + 2, *calendar.month(self.today.year, self.today.month))
        if s.word(at) in self.words.sets["this"] and self.words.units.get(s.word(at + 1)) == "week":
            return self._days(at, at + 2, *calendar.week(self.today, 0))
        found = self._next(at) if s.word(at) in self.words.sets["next"] else None
        return found if found is not None and found.span else None
