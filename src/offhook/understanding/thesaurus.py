"""Words and phrases that people use for one another when they ask a business something.

`languages/<tag>/thesaurus*.yaml` hold groups; what stands in several belongs to each. Where a group has general words
and kinds of them (a country: Spain, Italy), a kind stands for the general words and they for it, but no kind for
another. A text becomes terms: the longest phrases that a group knows, else single words, by their stems; words that say
nothing are left out. A file of another language maps English words to words and phrases of its own (`translate`): those
are read as the English ones, in any spelling and script; words that English groups know keep their English meaning.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import cast

from offhook.understanding.datafile import Data, load_data, words_of
from offhook.understanding.lexicon import LANGUAGES
from offhook.understanding.mixed.alphabet import Alphabet
from offhook.understanding.phrases import stem as inflected_stem

_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u097f])+(?:'[^\W_]+)?")
_FILES = "thesaurus*.yaml"
_SEARCHED = "search_words*.yaml"
_LONGEST_ASKING = 5
_WIDEST_GAP = 6
"""Words that may stand at the `..` of a phrase that tells what kind of answer is wanted."""
_STEMS_KEPT = 8192


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase of a text: its stems, the groups that it belongs to, and whether it says little by itself."""

    stems: tuple[str, ...]
    groups: frozenset[int] = frozenset()
    light: bool = False
    seeks: frozenset[int] = frozenset()
    """The groups whose members it may stand for."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """A language whose words are read as English ones."""

    alphabet: Alphabet
    phrases: dict[tuple[str, ...], tuple[str, ...]]
    """Keys of a phrase's words -> English words; none for a phrase that says nothing."""
    longest: int

    def english(self, words: list[str], known: Callable[[int], int]) -> list[str]:
        """`known`: how many words from there on are English already."""
        keys = [self.alphabet.key(word) for word in words]
        read: list[str] = []
        at = 0
        while at < len(words):
            english = known(at)
            for length in range(min(self.longest, len(words) - at), english, -1):
                phrase = self.phrases.get(tuple(keys[at : at + length]))
                if phrase is not None:
                    read += phrase
                    at += length
                    break
            else:
                read += words[at : at + max(english, 1)]
                at += max(english, 1)
        return read


