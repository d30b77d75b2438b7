"""Small spelling errors mended against the words that we know: one edit for words of five letters, two from eight on.

Only towards one word: when two known words are as near, the word stays as it is. Index of single deletions (the idea of
symmetric delete, W. Garbe), so that a look-up costs some dictionary reads, whatever the vocabulary's size.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rapidfuzz.distance import OSA

_SHORTEST = 5
_LONG = 8
_LONGEST = 24


class Speller:
    """Knows the words it was given; `mend` gives the one that a misspelt word means, or None."""

    def __init__(
        self,
        words: Iterable[str],
        short: Iterable[str] = (),
        *,
        eager: bool = False,
        alike: Mapping[str, str] | None = None,
    ) -> None:
        """`short`: words of three or four letters that two swapped letters may stand for ("oli" for oil).

        `eager`: words of four letters are mended, too, towards longer ones ("civc"); for names, which are few.
        `alike`: what words mean; between words that mean the same, any is as good.
        """
        self._eager = eager
        self._alike = alike or {}
        self._swaps = {
            word[:i] + word[i + 1] + word[i] + word[i + 2 :]: word
            for word in short
            if 3 <= len(word) < _SHORTEST and word.isalpha()
            for i in range(len(word) - 1)
        }
        self._words = frozenset(word for word in words if word.isalpha() and len(word) >= _SHORTEST - 1)
        self._deletions: dict[str, tuple[str, ...]] = {}
        building: dict[str, list[str]] = {}
        for word in self._words:
            for key in _deletions(word):
                building.setdefault(key, []).append(word)
        self._deletions = {key: tuple(found) for key, found in building.items()}
        self._long: dict[str, tuple[str, ...]] = {}
        starts: dict[str, list[str]] = {}
        for word in self._words:
            if len(word) >= _LONG - 1:
                starts.setdefault(word[0], []).append(word)
        self._long = {letter: tuple(found) for letter, found in starts.items()}

    def mend(self, word: str) -> str | None:
        if len(word) < _SHORTEST and not (self._eager and len(word) == _SHORTEST - 1):
            return self._swaps.get(word)
        if len(word) > _LONGEST or word in self._words or not word.isalpha() or not word.isascii():
            return None
        near = {
            known
            for key in _deletions(word)
            for known in self._deletions.get(key, ())
            if known[0] == word[0] or known[1:2] == word[:1]
        }
        if len(word) < _SHORTEST:
            near = {known for known in near if len(known) > len(word)}
        best = [known for known in near if OSA.distance(word, known, score_cutoff=1) <= 1]
        if not best and len(word) >= _LONG:
            best = [known for known in self._long.get(word[0], ()) if OSA.distance(word, known, score_cutoff=2) <= 2]
        return min(best) if len({self._alike.get(known, known) for known in best}) == 1 else None


def _deletions(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}
