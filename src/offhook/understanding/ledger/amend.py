"""The line after an entry: does it put that right, go on with another, or say no more than a number or a name?

"sorry 400 nahi, 450", "make that 1200" and "Lakhan nahi, Mangal ne" are about what was just written; none of them is
an entry of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.drafts import Draft
from offhook.understanding.ledger.spans import Scan

POSTED = frozenset({"payment.record", "payment.refund", "credit.add", "invoice.create", "stock.add"})
"""What makes an entry of the book, which can be taken back and written anew."""
_LOOKED_AT = 4
"""Words at a sentence's beginning among which the one stands that takes back."""


def _words(scan: Scan) -> list[str]:
    return [scan.latin(i) if not scan.taken[i] else "" for i in range(len(scan))]


def puts_right(scan: Scan, clauses: Sequence[Clause], *, whole: bool) -> bool:
    """Whether the line takes back something of the entry before it. `whole`: it would be an entry by itself."""
    words, hints = _words(scan), scan.language.hints
    at = 0
    while at < len(words) and at < _LOOKED_AT and (words[at] in hints.opens or not scan.words[at][0].isalnum()):
        at += 1
    behind = at
    right = hints.sorry | hints.takes_back
    while behind < len(words) and (words[behind] in right or not scan.words[behind][0].isalnum()):
        behind += 1
    if behind < len(words) and words[behind] in hints.more:
        return False  # "no, and Priya gave 200"
    if behind > at or any(clause.corrected for clause in clauses):
        return True
    if whole:
        return False
    if words and words[-1] in hints.was and len(words) <= _LOOKED_AT - 1 and hints.more.isdisjoint(words):
        return True
    heads = [tuple(words[i : i + n]) for i in range(min(len(words), _LOOKED_AT)) for n in (1, 2)]
    changed = any(not {"change", "changed"}.isdisjoint(clause.present) for clause in clauses)
    return not hints.halts.isdisjoint(words[:at]) or any(head in hints.said for head in heads) or changed


def to_come(scan: Scan, clauses: Sequence[Clause]) -> bool:
    """Whether the line tells what is yet to happen ("nahi, kal 500 dega"); what should have been said is none of it."""
    tenses = {verb.tense for clause in clauses for verb in clause.verbs if verb.acts}
    later = any("@later" in clause.present for clause in clauses) and "should" not in _words(scan)
    return later or (not tenses.isdisjoint(("future", "habit", "able", "ongoing")) and "past" not in tenses)


def goes_on(scan: Scan) -> bool:
    """Whether a line says that it adds to what was said before ("aur Priya ne 200", "500 aur")."""
    hints = scan.language.hints
    return not hints.more.isdisjoint(_words(scan)) or not hints.linked.isdisjoint(scan.words)


def of_another_kind(drafts: Sequence[Draft], intent: str) -> bool:
    """Whether the line asks for something else than an entry like the one before, or to take it back."""
    return any(draft.command.intent not in (intent, "undo") for draft in drafts)


def written_so(scan: Scan, clauses: Sequence[Clause], drafts: Sequence[Draft]) -> bool:
    """Whether a sum is to be written and nothing else is said ("450 likho"): sooner in the place of the one before
    than beside it."""
    if drafts or len(clauses) != 1 or goes_on(scan):
        return False
    clause = clauses[0]
    return len(clause.amounts) == 1 and "book" in clause.present and not (clause.persons or clause.goods)


def names_nothing(clause: Clause) -> bool:
    """Whether a clause names no one and no thing, and no sum."""
    return not (clause.known_persons or clause.goods or clause.amounts or clause.quantities or clause.phones)


def dropped_goods(clauses: Sequence[Clause], intent: str) -> list[dict[str, SlotValue]]:
    """Goods of the bill before that are not to be on it ("chai mat likho"): none of them."""
    present = {name for clause in clauses for name in clause.present}
    goods = [one for clause in clauses for one in clause.goods]
    dropping = not present.isdisjoint(("mat", "cancel")) or ("nahi" in present and "@verb" not in present)
    if intent != "invoice.create" or not goods or not dropping:
        return []
    if any(clause.amounts or clause.quantities or clause.known_persons for clause in clauses):
        return []
    return [{"product": one.name or one.said, "qty": 0} for one in goods]
