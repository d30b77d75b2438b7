"""What is only said of when something lent comes back: "…, he says he'll return it by Monday", "kehta hai kal dega".

Behind an entry that is told whole it says no more than until when; before it, or of a sum of its own, it makes the
entry hearsay. Pure.
"""

from __future__ import annotations

from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.spans import Scan

_SAYING = frozenset({"hearsay", "later", "wish"})
_LENDING = frozenset({"lend", "borrow", "give", "take"})
_RETURNING = frozenset({"return", "pay", "give", "clear", "do"})
_TO_COME = frozenset({"future", "infinitive"})
_DENYING = frozenset({"nahi", "mat", "not_yet", "if_word", "maybe_word"})


def promised(clause: Clause, scan: Scan) -> set[int]:
    """The tokens of such a promise; none where it is not behind something lent."""
    lent = [one.end for one in clause.concepts if one.name == "udhaar"]
    if not lent or not clause.amounts:
        return set()
    done = [one.end for one in clause.verbs if one.group in _LENDING and one.tense == "past"]
    told = max(min(lent), clause.amounts[-1].end, min(done, default=clause.end))
    starts = [one.start for one in clause.concepts if one.name in _SAYING and one.start >= told]
    if not starts:
        return set()
    start = min(starts)
    if any(one.pronoun and one.close == start for one in clause.persons):
        start -= 1
    if any(one.name in _DENYING and one.start >= start for one in clause.concepts):
        return set()
    if any(not one.pronoun and one.start >= start for one in clause.persons) or any(
        one.start >= start for one in clause.goods
    ):
        return set()
    behind = [one for one in clause.verbs if one.start >= start and one.group in _RETURNING]
    if not behind or any(one.tense not in _TO_COME for one in behind):
        return set()
    return set(range(start, clause.end))


def set_aside(clause: Clause, scan: Scan) -> None:
    """Let a promise say nothing but until when; its tokens are the clause's `promised`."""
    clause.promised = promised(clause, scan)
    if not clause.promised:
        return
    inside = clause.promised
    clause.verbs = [one for one in clause.verbs if one.start not in inside]
    clause.persons = [one for one in clause.persons if one.start not in inside]
    clause.concepts = [one for one in clause.concepts if one.start not in inside or one.name == "until"]
