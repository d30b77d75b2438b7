"""Whether the parts of a sentence, cut at an "and", carry wishes of their own. Pure."""

from __future__ import annotations

from itertools import pairwise

from offhook.understanding.clauses import Clause
from offhook.understanding.reading import Reading


def one_wish(whole: Clause, parts: list[Clause]) -> bool:
    """Whether a whole sentence asks for one thing beyond doubt, and its parts for that or for nothing: a reason that
    has an "and" in it.
    """
    others = {part.intent for part in parts} - {whole.intent, None, "out_of_scope"}
    return whole.certain and not others and sum(part.intent == whole.intent for part in parts) == 1


def new_one(reading: Reading, clause: Clause) -> bool:
    """Whether what is new is one of what was named before, and no car."""
    words = reading.sentence.words[clause.start : clause.end]
    return "@model" not in clause.present and any(pair in (("new", "one"), ("new", "ones")) for pair in pairwise(words))


def two_visits(left: Clause, right: Clause) -> bool:
    """ "An oil change for the Civic on Friday at nine and brake pads for the City on Monday at ten"."""
    whole = all({"service", "time", "model"} <= clause.slots.keys() for clause in (left, right))
    return whole and not (left.problems or right.problems) and left.slots["model"] != right.slots["model"]
