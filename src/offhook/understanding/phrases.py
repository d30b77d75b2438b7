"""Finding fixed phrases in a sentence: a trie over word stems, walked once from each token.

A phrase is a few words; they match in any inflection ("book" finds "booking"). `=word` matches that exact word only,
and `..` lets up to three words stand between ("bring .. in").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

_GAP = ".."
_GAP_WORDS = 3
_ENDINGS = ("ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ies", "ied", "ed", "es", "s", "y", "e")
_REST = {
    "ations": 5,
    "ation": 5,
    "ments": 4,
    "ment": 4,
    "ions": 5,
    "ion": 5,
    "ies": 3,
    "ied": 3,
    "ings": 3,
    "ing": 3,
    "ed": 3,
    "es": 3,
    "s": 3,
    "y": 3,
    "e": 3,
}
_FOLDS = {
    "our": "my",
    "tyre": "tire",
    "tyres": "tire",
    "tires": "tire",
    "breaks": "brake",
    "break": "brake",
    "brakes": "brake",
    "tuneup": "tune",
    "ac": "ac",
    "colour": "color",
    "colours": "color",
    "centre": "center",
    "licence": "license",
    "grey": "gray",
    "kms": "km",
    "kilometre": "km",
    "kilometres": "km",
    "kilometer": "km",
    "kilometers": "km",
    "oils": "oil",
    "bought": "buy",
    "broke": "broke",
    "gas": "gas",
    "gases": "gas",
    "this": "this",
    "is": "is",
    "was": "was",
    "has": "has",
    "diagnose": "diagnostic",
    "diagnosis": "diagnostic",
    "diagnosed": "diagnostic",
    "news": "news",
    "does": "do",
    "bus": "bus",
    "yes": "yes",
    "us": "us",
    "class": "class",
    "station": "station",
    "stations": "station",
    "warranties": "warranty",
    "warranty": "warranty",
    "come": "come",
    "coming": "come",
    "comes": "come",
    "one": "one",
    "ones": "one",
    "price": "price",
    "prices": "price",
    "priced": "price",
    "pricing": "price",
    "prize": "price",
    "moved": "move",
    "moving": "move",
    "dies": "die",
    "died": "die",
    "die": "die",
}


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """The part of a word that its inflections share; not a linguistic stem, only the same for phrase and sentence."""
    folded = _FOLDS.get(word)
    if folded is not None and folded != word:
        return stem(folded)
    if folded is not None:
        return word
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _REST[ending]:
            if ending == "s" and word.endswith(("ss", "us", "is")):
                break
            root = word[: -len(ending)]
            if ending in ("ing", "ed", "ings") and len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz":
                root = root[:-1]
            if ending in ("s", "es", "ing", "ed", "ings", "ment", "ments") and root.endswith("e") and len(root) > 3:
                root = root[:-1]
            return root
    return word


class Found(NamedTuple):
    name: str
    start: int
    end: int


class _Node:
    __slots__ = ("edges", "gap", "names")

    def __init__(self) -> None:
        self.edges: dict[str, _Node] = {}
        self.gap: _Node | None = None
        self.names: tuple[str, ...] = ()


class PhraseBook:
    """Names under which phrases are filed, found by walking the sentence. Immutable once built."""

    def __init__(
        self,
        phrases: Mapping[str, Iterable[str]],
        key: Callable[[str], str] = stem,
        exact: Callable[[str], str] = lambda word: word,
    ) -> None:
        """`key`: what the forms of a word share; `exact`: what the spellings of one form share."""
        self._key, self._exact = key, exact
        self._root = _Node()
        self._vocabulary: set[str] = set()
        self._keys: dict[str, set[str]] = {}
        for name, texts in phrases.items():
            for text in texts:
                self._add(name, text.lower().split())

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word of every phrase, as written."""
        return frozenset(self._vocabulary)

    def holds(self, name: str, word: str, key: str) -> bool:
        """Whether a word (with its stem) is in a phrase of that name, not only in the gap of one."""
        keys = self._keys.get(name, ())
        return key in keys or "=" + word in keys

    def _add(self, name: str, words: list[str]) -> None:
        node = self._root
        for word in words:
            if word == _GAP:
                node.gap = node.gap or _Node()
                node = node.gap
                continue
            self._vocabulary.add(word.removeprefix("="))
            key = "=" + self._exact(word[1:]) if word.startswith("=") else self._key(word)
            self._keys.setdefault(name, set()).add(key)
            node = node.edges.setdefault(key, _Node())
        if name not in node.names:
            node.names = (*node.names, name)

    def find(self, words: list[str], stems: list[str], taken: list[bool]) -> list[Found]:
        """Every phrase in the sentence; tokens that are `taken` match nothing."""
        found: list[Found] = []
        edges = self._root.edges
        for i, key in enumerate(stems):
            if taken[i]:
                continue
            node = edges.get(key)
            if node is not None:
                self._walk(node, words, stems, taken, i, i + 1, found)
            node = edges.get("=" + words[i])
            if node is not None:
                self._walk(node, words, stems, taken, i, i + 1, found)
        return found

    def _walk(
        self,
        node: _Node,
        words: list[str],
        stems: list[str],
        taken: list[bool],
        start: int,
        at: int,
        found: list[Found],
    ) -> None:
        for name in node.names:
            found.append(Found(name, start, at))
        if at < len(words) and not taken[at] and node.edges:
            following = node.edges.get(stems[at])
            if following is not None:
                self._walk(following, words, stems, taken, start, at + 1, found)
            following = node.edges.get("=" + words[at])
            if following is not None:
                self._walk(following, words, stems, taken, start, at + 1, found)
        if node.gap is not None:
            for skip in range(_GAP_WORDS + 1):
                if at + skip < len(words) and words[at + skip] != ".":
                    self._gap_step(node.gap, words, stems, taken, start, at + skip, found)

    def _gap_step(
        self, gap: _Node, words: list[str], stems: list[str], taken: list[bool], start: int, at: int, found: list[Found]
    ) -> None:
        if taken[at]:
            return
        for key in (stems[at], "=" + words[at]):
            node = gap.edges.get(key)
            if node is not None:
                self._walk(node, words, stems, taken, start, at + 1, found)
