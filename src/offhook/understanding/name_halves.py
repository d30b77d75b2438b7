"""Names given in two parts, each by itself: "first name Maya, last name Lindqvist", "it's Lopez, L-O-P-E-Z, first name
Inez". One part may stand without a word that announces it, right before the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from offhook.understanding.name_parts import (
    NameWords,
    PersonName,
    name_like,
    near_spelling,
    spelled_at,
    titled,
)
from offhook.understanding.text import Sentence

_FAR = 10
"""Words between two parts that can be one name."""
_OF_ONE = 3
"""Words of a part ("de la Cruz")."""
_JOINTS = frozenset({",", ".", "and", "the", "my", "is", "then"})
_SPELLING = frozenset({",", ".", "that", "is", "it", "with"})


@dataclass(frozen=True, slots=True)
class _Part:
    start: int
    end: int
    value: str


def in_parts(
    sentence: Sentence, words: NameWords, taken: list[bool], ordinary: Callable[[str], bool], *, asked: bool
) -> PersonName | None:
    """Args:
    asked: our question asked for the name, so that a bare part counts.
    """
    reader = _Parts(sentence, words, taken, ordinary, asked)
    first, last = reader.head(words.first_names), reader.head(words.last_names)
    if first is None and last is None and asked:
        first = reader.short_head(words.first_names, -2)
        last = reader.short_head(words.last_names, first) if first is not None else None
    elif (first is None) != (last is None):
        first = reader.short_head(words.first_names, last) if first is None else first
        last = reader.short_head(words.last_names, first) if last is None else last
    if first is None and last is None:
        return None
    given = reader.behind(first) if first is not None else reader.before(last)
    family = reader.behind(last) if last is not None else reader.before(first)
    if given is None or family is None:
        return None
    one, two = sorted((given, family), key=lambda part: part.start)
    if not one.end <= two.start <= one.end + _FAR:
        return None
    return PersonName(one.start, two.end, f"{given.value} {family.value}")


@dataclass(frozen=True, slots=True)
class _Parts:
    sentence: Sentence
    words: NameWords
    taken: list[bool]
    ordinary: Callable[[str], bool]
    asked: bool

    def head(self, heads: frozenset[str]) -> int | None:
        """Where a part of a name is announced: "last name", "surname"."""
        s = self.sentence
        return next(
            (i for i, word in enumerate(s.words) if word in heads and (word == "surname" or s.word(i + 1) == "name")),
            None,
        )

    def short_head(self, heads: frozenset[str], other: int | None) -> int | None:
        """ "… and the last is", behind where the other part is announced."""
        s, at = self.sentence, other if other is not None else 0
        found = (i for i in range(at + 2, min(at + 2 * _FAR, len(s) - 2)) if s.words[i] in heads)
        joined = (i for i in found if s.words[i + 1] == "is")
        return next((i for i in joined if self.asked or s.word(i - 1) in ("the", "my", "and")), None)

    def behind(self, head: int) -> _Part | None:
        at = head + (2 if self.sentence.word(head + 1) == "name" else 1)
        at += self.sentence.word(at) == "is"
        if not self._may_be(at):
            return None
        end, parts = at + 1, [titled(self.sentence.words[at])]
        while len(parts) < _OF_ONE and self._goes_on(end):
            parts.append(titled(self.sentence.words[end]))
            end += 1
        return self._spelled(_Part(at, end, " ".join(parts)))

    def before(self, head: int | None) -> _Part | None:
        s, at = self.sentence, (head or 0) - 1
        while at >= 0 and s.words[at] in _JOINTS:
            at -= 1
        stop = at
        while at > 0 and len(s.words[at]) == 1 and s.words[at].isalpha():
            at -= 1
        if at < stop:
            while at > 0 and (s.words[at] in _SPELLING or s.words[at] in self.words.spelled_marks):
                at -= 1
        if not self._may_be(at):
            return None
        part = _Part(at, at + 1, titled(s.words[at]))
        whole = self._spelled(part)
        if whole.end > part.end or self._announced(at):
            return whole
        opens = all(word in self.words.fillers or word in ",." for word in s.words[:at])
        return part if self.asked and opens else None

    def _may_be(self, at: int) -> bool:
        s = self.sentence
        return 0 <= at < len(s) and not self.taken[at] and len(s.words[at]) > 1 and name_like(s.words[at], self.words)

    def _goes_on(self, at: int) -> bool:
        s = self.sentence
        return self._may_be(at) and not s.pauses(at) and not self.ordinary(s.words[at])

    def _announced(self, at: int) -> bool:
        """Whether a title or "it is" leads to a word that means nothing else."""
        s = self.sentence
        led = s.word(at - 1) in self.words.titles or any(
            len(intro) > 1 and intro[-1] == s.word(at - 1) and s.has(intro, at - len(intro))
            for intro in self.words.intros
        )
        return led and (s.words[at] in self.words.given or not self.ordinary(s.words[at]))

    def _spelled(self, part: _Part) -> _Part:
        """The part as the letters behind it spell it."""
        s, at = self.sentence, part.end
        while s.word(at) in _SPELLING or s.word(at) in self.words.spelled_marks:
            at += 1
        count, letters = spelled_at(s, at)
        last = part.value.rpartition(" ")
        if not letters or not near_spelling(last[2].lower(), letters):
            return part
        return _Part(part.start, at + count, f"{last[0]}{last[1]}{titled(letters)}")