@dataclass(frozen=True, slots=True)
class Thesaurus:
    groups: dict[tuple[str, ...], frozenset[int]]
    seeks: dict[tuple[str, ...], frozenset[int]]
    of_kinds: frozenset[int]
    """The groups of general words and kinds of them."""
    loose: frozenset[int]
    """The groups of words that are said for one another in some places only."""
    empty: frozenset[str]
    """Words that tell nothing about what is asked."""
    light: frozenset[str]
    """Words that tell a little: how one asks."""
    light_stems: frozenset[str]
    unsaid: frozenset[str]
    """Words without which phrases are compared: change my address, change the address."""
    stems: frozenset[str]
    """Of all words of all groups."""
    longest: dict[str, int]
    """Words of the longest phrase, by its first one's stem."""
    languages: tuple[Foreign, ...] = ()
    asking: dict[tuple[str, ...], str] = field(default_factory=dict)
    """Phrases that tell what kind of answer is wanted, by that kind: a price, a place, a reason."""
    around: dict[tuple[str, ...], tuple[tuple[tuple[str, ...], str], ...]] = field(default_factory=dict)
    """The same of phrases with a gap: by what stands before it, what stands behind it, and the kind."""
    names: tuple[str, ...] = ()
    """Of each group its first phrase."""

    def terms(self, text: str) -> list[Term]:
        words = [word for word in self._read(text) if word not in self.unsaid]
        stems = [stem(word) for word in words]
        found: list[Term] = []
        at = 0
        while at < len(words):
            length = self._phrase_at(stems, at)
            if length:
                key = tuple(stems[at : at + length])
                light = key not in self.asking and all(self._says_little(word) for word in words[at : at + length])
                found.append(self._term(key, light))
                at += length
                continue
            if words[at] not in self.empty:
                found.append(self.term(words[at]))
            at += 1
        return found

    def unknown(self, text: str) -> list[str]:
        """The words for which no other ones are known, as they stand there; numbers are none."""
        words = [word for word in self._read(text) if not self._says_little(word) and word.isalpha()]
        return [word for word in dict.fromkeys(words) if stem(word) not in self.stems]

    def meanings(self, stems: Sequence[str]) -> set[str]:
        """The groups, by their names, of the longest phrases that are known among English words and of single words."""
        found: set[int] = set()
        at = 0
        while at < len(stems):
            length = self._phrase_at(stems, at) or 1
            found |= self.groups.get(tuple(stems[at : at + length]), frozenset())
            at += length
        return {self.names[group] for group in found}

    def kinds(self, text: str) -> frozenset[str]:
        """The kinds of answer that the text asks for; none for most yes and no questions."""
        stems = [stem(word) for word in self._read(text)]
        found: set[str] = set()
        at = 0
        while at < len(stems):
            found.update(self._around(stems, at))
            for length in range(min(_LONGEST_ASKING, len(stems) - at), 0, -1):
                kind = self.asking.get(tuple(stems[at : at + length]))
                if kind is not None:
                    found.add(kind)
                    at += length - 1
                    break
            at += 1
        return frozenset(found)

    def _around(self, stems: Sequence[str], at: int) -> Iterator[str]:
        """The kinds of the phrases with a gap that begin there."""
        for length in range(1, _LONGEST_ASKING):
            for behind, kind in self.around.get(tuple(stems[at : at + length]), ()):
                first = at + length + 1
                starts = range(first, min(first + _WIDEST_GAP, len(stems) - len(behind) + 1))
                if any(tuple(stems[start : start + len(behind)]) == behind for start in starts):
                    yield kind

    def term(self, word: str) -> Term:
        return self._term((stem(word),), word in self.light)

    def parts(self, term: Term) -> list[Term]:
        """The words of a phrase that mean something alone; none for a single word."""
        if len(term.stems) == 1:
            return []
        return [self._term((one,), one in self.light_stems) for one in term.stems if one not in self.empty]

    def _term(self, key: tuple[str, ...], light: bool = False) -> Term:
        return Term(key, self.groups.get(key, frozenset()), light, self.seeks.get(key, frozenset()))

    def _read(self, text: str) -> list[str]:
        words = words_of_text(text)
        for language in self.languages:
            stems = [stem(word) for word in words]
            words = language.english(words, partial(self._english, words, stems))
        return words

    def _says_little(self, word: str) -> bool:
        return word in self.empty or word in self.light

    def _english(self, words: list[str], stems: list[str], at: int) -> int:
        alone = self._says_little(words[at]) or (stems[at],) in self.groups
        return self._phrase_at(stems, at) or int(alone)

    def _phrase_at(self, stems: Sequence[str], at: int) -> int:
        """Words of the longest phrase of two or more that begins there; 0 for none."""
        for length in range(min(self.longest.get(stems[at], 1), len(stems) - at), 1, -1):
            if tuple(stems[at : at + length]) in self.groups:
                return length
        return 0


_Numbers = defaultdict[tuple[str, ...], set[int]]


def search_thesaurus(root: Path = LANGUAGES) -> Thesaurus:
    """The words of `load_thesaurus` and more that a search tells apart by what stands beside them. What is weighed on
    groups (understanding/guesses.py) does without these, so that they may grow without its being trained again."""
    return load_thesaurus(root, (_FILES, _SEARCHED))


