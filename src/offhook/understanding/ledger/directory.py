"""A tenant's customers and products by the words of their names, for hundreds of thousands of them.

What is indexed are the words, not the full names: a name is found by any of its words, in any order, together with
every other name that they fit. Built once per content.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from re import compile as pattern

from offhook.understanding.ledger.near import NearWords

_DEVANAGARI = pattern("[\u0900-\u0963\u0970-\u097f]+|[^\\W\\d_\u0900-\u097f]+|\\d+")
MOST = 12
"""Names that are told as candidates."""


def words_in(name: str) -> list[str]:
    """The words of a name, as sentences are split."""
    return _DEVANAGARI.findall(name.lower().replace("'", "").replace("’", ""))


class Directory:
    """Names by their words' keys. Entry n belongs to `names[owner[n]]`: a name itself, or an alias of it."""

    def __init__(self, names: Sequence[str], aliases: Mapping[str, Iterable[str]], key: Callable[[str], str]) -> None:
        self.names = names
        self._keys: list[tuple[str, ...]] = []
        self._owner = array("I")
        building: dict[str, array[int]] = {}
        kept: dict[str, str] = {}
        self.spelled: set[str] = set()
        """The words of the names as they are written."""
        for n, name in enumerate(names):
            for text in (name, *aliases.get(name, ())):
                words = words_in(text)
                self.spelled.update(words)
                keys = tuple(kept.setdefault(k, k) for k in map(key, words))
                if not keys:
                    continue
                entry = len(self._keys)
                self._keys.append(keys)
                self._owner.append(n)
                for one in set(keys):
                    building.setdefault(one, array("I")).append(entry)
        self._by_key = building
        self._near: NearWords | None = None

    def __contains__(self, key: str) -> bool:
        return key in self._by_key

    def __bool__(self) -> bool:
        return bool(self._keys)

    @property
    def near(self) -> NearWords:
        if self._near is None:
            self._near = NearWords(self._by_key)
        return self._near

    def entries(self, keys: Sequence[str]) -> list[int]:
        """Entries that have all these words."""
        rows = [self._by_key.get(key) for key in keys]
        if not rows or any(row is None for row in rows):
            return []
        shortest = min((row for row in rows if row is not None), key=len)
        if len(keys) == 1:
            return list(shortest)
        wanted = list(keys)
        return [entry for entry in shortest if _holds(self._keys[entry], wanted)]

    def exact(self, keys: Sequence[str], entries: Iterable[int]) -> list[int]:
        """Those of `entries` that are these words and no others."""
        size = len(keys)
        return [entry for entry in entries if len(self._keys[entry]) == size]

    def named(self, entries: Iterable[int]) -> list[str]:
        """The names that entries belong to, each once (twice where two are called the same), at most MOST + 1."""
        owners: dict[int, None] = {}
        for entry in entries:
            owners[self._owner[entry]] = None
            if len(owners) > MOST:
                break
        return [self.names[n] for n in owners]


def _holds(have: tuple[str, ...], wanted: list[str]) -> bool:
    if len(have) < len(wanted):
        return False
    return all(have.count(key) >= wanted.count(key) for key in wanted)


_NASAL = ("n", "an")
"""What makes another name of one, and is not in its key."""


@dataclass(frozen=True, slots=True)
class Named:
    """What words mean of a directory: one name, several, or none that is known."""

    name: str | None
    candidates: tuple[str, ...] = ()
    near: bool = False
    """Found by resemblance alone."""


def resolved(directory: Directory, keys: Sequence[str], entries: Sequence[int]) -> Named:
    """One name, when the words are all of it or fit no other; else those that they fit."""
    exact = directory.exact(keys, entries) if len(keys) > 1 else []
    names = directory.named(exact or entries)
    if len(names) == 1:
        return Named(names[0])
    return Named(None, tuple(sorted(names[:MOST])))


def heard(named: Named, said: Sequence[str]) -> Named:
    """The name, near only where one of the two ends in an "n" more ("Gopal Krishnan" for Gopal Krishna): keys do not
    have it, since Hindi writes it where it is hardly spoken.

    Args:
        said: its words in Latin letters.
    """
    written = words_in(named.name or "")
    longer = {word + end for word in written for end in _NASAL} | {
        word.removesuffix(end) for word in written for end in _NASAL if word.endswith(end)
    }
    if named.name is not None and not longer.isdisjoint(word for word in said if word not in written):
        return Named(None, (named.name,), near=True)
    return named
