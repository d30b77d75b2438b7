"""Words and phrases that people use for one another when they ask a business something.

`languages/<tag>/thesaurus.yaml` holds groups; what stands in several belongs to each. A text becomes terms: the longest
phrases that a group knows, else single words, by their stems; words that say nothing are left out. A file may also name
words of its own language that mean the same as an English one (`same_as`): they join the groups of that word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from offhook.understanding.datafile import Data, load_data, words_of
from offhook.understanding.lexicon import LANGUAGES
from offhook.understanding.phrases import stem

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_FILE = "thesaurus.yaml"


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase of a text: its stems, the groups that it belongs to, and whether it says little by itself."""

    stems: tuple[str, ...]
    groups: frozenset[int] = frozenset()
    light: bool = False


@dataclass(frozen=True, slots=True)
class Thesaurus:
    groups: dict[tuple[str, ...], frozenset[int]]
    empty: frozenset[str]
    """Words that tell nothing about what is asked."""
    light: frozenset[str]
    """Words that tell a little: how one asks."""
    longest: int = 1
    """Words of the longest phrase."""

    def terms(self, text: str) -> list[Term]:
        words = _words(text)
        stems = [stem(word) for word in words]
        found: list[Term] = []
        at = 0
        while at < len(words):
            length = self._phrase_at(stems, at)
            if length:
                key = tuple(stems[at : at + length])
                found.append(Term(key, self.groups[key]))
                at += length
                continue
            if words[at] not in self.empty:
                found.append(self.term(words[at]))
            at += 1
        return found

    def term(self, word: str) -> Term:
        key = (stem(word),)
        return Term(key, self.groups.get(key, frozenset()), word in self.light)

    def parts(self, term: Term) -> list[Term]:
        """The words of a phrase that mean something alone; none for a single word."""
        if len(term.stems) == 1:
            return []
        return [Term((one,), self.groups.get((one,), frozenset())) for one in term.stems if one not in self.empty]

    def _phrase_at(self, stems: list[str], at: int) -> int:
        """Words of the longest phrase of two or more that begins there; 0 for none."""
        for length in range(min(self.longest, len(stems) - at), 1, -1):
            if tuple(stems[at : at + length]) in self.groups:
                return length
        return 0


@cache
def load_thesaurus(root: Path = LANGUAGES) -> Thesaurus:
    """All languages' groups together, English first. Raises ValueError naming a file that is wrong."""
    files = sorted(root.glob(f"*/{_FILE}"), key=lambda path: (path.parent.name != "en", path))
    groups: dict[tuple[str, ...], set[int]] = {}
    empty: set[str] = set()
    light: set[str] = set()
    count = 0
    for path in files:
        data = load_data(path)
        empty |= words_of(data, "empty")
        light |= words_of(data, "light")
        for members in cast("list[list[object]]", data.get("groups", [])):
            for member in members:
                groups.setdefault(_key(str(member)), set()).add(count)
            count += 1
        for word, others in _same_as(data, path):
            known = groups.get(_key(word))
            if known is None:
                raise ValueError(f"{path}: no group has {word!r}, which `same_as` refers to.")
            for other in others:
                groups.setdefault(_key(other), set()).update(known)
    return Thesaurus(
        groups={key: frozenset(numbers) for key, numbers in groups.items()},
        empty=frozenset(empty),
        light=frozenset(light),
        longest=max((len(key) for key in groups), default=1),
    )


def _same_as(data: Data, path: Path) -> Iterable[tuple[str, list[str]]]:
    given = data.get("same_as", {})
    if not isinstance(given, dict):
        raise ValueError(f"{path}: `same_as` must map a word to a list.")
    return [(str(word), [str(other) for other in others]) for word, others in given.items()]


def _words(text: str) -> list[str]:
    plain = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("-", " ")
    return [word.replace("n't", "nt").split("'")[0] for word in _WORD.findall(plain)]


def _key(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in _words(phrase))
