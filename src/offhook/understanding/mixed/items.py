"""A sentence of another language as a row of items: what each stretch of words stands for in the base language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from offhook.understanding.mixed.vocabulary import Vocabulary
from offhook.understanding.text import NEUTRAL, Sentence

TIMES = frozenset({"clock", "day", "part"})


@dataclass(slots=True)
class Item:
    """`words` of the base language for the tokens [start, end); what kind they are decides how they combine.

    num: a number. clock, day, part: a time. weekday, month, unit, short, det: pieces of one. post: a word that stands
    behind what it belongs to. no: a negation. word: content. verb, small: words of the language that the base language
    does not need. name: a person's. dot: the end of a sentence.
    """

    kind: str
    words: list[str]
    start: int
    end: int
    key: str = ""
    value: float = 0.0
    quarters: bool = False
    linked: bool = False
    """Whether a genitive ties it to what follows ("the Monday booking")."""

    @property
    def neutral(self) -> bool:
        return self.kind in ("verb", "small")


@dataclass(slots=True)
class Scan:
    """The tokens of a sentence with their keys."""

    sentence: Sentence
    voc: Vocabulary
    keys: list[str]
    named: dict[int, tuple[int, list[str]]] = field(default_factory=dict)
    """Where a person's name begins -> (its end with what introduces it, words for it)."""
    moving: bool = False
    """Whether the sentence moves an appointment."""
    asked: str | None = None
    weekdays: frozenset[str] = frozenset()
    """Weekdays of the base language."""

    @property
    def words(self) -> list[str]:
        return self.sentence.words

    def key(self, i: int) -> str:
        return self.keys[i] if 0 <= i < len(self.keys) else ""

    def latin(self, i: int) -> str:
        word = self.words[i]
        return self.voc.alphabet.latin(word) if self.voc.alphabet.native(word) else word

    def spelled(self, i: int) -> str:
        """A word of a person's name in the Latin letters that people are used to."""
        word = self.words[i]
        return self.voc.spellings.get(self.keys[i]) or self.latin(i) if self.voc.alphabet.native(word) else word


def merged(items: Sequence[Item], first: int, last: int, kind: str, words: list[str]) -> Item:
    """One item for `items[first:last]`."""
    return Item(kind, words, items[first].start, items[last - 1].end)


def neutral(word: str) -> str:
    """A word that no reader of the base language takes for one of its own."""
    return NEUTRAL + word
