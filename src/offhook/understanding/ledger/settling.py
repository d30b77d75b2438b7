"""Which words of a write that nothing accounts for are only said beside it, where its sayings speak clearly for it.

"He was out, so I took it", "the screen shows it", "for the wedding": nobody can list what is told beside an entry. The
whole line tells whether one is wanted; what is left to fear is a word that makes it another one: another person
("Rosy ki saheli"), another unit or sum, a choice ("cash or card").
"""

from __future__ import annotations

from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.spans import Scan


def telling(scan: Scan, clause: Clause) -> list[int]:
    """The tokens of what nothing accounts for that may make the entry another one."""
    unknown = set(clause.foreign) - clause.noted - clause.named
    return [i for i in sorted(unknown | set(clause.left)) if _turns(scan, clause, i, i in unknown)]


def _turns(scan: Scan, clause: Clause, i: int, unknown: bool) -> bool:
    hints = scan.language.hints
    if scan.words[i] in hints.turning or not hints.purposes.isdisjoint(scan.words[i + 1 : i + 4]):
        return True
    if _of_somebody(scan, clause, i):
        return True
    return unknown and any(start - 1 <= i <= end for start, end in _spans(scan, clause))


def _of_somebody(scan: Scan, clause: Clause, i: int) -> bool:
    """Whether it says who it is by a customer: "Rosy ki saheli", "Prem Nath's brother"."""
    before = scan.words[max(0, i - 2) : i]
    ends = {end for one in clause.persons for end in (one.end, one.close)}
    if scan.words[i] in scan.language.hints.possessive:
        return False
    return any(
        word in scan.language.hints.possessive and not ends.isdisjoint((place, place + 1))
        for place, word in enumerate(before, max(0, i - 2))
    )


def _spans(scan: Scan, clause: Clause) -> list[tuple[int, int]]:
    """The places of what is written."""
    counted = [(one.start, one.end) for rows in (clause.amounts, clause.quantities, clause.phones) for one in rows]
    goods = [(one.start, one.end) for one in clause.goods]
    return [*counted, *goods, *((one.start, one.close) for one in clause.persons)]
