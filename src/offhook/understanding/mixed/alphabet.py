"""One internal alphabet for a language that people write in several ways.

Devanagari becomes Latin letters by a table, without the inherent vowel where it is not spoken; `key` then folds the
spellings of one word into one (rupaye, rupye, रुपये). Keys are for look-up only and are never shown.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import cast

from offhook.understanding.datafile import load_data, names_of

_VIRAMA = "\u094d"
_NUKTA = "\u093c"
_VOWELS = frozenset("aeiou")
_LABIALS = frozenset("pbm")


class Alphabet:
    """The letters of one language, read from its `alphabet.yaml`."""

    def __init__(self, path: Path) -> None:
        data = load_data(path)
        self._consonants = names_of(data, "consonants")
        self._nukta = names_of(data, "nukta")
        self._vowels = names_of(data, "vowels")
        self._signs = names_of(data, "signs")
        self._nasals = names_of(data, "nasals")
        self._digits = names_of(data, "digits")
        self._ligatures = names_of(data, "ligatures")
        self._folds = [(str(old), str(new)) for old, new in cast("list[list[object]]", data.get("folds", []))]
        self._spellings = names_of(data, "spellings")
        self._variants: dict[str, str] = {}
        self._key = lru_cache(maxsize=16_384)(self._folded)
        for word, others in cast("dict[str, list[object]]", data.get("variants", {})).items():
            self._variants.update({self._fold(str(other)): self._fold(str(word)) for other in others})

    def native(self, word: str) -> bool:
        """Whether the word is in the language's own letters."""
        return not word.isascii() and any(c in self._consonants or c in self._vowels for c in word)

    def latin(self, word: str) -> str:
        """The word in Latin letters as people write it: "गाड़ी" -> "gadi", "रविवार" -> "ravivar"."""
        for two, one in self._ligatures.items():
            word = word.replace(two, one)
        units = self._units(word)
        self._silence(units)
        parts: list[str] = []
        for n, (consonant, vowel) in enumerate(units):
            following = units[n + 1][0] if n + 1 < len(units) else ""
            if consonant == "n" and not vowel and following[:1] in _LABIALS and following and n:
                consonant = "m"
            parts.append(consonant + vowel)
        return "".join(parts)

    def written(self, word: str) -> str:
        """As `latin`, in the spelling that people are used to where it is another one."""
        return self._spellings.get(word) or self.latin(word)

    def key(self, word: str) -> str:
        """What all spellings of one word have in common."""
        return self._key(word)

    def sound(self, word: str) -> str:
        """The consonants of a word: the same for a name in both scripts ("क्रेटा", "creta")."""
        key = self._key(word)
        return key[:1] + "".join(char for char in key[1:] if char not in _VOWELS)

    def _folded(self, word: str) -> str:
        key = self._fold(word)
        return self._variants.get(key, key)

    def _fold(self, word: str) -> str:
        text = word.lower()
        if self.native(text):
            text = self.latin(text)
        text = text.replace("'", "")
        for old, new in self._folds:
            if old in text:
                text = text.replace(old, new)
        text = "".join(
            "k" if char == "c" and text[n + 1 : n + 2] != "h" else char
            for n, char in enumerate(text)
            if n == 0 or char != text[n - 1]
        )
        if len(text) > 3 and text[-1] == "h" and text[-2] in _VOWELS:
            text = text[:-1]
        if len(text) > 3 and text[-1] == "n" and text[-2] in _VOWELS:
            text = text[:-1]
        if len(text) > 3 and text.endswith("ye") and text[-3] not in _VOWELS:
            text = text[:-2] + "e"
        if len(text) > 2 and text[-1] == "y":
            text = text[:-1] + "i"
        return text[:1] + text[1:-1].replace("a", "") + text[-1] if len(text) > 1 else text

    def _units(self, word: str) -> list[list[str]]:
        """[consonant, vowel] for each letter; the vowel is "A" where it is inherent, "" where there is none."""
        units: list[list[str]] = []
        for char in word:
            if char in self._consonants:
                units.append([self._consonants[char], "A"])
            elif char in self._signs and units:
                units[-1][1] = self._signs[char]
            elif char == _VIRAMA and units:
                units[-1][1] = ""
            elif char == _NUKTA:
                if units:
                    units[-1][0] = self._nukted(units[-1][0])
            elif char in self._vowels:
                units.append(["", self._vowels[char]])
            elif char in self._nasals:
                units.append([self._nasals[char], ""])
            elif char in self._digits:
                units.append([self._digits[char], ""])
            elif char.isalnum():
                units.append([char, ""])
        return units

    def _nukted(self, latin: str) -> str:
        return next((self._nukta[char] for char in self._nukta if self._consonants[char] == latin), latin)

    def _silence(self, units: list[list[str]]) -> None:
        """The inherent vowel is not spoken at the end of a word, nor between two syllables that have vowels."""
        last = len(units) - 1
        if last > 0 and units[last][1] == "A":
            units[last][1] = ""
        for n in range(last - 1, 0, -1):
            if units[n][1] == "A" and units[n + 1][0] and units[n + 1][1] not in ("", "A") and units[n - 1][1] != "":
                units[n][1] = ""
        for unit in units:
            if unit[1] == "A":
                unit[1] = "a"
