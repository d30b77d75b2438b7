"""Where a sentence speaks of a person by name: each such name as one word, for the guard's phrases.

A name is a word of the list beside this module (guard_data/people.txt), in Latin letters or by its sound in Devanagari,
or whatever follows a title. The caller's own name is none of others'.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from offhook.dialogue.latin import latin_key

PERSON = "@p"
_TITLES = frozenset(["mr", "mrs", "ms", "mister", "shri", "shrimati", "smt", "dr", "श्री", "श्रीमती"])
_POLITE = frozenset(
    ["ji", "jee", "bhai", "bhaiya", "sir", "madam", "mam", "saab", "sahab", "sahib", "जी", "भाई", "साहब"]
)
"""After a name they belong to it."""
_SHORT = 3
"""Letters of names that sound like too much else."""
FILE = Path(__file__).parent / "guard_data" / "people.txt"


class People:
    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)
        self._sounds = frozenset(latin_key(name) for name in names if len(name) > _SHORT)

    @classmethod
    def load(cls, path: Path = FILE) -> People:
        lines = path.read_text(encoding="utf-8").splitlines()
        return cls({name for line in lines if not line.startswith("#") for name in line.split()})

    def masked(self, words: list[str], own: Collection[str] = ()) -> list[str] | None:
        """The words with PERSON for each name of another than `own` (lower case); None where there is none."""
        masked: list[str] = []
        found = False
        titled = False
        for word in words:
            named = (titled and word.isalpha()) or self._is_name(word)
            if named and word not in own:
                found = True
                if masked[-1:] != [PERSON]:
                    masked.append(PERSON)
            elif not (word in _TITLES or (word in _POLITE and masked[-1:] == [PERSON])):
                masked.append(word)
            titled = word in _TITLES
        return masked if found else None

    def _is_name(self, word: str) -> bool:
        for form in (word, word.removesuffix("s")):
            if form in self._names:
                return True
        return not word.isascii() and latin_key(word) in self._sounds
