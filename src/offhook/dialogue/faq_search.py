"""Finding the entry of the FAQ that answers a question: weighted words, with a margin below which it does not know.

Each entry's question and keywords are split into word stems; a stem weighs by how few entries have it (inverse document
frequency). An entry's score is the share of the question's weight that it covers, so a question that is mostly about
something else scores low however well a few words fit; a fifth of it is earned by the entry's own question, so that of
two entries with the same keyword the one that asks about it is taken. Words not seen in any entry count at full weight,
after an attempt to read them as a misspelling of a known one.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from offhook.store.model import FaqEntry

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_EMPTY_WORDS = (
    "a an the is are am was be been do does did can could would will shall should may might i you we they he she it "
    "me my your our us to of for in on at by with and or if so as this that these those there here what when where "
    "who how why which have has had get got need want like please tell know about any some much many just also "
    "actually happen happens question ask hey hi hello ok okay well um uh thanks thank"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())
ANSWER_AT = 0.45
"""Least score at which an entry is spoken."""
ANSWER_MARGIN = 0.08
"""Least lead over the next entry; closer than that, the caller is asked which is meant."""
SUGGEST_AT = 0.3
"""Least score at which an entry is offered as "did you mean"."""
_MISSPELT = 84
_OWN_SHARE = 0.2


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
    """The FAQ of one business, ready to be searched. Immutable."""

    def __init__(self, entries: Iterable[FaqEntry] = ()) -> None:
        self.entries = tuple(entries)
        stems = [_stems(f"{e.question} {' '.join(e.keywords)} {e.category}") for e in self.entries]
        self._postings: dict[str, list[int]] = {}
        for number, bag in enumerate(stems):
            for stem in bag:
                self._postings.setdefault(stem, []).append(number)
        size = len(self.entries)
        self._weights = {stem: math.log(1 + size / len(where)) for stem, where in self._postings.items()}
        self._unknown = math.log(1 + size) if size else 1.0
        self._asks = [_stems(e.question) for e in self.entries]
        self._ask_weights = [sum(self._weights[stem] for stem in bag) or 1.0 for bag in self._asks]
        self._long_stems = [stem for stem in self._postings if len(stem) >= 4]

    def search(self, question: str, limit: int = 3) -> list[Found]:
        """The entries that cover the question best, best first. Scores are 0..1."""
        asked = _stems(question)
        if not asked:
            return []
        scores: dict[int, float] = defaultdict(float)
        own: dict[int, float] = defaultdict(float)
        whole = 0.0
        for stem in asked:
            known = stem if stem in self._postings else self._spelled(stem)
            if known is None:
                whole += self._unknown
                continue
            weight = self._weights[known]
            whole += weight
            for number in self._postings[known]:
                scores[number] += weight
                if known in self._asks[number]:
                    own[number] += weight
        for number in scores:
            scores[number] *= (1 - _OWN_SHARE + _OWN_SHARE * own[number] / self._ask_weights[number]) / whole
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]
        return [Found(self.entries[number], score) for number, score in best]

    def answer(self, question: str) -> FaqAnswer:
        found = self.search(question)
        if not found:
            return FaqAnswer(None)
        best = found[0]
        clear = len(found) == 1 or best.score - found[1].score >= ANSWER_MARGIN
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

    def _spelled(self, stem: str) -> str | None:
        if len(stem) < 4:
            return None
        match = process.extractOne(stem, self._long_stems, scorer=fuzz.ratio, score_cutoff=_MISSPELT)
        return match[0] if match is not None else None


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()) if word not in _EMPTY)


def _stem(word: str) -> str:
    """Strip the commonest English endings; enough for words that meet only each other."""
    word = word.split("'")[0]
    for ending, least in (("ings", 7), ("ing", 6), ("ies", 5), ("ed", 5), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    return word.rstrip("e") if len(word) > 3 else word


def entries_named(entries: Sequence[FaqEntry], topic: str) -> list[FaqEntry]:
    """The entries filed under a topic: by category, else by keyword."""
    wanted = topic.replace("_", " ").lower()
    by_category = [entry for entry in entries if entry.category.lower().replace("_", " ") == wanted]
    return by_category or [entry for entry in entries if wanted in (keyword.lower() for keyword in entry.keywords)]
