"""The words of an enquiry's figures, from language/figures.yaml, and where they stand in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from offhook.understanding.contacts import find_email, find_phone
from offhook.understanding.datafile import load_data
from offhook.understanding.desk import DeskLanguage
from offhook.understanding.ledger.counts import Count, CountWords, count_at, load_counts
from offhook.understanding.lexicon import Lexicon
from offhook.understanding.mixed.vocabulary import Vocabulary
from offhook.understanding.phrases import Found, PhraseBook
from offhook.understanding.text import Sentence, read

ITEM = "item"
_DOZENS = frozenset({"dozen", "darjan", "दर्जन"})
_DOES = frozenset({"you", "u", "we", "i", "they", "not", "to", "it", "that", "this", "the", "your", "any", "also"})
"""Words beside which "do" is English, and no two."""
_MOST_TOKENS = 120
"""What is looked at of a line; nobody tells of an enquiry with more."""


@dataclass(frozen=True, slots=True)
class FigureWords:
    lexicon: Lexicon
    voc: Vocabulary
    counts: CountWords
    book: PhraseBook

    def items(self, names: Mapping[str, tuple[str, ...]]) -> PhraseBook:
        """What is for sale, by all its names; an "s" makes several of it."""
        told = {name: (name.lower(), *(text.lower() for text in more)) for name, more in names.items()}
        several = {name: [form for text in texts for form in (text, f"{text}s")] for name, texts in told.items()}
        return PhraseBook(several, key=self.voc.key)


def load_figure_words(folder: Path, desk: DeskLanguage) -> FigureWords:
    """`folder`: the desk's language. Raises FileNotFoundError or ValueError naming what is wrong."""
    phrases = cast("dict[str, list[object]]", load_data(folder / "figures.yaml").get("phrases", {}))
    voc = desk.mixtures[0].vocabulary
    book = PhraseBook({name: [str(text) for text in texts] for name, texts in phrases.items()}, key=voc.key)
    return FigureWords(desk.lexicon, voc, load_counts(voc, desk.lexicon.numbers), book)


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens [start, end)."""

    start: int
    end: int


class Marked:
    """One sentence with its phrases and numbers; what is a phone number or an address is nobody's figure."""

    def __init__(self, text: str, words: FigureWords, items: PhraseBook) -> None:
        self.sentence: Sentence = read(text, words.lexicon)
        self.words = self.sentence.words[:_MOST_TOKENS]
        self.keys = [words.voc.key(word) for word in self.words]
        taken = [False] * len(self.words)
        self._begins: dict[str, dict[int, int]] = {}
        self._ends: dict[str, dict[int, int]] = {}
        named = items.find(self.words, self.keys, taken)
        self.mentions = [(found.name, Span(found.start, found.end)) for found in _longest(named)]
        """(name of something for sale, where it is spoken of), in order."""
        self.items = tuple(dict.fromkeys(name for name, _ in self.mentions))
        """Names of what is for sale that the sentence speaks of, in order."""
        self.contacts: list[Span] = []
        """Where an address or a telephone number stands."""
        mentions = (found._replace(name=ITEM) for found in named)
        for found in (*words.book.find(self.words, self.keys, taken), *mentions):
            begins = self._begins.setdefault(found.name, {})
            begins[found.start] = max(begins.get(found.start, 0), found.end)
            ends = self._ends.setdefault(found.name, {})
            ends[found.end] = min(ends.get(found.end, found.start), found.start)
        self._take_contacts(words, taken)
        self.counts = self._counts(words, taken)

    def starts(self, name: str, at: int) -> int | None:
        """Where the longest phrase of that name that begins at `at` ends; no comma stands before it."""
        return None if self.sentence.pauses(at) else self._begins.get(name, {}).get(at)

    def ends(self, name: str, at: int) -> int | None:
        """Where the longest phrase of that name that ends at `at` begins; "about" may stand between."""
        found = self.exactly_ends(name, at)
        if found is None and (vague := self._ends.get("about", {}).get(at)) is not None:
            found = self._ends.get(name, {}).get(vague)
        return found

    def exactly_ends(self, name: str, at: int) -> int | None:
        return None if self.sentence.pauses(at) else self._ends.get(name, {}).get(at)

    def anywhere(self, name: str) -> Span | None:
        """The first phrase of that name."""
        begins = self._begins.get(name)
        if not begins:
            return None
        first = min(begins)
        return Span(first, begins[first])

    def phrased(self, at: int) -> bool:
        """Whether the word is a piece of some phrase."""
        return any(start <= at < end for begins in self._begins.values() for start, end in begins.items())

    def every(self, name: str) -> list[Span]:
        return [Span(start, end) for start, end in sorted(self._begins.get(name, {}).items())]

    def without(self, spans: list[Span]) -> str:
        """The text with the words of the spans blanked out."""
        text = list(self.sentence.text)
        for span in spans:
            first, last = self.sentence.starts[span.start], self.sentence.ends[span.end - 1]
            text[first:last] = " " * (last - first)
        return " ".join("".join(text).split())

    def _take_contacts(self, words: FigureWords, taken: list[bool]) -> None:
        numbers = words.lexicon.numbers
        full = [*taken, *([False] * (len(self.sentence) - len(taken)))]
        email = find_email(self.sentence, numbers)
        if email is not None:
            full[email.start : email.end] = [True] * (email.end - email.start)
            self.contacts.append(Span(email.start, email.end))
        for _ in range(3):
            phone, _odd = find_phone(self.sentence, numbers, full, asked=False)
            if phone is None:
                break
            full[phone.start : phone.end] = [True] * (phone.end - phone.start)
            self.contacts.append(Span(phone.start, phone.end))
        taken[:] = full[: len(taken)]

    def _count(self, words: FigureWords, at: int) -> Count | None:
        """The number that begins there; a comma ends it ("50 thousand, 30 users")."""
        if self.words[at] in _DOZENS:
            return Count(at, at + 1, 12.0)
        beside = {*self.words[max(0, at - 1) : at], *self.words[at + 1 : at + 2]}
        if self.words[at] == "do" and not _DOES.isdisjoint(beside):
            return None
        count = count_at(words.counts, self.sentence, self.keys, at)
        if count is None:
            return None
        if count.end < len(self.words) and self.words[count.end] in _DOZENS:
            return replace(count, end=count.end + 1, value=count.value * 12, shy=False)
        pause = next((i for i in range(count.start + 1, count.end) if self.sentence.pauses(i)), None)
        return count if pause is None else count_at(words.counts, self.sentence, self.keys[:pause], at)

    def _counts(self, words: FigureWords, taken: list[bool]) -> list[Count]:
        found: list[Count] = []
        at = 0
        while at < len(self.keys):
            count = None if taken[at] else self._count(words, at)
            if count is None or count.end > len(taken) or any(taken[count.start : count.end]):
                at += 1
                continue
            found.append(count)
            at = count.end
        return found


def _longest(found: list[Found]) -> list[Found]:
    """Without names inside of longer ones ("terminal" in "face terminal")."""
    return [
        one
        for one in sorted(found, key=lambda each: each.start)
        if not any(
            other.start <= one.start and one.end <= other.end and other.end - other.start > one.end - one.start
            for other in found
        )
    ]
