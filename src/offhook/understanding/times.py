"""Reading times of day at a place in the sentence (English grammar; the words are data).

`TimeReader.at(i)` gives the longest clock expression that begins at token `i`, with how sure its form makes it: a
STRONG one is a time anywhere ("half past four", "10 am"), a MEDIUM one nearly ("ten thirty"), a WEAK one ("ten") only
where a time is expected. Which half of the day a bare hour means is decided later, with day and opening hours at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

from offhook.understanding.lexicon import CalendarWords, NumberWords
from offhook.understanding.numbers import Number, number_at
from offhook.understanding.text import Sentence

Half = Literal["am", "pm"]


class Strength(IntEnum):
    WEAK = 0
    MEDIUM = 1
    STRONG = 2


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day said by tokens [start, end): `hour` 0..23 when `fixed`, else 1..12 awaiting its half of the day."""

    start: int
    end: int
    hour: int
    minute: int
    strength: Strength
    fixed: bool = False
    impossible: bool = False
    form: Literal["hour", "hour_minute", "minutes_to", "other"] = "other"


_DASHED_MINUTES = frozenset({"30", "45"})
"""Minutes behind a dash that no hour can be ("10-30")."""


@dataclass(frozen=True, slots=True)
class TimeReader:
    sentence: Sentence
    words: CalendarWords
    numbers: NumberWords

    def at(self, i: int) -> Clock | None:
        """The longest clock expression beginning at token `i`, or None."""
        s, w = self.sentence, self.words
        word = s.word(i)
        fixed = w.clock.get(word)
        if fixed is not None:
            return Clock(i, i + 1, int(fixed[:2]), int(fixed[3:]), Strength.STRONG, fixed=True)
        if word in w.sets["half"] or word in w.sets["quarter"]:
            return self._past_or_to(i, i + 1, 30 if word in w.sets["half"] else 15)
        if word in self.numbers.articles and s.word(i + 1) in w.sets["quarter"]:
            return self._past_or_to(i, i + 2, 15)
        if word in self.numbers.digit_words or word == "zero":
            return self._padded(i)
        number = number_at(s, i, self.numbers)
        if number is None or number.ordinal or number.whole is None:
            return None
        return self._from_number(i, number)

    def _padded(self, i: int) -> Clock | None:
        """ "zero eight thirty", "oh nine hundred": the clock of twenty-four hours, read digit by digit."""
        s = self.sentence
        hour = self.numbers.units.get(s.word(i + 1), 0)
        if not 1 <= hour <= 9:
            return None
        if s.word(i + 2) in self.numbers.hundred:
            end = i + 4 if s.word(i + 3) in self.words.sets["hours_24"] else i + 3
            return Clock(i, end, hour, 0, Strength.STRONG, fixed=True, form="hour")
        minute = self._minute(i + 2)
        return self._half(i, minute[1], hour, minute[0], Strength.MEDIUM, "hour_minute", exact=True) if minute else None

    def hour_at(self, i: int) -> Clock | None:
        """The hour alone that stands at `i`, without what "to" or "past" would make of it."""
        number = number_at(self.sentence, i, self.numbers)
        if number is None or number.whole is None or number.ordinal or number.whole > 24:
            return None
        return self._hour(i, number, number.whole)

    def _from_number(self, i: int, number: Number) -> Clock | None:
        s, w = self.sentence, self.words
        value = int(number.value)
        follower = s.word(number.end)
        if 1 <= value <= 59:
            at = number.end
            named = follower in w.sets["minute_words"]
            if named:
                at += 1
            found = self._past_or_to(i, at, value, sure=named or value in (5, 10, 15, 20, 25))
            if found is not None:
                return found
            if named:
                return None
        if number.digits and len(number.digits) in (3, 4) and s.word(i) == number.digits:
            return self._run_together(i, number)
        if value >= 100 and value % 100 == 0 and value <= 2400 and not number.digits:
            return self._hundred_hours(number)
        no_time = self._no_time(i, number, value)
        if no_time is not None:
            return no_time
        if value > 24 or (number.digits and len(number.digits) > 2):
            return None
        return self._hour(i, number, value)

    def _no_time(self, i: int, number: Number, hour: int) -> Clock | None:
        """ "25:00", "10:75", "25 o'clock", "at 10 75": given as a clock and none; its parts are no times either."""
        s, at = self.sentence, number.end
        if hour > 24 and s.word(at) in self.words.sets["oclock"]:
            return Clock(i, at + 1, 0, 0, Strength.STRONG, fixed=True, impossible=True)
        minute = number_at(s, at, self.numbers)
        if minute is not None and 1 <= hour <= 24 and s.word(i - 1) in ("at", "@") and self._no_minutes(minute):
            return Clock(i, minute.end, 0, 0, Strength.STRONG, fixed=True, impossible=True)
        if not number.digits or s.word(at) != ":" or not s.glued[at] or len(s.word(at + 1)) != 2:
            return None
        minutes = s.words[at + 1]
        if not minutes.isdecimal() or not s.glued[at + 1] or (hour <= 24 and int(minutes) < 60):
            return None
        return Clock(i, at + 2, 0, 0, Strength.STRONG, fixed=True, impossible=True)

    def _no_minutes(self, minute: Number) -> bool:
        """Whether a number right behind an hour is two digits that are no minutes, and nothing else."""
        whole = minute.whole
        if whole is None or not 60 <= whole <= 99 or minute.ordinal:
            return False
        return not self.sentence.word(minute.end) or self.sentence.word(minute.end) in ("am", "pm", ".", "please")

    def _hour(self, i: int, number: Number, hour: int) -> Clock | None:
        s, w = self.sentence, self.words
        end = number.end
        separator = s.word(end)
        if separator in (":", ".") and s.word(end + 1).isdecimal() and s.glued[end + 1]:
            minutes = s.words[end + 1]
            if len(minutes) == 2 and int(minutes) < 60 and (separator == ":" or s.glued[end]):
                stop = end + 2
                if s.word(stop) == ":" and s.word(stop + 1).isdecimal() and len(s.word(stop + 1)) == 2:
                    stop += 2
                stop = self._offset(stop) if s.word(i - 1) == "t" else stop
                strength = Strength.STRONG if separator == ":" else Strength.WEAK
                padded = number.digits.startswith("0")
                return self._half(i, stop, hour, int(minutes), strength, "hour_minute", exact=hour > 12 or padded)
        if separator == "-" and number.digits and s.glued[end] and hour <= 12 and s.word(end + 1) in _DASHED_MINUTES:
            return self._half(i, end + 2, hour, int(s.words[end + 1]), Strength.MEDIUM, "hour_minute")
        if separator in w.sets["oclock"]:
            return self._half(i, end + 1, hour, 0, Strength.STRONG, "hour")
        if separator == "o" and s.word(end + 1) == "clock":
            return self._half(i, end + 2, hour, 0, Strength.STRONG, "hour")
        if separator == "h" and number.digits and s.glued[end]:
            minutes = s.word(end + 1)
            if minutes.isdecimal() and len(minutes) == 2 and s.glued[end + 1] and int(minutes) < 60:
                return self._half(i, end + 2, hour, int(minutes), Strength.STRONG, "hour_minute", exact=True)
            return self._half(i, end + 1, hour, 0, Strength.STRONG, "hour", exact=True)
        if separator in w.sets["hours_24"] and hour > 12 and s.word(i - 1) == "at":
            return self._half(i, end + 1, hour, 0, Strength.STRONG, "hour", exact=True)
        minute = self._minute(end)
        if minute is not None:
            value, stop = minute
            if s.word(stop) in w.sets["hours_24"] and hour > 12:
                return self._half(i, stop + 1, hour, value, Strength.STRONG, "hour_minute", exact=True)
            return self._half(i, stop, hour, value, Strength.MEDIUM, "hour_minute", exact=hour > 12 or hour == 0)
        return self._half(i, end, hour, 0, Strength.WEAK, "hour")

    def _offset(self, i: int) -> int:
        """Behind a written time: past its distance from UTC ("14:30-06:00"); the business's zone holds."""
        s = self.sentence
        signed = s.word(i) in ("+", "-") and s.glued[i] and len(s.word(i + 1)) == 2 and s.word(i + 1).isdecimal()
        return i + 4 if signed and s.word(i + 2) == ":" and s.glued[i + 2] and len(s.word(i + 3)) == 2 else i

    def _minute(self, i: int) -> tuple[int, int] | None:
        """Minutes spoken behind an hour: "thirty", "oh five", "45"."""
        s = self.sentence
        if s.word(i) in self.numbers.digit_words or s.word(i) == "zero":
            unit = self.numbers.units.get(s.word(i + 1))
            if unit is None and len(s.word(i + 1)) == 1 and s.word(i + 1).isdecimal():
                unit = int(s.words[i + 1])
            return (unit, i + 2) if unit is not None and 0 < unit < 10 else None
        number = number_at(s, i, self.numbers)
        if number is None or number.ordinal or number.whole is None:
            return None
        if number.digits and (len(number.digits) != 2 or s.glued[i]):
            return None
        follower = s.word(number.end)
        if follower in self.words.units or follower in self.words.short_units or follower in self.words.months:
            return None
        if follower in ("/", "%", ":") or (follower == "of" and s.word(number.end + 1) in self.words.months):
            return None
        return (number.whole, number.end) if 10 <= number.whole <= 59 or number.digits.startswith("0") else None

    def _past_or_to(self, i: int, at: int, minutes: int, sure: bool = True) -> Clock | None:
        """ "half past four", "quarter to nine", "ten to nine", British "half nine"."""
        s, w = self.sentence, self.words
        link = s.word(at)
        if link in w.sets["past"] or link in w.sets["to"]:
            if link == "of" and minutes not in (5, 10, 15, 20, 25):
                return None
            hour = self._plain_hour(at + 1)
            if hour is None or not (sure or link == "past"):
                return None
            value, end = hour
            if link in w.sets["past"]:
                return self._half(i, end, value, minutes, Strength.STRONG, "other", exact=value > 12)
            digit_range = s.word(i).isdecimal() and link in ("to", "till", "til") and not minutes > max(value, 12)
            strength = Strength.MEDIUM if digit_range else Strength.STRONG
            before = value - 1 if value > 1 else 12
            if end - at == 2 and self.words.clock.get(s.word(at + 1)) is not None:
                fixed = 23 if value == 0 else value - 1
                return Clock(i, end, fixed, 60 - minutes, Strength.STRONG, fixed=True)
            half = self._meridiem(end)
            if half is not None and value == 12:
                return Clock(i, half[1], 11 if half[0] == "pm" else 23, 60 - minutes, strength, fixed=True)
            return self._half(i, end, before, 60 - minutes, strength, "minutes_to", exact=value > 12)
        if s.word(i) in w.sets["half"]:
            hour = self._plain_hour(at)
            if (
                hour is not None
                and hour[0] <= 12
                and s.word(hour[1]) not in w.short_units
                and s.word(hour[1]) not in w.units
            ):
                return self._half(i, hour[1], hour[0], 30, Strength.STRONG, "other")
        return None

    def _plain_hour(self, i: int) -> tuple[int, int] | None:
        fixed = self.words.clock.get(self.sentence.word(i))
        if fixed is not None:
            return int(fixed[:2]), i + 1
        number = number_at(self.sentence, i, self.numbers)
        if number is None or number.ordinal or number.whole is None or not 1 <= number.whole <= 23:
            return None
        follower = self.sentence.word(number.end)
        if follower in (":", "/", "%") or follower in self.words.units or follower in self.words.short_units:
            return None
        if follower in self.words.sets["oclock"]:
            return number.whole, number.end + 1
        return number.whole, number.end

    def _run_together(self, i: int, number: Number) -> Clock | None:
        """ "1430", "930 am", "0900"."""
        digits = number.digits
        hour, minute = int(digits[:-2]), int(digits[-2:])
        if hour > 24 or minute > 59:
            return None
        before = self.sentence.word(i - 1)
        if hour == 20 and 20 <= minute < 40 and (before in self.words.hints.before_year or before in self.words.months):
            return None
        follower = self.sentence.word(number.end)
        hours = follower in self.words.sets["hours_24"]
        strength = Strength.STRONG if hours or (len(digits) == 4 and digits[0] == "0") else Strength.WEAK
        end = number.end + 1 if hours else number.end
        return self._half(
            i, end, hour, minute, strength, "hour_minute", exact=len(digits) == 4 and (hour > 12 or digits[0] == "0")
        )

    def _hundred_hours(self, number: Number) -> Clock | None:
        """ "sixteen hundred", "sixteen hundred hours"."""
        hour = int(number.value) // 100
        if hour < 5:
            return None
        hours = self.sentence.word(number.end) in self.words.sets["hours_24"]
        strength = Strength.STRONG if hours else Strength.WEAK
        end = number.end + 1 if hours else number.end
        return Clock(number.start, end, hour % 24, 0, strength, fixed=True, form="hour")

    def _meridiem(self, i: int) -> tuple[Half, int] | None:
        word = self.sentence.word(i)
        if word == "in" and self.sentence.word(i + 1) == "the" and self.sentence.word(i + 2) in self.words.meridiem:
            i, word = i + 2, self.sentence.word(i + 2)
        if word in ("a", "p") and self.sentence.glued[i] and self.sentence.words[i - 1].isdecimal():
            word += "m"
        half = self.words.meridiem.get(word)
        if half == "am":
            return "am", i + 1
        return ("pm", i + 1) if half == "pm" else None

    def _half(
        self,
        start: int,
        end: int,
        hour: int,
        minute: int,
        strength: Strength,
        form: Literal["hour", "hour_minute", "minutes_to", "other"],
        exact: bool = False,
    ) -> Clock | None:
        """Close the reading with the am or pm that may follow."""
        half = self._meridiem(end)
        if half is None and self.sentence.word(end) == "ish":
            end, strength = end + 1, Strength.STRONG
            half = self._meridiem(end)
        if half is None and self.sentence.word(end) in self.words.sets["oclock"]:
            end += 1
            half = self._meridiem(end)
        if half is not None:
            if not 1 <= hour <= 12:
                real = 13 <= hour <= 23 and half[0] == "pm"
                return Clock(start, half[1], hour, minute, Strength.STRONG, True, impossible=not real)
            fixed = hour % 12 + (12 if half[0] == "pm" else 0)
            return Clock(start, half[1], fixed, minute, Strength.STRONG, fixed=True, form=form)
        if hour == 24:
            return Clock(start, end, 0, minute, strength, fixed=True) if minute == 0 and strength else None
        if hour == 0 or hour > 12:
            return Clock(start, end, hour, minute, strength, fixed=True, form=form)
        return Clock(start, end, hour, minute, strength, fixed=exact, form=form)
