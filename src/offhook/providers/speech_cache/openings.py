"""Known openings of sentences, and how they are found in one that is about to be said."""

from __future__ import annotations

from collections.abc import Iterable

from offhook.kit.sentences import CLAUSE_ENDS
from offhook.providers.speech_cache.clips import sentence_of

WORTH_MS = 30.0
"""Where the first audio comes sooner, a sentence made in one piece sounds better and is not heard later."""


def as_spoken(opening: str) -> str:
    """With a comma, so that the voice stays up at its end, as in the middle of a sentence."""
    return opening if opening[-1] in CLAUSE_ENDS else f"{opening},"


class KnownOpenings:
    """Openings by language; grows with templates and businesses, not with calls."""

    def __init__(self) -> None:
        self._known: dict[str, set[str]] = {}
        self._longest: dict[str, int] = {}

    def learn(self, language: str, openings: Iterable[str]) -> None:
        known = self._known.setdefault(language, set())
        known.update(sentence_of(opening) for opening in openings)
        self._longest[language] = max(map(len, known), default=0)

    def in_sentence(self, sentence: str, language: str) -> str | None:
        """The longest known opening that the sentence begins with, if something to be said follows it."""
        known = self._known.get(language)
        if not known:
            return None
        for end in range(min(self._longest[language], len(sentence) - 1), 0, -1):
            if sentence[end].isspace() and sentence[:end] in known:
                return sentence[:end] if any(map(str.isalnum, sentence[end:])) else None
        return None
