"""A line that turns the entry which waits for a yes: "udhaar", "jama nahi, udhaar". Pure.

Whether money came or went decides everything; who corrects that corrects nothing else, and hears it read back anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.items import number
from offhook.understanding.ledger.spans import Scan
from offhook.understanding.model import Command

_SIDES = {"udhaar": "credit.add", "jama": "payment.record", "payment_noun": "payment.record"}
"""What is said of an entry -> which one it then is."""
_TURNED = frozenset(_SIDES.values())
_PARTS = {
    "goal": "credit.add", "account": "credit.add", "doer": "payment.record", "source": "payment.record"
}  # fmt: skip
"""Whose part in a sentence says that the sum went to them, or came from them."""
_KEPT = frozenset({"customer", "customer_id", "customer_candidates", "amount"})
_OTHERWISE = frozenset({"@asked", "@unreal", "@negated", "cancel", "undo", "settle", "reminder", "limit_word", "bill"})
_ASKING = frozenset({"@asked", "@unreal", "cancel", "undo", "settle", "howmuch", "show", "total", "balance", "baaki"})
_DENYING = frozenset({"nahi", "mat"})


def turned_to(scan: Scan, clauses: Sequence[Clause], pending: Command) -> str | None:
    """The other intent, where the line says nothing but that."""
    if pending.intent not in _TURNED or any(_values_in(clause) for clause in clauses):
        return None
    if any(not clause.present.isdisjoint(_ASKING) for clause in clauses):
        return None
    concepts = [one for clause in clauses for one in clause.concepts]
    denied = {one.start for one in concepts if one.name in _DENYING}
    sides = {_SIDES[one.name] for one in concepts if one.name in _SIDES and denied.isdisjoint((one.end, one.end + 1))}
    if len(sides) != 1 or (side := sides.pop()) == pending.intent:
        return None
    return side


def kind_of(intent: str, present: AbstractSet[str]) -> str | None:
    """The kind of entry that a word makes of one that is written: what was lent is no payment, what was paid is no
    credit."""
    said = present - {"payment_noun"} if intent == "payment.record" else present
    sides = {_SIDES[name] for name in said & _SIDES.keys()}
    return sides.pop() if len(sides) == 1 and intent in _TURNED and intent not in sides else None


def against(clauses: Sequence[Clause], pending: Command) -> Command | None:
    """An entry of the other side, by the part that somebody plays in it ("Mohan ko 200", while a payment waits)."""
    if pending.intent not in _TURNED or len(clauses) != 1:
        return None
    clause = clauses[0]
    people = clause.known_persons
    if len(people) != 1 or people[0].name is None or len(clause.amounts) != 1 or clause.goods or clause.quantities:
        return None
    if clause.foreign or not clause.present.isdisjoint(_OTHERWISE) or clause.verbs:
        return None
    side = _PARTS.get(people[0].role)
    if side is None or side == pending.intent:
        return None
    return Command(intent=side, slots={"customer": people[0].name, "amount": number(clause.amounts[0].value)})


def kept(held: Mapping[str, SlotValue]) -> dict[str, SlotValue]:
    """What an entry and the same the other way have in common: whose it is, and how much."""
    return {slot: value for slot, value in held.items() if slot in _KEPT}


def _values_in(clause: Clause) -> bool:
    return bool(
        clause.known_persons or clause.amounts or clause.goods or clause.quantities or clause.foreign or clause.phones
    )
