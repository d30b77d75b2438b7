"""Finding the entry of the FAQ that answers a question: terms and what people say instead of them, with a margin below
which it does not know.

Question, keywords and answer of each entry are split into terms (understanding/thesaurus.py). A term of the caller's
question weighs by how few entries have it (inverse document frequency). An entry covers it fully where the stems are
the same, partly where a group of the thesaurus has both: the less, the more entries have something of that group. An
entry's score is the share of the question's weight that it covers, so a question that is mostly about something else
scores low however well a few words fit; a part of it is earned by how much of the entry's own question is asked for,
and where one asks for a price and the other for a place, some is taken off. Words not seen in any entry count too,
after an attempt to read them as a misspelling of a known one.

Measured and left out, for they found nothing more: n-grams of letters, latent semantic analysis of the entries.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from offhook.dialogue.faq_wording import Wordings
from offhook.store.model import FaqEntry
from offhook.understanding.spelling import Speller
from offhook.understanding.thesaurus import Term, Thesaurus, search_thesaurus

ANSWER_AT = 0.5
"""Least score at which an entry is spoken."""
ANSWER_LEAD = 0.58
"""Least lead over the next entry, as a part of what the best one lacks; closer, the caller is asked which is meant."""
_LEAST_LEAD = 0.04
SUGGEST_AT = 0.3
"""Least score at which an entry is offered as "did you mean"."""
_OWN_SHARE = 0.5
_OTHER_KIND = 0.17
"""Taken off where question and entry ask for different kinds of answers."""
_WORDING = 0.06
"""Earned where question and entry are worded the same."""
_ONE_SIDE = 0.25
_SYNONYM = 0.9
"""How much a term of the same group is worth against the term itself."""
_LOOSE = 0.7
"""The same for a term of a loose group."""
_KIND = 0.6
"""The same for a general word against a kind of the thing, either way round."""
_PART = 0.9
"""The same for one word of a phrase."""
_KEYWORD = 1.0
_ANSWER = 0.55
"""The same for a term that only the entry's keywords or its answer have."""
_TOLD = 0.5
"""The same for the question words that an answer's amounts and times answer."""
_ANSWERS = (
    (re.compile(r"[$€£₹]|\b(?:dollars?|cents?|euros?|rupees?|rs|percent|free)\b"), "how much price cost"),
    (re.compile(r"\b(?:minutes?|hours?|days?|weeks?|months?|years?)\b"), "how long"),
    (re.compile(r"\b(?:am|pm|until|monday|weekdays?|sundays?|saturdays?)\b|\d:\d\d"), "when"),
)
_HALF = 0.5
"""The same for one word of the caller's phrase."""
_BY_PARTS = 0.5
"""How much of a phrase in the entry's own question is asked for where all its words are."""
_LIGHT = 0.42
"""Weight of words that tell how one asks rather than what about."""
_LIGHT_RARITY = 3.5
"""Most that the rarity of such a word counts: that few entries have it tells nothing."""
_UNKNOWN = 0.7
_INDEXES_KEPT = 32

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Found:
    entry: FaqEntry
    score: float


@dataclass(frozen=True, slots=True)
class FaqAnswer:
    """`best` is sure enough to be spoken; else `candidates` may be offered; both empty: it is not known."""

    best: FaqEntry | None
    candidates: tuple[FaqEntry, ...] = ()


@dataclass(slots=True)
class _Group:
    """What the entries have of one group of the thesaurus."""

    terms: NDArray[np.intp]
    where: NDArray[np.intp]
    """The entries that have any of it."""
    worth: Numbers
    """Of the best term in each of them."""
    rarity: float
    likeness: float
    """How much any of it is worth against a term of the same group."""


