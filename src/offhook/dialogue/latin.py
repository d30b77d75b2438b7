"""Hindi lines for people who write Hindi in Latin letters: the same words, transliterated as they write them."""

from __future__ import annotations

import re
from functools import cache

from offhook.understanding.lexicon import LANGUAGES
from offhook.understanding.mixed.alphabet import Alphabet

_WORD = re.compile("[\u0900-\u0963\u0970-\u097f]+")
_BEGINNING = re.compile(r"(^|[.?!]\s+)([a-z])")


@cache
def _alphabet() -> Alphabet:
    return Alphabet(LANGUAGES / "hi-Latn" / "alphabet.yaml")


def latin_words(text: str) -> str:
    """Each Devanagari word in Latin letters; all else as it is."""
    return _WORD.sub(lambda match: _alphabet().written(match.group()), text)


def latin_key(word: str) -> str:
    """What all spellings of a word share, in either script."""
    return _alphabet().key(word)


def in_latin_letters(text: str) -> str:
    """A line as it is typed: full stops, and a capital where a sentence begins; a part of a sentence begins small."""
    typed = latin_words(text).replace("\u0964", ".")
    if not typed.rstrip().endswith((".", "?", "!")):
        return typed
    return _BEGINNING.sub(lambda match: match[1] + match[2].upper(), typed)
