"""How a template's sentence begins before its first value: words that hold nobody's data and can be kept as audio.

An opening must be able to stand alone as speech. It is long enough for the rest to be made behind it (`LEAST_MS`, two
words), and ends where a speaker may pause: at the last comma or colon before the value, else before the value itself
and the words that lean on it ("for", "the": `Words.leaning`).
"""

from __future__ import annotations

from collections.abc import Iterable

from offhook.kit.sentences import CLAUSE_ENDS

LEAST_MS = 600
_MS_PER_CHARACTER = 65
_LEAST_WORDS = 2


def opening_of(before: str, leaning: Iterable[str]) -> str | None:
    """
    Args:
        before: the sentence up to its first value.
        leaning: words that go with what follows them, lower case.
    """
    words = before.split()
    if words and not before[-1].isspace():
        words.pop()  # the value is part of a word: "₹{amount}"
    for count in range(len(words), 0, -1):
        if words[count - 1][-1] in CLAUSE_ENDS and (opening := _long_enough(words[:count])):
            return opening
    leans = frozenset(leaning)
    while words and words[-1].lower() in leans:
        words.pop()
    return _long_enough(words)


def _long_enough(words: list[str]) -> str | None:
    opening = " ".join(words)
    return opening if len(words) >= _LEAST_WORDS and len(opening) * _MS_PER_CHARACTER >= LEAST_MS else None
