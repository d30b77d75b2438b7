"""Lengths of time with a direction: "in two hours", "an hour later", "by thirty minutes", "before my appointment"."""

from __future__ import annotations

from dataclasses import dataclass

from offhook.understanding.dates import DateReader
from offhook.understanding.lengths import length_at
from offhook.understanding.lexicon import Lexicon
from offhook.understanding.text import Sentence
from offhook.understanding.times import TimeReader

_STOPS = frozenset({"", ".", ",", "?"})


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time with a direction. `ahead`: from now ("in two hours"); else relative to what is booked."""

    start: int
    end: int
    minutes: int
    ahead: bool
    days: int = 0


@dataclass(frozen=True, slots=True)
class SpanReader:
    sentence: Sentence
    lexicon: Lexicon
    dates: DateReader
    times: TimeReader

    def at(self, i: int) -> Span | None:
        """ "in two hours", "half an hour from now", "an hour later", "by 30 minutes", "a day earlier"."""
        s, w = self.sentence, self.lexicon.calendar
        at = i + 1 if s.words[i] in w.sets["in"] or s.words[i] == "by" else i
        if s.word(at) in w.sets["approx"] or s.word(at) == "another":
            at += 1
        length = length_at(self.sentence, self.lexicon, at)
        if length is None:
            return self._said_before(i)
        minutes, days, end = length
        follower = s.word(end)
        # "come in an hour earlier": this "in" belongs to the verb.
        if s.words[i] in w.sets["in"] and follower not in self.lexicon.hints.pieces.moved:
            if days:
                return None
            return Span(i, end + 1 if follower == "time" else end, minutes, ahead=True)
        if follower in w.sets["from_now"] and s.word(end + 1) == "now":
            return None if days else Span(i, end + 2, minutes, ahead=True)
        if follower in w.sets["ago"] and not days:
            return Span(i, end + 1, -minutes, ahead=True)
        back = follower in w.sets["earlier"]
        own = self._own_time(end + (2 if s.has(("ahead", "of"), end) else 1))
        if own and (follower in ("before", "after") or s.has(("ahead", "of"), end)):
            ahead_of = -1 if follower in ("before", "ahead") else 1
            return Span(i, own, ahead_of * minutes, ahead=False, days=ahead_of * days)
        if follower in w.sets["later"] or back or follower in w.sets["backward_moves"]:
            if days and self.dates.anchor is None and not back:
                return None
            if follower in ("after", "before"):
                if self.dates.at(end + 1) is not None or self.times.at(end + 1) is not None:
                    return None
                if s.word(end + 1) not in _STOPS and s.word(end + 1) not in ("that", "please"):
                    return None
            backward = back or follower in w.sets["backward_moves"]
            than = self._own_time(end + 2) if s.word(end + 1) == "than" else 0
            return Span(
                i, than or end + 1, -minutes if backward else minutes, ahead=False, days=-days if backward else days
            )
        if (
            s.words[i] != "by"
            and s.word(i - 1) in self.lexicon.hints.pieces.pushed
            and not w.sets["pushing"].isdisjoint(s.words[i - 3 : i])
        ):
            return Span(i, end, minutes, ahead=False, days=days)  # "push it two hours"
        if s.words[i] != "by" and s.word(i - 1) in w.sets["pushed"]:
            pushed = any(word in w.sets["pushing"] for word in s.words[max(0, i - 7) : i])
            backward = s.word(i - 1) in w.sets["backward_moves"]
            sign = -1 if backward else 1
            return Span(i, end, sign * minutes, ahead=False, days=sign * days) if pushed else None
        if s.words[i] == "by":
            backward = any(word in w.sets["backward_moves"] for word in s.words[max(0, i - 6) : i])
            return Span(i, end, -minutes if backward else minutes, ahead=False, days=-days if backward else days)
        return None

    def _said_before(self, i: int) -> Span | None:
        """ "I am running thirty minutes late, could you push it back by that much"."""
        s, w = self.sentence, self.lexicon.calendar
        if not s.has(("by", "that"), i):
            return None
        end = i + 3 if s.word(i + 2) in ("much", "amount", "long") else i + 2
        for at in range(i - 1, -1, -1):
            length = length_at(s, self.lexicon, at)
            if length is not None and length[0] and s.word(length[2]) in ("late", "behind"):
                backward = any(word in w.sets["backward_moves"] for word in s.words[max(0, i - 6) : i])
                return Span(i, end, -length[0] if backward else length[0], ahead=False)
        return None

    def _own_time(self, at: int) -> int:
        """The end of "my (booked) appointment (time)" at `at`, from which a length counts; 0 for none."""
        s = self.sentence
        if s.word(at) not in ("my", "our") or not self.lexicon.hints.pieces.reminding.isdisjoint(s.words[:at]):
            return 0
        at += 2 if s.word(at + 1) in ("booked", "scheduled", "service", "set", "current") else 1
        if s.word(at) not in self.lexicon.calendar.sets["appointment_words"] | {"time"}:
            return 0
        return at + 2 if s.word(at + 1) in ("time", "slot") else at + 1
