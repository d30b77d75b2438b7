"""Finding the entry of the FAQ that answers a question: terms and what people say instead of them, with a margin below
which it does not know.

Question, keywords and answer of each entry are split into terms (understanding/thesaurus.py). A term of the caller's
question meets an entry's term fully where the stems are the same, partly where a group of the thesaurus has both. It
weighs by how few entries have it (inverse document frequency). An entry's score is the share of the question's weight
that it covers, so a question that is mostly about something else scores low however well a few words fit; a part of it
is earned by how much of the entry's own question is asked for. Words not seen in any entry count too, after an attempt
to read them as a misspelling of a known one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from offhook.store.model import FaqEntry
from offhook.understanding.thesaurus import Term, Thesaurus, load_thesaurus

ANSWER_AT = 0.45
"""Least score at which an entry is spoken."""
ANSWER_LEAD = 0.5
"""Least lead over the next entry, as a part of what the best one lacks; closer, the caller is asked which is meant."""
_LEAST_LEAD = 0.04
SUGGEST_AT = 0.3
"""Least score at which an entry is offered as "did you mean"."""
_MISSPELT = 84
_OWN_SHARE = 0.2
_SYNONYM = 0.75
"""How much a term of the same group is worth against the term itself."""
_PART = 0.7
"""The same for one word of a phrase."""
_ANSWER = 0.6
"""The same for a term that only the entry's answer has."""
_LIGHT = 0.4
"""Weight of words that tell how one asks rather than what about."""
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


class FaqIndex:
    """The FAQ of one business, ready to be searched. Immutable. Made in tens of milliseconds for a thousand entries:
    use `faq_index`, which keeps it."""

    def __init__(self, entries: Iterable[FaqEntry] = (), thesaurus: Thesaurus | None = None) -> None:
        self.entries = tuple(entries)
        self._thesaurus = thesaurus or load_thesaurus()
        self._terms: dict[tuple[str, ...], int] = {}
        self._groups: dict[int, list[int]] = {}
        bags = [self._bag(entry) for entry in self.entries]
        asks = [[self._number(term) for term in self._thesaurus.terms(entry.question)] for entry in self.entries]
        size, terms = len(self.entries), len(self._terms)
        having = np.zeros(terms + 1, np.float32)
        for bag in bags:
            having[list(bag)] += 1
        self._rarity = np.log1p(size / np.maximum(having, 1)).astype(np.float32)
        light = [_LIGHT if len(key) == 1 and key[0] in self._thesaurus.light else 1.0 for key in self._terms]
        # The last column stands for "no term" where an entry has fewer terms than the longest one.
        weights = self._rarity * np.array([*light, 0.0], np.float32)
        self._has, self._worth = _padded(bags, terms)
        self._asks, _ = _padded([dict.fromkeys(ask, 1.0) for ask in asks], terms)
        self._ask_weights = weights[self._asks]
        self._ask_sums = self._ask_weights.sum(axis=1) + 1e-9
        self._unknown = math.log1p(size) * _UNKNOWN if size else 1.0
        self._long_words = [key[0] for key in self._terms if len(key) == 1 and len(key[0]) >= 4]

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
            *((keyword, 1.0) for keyword in entry.keywords),
            (entry.category.replace("_", " "), 1.0),
            (entry.answer, _ANSWER),
        ):
            for term in self._thesaurus.terms(text):
                for one, share in ((term, worth), *((part, worth * _PART) for part in self._thesaurus.parts(term))):
                    number = self._number(one)
                    bag[number] = max(bag.get(number, 0.0), share)
        return bag

    def _number(self, term: Term) -> int:
        number = self._terms.get(term.stems)
        if number is None:
            number = self._terms[term.stems] = len(self._terms)
            for group in term.groups:
                self._groups.setdefault(group, []).append(number)
        return number

    def _scores(self, question: str) -> Numbers | None:
        asked = [self._known(term) for term in self._thesaurus.terms(question)]
        if not asked:
            return None
        alike = np.zeros((len(asked), len(self._terms) + 1), np.float32)
        weights = np.zeros(len(asked), np.float32)
        for row, term in enumerate(asked):
            kin = [number for group in term.groups for number in self._groups.get(group, ())]
            alike[row, kin] = _SYNONYM
            for part in self._thesaurus.parts(term):
                number = self._terms.get(part.stems)
                if number is not None:
                    alike[row, number] = max(alike[row, number], _PART * _SYNONYM)
            own = self._terms.get(term.stems)
            if own is not None:
                alike[row, own] = 1.0
                weights[row] = self._rarity[own]
            else:
                weights[row] = float(np.median(self._rarity[kin])) if kin else self._unknown
            if term.light:
                weights[row] *= _LIGHT
        covered = (alike[:, self._has] * self._worth).max(axis=2)
        share: Numbers = (weights @ covered) / weights.sum()
        own_share = (alike[:, self._asks].max(axis=0) * self._ask_weights).sum(axis=1) / self._ask_sums
        scores: Numbers = share * (1 - _OWN_SHARE + _OWN_SHARE * own_share)
        return scores

    def _known(self, term: Term) -> Term:
        """The term, or the word of the FAQ that it is a misspelling of."""
        word = term.stems[0]
        if len(term.stems) > 1 or len(word) < 4 or term.groups or term.stems in self._terms:
            return term
        match = process.extractOne(word, self._long_words, scorer=fuzz.ratio, score_cutoff=_MISSPELT)
        return self._thesaurus.term(match[0]) if match is not None else term


@lru_cache(maxsize=_INDEXES_KEPT)
def faq_index(entries: tuple[FaqEntry, ...]) -> FaqIndex:
    """The index of these entries, made once while they stay the same."""
    return FaqIndex(entries)


def entries_named(entries: Sequence[FaqEntry], topic: str) -> list[FaqEntry]:
    """The entries filed under a topic: by category, else by keyword."""
    wanted = topic.replace("_", " ").lower()
    by_category = [entry for entry in entries if entry.category.lower().replace("_", " ") == wanted]
    return by_category or [entry for entry in entries if wanted in (keyword.lower() for keyword in entry.keywords)]


def _padded(bags: Sequence[dict[int, float]], none: int) -> tuple[NDArray[np.intp], Numbers]:
    """(term numbers, worths), one row a bag, filled up with the number `none` and worth 0."""
    width = max((len(bag) for bag in bags), default=1) or 1
    numbers = np.full((len(bags), width), none, np.intp)
    worths = np.zeros((len(bags), width), np.float32)
    for row, bag in enumerate(bags):
        numbers[row, : len(bag)] = list(bag)
        worths[row, : len(bag)] = list(bag.values())
    return numbers, worths
