"""What the spellings of a name have in common, for finding customers and products in the database.

Keys fold ways of writing one name (Ramesh, Ramesha, रमेश) together, and now and then two names: they find candidates,
and what was written decides among them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from offhook.understanding import mixed
from offhook.understanding.mixed.alphabet import Alphabet

MOST_CHARS = 120
_WORD = re.compile(r"[\w\u0900-\u097f]+")


@cache
def _alphabet() -> Alphabet:
    return Alphabet(Path(mixed.__file__).parents[1] / "languages" / "hi-Latn" / "alphabet.yaml")


def tidy(name: str) -> str:
    return " ".join(name.split())


def plain(name: str) -> str:
    """For telling whether two names are written alike."""
    return tidy(name).casefold()


def words_of(name: str) -> tuple[str, ...]:
    """The keys of its words, in order."""
    alphabet = _alphabet()
    return tuple(key for word in _WORD.findall(name.lower()) if (key := alphabet.key(word)))


def key_of(name: str) -> str:
    return " ".join(words_of(name))
