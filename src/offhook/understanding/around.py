"""What the words around a day or a time make of it: a bound ("by Friday", "not before ten"), what is put right ("ten,
no, eleven"), what is spoken against ("not Friday") and what is over ("since Monday").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date
from itertools import pairwise
from typing import TypeVar

from offhook.understanding.date_base import Days
from offhook.understanding.lexicon import Lexicon
from offhook.understanding.pieces import Part, Piece
from offhook.understanding.text import NEUTRAL, Sentence
from offhook.understanding.times import Clock

Timed = TypeVar("Timed", Days, Clock)

_NEAR = 3
_FAR = 12
_A_WISH = 5
"""Words beside "two months ago" in which something else can be asked for."""
_MONTHS_OFF = 62
_ENDS = frozenset({".", "so", "and", "but", "say", "maybe", "like", "can", "could", "would", "please"})
"""What ends the words that belong to a day."""


def _far_month(piece: Days, today: Date) -> bool:
    """Whether a month is months off, so that what happened in it happened a year ago ("I told him in June")."""
    if piece.first is None or piece.last is None or not piece.span:
        return False
    return (piece.last - piece.first).days >= 27 and (piece.first - today).days > _MONTHS_OFF


@dataclass(frozen=True, slots=True)
class Pointing:
    """Words that make a bound of a day or a time said before them."""

    start: int
    end: int
    bound: str
    of_day: bool
    """Whether they speak of days: "any day after that"."""
    reaches: bool
    """Whether the day itself will do: "Friday, or any day after that"."""


@dataclass(frozen=True, slots=True)
class Around:
    sentence: Sentence
    lexicon: Lexicon

    def corrected(self, pieces: list[Timed]) -> list[Timed]:
        """What is left after "ten, no, eleven": the pieces from the last correction on."""
        start = 0
        for n in range(1, len(pieces)):
            if self._corrects(pieces[n - 1].end, pieces[n].start) or self._outdone(pieces[n - 1], pieces[n]):
                start = n
        return pieces[start:]

    def _corrects(self, end: int, start: int) -> bool:
        if start - end > _FAR:
            near = self.sentence.words[max(end, start - _NEAR - 2) : start]
            return start - end <= 2 * _FAR and any(pair in self.lexicon.hints.around.anew for pair in pairwise(near))
        return any(
            self.sentence.has(mark, at)
            for at in range(end, start)
            for mark in self.lexicon.corrections
            if at + len(mark) <= start
        )

    def _outdone(self, one: Piece, two: Piece) -> bool:
        """ "Thursday, but Friday is better"."""
        s = self.sentence
        at = two.end + 1 if s.word(two.end) in ("is", "would", "will", "might") else two.end
        at += s.word(at) == "be"
        return "but" in s.words[one.end : two.start] and s.word(at) in ("better", "works", "suits", "best", "easier")

    def rejected(self, piece: Piece) -> bool:
        s = self.sentence
        at = piece.start
        while s.word(at - 1) in ("the", "at", "on", "for", "in") and s.word(at - 2) != "not":
            at -= 1
        if s.word(at - 1) in ("before", "after", "later", "earlier"):
            return False
        if s.word(at - 1) == "than" and s.word(at - 2) in ("later", "earlier", "sooner", "more", "less"):
            return False
        apart = any(s.pauses(i) for i in range(at, piece.start + 1))
        if any(
            phrase[-1] == s.word(at - 1)
            and s.has(phrase, at - len(phrase))
            and not self._fronted(at - len(phrase))
            and not (apart and phrase[0] == "out")
            for phrase in self.lexicon.rejects_before
        ):
            return True
        if isinstance(piece, Clock) and s.pauses(piece.end):
            return False  # "at nine, I am out the week after"
        return any(phrase[0] == s.word(piece.end) and s.has(phrase, piece.end) for phrase in self.lexicon.rejects_after)

    def described(self, piece: Piece) -> bool:
        """ "… the fifth, no, that's a Saturday, what about …": which day of the week the day before it is."""
        s = self.sentence
        said = s.words[max(0, piece.start - 3) : piece.start]
        return (
            isinstance(piece, Days) and piece.weekday is not None and said in (["that", "is", "a"], ["it", "is", "a"])
        )

    def _fronted(self, at: int) -> bool:
        """Whether what rejects at `at` speaks of the day before it: "Tuesday I'm away, Wednesday at nine"."""
        first = at
        while self.sentence.word(first - 1) in ("i", "am", "we", "are", "will", "be"):
            first -= 1
        return first < at and self.sentence.word(first - 1) in self.lexicon.calendar.weekdays

    def began(self, piece: Piece, today: Date) -> bool:
        """ "since Monday": when something began, not when it is wished for."""
        hints = self.lexicon.hints.around
        near = self.sentence.words[max(0, piece.start - 4) : piece.start]
        before = [word for word in near if word not in hints.small]
        if before and before[-1] == "since":
            return True
        if self.sentence.word(piece.end - 1) == "ago" and len(self.sentence) - (piece.end - piece.start) > _A_WISH:
            return True  # "my sticker expired two months ago, I need …"
        over = isinstance(piece, Days) and piece.last is not None and (piece.last <= today or _far_month(piece, today))
        told = [
            word for one, word in zip(["", *near], near, strict=False) if not (word == "left" and one in hints.free)
        ]
        return over and not self.lexicon.calendar.sets["happened"].isdisjoint(told)

    def occurred(self, piece: Days) -> bool:
        """ "the light came on over the weekend, want it looked at Wednesday": a bare day on which something came up."""
        bare = piece.weekday is not None or (piece.span and self.sentence.word(piece.end - 1) == "weekend")
        before = self.sentence.words[max(0, piece.start - 4) : piece.start]
        return bare and not self.lexicon.calendar.sets["occurred"].isdisjoint(before)

    def aside(self, piece: Days, today: Date) -> bool:
        """What a day that is named beside it makes no wish: "I get to town on Mondays, so Tuesday", "bought in May"."""
        word = self.sentence.word(piece.end - 1)
        usual = piece.weekday is not None and word.endswith("days")
        return usual or _far_month(piece, today)

    def told_apart(self, piece: Piece, pieces: list[Piece]) -> bool:
        """Whether a part of the day stands by itself, with what happens in it: "it squeals in the morning, can you look
        at it Friday at four"."""
        if not isinstance(piece, Part):
            return False
        s, hints = self.sentence, self.lexicon.hints.around
        for other in pieces:
            if not isinstance(other, Days | Clock):
                continue
            start, end = min(piece.end, other.end), max(piece.start, other.start)
            beside = all(word in hints.beside or word[0] == NEUTRAL for word in s.words[start:end])
            if (beside and end - start <= _NEAR) or not s.words[start:end]:
                return False
        ahead = [other for other in pieces if isinstance(other, Days | Clock) and other.start >= piece.end]
        told = s.words[piece.end : ahead[0].start] if ahead else []
        return any(word not in hints.beside for word in told) and hints.wished.isdisjoint(s.words[: ahead[0].start])

    def bound(self, start: int, end: int) -> str | None:
        return self.bounded(start, end)[0]

    def bounded(self, start: int, end: int) -> tuple[str | None, bool]:
        """(which bound the value is, whether it is itself outside)."""
        s, phrases = self.sentence, self.lexicon.calendar.phrases
        at = start - 1 if s.word(start - 1) in ("the", "about", "around") else start
        best, length, strict = None, 0, False
        for name, group in (("from", "bound_from"), ("to", "bound_to")):
            for phrase in phrases[group]:
                if phrase == ("by",) and self._visits(at - 2):
                    continue
                if len(phrase) > length and phrase[-1] == s.word(at - 1) and s.has(phrase, at - len(phrase)):
                    best, length = name, len(phrase)
                    strict = phrase[-1] in ("before", "after", "than") and phrase[0] not in ("no", "not", "on")
        if best is not None:
            turned = phrases["turning"] if length == 1 and self._against(at - 1) else ()
            if (s.word(at - 1),) in turned:
                return ("to" if best == "from" else "from"), not strict and s.word(at - 1) == "after"
            return best, strict
        for name, group in (("from", "open_from"), ("to", "open_to")):
            open_end = (phrase for phrase in phrases[group] if phrase[0] == s.word(end) and s.has(phrase, end))
            if any(s.word(end + len(phrase)) not in self.lexicon.hints.around.pointed for phrase in open_end):
                return name, False
        return None, False

    def happens(self, piece: Days) -> str | None:
        """Which bound a day is on which something happens, and no hour is named: "before we drive to Maine on the
        11th"."""
        s, hints, start = self.sentence, self.lexicon.hints, piece.start
        if s.word(piece.end) in ("at", "@") or s.word(piece.end)[:1].isdecimal():
            return None
        for at in range(start - _NEAR, max(0, start - _FAR), -1):
            word = s.word(at)
            if word in ("before", "after"):
                between = s.words[at:start]
                hours = hints.events.events | hints.events.others | self.lexicon.calendar.sets["appointment_words"]
                told = s.word(at + 1) in hints.asides.speakers or s.word(at + 1) in hints.asides.owning
                apart = any(s.pauses(i) for i in range(at + 1, start + 1))
                if not told or apart or not (hours | _ENDS).isdisjoint(between):
                    return None
                return "to" if word == "before" else "from"
        return None

    def pointing(self) -> Pointing | None:
        """What makes a bound of a day or a time before it: "my bus gets in at one, so after that"."""
        s, words = self.sentence, self.lexicon.calendar
        groups = (("from", words.phrases["pointing_from"]), ("to", words.phrases["pointing_to"]))
        begins = {phrase[0] for _, phrases in groups for phrase in phrases}
        for i in range(len(s) - 1, 0, -1):
            if s.words[i] not in begins:
                continue
            for name, phrases in groups:
                phrase = next((one for one in phrases if one[0] == s.words[i] and s.has(one, i)), None)
                if phrase is None:
                    continue
                lead, behind = s.words[max(0, i - 4) : i], s.word(i + len(phrase))
                if self._kept_from(i + len(phrase)) or self._kept_until(i):
                    return None  # "on the second, before that I am away": when it can not be
                led = not words.sets["pointing_led"].isdisjoint((*lead, s.words[i])) or behind == "any"
                ended = behind in ("", ".", "please") and "and" not in lead
                if not (led or ended) or behind in words.sets["pointing_away"] or behind[:1].isdecimal():
                    continue
                if behind == "i" and s.words[i + len(phrase) + 1 :][:1] not in (["am"], ["can"], ["could"]):
                    continue
                return Pointing(i, i + len(phrase), name, "day" in lead, "or" in lead)
        return None

    def _kept_from(self, at: int) -> bool:
        """Whether what follows a bound tells why nothing can be done there."""
        s = self.sentence
        end = next((i for i in range(at + 1, min(at + 6, len(s))) if s.pauses(i) or s.word(i) == "."), at + 6)
        return not self.lexicon.calendar.sets["kept_from"].isdisjoint(s.words[at:end])

    def _kept_until(self, at: int) -> bool:
        """The same before it: "on the second, I'm out of state after that"."""
        s = self.sentence
        first = next((i for i in range(at - 1, max(-1, at - _FAR), -1) if s.pauses(i) or s.words[i] in _ENDS), at)
        kept = self.lexicon.calendar.sets["kept_from"]
        return s.word(first) in self.lexicon.hints.asides.speakers and not kept.isdisjoint(s.words[first:at])

    def _visits(self, at: int) -> bool:
        """Whether a "by" behind this token belongs to its verb: "can we come by on Friday", "bring it by"."""
        visiting = self.lexicon.calendar.sets["visiting"]
        return self.sentence.word(at) in visiting or (
            self.sentence.word(at) in ("it", "her", "him") and self.sentence.word(at - 1) in visiting
        )

    def _against(self, at: int) -> bool:
        """Whether the bound at `at` tells when the speaker cannot come: "I work until five", "not before ten"."""
        sets = self.lexicon.calendar.sets
        for word in reversed(self.sentence.words[max(0, at - 5) : at]):
            if word in sets["busy"]:
                return True
            if word not in sets["busy_between"]:
                return False
        return False

    def fills(self, clock: Clock, clocks: list[Clock]) -> bool:
        """Whether up to this time the speaker is busy, where a time to come at is named as well: "I work until noon, so
        at one on the second"."""
        at = clock.start - 1
        told = self.sentence.words[max(0, at - _FAR // 2) : at]
        busy = (self.sentence.word(at),) in self.lexicon.calendar.phrases["turning"]
        busy = busy and not self.lexicon.calendar.sets["busy"].isdisjoint(told)
        return busy and any(other.start > clock.end and self.sentence.word(other.start - 1) == "at" for other in clocks)

    def from_now(self, piece: Days | Clock) -> bool:
        """ "from now until Friday", "between now and Friday"."""
        sets = self.lexicon.calendar.sets
        at = piece.start - 2
        link = self.sentence.word(at + 1)
        return (
            (link == "and" or link in sets["range_links"])
            and self.sentence.word(at) in sets["now"]
            and (self.sentence.word(at - 1) in sets["from"] or self.sentence.word(at - 1) in sets["between"])
        )
