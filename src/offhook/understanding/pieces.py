"""Finding every piece of time in a sentence: days, clock times, parts of the day, moves ("an hour later"), wishes.

A scan from left to right; each token belongs to one piece at most. Bare numbers become clock times only where their
neighbours make them so. What the pieces mean together is decided in `when`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from offhook.understanding.date_base import Days
from offhook.understanding.dates import DateReader
from offhook.understanding.lengths import length_at, quarter_beside
from offhook.understanding.lexicon import Lexicon
from offhook.understanding.spans import Span as Span
from offhook.understanding.spans import SpanReader
from offhook.understanding.text import NEUTRAL, Sentence
from offhook.understanding.times import Clock, Strength, TimeReader


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day: morning, afternoon, evening, night."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Wish:
    start: int
    end: int
    name: Literal["earliest", "urgent", "same_time"]


Piece = Days | Clock | Part | Span | Wish

_HALVES: dict[str, Literal["morning", "afternoon"]] = {"am": "morning", "pm": "afternoon"}
_POINTED = frozenset({"the", "my", "that", "your", "our"})
_STOPS = frozenset({"", ".", ",", "?"})
_FREE = frozenset({"free", "available", "taken", "still", "possible"})


@dataclass(slots=True)
class PieceReader:
    sentence: Sentence
    lexicon: Lexicon
    dates: DateReader
    times: TimeReader
    expects_time: bool = False
    """Whether our question asked for a time: then a bare number is one."""
    expects_date: bool = False
    bare_day: bool = False
    """Whether our question asked for a day alone: then a bare number is the day of a month."""
    names: frozenset[str] = frozenset()
    """Given names: "Friday at nine Ann Lee"."""
    things: frozenset[int] = frozenset()
    """Where what the tenant does or sells begins: "Friday 9 oil change"."""
    starts: frozenset[int] = frozenset()
    """Where the pieces found begin."""

    def read(self, taken: list[bool]) -> list[Piece]:
        """Pieces in order. Tokens that are `taken` belong to something else (a phone number, a service)."""
        found: list[Piece] = []
        starters = self.lexicon.calendar
        i, size = 0, len(self.sentence)
        words = self.sentence.words
        while i < size:
            word = words[i]
            if taken[i] or not (word in starters.starters or word[0].isdecimal()):
                i += 1
                continue
            piece = self._at(i)
            if piece is None or any(taken[piece.start : piece.end]):
                i += 1
                continue
            found.append(piece)
            i = piece.end
            if isinstance(piece, Days) and (half := self._half(i)) is not None:
                found.append(half)
                i += 1
        return self._settle(found)

    def _half(self, i: int) -> Part | None:
        """ "tomorrow am", "Saturday pm": the half of a day, where no hour follows."""
        s = self.sentence
        ends = s.word(i + 1) in _STOPS or s.pauses(i + 1) or s.word(i + 1) in ("please", "for", "if", "or")
        name = _HALVES.get(s.word(i)) if ends or i + 1 in self.things else None
        return Part(i, i + 1, name) if name is not None else None

    def _at(self, i: int) -> Piece | None:
        s, w = self.sentence, self.lexicon.calendar
        word = s.words[i]
        wish = self._wish(i)
        if wish is not None:
            return wish
        longer = self._behind_verb(i)
        if longer is not None:
            return longer
        span = SpanReader(s, self.lexicon, self.dates, self.times).at(i) or self._beside_clock(i)
        if span is not None:
            return span
        part = self._daypart_phrase(i)
        if part is not None:
            return part
        daypart = w.dayparts.get(word)
        if daypart is not None:
            beside = self.dates.at(i)
            greets = s.word(i - 1) in w.sets["greeting_before"] or (
                i <= 1 and s.word(i + 1) in w.sets["greeting_behind"]
            )
            works = s.word(i - 1) in ("work", "works", "working") and word.endswith("s")  # "I work nights"
            return beside or (None if greets or works else Part(i, i + 1, daypart))
        days = self.dates.at(i)
        clock = self._clock(i)
        if (
            self.bare_day
            and days is None
            and clock is not None
            and clock.strength == Strength.WEAK
            and s.word(i - 1) not in w.sets["time_before"]
            and self._may_follow(clock.end)
        ):
            days = self.dates.day_number(i)
            clock = None if days is not None else clock
        if days is not None and days.weak and clock is None and not self._expects_weak(i):
            days = None
        if days is None or clock is None:
            return days or clock
        after_at = s.word(i - 1) in ("at", "@")
        if after_at and word[0] != "t" and not days.span and days.end <= clock.end + 2:
            return clock
        if days.end != clock.end:
            return days if days.end > clock.end else clock
        return clock if clock.strength == Strength.STRONG else days

    def _behind_verb(self, i: int) -> Days | None:
        """ "come in a week from Thursday", "drop by a week from today": the date without its verb's "in" or "by"."""
        s, units = self.sentence, self.lexicon.calendar.units
        if s.word(i) not in ("in", "by") or s.word(i + 2) not in units or s.word(i + 3) != "from":
            return None
        return self.dates.at(i + 1)

    def _expects_weak(self, i: int) -> bool:
        before = self.sentence.word(i - 1)
        return before in ("the", "on") or (
            self.expects_date and len(self.sentence) <= 4 and before not in ("a", "one", "every", "another")
        )

    def _clock(self, i: int) -> Clock | None:
        clock = self.times.at(i)
        if clock is None or clock.form != "minutes_to":
            return clock
        before = self.sentence.word(i - 1)
        sets = self.lexicon.calendar.sets
        to_the_hour = before == "at" and clock.minute in (35, 40, 55)
        typed_range = clock.strength == Strength.MEDIUM and not to_the_hour
        if typed_range or before in sets["from"] or before in sets["between"]:
            return self.times.hour_at(i)
        return clock

    def _wish(self, i: int) -> Wish | None:
        for name in ("urgent", "earliest", "same_time"):
            for phrase in self.lexicon.calendar.phrases[name]:
                if phrase[0] == self.sentence.words[i] and self.sentence.has(phrase, i):
                    return Wish(i, i + len(phrase), name)
        return None

    def _daypart_phrase(self, i: int) -> Part | None:
        for phrase, name in self.lexicon.calendar.daypart_phrases:
            if phrase[0] == self.sentence.words[i] and self.sentence.has(phrase, i):
                return Part(i, i + len(phrase), name)
        return None

    # -- lengths of time ------------------------------------------------------------------------------------------

    def _beside_clock(self, i: int) -> Clock | None:
        """ "two hours before noon", "half an hour after midnight": reckoned from a clock time that is sure."""
        sets = self.lexicon.calendar.sets
        length = quarter_beside(self.sentence, self.lexicon, i) or length_at(self.sentence, self.lexicon, i)
        if length is None or not length[0] or self.sentence.word(length[2]) not in (sets["to"] | sets["past"]) - {"of"}:
            return None
        clock = self.times.at(length[2] + 1)
        if clock is None or clock.impossible or not (clock.fixed or self._may_follow(clock.end)):
            return None
        sign = 1 if self.sentence.word(length[2]) in sets["past"] else -1
        minutes = (clock.hour * 60 + clock.minute + sign * length[0]) % (1440 if clock.fixed else 720)
        hour = minutes // 60 if clock.fixed else minutes // 60 or 12
        return Clock(i, clock.end, hour, minutes % 60, Strength.STRONG, fixed=clock.fixed)

    # -- which bare numbers are times -------------------------------------------------------------------------------

    def _settle(self, pieces: list[Piece]) -> list[Piece]:
        """Drop the bare numbers that nothing makes a time."""
        self.starts = frozenset(piece.start for piece in pieces)
        sure = [not isinstance(piece, Clock) or self._stands(piece, pieces, n) for n, piece in enumerate(pieces)]
        sure = [sure[n] and not self._for_word(pieces, n) for n in range(len(pieces))]
        if any(isinstance(piece, Clock) and self._sure_clock(piece) for piece in pieces):
            sure = [sure[n] and not self._counts(piece) for n, piece in enumerate(pieces)]
        if self.expects_time and not any(sure[n] for n, piece in enumerate(pieces) if isinstance(piece, Clock)):
            sure = [sure[n] or self._answers(piece) for n, piece in enumerate(pieces)]
        if self.expects_time:
            sure = [sure[n] or self._answers_shortly(piece) for n, piece in enumerate(pieces)]
        for order in (range(1, len(pieces)), range(len(pieces) - 2, -1, -1)):
            for n in order:
                step = -1 if order.step == 1 else 1
                other = n + step
                while 0 < other < len(pieces) - 1 and isinstance(pieces[other], Part):
                    other += step
                if not sure[n] and sure[other] and isinstance(pieces[other], Clock):
                    sure[n] = self._linked(pieces, n, other)
        return [piece for n, piece in enumerate(pieces) if sure[n]]

    def _for_word(self, pieces: Sequence[Piece], n: int) -> bool:
        """ "move it 2 fri 1030": a figure in place of a small word, before a day that has its hour behind it."""
        following = pieces[n + 1 : n + 3]
        if len(following) < 2 or self.sentence.words[pieces[n].start : pieces[n].end] not in (["2"], ["4"]):
            return False
        day, clock = following
        beside = pieces[n].end == day.start and day.end == clock.start
        return beside and isinstance(day, Days) and isinstance(clock, Clock)

    def _counts(self, piece: Piece) -> bool:
        """Whether a bare number beside a sure time is none: "for six on Friday at 7 pm" are six people, and "the
        cheapest one on Friday at 3" is a thing."""
        if not isinstance(piece, Clock) or piece.strength != Strength.WEAK or self._sure_clock(piece):
            return False
        before = self.sentence.word(piece.start - 1)
        thing = self.sentence.words[piece.start : piece.end] == ["one"] and not self._introduced(piece)
        return before == "for" or thing

    def _sure_clock(self, clock: Clock) -> bool:
        return clock.strength == Strength.STRONG or self.sentence.word(clock.start - 1) == "at"

    def _linked(self, pieces: list[Piece], one: int, two: int) -> bool:
        first, second = pieces[min(one, two)], pieces[max(one, two)]
        between = self.sentence.words[first.end : second.start]
        return (
            0 < len(between) <= 7
            and not self.lexicon.hints.pieces.links.isdisjoint(between)
            and (self._may_follow(pieces[one].end) or pieces[one].end in self.things)
        )

    def _stands(self, clock: Clock, pieces: list[Piece], n: int) -> bool:
        if clock.strength == Strength.STRONG:
            return True
        s = self.sentence
        if clock.impossible or (
            s.words[clock.start : clock.end] == ["one"] and s.word(clock.start - 1) in self.lexicon.hints.pieces.kinds
        ):
            return False
        if self._put_right(clock, pieces[:n]):
            return True
        if n > 0 and self._named_by(pieces[n - 1], clock):
            return False
        beside = n > 0 and isinstance(pieces[n - 1], Days) and pieces[n - 1].end == clock.start
        if beside and clock.strength == Strength.MEDIUM and self._thing(clock.end):
            return True  # "Thursday nine fifteen wheel alignment"
        told = beside or s.word(clock.start - 1) in self.lexicon.calendar.sets["time_before"]
        if told and clock.end in self.things and self._single(clock.end):
            return True  # "Friday 9 oil change", "at 5 oil change"
        if not self._may_follow(clock.end) or (s.word(clock.start - 1) == "/" and s.glued[clock.start]):
            return False
        if clock.strength == Strength.MEDIUM and clock.minute % 5 == 0:
            return True
        if n > 0 and isinstance(pieces[n - 1], Days | Part) and clock.start - pieces[n - 1].end <= 1:
            gap = s.words[pieces[n - 1].end : clock.start]
            if not gap or gap[0] in (",", "at", "for", "around", "by", "about"):
                return True
        if n + 1 < len(pieces) and isinstance(pieces[n + 1], Days | Part):
            if clock.end == pieces[n + 1].start and isinstance(pieces[n + 1], Part) and s.words[clock.end][-1] == "s":
                return False
            gap = s.words[clock.end : pieces[n + 1].start]
            if (
                not gap
                or gap in (["in", "the"], ["on"], [","], ["at"], ["of"], ["on", "the"])
                or gap[0] == "on"
                or (gap[0] == "in" and isinstance(pieces[n + 1], Part))
            ):
                return True
        return self._introduced(clock)

    def _named_by(self, day: Piece, clock: Clock) -> bool:
        """Whether a day tells which one: "drop the Friday one"."""
        s = self.sentence
        one = s.words[clock.start : clock.end] == ["one"] and day.end == clock.start and not s.pauses(clock.start)
        return one and isinstance(day, Days) and day.weekday is not None and s.word(day.start - 1) in _POINTED

    def _single(self, at: int) -> bool:
        """Whether no more than one is spoken of: "Friday 2 oil changes" names no time."""
        return not any(word.endswith("s") and not word.endswith("ss") for word in self.sentence.words[at : at + 2])

    def _thing(self, at: int) -> bool:
        """Whether a word can be what a time is for: no unit, and nothing that is counted."""
        word, w = self.sentence.word(at), self.lexicon.calendar
        counted = word in w.units or word in w.short_units or word in self.lexicon.numbers.scales
        return word.isalpha() and not counted and not (word.endswith("s") and not word.endswith("ss"))

    def _put_right(self, clock: Clock, before: Sequence[Piece]) -> bool:
        """ "at three, no, make it four": of a number behind it what follows matters less, where a time was said."""
        s, w = self.sentence, self.lexicon.calendar
        if s.words[clock.start - 2 : clock.start] not in (["make", "it"], ["make", "that"]):
            return False
        follower = s.word(clock.end)
        counted = follower in w.units or follower in w.short_units or follower in self.lexicon.numbers.scales
        many = follower.endswith("s") or follower in ("of", "%", "/", ":", "$", "+", "#") or counted
        return not many and any(isinstance(piece, Clock) for piece in before)

    def _answers(self, piece: Piece) -> bool:
        """Whether a bare number answers our question for a time: in a plain answer that speaks of nothing else."""
        if not isinstance(piece, Clock) or piece.impossible or not self._may_follow(piece.end):
            return False
        words, known, numbers = self.sentence.words, self.lexicon.function_words, self.lexicon.numbers
        before = self.sentence.word(piece.start - 1)
        if before in (*self.lexicon.calendar.sets["in"], "since", "of"):
            return False
        if self.sentence.word(piece.start) == "one" and (
            before in self.lexicon.hints.pieces.pointing or before in numbers.ordinals
        ):
            return False
        return not any(
            word[0].isalpha() and word not in known and not self._of_time(word)
            for i, word in enumerate(words)
            if not piece.start <= i < piece.end
        )

    def _answers_shortly(self, piece: Piece) -> bool:
        """Whether a bare number is an answer by itself, whatever else is said: "eight, I am up early anyway", "my class
        is at nine, so ten"."""
        if not isinstance(piece, Clock) or piece.impossible or not self._may_follow(piece.end):
            return False
        s, hints = self.sentence, self.lexicon.hints.pieces
        first = all(word in hints.answering or word in ",." for word in s.words[: piece.start])
        if first:
            return s.pauses(piece.end) or s.word(piece.end) in hints.telling or s.word(piece.end) in _STOPS
        return s.word(piece.start - 1) == "so" and s.word(piece.end) in (*_STOPS, "please")

    def _of_time(self, word: str) -> bool:
        calendar, numbers = self.lexicon.calendar, self.lexicon.numbers
        return (
            word in calendar.starters
            or word in self.lexicon.hints.pieces.behind_time
            or word in calendar.sets["approx"]
            or word in calendar.sets["time_before"]
            or word in numbers.starters
            or word in self.lexicon.correction_words
        )

    def _introduced(self, clock: Clock) -> bool:
        s, w = self.sentence, self.lexicon.calendar
        before = s.word(clock.start - 1)
        if before in w.sets["time_before"] or (before == "do" and s.word(clock.end) == "instead"):
            return True
        if (
            before == "so"
            and s.word(clock.start) != "one"
            and s.word(clock.end) in (*_STOPS, "please", "would", "works")
        ):
            return True  # "I have a meeting at nine so ten would be good"
        if before in ("is", "are") and s.word(clock.end) in _FREE and s.word(clock.start) != "one":
            return True  # "is ten free on Saturday"
        if before in ("for", "to", "on") and clock.hour <= 12:
            follower = s.word(clock.end)
            return before != "on" and (
                follower in _STOPS or follower in ("please", "instead", "if", "and", "thanks", "o")
            )
        return any(
            s.has(mark, clock.start - len(mark))
            for mark in self.lexicon.corrections
            if mark not in (("wait",), ("better",))
        ) or before in ("not", "it")

    def _may_follow(self, end: int) -> bool:
        """Whether the word behind a bare number leaves it a time ("ten please", not "ten people")."""
        s, w = self.sentence, self.lexicon.calendar
        word = s.word(end)
        if word in _STOPS or word in ("-", "–", "—", "@") or word[0] == NEUTRAL or s.pauses(end) or word in self.names:
            return True
        if (
            word in w.units
            or word in w.short_units
            or word in self.lexicon.numbers.scales
            or word in ("%", "/", ":", "$", "+", "#")
        ):
            return False
        if word == ":" and s.word(end + 1) in (")", "(", "d", "p"):
            return True  # a smile
        if word == "of" or (word in w.sets["past"] and s.word(end + 1) in _STOPS):
            return False
        if end in self.starts:
            return not word[0].isdecimal()
        return (
            word in self.lexicon.function_words or word in w.starters or word in self.lexicon.hints.pieces.behind_time
        )
