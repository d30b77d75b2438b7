"""Which piece of time is only a part of what was said: "three days into | December", "the third | Friday".

A word of the calendar that hangs on a piece, and that no rule took, tells that something else was meant than the piece
alone says. Such a piece is asked about, never believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from offhook.understanding.date_base import Days
from offhook.understanding.lexicon import Lexicon
from offhook.understanding.numbers import number_at
from offhook.understanding.pieces import Piece
from offhook.understanding.text import Sentence
from offhook.understanding.times import Clock


def left_over(sentence: Sentence, lexicon: Lexicon, pieces: Sequence[Piece]) -> Days | None:
    """The first day that a word of the calendar hangs on, unread."""
    reader = _Hanging(sentence, lexicon, frozenset(i for piece in pieces for i in range(piece.start, piece.end)))
    return next((piece for piece in pieces if isinstance(piece, Days) and reader.hangs(piece)), None)


def other_zone(sentence: Sentence, lexicon: Lexicon, clock: Clock, moment: datetime) -> bool:
    """Whether a zone stands behind the time that is not the one of `moment` ("3 pm GMT" said to a shop in Chicago)."""
    offsets = lexicon.calendar.zones.get(sentence.word(clock.end))
    offset = moment.utcoffset()
    return offsets is not None and offset is not None and offset.total_seconds() / 3600 not in offsets


class _Hanging:
    def __init__(self, sentence: Sentence, lexicon: Lexicon, read: frozenset[int]) -> None:
        self._sentence = sentence
        self._lexicon = lexicon
        self._hints = lexicon.hints.hanging
        self._read = read

    def hangs(self, piece: Days) -> bool:
        return self._before(piece) or self._behind(piece)

    def _before(self, piece: Days) -> bool:
        s, at = self._sentence, piece.start - 1
        while s.word(at) in self._hints.small:
            at -= 1
        if at in self._read or at < 0:
            return False
        if piece.weekday is not None and self._ordinal(at):
            return True
        return s.word(at) in self._hints.before and at - 1 not in self._read and self._measures(at - 1, s.word(at))

    def _behind(self, piece: Days) -> bool:
        s, at = self._sentence, piece.end
        if at in self._read:
            return False
        if self._lexicon.calendar.units.get(s.word(at)) is not None:
            return True
        number = number_at(s, at, self._lexicon.numbers)
        if number is not None and self._lexicon.calendar.units.get(s.word(number.end)) is not None:
            return number.end not in self._read
        if s.word(at) not in self._hints.behind:
            return False
        at += 1
        while s.word(at) in self._hints.small:
            at += 1
        return at not in self._read and self._of_calendar(at)

    def _ordinal(self, i: int) -> bool:
        """ "third", "2nd"; the first is often the soonest."""
        s = self._sentence
        if s.word(i) in ("st", "nd", "rd", "th"):
            return s.word(i - 1) != "1"
        return self._lexicon.numbers.ordinals.get(s.word(i), 0) > 1

    def _measures(self, i: int, link: str) -> bool:
        """Whether a counted part of the calendar stands at `i`: "two months before", "half of", "day 3 of"."""
        s, calendar = self._sentence, self._lexicon.calendar
        word = s.word(i)
        if link == "of":
            return word in calendar.units or word in calendar.sets["half"] or word in calendar.sets["quarter"]
        if link == "through":
            return s.word(i) == "way"
        if word not in calendar.units:
            return False
        return s.word(i - 1) in ("the", "a", "an") or number_at(s, i - 1, self._lexicon.numbers) is not None

    def _of_calendar(self, i: int) -> bool:
        word, calendar = self._sentence.word(i), self._lexicon.calendar
        return word in calendar.weekdays or word in calendar.units or word in calendar.months
