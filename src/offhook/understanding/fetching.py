"""Whether words of fetching a car ask about it, or wish for it beside a booking."""

from __future__ import annotations

from itertools import pairwise

from offhook.understanding.clauses import Clause
from offhook.understanding.reading import Reading


def asks_of_fetching(reading: Reading, clause: Clause) -> bool:
    words = reading.sentence.words[clause.start : clause.end]
    hints = reading.when.lexicon.hints.talk
    return not hints.offering.isdisjoint(words) or any(pair in hints.offered for pair in pairwise(words))