class FaqIndex:
    """The FAQ of one business, ready to be searched. Immutable. Made in some 220 ms for a thousand entries: use
    `faq_index`, which keeps it."""

    def __init__(self, entries: Iterable[FaqEntry] = (), thesaurus: Thesaurus | None = None) -> None:
        self.entries = tuple(entries)
        self._thesaurus = thesaurus or search_thesaurus()
        self._terms: dict[tuple[str, ...], int] = {}
        self._known_terms: list[Term] = []
        size = len(self.entries)
        bags = [self._bag(entry) for entry in self.entries]
        asks = [{self._number(term) for term in self._thesaurus.terms(entry.question)} for entry in self.entries]
        terms = len(self._known_terms)
        self._postings = _postings(bags, terms)
        having = [len(where) for where, _ in self._postings]
        rarities = [_counted(_rarity(size, n), term) for n, term in zip(having, self._known_terms, strict=True)]
        self._rarity = np.array(rarities, np.float32)
        self._groups = self._grouped()
        # The last column stands for "no term" where an entry's question has fewer terms than the longest one.
        weights = np.append([_share(term) for term in self._known_terms] * self._rarity, 0).astype(np.float32)
        self._asks = _table([[*ask] for ask in asks], terms)
        self._ask_weights = weights[self._asks]
        self._ask_sums = self._ask_weights.sum(axis=1) + 1e-9
        parts = {
            number: [self._terms[part.stems] for part in self._thesaurus.parts(term)]
            for number, term in enumerate(self._known_terms)
        }
        self._phrases = np.array([number for number, of in parts.items() if of], np.intp)
        self._phrase_parts = _table([of for of in parts.values() if of], terms)
        self._part_weights = weights[self._phrase_parts]
        self._part_sums = self._part_weights.sum(axis=1) + 1e-9
        self._wordings = Wordings([entry.question for entry in self.entries])
        self._kinds = _by_kind([self._thesaurus.kinds(entry.question) for entry in self.entries])
        self._some_kind = np.max([np.zeros(size, np.float32), *self._kinds.values()], axis=0)
        self._unknown = _rarity(size, 1) * _UNKNOWN if size else 1.0
        self._speller = Speller(key[0] for key in self._terms if len(key) == 1)

    def search(self, question: str, limit: int = 3) -> list[Found]:
        """The entries that cover the question best, best first. Scores are 0..1."""
        if not self.entries:
            return []
        scores = self._scores(question)
        if scores is None:
            return []
        best = np.argsort(-scores, kind="stable")[:limit]
        return [Found(self.entries[number], float(scores[number])) for number in best if scores[number] > 0]

    def answer(self, question: str) -> FaqAnswer:
        found = self.search(question)
        if not found:
            return FaqAnswer(None)
        best = found[0]
        lead = best.score - found[1].score if len(found) > 1 else 1.0
        clear = lead >= max(ANSWER_LEAD * (1 - best.score), _LEAST_LEAD)
        if best.score >= ANSWER_AT and clear:
            return FaqAnswer(best.entry)
        return FaqAnswer(None, tuple(one.entry for one in found if one.score >= SUGGEST_AT)[:2])

    def best_of(self, entries: Sequence[FaqEntry], question: str) -> FaqEntry | None:
        """The one of these entries (of one topic) that fits the question best; None when there are none."""
        if len(entries) < 2:
            return entries[0] if entries else None
        wanted = {entry.faq_id for entry in entries}
        ranked = [
            found.entry for found in self.search(question, limit=len(self.entries)) if found.entry.faq_id in wanted
        ]
        return ranked[0] if ranked else entries[0]

    # -- inside -------------------------------------------------------------------------------------------------------

    def _bag(self, entry: FaqEntry) -> dict[int, float]:
        """Term -> its worth in the entry."""
        bag: dict[int, float] = {}
        for text, worth in (
            (entry.question, 1.0),
            *((keyword, _KEYWORD) for keyword in entry.keywords),
            (entry.category.replace("_", " "), _KEYWORD),
            (entry.answer, _ANSWER),
            *((words, _TOLD) for pattern, words in _ANSWERS if pattern.search(entry.answer.lower())),
        ):
            for term in self._thesaurus.terms(text):
                for one, share in ((term, worth), *((part, worth * _PART) for part in self._thesaurus.parts(term))):
                    number = self._number(one)
                    bag[number] = max(bag.get(number, 0.0), share)
        return bag

    def _number(self, term: Term) -> int:
        number = self._terms.get(term.stems)
        if number is None:
            number = self._terms[term.stems] = len(self._known_terms)
            self._known_terms.append(term)
        return number

    def _grouped(self) -> dict[int, _Group]:
        members: dict[int, list[int]] = {}
        for number, term in enumerate(self._known_terms):
            for group in term.groups:
                members.setdefault(group, []).append(number)
        found: dict[int, _Group] = {}
        for group, numbers in members.items():
            worth = np.zeros(len(self.entries), np.float32)
            for number in numbers:
                where, share = self._postings[number]
                worth[where] = np.maximum(worth[where], share)
            likeness = self._likeness(group)
            having = np.flatnonzero(worth)
            rarity = _rarity(len(self.entries), len(having))
            found[group] = _Group(np.array(numbers, np.intp), having, worth[having], rarity, likeness)
        return found

    def _likeness(self, group: int) -> float:
        if group in self._thesaurus.loose:
            return _LOOSE
        return _KIND if group in self._thesaurus.of_kinds else _SYNONYM

    def _scores(self, question: str) -> Numbers | None:
        asked = dict.fromkeys(self._known(one) for term in self._thesaurus.terms(question) for one in self._met(term))
        if not asked:
            return None
        size = len(self.entries)
        alike = np.zeros(len(self._known_terms) + 1, np.float32)
        covered = np.zeros(size, np.float32)
        total = 0.0
        for term in asked:
            rarity = self._rarity_of(term)
            row = np.zeros(size, np.float32)
            for one, share in ((term, 1.0), *((part, _HALF) for part in self._thesaurus.parts(term))):
                self._meet(one, share, rarity, row, alike)
            weight = rarity * _share(term)
            covered += row * weight
            total += weight
        by_parts = (alike[self._phrase_parts] * self._part_weights).sum(axis=1) / self._part_sums
        alike[self._phrases] = np.maximum(alike[self._phrases], by_parts * _BY_PARTS)
        own_share = (alike[self._asks] * self._ask_weights).sum(axis=1) / self._ask_sums
        scores = covered / total * (1 - _OWN_SHARE + _OWN_SHARE * own_share)
        other = _OTHER_KIND * self._of_other_kind(self._thesaurus.kinds(question))
        return np.asarray(scores - other + _WORDING * self._wordings.alike(question), np.float32)

    def _meet(self, term: Term, share: float, rarity: float, row: Numbers, alike: Numbers) -> None:
        """Raises `row`, by entry, and `alike`, by term of the entries, to what this term of a question is worth there.
        What is less rare than the question's term, of that rarity, is worth so much less."""
        for group in self._groups_of(term):
            worth = group.worth * (share * group.likeness * min(1.0, group.rarity / rarity))
            row[group.where] = np.maximum(row[group.where], worth)
            likeness = share * group.likeness * np.minimum(1.0, group.rarity / self._rarity[group.terms])
            alike[group.terms] = np.maximum(alike[group.terms], likeness)
        own = self._terms.get(term.stems)
        if own is not None:
            where, worth = self._postings[own]
            row[where] = np.maximum(row[where], worth * share * min(1.0, self._rarity[own] / rarity))
            alike[own] = max(alike[own], share)

    def _groups_of(self, term: Term) -> list[_Group]:
        return [self._groups[group] for group in term.seeks if group in self._groups]

    def _rarity_of(self, term: Term) -> float:
        own = self._terms.get(term.stems)
        if own is not None:
            return float(self._rarity[own])
        return _counted(max((group.rarity for group in self._groups_of(term)), default=self._unknown), term)

    def _of_other_kind(self, kinds: frozenset[str]) -> Numbers:
        """By entry: 1 where it asks for other kinds of answers than these, a part of it where only one side asks for
        any."""
        some, same = self._some_kind, np.zeros(len(self.entries), np.float32)
        for kind in kinds:
            same = np.maximum(same, self._kinds.get(kind, same))
        wanted = np.float32(bool(kinds))
        other = np.where(some * wanted > 0, 1.0 - same, np.maximum(some, wanted) * _ONE_SIDE)
        return np.asarray(other, np.float32)

    def _met(self, term: Term) -> list[Term]:
        """The term; the words of a phrase that no entry has anything of."""
        if len(term.stems) == 1 or term.stems in self._terms or self._groups_of(term):
            return [term]
        return self._thesaurus.parts(term)

    def _known(self, term: Term) -> Term:
        """The term, or the word of the FAQ that it is a misspelling of."""
        word = term.stems[0]
        if len(term.stems) > 1 or len(word) < 4 or term.groups or term.light or term.stems in self._terms:
            return term
        mended = self._speller.mend(word)
        return term if mended is None else self._thesaurus.term(mended)