@cache
def load_thesaurus(root: Path = LANGUAGES, files: tuple[str, ...] = (_FILES,)) -> Thesaurus:
    """All languages' words together. Raises ValueError naming a file that is wrong."""
    groups, seeks = _Numbers(set), _Numbers(set)
    of_kinds: set[int] = set()
    loose: set[int] = set()
    empty: set[str] = set()
    light: set[str] = set()
    unsaid: set[str] = set()
    asking: dict[tuple[str, ...], str] = {}
    around: defaultdict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    languages: list[Foreign] = []
    names: list[str] = []
    for path in (path for name in files for path in sorted(root.glob(f"*/{name}"))):
        data = load_data(path)
        before = len(names)
        empty |= words_of(data, "empty")
        light |= words_of(data, "light")
        unsaid |= words_of(data, "unsaid")
        for members in cast("list[list[object]]", data.get("groups", [])):
            for key in _keys(members, unsaid):
                groups[key].add(len(names))
                seeks[key].add(len(names))
            names.append(str(members[0]))
        for general, kinds in cast("list[list[list[object]]]", data.get("kinds", [])):
            of_general, of_kind = len(names), len(names) + 1
            for key in _keys(general, unsaid):
                groups[key] |= {of_general, of_kind}
                seeks[key].add(of_general)
            for key in _keys(kinds, unsaid):
                groups[key].add(of_general)
                seeks[key].add(of_kind)
            of_kinds |= {of_general, of_kind}
            names += [str(general[0])] * 2
        for kind, phrases in cast("dict[str, list[object]]", data.get("asking", {})).items():
            for phrase in phrases:
                before_gap, gap, behind = str(phrase).partition("..")
                if gap:
                    around[_key(before_gap)].append((_key(behind), kind))
                else:
                    asking[_key(before_gap)] = kind
        if data.get("loose"):
            loose.update(range(before, len(names)))
        if "translate" in data:
            languages.append(_foreign(data, path))
    return Thesaurus(
        groups={key: frozenset(numbers) for key, numbers in groups.items()},
        seeks={key: frozenset(numbers) for key, numbers in seeks.items()},
        of_kinds=frozenset(of_kinds),
        loose=frozenset(loose),
        empty=frozenset(empty),
        light=frozenset(light),
        light_stems=frozenset(stem(word) for word in light),
        unsaid=frozenset(unsaid),
        stems=frozenset(one for key in groups for one in key),
        longest=_longest(groups),
        languages=tuple(languages),
        asking=asking,
        around={key: tuple(ends) for key, ends in around.items()},
        names=tuple(names),
    )


def _longest(phrases: Iterable[tuple[str, ...]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for phrase in phrases:
        found[phrase[0]] = max(found.get(phrase[0], 1), len(phrase))
    return found


def _foreign(data: Data, path: Path) -> Foreign:
    alphabet = Alphabet(path.parent / "alphabet.yaml")
    phrases: dict[tuple[str, ...], tuple[str, ...]] = {}
    given = data["translate"]
    if not isinstance(given, dict):
        raise ValueError(f"{path}: `translate` must map English words to lists.")
    for english, others in given.items():
        for other in others:
            key = tuple(alphabet.key(word) for word in words_of_text(str(other)))
            phrases.setdefault(key, tuple(words_of_text(str(english))))
    return Foreign(alphabet, phrases, max((len(key) for key in phrases), default=1))


@lru_cache(maxsize=_STEMS_KEPT)
def stem(word: str) -> str:
    """As for phrases, and the same for studying and study."""
    root = inflected_stem(word)
    return root[:-1] if len(root) > 3 and root.endswith("y") else root


def words_of_text(text: str) -> list[str]:
    """In lower case, without endings behind an apostrophe; "don't" is dont."""
    plain = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("-", " ")
    return [word.replace("n't", "nt").split("'")[0] for word in _WORD.findall(plain)]


def _keys(members: list[object], unsaid: set[str]) -> list[tuple[str, ...]]:
    """Of the words and phrases of a group; none of a phrase that is unsaid words only."""
    keys = [tuple(stem(word) for word in words_of_text(str(member)) if word not in unsaid) for member in members]
    return [key for key in keys if key]


def _key(phrase: str) -> tuple[str, ...]:
    return tuple(stem(word) for word in words_of_text(phrase))
