"""What something is for ("Vikas ko 2000 udhaar shaadi ke liye"), as a note of an entry. Pure."""

from __future__ import annotations

from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.spans import Scan

_BESIDE = frozenset({"note_for", "own_cost", "personal", "elsewhere", "third", "in_stock", "stock", "new"})
"""Concepts whose words may be what something is for."""
_NOTE = 4
"""Words at most of what something is for."""


def note(scan: Scan, clause: Clause) -> str | None:
    """What something is for, as it was said; its words are the clause's `noted`."""
    for one in clause.concepts:
        if one.name != "note_for":
            continue
        before = one.start - 1
        while before >= clause.start and one.start - before <= _NOTE and _noted(scan, clause, before):
            before -= 1
        if before + 1 < one.start:
            clause.noted.update(range(before + 1, one.start))
            clause.verbs = [verb for verb in clause.verbs if verb.start not in clause.noted]
            return scan.sentence.said(before + 1, one.start)
        after = one.end
        while after < clause.end and (after in clause.foreign or _beside(clause, after)):
            after += 1
        if after > one.end and scan.words[one.start] == "for":
            clause.noted.update(range(one.end, after))
            return scan.sentence.said(one.end, after)
    return None


def _beside(clause: Clause, i: int) -> bool:
    return any(one.start <= i < one.end and one.name in _BESIDE - {"note_for"} for one in clause.concepts)


def _noted(scan: Scan, clause: Clause, i: int) -> bool:
    """Whether a token can belong to what something is for."""
    if scan.taken[i]:
        return False
    verb = next((verb for verb in clause.verbs if verb.start <= i < verb.end), None)
    if verb is not None:  # "gaay kharidne ke liye"
        return verb.tense == "infinitive" and verb.end == verb.start + 1
    if scan.latin(i).endswith("ne") and i + 1 < clause.end and scan.latin(i + 1) == "ke":
        return True  # "ghar banane ke liye"
    return not any(one.start <= i < one.end for one in clause.concepts if one.name not in _BESIDE)