@lru_cache(maxsize=_INDEXES_KEPT)
def faq_index(entries: tuple[FaqEntry, ...]) -> FaqIndex:
    """The index of these entries, made once while they stay the same."""
    return FaqIndex(entries)


def entries_named(entries: Sequence[FaqEntry], topic: str) -> list[FaqEntry]:
    """The entries filed under a topic: by category, else by keyword."""
    wanted = topic.replace("_", " ").lower()
    by_category = [entry for entry in entries if entry.category.lower().replace("_", " ") == wanted]
    return by_category or [entry for entry in entries if wanted in (keyword.lower() for keyword in entry.keywords)]


def _rarity(size: int, having: int) -> float:
    return math.log1p(size / max(having, 1))


def _counted(rarity: float, term: Term) -> float:
    return min(rarity, _LIGHT_RARITY) if term.light else rarity


def _share(term: Term) -> float:
    return _LIGHT if term.light else 1.0


def _postings(bags: Sequence[dict[int, float]], terms: int) -> list[tuple[NDArray[np.intp], Numbers]]:
    """By term: the entries that have it, and its worth in each."""
    having: list[dict[int, float]] = [{} for _ in range(terms)]
    for entry, bag in enumerate(bags):
        for number, worth in bag.items():
            having[number][entry] = worth
    return [(np.array([*one], np.intp), np.array([*one.values()], np.float32)) for one in having]


def _table(rows: Sequence[Sequence[int]], filler: int) -> NDArray[np.intp]:
    """The rows below one another, filled up to the longest."""
    width = max((len(row) for row in rows), default=0) or 1
    return np.array([[*row, *[filler] * (width - len(row))] for row in rows], np.intp).reshape(len(rows), width)


def _by_kind(kinds: Sequence[frozenset[str]]) -> dict[str, Numbers]:
    """By kind of answer: 1 for each entry that asks for it."""
    names = {name for one in kinds for name in one}
    return {name: np.array([name in one for one in kinds], np.float32) for name in names}
