"""Which entry is to be taken back: whose, of how much, of what kind. Pure.

"Imran ka 500 wala payment hatao" speaks of one entry of the book, however long ago it was written; "undo" alone of the
last one. What is taken back is always read back first, with the name and the sum that the book has.
"""

from __future__ import annotations

from collections.abc import Sequence

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.happening import only_was
from offhook.understanding.ledger.items import number
from offhook.understanding.ledger.spans import Person, Scan
from offhook.understanding.model import Command

_KINDS = (
    ("bill", "invoice"),
    ("refund", "refund"),
    ("udhaar", "credit"),
    ("payment_noun", "payment"),
    ("jama", "payment"),
    ("came", "stock"),
)
"""What is said of an entry -> its kind in the book."""


def entry_meant(clause: Clause) -> tuple[dict[str, SlotValue], Person | None]:
    """What of the entry was said, by the names of the desk's tools, and whose it is."""
    meant: dict[str, SlotValue] = {}
    kinds = {kind for concept, kind in _KINDS if concept in clause.present}
    if len(kinds) == 1:
        meant["kind"] = kinds.pop()
    if len(clause.amounts) == 1:
        meant["amount"] = number(clause.amounts[0].value)
    listed = [one for one in clause.known_persons if one.name is not None or one.candidates]
    return meant, listed[0] if len(listed) == 1 else None


def put_otherwise(scan: Scan, clauses: Sequence[Clause]) -> tuple[Command, dict[str, SlotValue]] | None:
    """An entry of the book that is to be of another sum ("Lakhan wala payment 1100 nahi 1000 tha", "300 ki jagah 200
    udhaar karo"): what it shall be, and which one it was."""
    if len(clauses) != 1 or clauses[0].goods or clauses[0].quantities:
        return None
    clause = clauses[0]
    told = clause.corrected and only_was(clause, scan)
    sums = [one for one in scan.amounts if clause.start <= one.start < clause.end]
    if not (told or "instead" in clause.present) or len(sums) != 2 or sums[0].value == sums[1].value:
        return None
    if not clause.present.isdisjoint(("@asked", "@unreal", "@later", "bill", "reminder", "limit_word")):
        return None
    meant, person = entry_meant(clause)
    if person is None or person.name is None:
        return None
    left = [one for one in clause.amounts if one in sums]
    new = left[0] if len(left) == 1 else sums[1]
    was = sums[0] if new is sums[1] else sums[1]
    slots: dict[str, SlotValue] = {"customer": person.name, "amount": number(new.value)}
    return Command(intent="correct", slots=slots), {**meant, "was": number(was.value), "amount": number(new.value)}
