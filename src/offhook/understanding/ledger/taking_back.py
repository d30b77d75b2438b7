"""Which entry is to be taken back: whose, of how much, of what kind. Pure.

"Imran ka 500 wala payment hatao" speaks of one entry of the book, however long ago it was written; "undo" alone of the
last one. What is taken back is always read back first, with the name and the sum that the book has.
"""

from __future__ import annotations

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.items import number
from offhook.understanding.ledger.spans import Person

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
