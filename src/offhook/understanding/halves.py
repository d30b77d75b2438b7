"""Which half of the day a bare hour means.

The part of the day decides where one was said, then the opening hours where only one half is open, else the habit of
the telephone: 1 to 7 is afternoon, 8 to 11 morning, 12 noon (CONTRACT §5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from offhook.understanding.model import DayHours
from offhook.understanding.times import Clock


@dataclass(frozen=True, slots=True)
class HalfRule:
    hours: Sequence[DayHours] = ()

    def one(self, clock: Clock, part: str | None, day: date | None) -> time:
        if clock.fixed:
            return time(clock.hour, clock.minute)
        return self._resolved(clock, self._afternoon(clock, part, day))

    def pair(self, first: Clock, second: Clock, part: str | None, day: date | None) -> tuple[time, time]:
        """Both ends of a range, the second after the first wherever one half of the day makes it so."""
        if first.fixed or not second.fixed:
            start = self.one(first, part, day)
            if second.fixed:
                return start, time(second.hour, second.minute)
            options = sorted(self._resolved(second, afternoon) for afternoon in (False, True))
            return start, next((option for option in options if option > start), options[-1])
        end = time(second.hour, second.minute)
        earlier = [option for option in (self._resolved(first, half) for half in (False, True)) if option < end]
        return (max(earlier) if earlier else self.one(first, part, day)), end

    def _resolved(self, clock: Clock, afternoon: bool) -> time:
        hour = clock.hour % 12
        if clock.form == "minutes_to":
            said = clock.hour % 12 + 1
            hour = (said % 12 + (12 if afternoon else 0) - 1) % 24
            return time(hour, clock.minute)
        return time(hour + (12 if afternoon else 0), clock.minute)

    def _afternoon(self, clock: Clock, part: str | None, day: date | None) -> bool:
        said = clock.hour % 12 + 1 if clock.form == "minutes_to" else clock.hour
        if part == "morning":
            return clock.form == "minutes_to" and said == 12  # the morning runs to noon
        if part in ("afternoon", "evening"):
            return True
        if part == "night":
            return 5 <= said <= 11
        if self.hours:
            morning, afternoon = (self._open(self._resolved(clock, half), day) for half in (False, True))
            if morning != afternoon:
                return afternoon
        return said == 12 or said <= 7

    def _open(self, at: time, day: date | None) -> bool:
        rows = [row for row in self.hours if day is None or row.weekday == day.weekday()]
        return any(row.opens <= at < row.closes for row in rows or self.hours)
