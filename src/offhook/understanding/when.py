"""What the pieces of time in a clause mean together: the slots of CONTRACT §5 and what stands against them.

Decides which of several values holds ("ten, no, eleven"; "not Friday, Monday"), what is a range and what a bound, which
half of the day a bare hour means, and marks what is past, impossible, contradictory or skipped by the clocks. The words
around a value are read in `around`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date as Date
from datetime import datetime, timedelta
from datetime import time as Time
from itertools import pairwise
from zoneinfo import ZoneInfo

from offhook.understanding import calendar
from offhook.understanding.around import Around
from offhook.understanding.date_base import Days
from offhook.understanding.halves import HalfRule
from offhook.understanding.leftover import left_over, other_zone
from offhook.understanding.lexicon import Lexicon
from offhook.understanding.model import Problem
from offhook.understanding.pieces import Part, Piece, Wish
from offhook.understanding.spans import Span
from offhook.understanding.text import Sentence
from offhook.understanding.times import Clock


@dataclass(slots=True)
class When:
    """Times said in one clause. Unset fields were not said."""

    date: Date | None = None
    date_from: Date | None = None
    date_to: Date | None = None
    time: Time | None = None
    time_from: Time | None = None
    time_to: Time | None = None
    daypart: str | None = None
    days: str | None = None
    shift_min: int | None = None
    shift_days: int | None = None
    same_time: bool = False
    earliest: bool = False
    urgent: bool = False
    from_date: Date | None = None
    from_time: Time | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return self == When()

    @property
    def names_day(self) -> bool:
        return self.date is not None or self.date_from is not None or self.date_to is not None or self.days is not None


@dataclass(frozen=True, slots=True)
class WhenReader:
    sentence: Sentence
    lexicon: Lexicon
    now: datetime
    """Aware, in the business's zone."""
    zone: ZoneInfo
    halves: HalfRule

    @property
    def around(self) -> Around:
        return Around(self.sentence, self.lexicon)

    def combine(self, pieces: Sequence[Piece], *, known_date: Date | None = None, refused: bool = False) -> When:
        """The meaning of `pieces` (in order).

        Args:
            known_date: the day already agreed, for hours and for what is past.
            refused: also take what the speaker speaks against ("I can't come on Friday" cancels Friday).
        """
        when = When()
        pieces = [piece for piece in pieces if not self.around.began(piece, self.now.date())]
        if sum(isinstance(piece, Days) for piece in pieces) > 1:
            pieces = [piece for piece in pieces if not self.around.described(piece)]
        kept = [piece for piece in pieces if refused or not self.around.rejected(piece)]
        for piece in kept:
            if isinstance(piece, Wish) and not self._closes_bound(piece, kept):
                setattr(when, piece.name, True)
        self._spans(when, [piece for piece in kept if isinstance(piece, Span)])
        part_of_more = left_over(self.sentence, self.lexicon, pieces)
        if part_of_more is not None:
            when.problems.append(Problem(slot="date", kind="ambiguous", said=self._said(part_of_more)))
        days = self._days(when, [piece for piece in kept if isinstance(piece, Days) and part_of_more is None])
        part = self._daypart(kept)
        if any(isinstance(piece, Clock) for piece in kept):
            part = self._daypart([piece for piece in kept if not self.around.told_apart(piece, kept)])
        clocks = self.around.corrected([piece for piece in kept if isinstance(piece, Clock)])
        clocks = [clock for clock in clocks if not self.around.fills(clock, clocks)] or clocks
        self._hand_bound_to_time(when, days, clocks)
        self._times(when, clocks, part, when.date or (known_date if not when.names_day else None))
        if part is not None and not clocks and when.time is None:
            when.daypart = part
        self._point(when, days, clocks)
        self._check(when, days, known_date)
        return when

    # -- days -----------------------------------------------------------------------------------------------------

    def _days(self, when: When, pieces: list[Days]) -> list[Days]:
        chosen = self.around.corrected(pieces)
        for piece in chosen:
            if piece.days is not None:
                when.days = piece.days
        dated = [piece for piece in chosen if piece.days is None]
        coming = [piece for piece in dated if piece.last is None or piece.last >= self.now.date()]
        dated = coming or dated  # "it died yesterday, can I come on Thursday"
        dated = [piece for piece in dated if not self.around.occurred(piece)] or dated
        dated = [piece for piece in dated if not self.around.aside(piece, self.now.date())] or dated
        if any(piece.problem for piece in dated):
            bad = next(piece for piece in dated if piece.problem)
            when.problems.append(Problem(slot="date", kind=bad.problem or "impossible", said=self._said(bad)))
            return chosen
        if len(dated) == 1:
            self._one_day(when, dated[0])
        elif len(dated) == 2 and (joined := self._joined(dated[0], dated[1])) is not None:
            when.date_from, when.date_to = joined
        elif dated:
            self._several_days(when, dated)
        if when.date_to is not None and when.date_from is None and self.around.from_now(chosen[0]):
            when.date_from = self.now.date()
        return chosen

    def _closes_bound(self, wish: Wish, pieces: Sequence[Piece]) -> bool:
        """ "Thursday at the earliest" sets a bound and wishes for nothing sooner."""
        return wish.name == "earliest" and any(
            piece.end == wish.start for piece in pieces if isinstance(piece, Days | Clock)
        )

    def _one_day(self, when: When, piece: Days) -> None:
        first, last = piece.first, piece.last
        if first is None or last is None:
            return
        bound, strict = self.around.bounded(piece.start, piece.end)
        if bound is None and not piece.span and (happens := self.around.happens(piece)) is not None:
            bound, strict = happens, True
        if bound == "from" and self.sentence.word(piece.start - 1) != "past":
            when.date_from = last + timedelta(days=1) if strict else first
            if (
                piece.span
                and not strict
                and self.sentence.word(piece.end) not in ("on", "onwards", "onward", "forward")
            ):
                when.date_to = last
        elif bound == "to":
            ends = "end" in self.sentence.words[piece.start : piece.start + 2]
            when.date_to = first - timedelta(days=1) if strict and not ends else last
        elif piece.span:
            when.date_from, when.date_to = first, last
        elif self.around.from_now(piece):
            when.date_to = first
        else:
            when.date = first

    def _joined(self, one: Days, two: Days) -> tuple[Date, Date] | None:
        """ "Monday to Wednesday", "between the 3rd and the 5th", "Monday or Tuesday"."""
        if one.first is None or two.first is None or two.last is None:
            return None
        between = [word for word in self.sentence.words[one.end : two.start] if word not in ("the", "on")]
        sets = self.lexicon.calendar.sets
        first, last = one.first, two.last
        if two.weekday is not None and last <= first:
            last = calendar.next_weekday(first, two.weekday)
        link = between[0] if len(between) == 1 else ""
        spanned = link in sets["range_links"] or (
            link == "and" and self.sentence.word(one.start - 1) in sets["between"]
        )
        if spanned and one.first <= last:
            return first, last
        if link in ("or", "and") and (last - first).days == 1:
            return first, last
        return None

    def _several_days(self, when: When, dated: list[Days]) -> None:
        dated = self._named_twice(dated)
        first = dated[0]
        if all(piece.first == first.first and piece.last == first.last for piece in dated):
            self._one_day(when, first)
            return
        if (several := self._in_a_row(dated)) is not None:
            when.date_from, when.date_to = several
            return
        inner = [self._of_week(piece, dated) for piece in dated if not piece.span]
        if len(inner) == 2 and len(dated) == 3 and (joined := self._joined(inner[0], inner[1])) is not None:
            when.date_from, when.date_to = joined
            return
        if (
            len(inner) == 1
            and inner[0].first is not None
            and all(
                piece.first is not None and piece.last is not None and piece.first <= inner[0].first <= piece.last
                for piece in dated
                if piece.span
            )
        ):
            self._one_day(when, inner[0])
            self._keep_within(when, next((piece for piece in dated if piece.span), None))
            return
        candidates = tuple(str(piece.first) for piece in dated if piece.first is not None)
        when.problems.append(
            Problem(slot="date", kind="ambiguous", said=self._said(first, dated[-1]), candidates=candidates)
        )

    def _named_twice(self, dated: list[Days]) -> list[Days]:
        """ "Friday evening the 27th": without the weekday that the date beside it has."""
        exact = {piece.first.weekday() for piece in dated if piece.weekday is None and not piece.span and piece.first}
        kept = [piece for piece in dated if piece.weekday is None or piece.weekday not in exact]
        return kept if len(kept) == len(dated) - 1 == 1 else dated

    def _in_a_row(self, dated: list[Days]) -> tuple[Date, Date] | None:
        """ "the 8th, 9th or 10th"."""
        days = [piece.first for piece in dated if not piece.span and piece.first is not None]
        listed = all(
            set(self.sentence.words[one.end : two.start]) <= {"or", "and", "the", "on", ","}
            for one, two in pairwise(dated)
        )
        following = all((two - one).days == 1 for one, two in pairwise(days))
        return (days[0], days[-1]) if listed and following and len(days) == len(dated) > 2 else None

    def _of_week(self, piece: Days, dated: list[Days]) -> Days:
        """A bare weekday beside a week ("next week, maybe on Friday") is that week's."""
        if piece.weekday is None:
            return piece
        for span in dated:
            if span.first is not None and span.last is not None and span.span and (span.last - span.first).days == 6:
                day = span.first + timedelta(days=(piece.weekday - span.first.weekday()) % 7)
                return replace(piece, first=day, last=day)
        return piece

    def _keep_within(self, when: When, span: Days | None) -> None:
        """ "in December after the 10th": a bound within a span has the span's other end."""
        if span is None or when.date is not None:
            return
        if when.date_from is None:
            when.date_from = span.first
        elif when.date_to is None:
            when.date_to = span.last

    # -- times ----------------------------------------------------------------------------------------------------

    def _times(self, when: When, clocks: list[Clock], part: str | None, day: Date | None) -> None:
        if clocks and (when.time is not None or self._elsewhere(clocks, day)):
            # "two to three hours from now", "3 pm GMT": the hour alone is not what was said.
            when.time = None
            when.problems.append(Problem(slot="time", kind="ambiguous", said=self._said(clocks[0], clocks[-1])))
            return
        bad = next((clock for clock in clocks if clock.impossible), None)
        if bad is not None:
            when.problems.append(Problem(slot="time", kind="impossible", said=self._said(bad)))
            return
        if len(clocks) == 2 and self._is_range(clocks[0], clocks[1]):
            self._range(when, clocks, part, day)
            return
        values = list(dict.fromkeys(self.halves.one(clock, part, day) for clock in clocks))
        if len(values) == 1:
            bound = self.around.bound(clocks[0].start, clocks[0].end)
            if bound == "from":
                when.time_from = values[0]
            elif bound == "to" or self.around.from_now(clocks[0]):
                when.time_to = values[0]
            else:
                when.time = values[0]
        elif len(clocks) == 2 and self._bounds_range(clocks):
            self._range(when, clocks, part, day)
        elif values:
            candidates = tuple(value.strftime("%H:%M") for value in values)
            said = self._said(clocks[0], clocks[-1])
            when.problems.append(Problem(slot="time", kind="ambiguous", said=said, candidates=candidates))

    def _point(self, when: When, days: list[Days], clocks: list[Clock]) -> None:
        """ "My bus gets in at one, so after that": the time, or where days are spoken of the day, is a bound."""
        pointing = self.around.pointing() if days or clocks else None
        if pointing is None or any(clock.end > pointing.start for clock in clocks):
            return
        ends = [at for at in (when.time, when.time_from, when.time_to) if at is not None]
        if len(ends) == 1 and clocks and not (pointing.of_day and when.date is not None):
            when.time = None
            when.time_from, when.time_to = (ends[0], None) if pointing.bound == "from" else (None, ends[0])
        elif when.date is not None and not clocks and all(piece.end <= pointing.start for piece in days):
            step = timedelta(days=0 if pointing.reaches else 1)
            if pointing.bound == "from":
                when.date_from = when.date + step
            else:
                when.date_to = when.date - step
            when.date = None

    def _elsewhere(self, clocks: Sequence[Clock], day: Date | None) -> bool:
        noon = datetime.combine(day or self.now.date(), Time(12), tzinfo=self.zone)
        return any(other_zone(self.sentence, self.lexicon, clock, noon) for clock in clocks)

    def _hand_bound_to_time(self, when: When, days: list[Days], clocks: list[Clock]) -> None:
        """ "by Friday at noon", "after Monday at three": the bound is on the time of that day."""
        if len(days) != 1 or len(clocks) != 1 or when.date is not None or days[0].span or days[0].first is None:
            return
        gap = self.sentence.words[days[0].end : clocks[0].start]
        if gap not in ([], ["at"]) or self.around.bound(days[0].end, days[0].end) or clocks[0].impossible:
            return
        bound = self.around.bound(days[0].start, days[0].start)
        if bound is None or self.around.bound(clocks[0].start, clocks[0].end):
            return
        when.date, when.date_from, when.date_to = days[0].first, None, None
        value = self.halves.one(clocks[0], None, when.date)
        if bound == "from":
            when.time_from = value
        else:
            when.time_to = value
        clocks.clear()

    def _range(self, when: When, clocks: list[Clock], part: str | None, day: Date | None) -> None:
        first, last = self.halves.pair(clocks[0], clocks[1], part, day)
        if first < last:
            when.time_from, when.time_to = first, last
            return
        said = self._said(clocks[0], clocks[1])
        candidates = (first.strftime("%H:%M"), last.strftime("%H:%M"))
        when.problems.append(Problem(slot="time", kind="ambiguous", said=said, candidates=candidates))

    def _is_range(self, one: Clock, two: Clock) -> bool:
        between = self.sentence.words[one.end : two.start]
        sets = self.lexicon.calendar.sets
        link = between[0] if len(between) == 1 else ""
        if link in sets["range_links"]:
            return True
        return link == "and" and self.sentence.word(one.start - 1) in sets["between"]

    def _bounds_range(self, clocks: list[Clock]) -> bool:
        """ "after 2 but before 4", "2 or 3"."""
        if (
            self.around.bound(clocks[0].start, clocks[0].end) == "from"
            and self.around.bound(clocks[1].start, clocks[1].end) == "to"
        ):
            return True
        between = self.sentence.words[clocks[0].end : clocks[1].start]
        apart = (clocks[1].hour * 60 + clocks[1].minute - clocks[0].hour * 60 - clocks[0].minute) % 720
        return between == ["or"] and 0 < apart <= 60

    def _daypart(self, pieces: Sequence[Piece]) -> str | None:
        names = [piece.name for piece in pieces if isinstance(piece, Part)]
        if names:
            return names[-1] if len(set(names)) == 1 else None
        return next((piece.daypart for piece in pieces if isinstance(piece, Days) and piece.daypart), None)

    def _spans(self, when: When, spans: list[Span]) -> None:
        for span in spans:
            if span.ahead:
                moment = calendar.later(self.now, span.minutes)
                when.date, when.time = moment.date(), moment.time().replace(second=0, microsecond=0, tzinfo=None)
            elif span.days:
                when.shift_days = span.days
            else:
                when.shift_min = span.minutes

    # -- what stands against it ----------------------------------------------------------------------------------

    def _check(self, when: When, days: list[Days], known_date: Date | None) -> None:
        today = self.now.date()
        said = self._said(days[0], days[-1]) if days else ""
        if when.date is not None and when.date < today:
            when.problems.append(Problem(slot="date", kind="past", said=said))
            return
        if when.date is None and when.date_to is not None and when.date_to < today:
            when.problems.append(Problem(slot="date", kind="past", said=said))
            return
        day = when.date or (known_date if not when.names_day else None)
        if day is None or when.time is None:
            return
        if not calendar.exists(day, when.time, self.zone):
            when.problems.append(Problem(slot="time", kind="gap", said=when.time.strftime("%H:%M")))
        elif day == today and when.time < self.now.time().replace(second=0, microsecond=0):
            when.problems.append(Problem(slot="time", kind="past", said=when.time.strftime("%H:%M")))

    def _said(self, first: Piece, last: Piece | None = None) -> str:
        return self.sentence.said(first.start, (last or first).end)
