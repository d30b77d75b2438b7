"""Whether words of fetching a car ask about it, or wish for it beside a booking."""

from __future__ import annotations

from itertools import pairwise

from offhook.understanding.clauses import Clause
from offhook.understanding.reading import Reading

_OFFERED = (
    ("do", "you"),
    ("is", "there"),
    ("are", "there"),
    ("do", "i"),
    ("does", "it"),
    ("is", "it"),
    ("how", "much"),
)
_OFFERED_WORDS = frozenset({"offer", "tell", "know", "if", "whether", "charge", "cost", "free", "extra", "what", "how"})
"""What makes words of fetching a car a question, where "could somebody come and get it" beside a booking is a wish."""


def asks_of_fetching(reading: Reading, clause: Clause) -> bool:
    words = reading.sentence.words[clause.start : clause.end]
    return not _OFFERED_WORDS.isdisjoint(words) or any(pair in _OFFERED for pair in pairwise(words))
