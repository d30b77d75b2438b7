"""The products of a tenant in a sentence: by name, by alias, by what people call such a thing in either language.

One word of a name is enough where it fits one product ("tel" where there is one oil); where several fit they are
candidates. Something that is known to be another thing ("chana dal" where only toor is sold) is none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from offhook.understanding.ledger.directory import MOST, Directory, Named, words_in

_LONGEST = 5


@dataclass(frozen=True, slots=True)
class Goods:
    """Tokens [start, end) name a product: one (`name`), several (`candidates`), or one that is not on the list."""

    start: int
    end: int
    said: str
    name: str | None = None
    candidates: tuple[str, ...] = ()


class GoodsIndex:
    """Products by phrases and by single words. Immutable once built."""

    def __init__(
        self,
        products: Mapping[str, Sequence[str]],
        rows: Sequence[Sequence[str]],
        key: Callable[[str], str],
        empty: frozenset[str],
    ) -> None:
        """`rows`: words for the same goods; `empty`: keys of words that name no product by themselves (units)."""
        self._whole: dict[tuple[str, ...], list[str]] = {}
        self._listed: dict[tuple[str, ...], list[str]] = {}
        """As the tenant writes them: who says just that means no longer name that holds it."""
        self._other: set[tuple[str, ...]] = set()
        self._starts: set[str] = set()
        self.spelled = frozenset(
            word for texts in (*products.values(), products, *rows) for text in texts for word in words_in(text)
        )
        """The words of the products and of such things as they are written."""
        keyed = [[tuple(key(word) for word in words_in(text)) for text in row] for row in rows]
        by_word: dict[str, list[str]] = {}
        for name, aliases in products.items():
            own = {tuple(key(word) for word in words_in(text)) for text in (name, *aliases)}
            for phrase in own:
                self._listed.setdefault(phrase, []).append(name)
            for row in keyed:
                if not own.isdisjoint(row):
                    own.update(row)
            for phrase in own - {()}:
                self._add(phrase, name)
            for word in dict.fromkeys(word for phrase in own for word in phrase):
                if word not in empty and not word.isdecimal() and len(word) > 1:
                    by_word.setdefault(word, []).append(name)
        for row in keyed:
            for phrase in row:
                if phrase not in self._whole:
                    self._other.add(phrase)
                    self._starts.add(phrase[0])
        self._row_of = {phrase[0]: row for row in keyed for phrase in row if len(phrase) == 1}
        self._by_word = by_word
        self._directory = Directory(tuple(by_word), {}, lambda word: word)

    def _add(self, phrase: tuple[str, ...], name: str) -> None:
        names = self._whole.setdefault(phrase, [])
        self._starts.add(phrase[0])
        if name not in names:
            names.append(name)

    def __contains__(self, key: str) -> bool:
        return key in self._starts or key in self._by_word

    def _direct(self, key: str) -> str:
        """A key as in the list: "aate" and "aata" are one ("aate ka bill")."""
        if key[-1:] == "e" and key not in self and key[:-1] + "a" in self:
            return key[:-1] + "a"
        if key[-1:] == "s" and key not in self and (key[:-1] in self or "=" + key[:-1] in self):
            return key[:-1] if key[:-1] in self else "=" + key[:-1]  # "soaps"
        return key

    def at(self, said: Sequence[str], i: int, limit: int) -> tuple[Named, int] | None:
        """The product that tokens from `i` on name, with its end; a `Named` without name or candidates is not sold."""
        keys = {n: self._direct(said[n]) for n in range(i, min(limit, i + _LONGEST))}
        for size in range(min(_LONGEST, limit - i), 0, -1):
            phrase = tuple(keys[n] for n in range(i, i + size))
            names = self._whole.get(phrase)
            if names is not None:
                listed = self._listed.get(phrase, ())
                names = listed if len(listed) == 1 else names
                longer = self._parts(keys, i, limit) if size == 1 else None
                if longer is not None and longer[1] > i + size:
                    return longer
                return (Named(names[0]) if len(names) == 1 else Named(None, tuple(sorted(names)))), i + size
            if phrase in self._other:
                if size == 1 and (parts := self._parts(keys, i, limit)) is not None:
                    others = self._translated(phrase, i) if parts[1] == i + 1 else None
                    return _either(parts, others)
                return self._translated(phrase, i) or (Named(None), i + size)
        return self._parts(keys, i, limit)

    def near(self, key: str) -> Named | None:
        """The product that a misspelt word means, where there is one only."""
        found = self._directory.near.find(key)
        if found is None or not found.same:
            return None
        names = self._by_word[found.keys[0]]
        return Named(names[0]) if len(names) == 1 else Named(None, tuple(sorted(names[:MOST])))

    def _translated(self, phrase: tuple[str, ...], i: int) -> tuple[Named, int] | None:
        """Products that have a word of the same thing in their name ("namak" for "Tata Salt")."""
        if len(phrase) != 1:
            return None
        names: dict[str, None] = {}
        for other in self._row_of.get(phrase[0], ()):
            if len(other) == 1:
                names.update(dict.fromkeys(self._by_word.get(other[0], ())))
        if not names:
            return None
        return (Named(next(iter(names))) if len(names) == 1 else Named(None, tuple(sorted(names)[:MOST]))), i + 1

    def _parts(self, keys: Mapping[int, str], i: int, limit: int) -> tuple[Named, int] | None:
        """Words of names that stand together and have a product in common."""
        common: list[str] = []
        end = i
        while end < limit and end - i < _LONGEST:
            names = self._by_word.get(keys[end])
            if names is None:
                break
            narrowed = [name for name in common if name in names] if common else list(names)
            if not narrowed:
                break
            common, end = narrowed, end + 1
        if not common:
            return None
        return (Named(common[0]) if len(common) == 1 else Named(None, tuple(sorted(common)[:MOST]))), end


def _either(one: tuple[Named, int], two: tuple[Named, int] | None) -> tuple[Named, int]:
    """Products by their own words and by other words for the same ("sabun" is soap, too)."""
    if two is None:
        return one
    names = sorted({name for named, _ in (one, two) for name in (named.name, *named.candidates) if name is not None})
    return (Named(names[0]) if len(names) == 1 else Named(None, tuple(names[:MOST]))), one[1]
