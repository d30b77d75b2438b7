"""What is said beside an entry and changes nothing about it: where somebody was, how one knows of it.

"Prem Nath 700 de gaya, aap bahar the", "2400 upi mein aa gaya, message aaya hai". Every word of it is one of a few
(`aside` and others in hints.yaml), so that nothing of a doubt, another sum or somebody else is ever passed over. Pure.
"""

from __future__ import annotations

from itertools import pairwise

from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.spans import Scan

_ON_ACCOUNT = frozenset({"udhaar", "khata", "charge"})
"""What says that it is lent: a sum that is only given for somebody's need may be a gift."""
_WHILE = frozenset({"while", "when", "jab", "tab"})


def set_aside(clause: Clause, scan: Scan) -> None:
    """Leave out of a clause what is only said beside it; its tokens are the clause's `aside`."""
    found: set[int] = set()
    lent = any(one.name in _ON_ACCOUNT for one in clause.concepts)
    for start, end in _stretches(clause, scan):
        if (start, end) == (clause.start, clause.end):
            continue
        if stands_beside(scan, start, end) or (lent and _is_why(scan, start, end)):
            found.update(range(start, end))
    if not found:
        return
    clause.aside = found
    clause.verbs = [one for one in clause.verbs if one.start not in found]
    clause.concepts = [one for one in clause.concepts if one.start not in found]
    clause.persons = [one for one in clause.persons if one.start not in found]
    clause.foreign = [i for i in clause.foreign if i not in found]


def stands_beside(scan: Scan, start: int, end: int) -> bool:
    """Whether tokens [start, end) tell only where somebody was or how one knows."""
    hints = scan.language.hints
    denying = hints.trailing | hints.rejecting
    said = [scan.latin(i) for i in range(start, end)]
    known = not hints.known_by.isdisjoint(said)
    there = not (hints.places.isdisjoint(said) or hints.present.isdisjoint(said))
    if not (known or there):
        return False  # "Rahul ko 500 diye, mandi gaya hai" may be an errand
    if not denying.isdisjoint(said) and hints.places.isdisjoint(said):
        return False  # "message nahi aaya"
    return all(
        word in hints.aside
        or word in hints.known_by
        or word in hints.places
        or word in denying
        or (scan.keys[i] in scan.language.harmless and not scan.taken[i])
        or word in hints.present
        or scan.keys[i] in scan.language.persons.own
        for i, word in zip(range(start, end), said, strict=True)
    )


def _is_why(scan: Scan, start: int, end: int) -> bool:
    """Whether tokens [start, end) tell only what somebody needed it for ("bachche ki fees bharni hai usko")."""
    hints, persons, kin = scan.language.hints, scan.language.persons, scan.language.voc.kin
    said = [scan.latin(i) for i in range(start, end)]
    return not hints.needs.isdisjoint(said) and all(
        word in hints.needs
        or word in hints.needing
        or word in hints.aside
        or scan.keys[i] in kin
        or scan.keys[i] in persons.pronouns
        or word in persons.written
        or (scan.keys[i] in scan.language.harmless and not scan.taken[i])
        for i, word in zip(range(start, end), said, strict=True)
    )


def _stretches(clause: Clause, scan: Scan) -> list[tuple[int, int]]:
    """What stands between pauses, and what begins with somebody's being there behind what was done."""
    hints = scan.language.hints
    done = {verb.end for verb in clause.verbs}
    cuts = [
        i
        for i in range(clause.start + 1, clause.end)
        if scan.sentence.pauses(i)
        or scan.words[i] == "."
        or (i in done and scan.latin(i) in hints.present)
        or (scan.latin(i) in _WHILE and scan.latin(i + 1) in hints.present and min(done, default=i + 1) <= i)
    ]
    edges = [clause.start, *cuts, clause.end]
    return list(pairwise(edges))
