"""Which known word a misspelt or misheard one means, of a tenant's names or products.

Spellings of one sound are one key already (`mixed/alphabet`). Beyond that, a word is the same when only a short vowel
or an aspiration is lost or added ("Sursh", "Reka"); one that differs by a letter is merely near: it is asked about,
never written. What is a real word or another person's name is never looked up here: the caller sees to that.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import OSA

_VOWELS = frozenset("aeiou")
_SHORTEST = 3
_NEAR_FROM = 4


@dataclass(frozen=True, slots=True)
class Near:
    keys: tuple[str, ...]
    same: bool
    """Whether it is the same word, written or heard loosely; else it merely resembles the `keys`."""


class NearWords:
    """Look-up over keys. Index of consonants, with single deletions: some dictionary reads for any vocabulary."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._by_bones: dict[str, list[str]] = {}
        for key in set(keys):
            if len(key) >= _SHORTEST and key.isalpha():
                self._by_bones.setdefault(bones(key), []).append(key)
        self._deleted: dict[str, list[str]] = {}
        for one in self._by_bones:
            for n in range(1, len(one)):
                self._deleted.setdefault(one[:n] + one[n + 1 :], []).append(one)

    def find(self, key: str) -> Near | None:
        if len(key) < _SHORTEST or not key.isalpha():
            return None
        mine = bones(key)
        same = [other for other in self._by_bones.get(mine, ()) if _same_sound(key, other)]
        if len(same) == 1:
            return Near((same[0],), same=True)
        if len(key) < _NEAR_FROM:
            return Near(tuple(sorted(same)), same=False) if same else None
        around = {mine, *self._deleted.get(mine, ())}
        for n in range(1, len(mine)):
            shorter = mine[:n] + mine[n + 1 :]
            around.add(shorter)
            around.update(self._deleted.get(shorter, ()))
        near = {
            other
            for one in around
            for other in self._by_bones.get(one, ())
            if OSA.distance(key, other, score_cutoff=1) <= 1
        }
        near.update(same)
        return Near(tuple(sorted(near)), same=False) if near else None

    def sounding(self, key: str) -> list[str]:
        """The words that have the consonants of `key` and other vowels."""
        return self._by_bones.get(bones(key), []) if len(key) >= _SHORTEST and key.isalpha() else []


def bones(key: str) -> str:
    """The consonants of a key without aspiration, behind its first letter."""
    kept = key[:1]
    for before, char in itertools.pairwise(key):
        if char not in _VOWELS and not (char == "h" and before not in _VOWELS):
            kept += char
    return kept


def ending(key: str) -> str:
    """The last vowel, which tells Sunil from Sunila; "" behind it."""
    return key[-1] if key[-1] in _VOWELS else ""


def _same_sound(one: str, two: str) -> bool:
    """Whether nothing but lost vowels tells them apart; the last vowel tells Sunil from Sunila."""
    if ending(one) != ending(two):
        return False
    inner = [[char for char in key[1:-1] if char in _VOWELS] for key in (one, two)]
    short, long = sorted(inner, key=len)
    rest = iter(long)
    return all(char in rest for char in short)
