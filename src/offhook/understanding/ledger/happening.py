"""Whether what a clause says has happened, and is an entry at all: its tenses, and other deeds beside its own. Pure."""

from __future__ import annotations

from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.spans import Scan

_MOVING = frozenset({"clear", "give", "take", "get", "come", "pay", "return", "send", "borrow", "lend", "owe"})
"""Verbs by which money changes hands."""
_COUNTED = frozenset({"@qty", "@amount", "bill", "udhaar", "took", "sold", "purchased", "made", "khata"})
_WAS = frozenset({"tha", "thi", "was"})
_UNDONE = frozenset({"future", "ongoing", "habit", "able"})
_DONE = frozenset({"past", "imperative", "infinitive", "must"})
_SAYING = frozenset({"bol", "keh", "tell"})
_SERVING = frozenset(
    {"do", "write", "put", "transfer", "deposit", "ho", "gone", "lag", "rakh", "chuk", "ja", "jama", "karva"}
)
"""Verbs that say only how it is done or written down."""


def not_done(intent: str, clause: Clause) -> bool:
    """Whether all that a clause says of money is yet to be done, goes on, or is usual ("500 jama karegi"), or takes
    some of it away."""
    if "less" in clause.present and intent.startswith(("payment.record", "credit.")):
        return True
    if intent.startswith(("payment.", "credit.")) and "@goal" in clause.present and _bidden(clause):
        return True  # "Rahul ko bolo 500 bheje"
    if intent == "credit.add" and "until" in clause.present:
        return False
    if intent == "credit.add" and {"@me.goal", "@doer"} <= clause.present and "@borrow.past" not in clause.present:
        return True  # "Rahul ne mujhe 500 udhaar diye"
    if intent == "credit.add" and "@me.doer" in clause.present and any(v.group == "owe" for v in clause.verbs):
        return True  # "I owe Lakhan 500"
    if intent == "credit.add" and {"@doer", "@lend.past"} <= clause.present:
        return True  # "Rahul lent 500"
    settling = {i for one in clause.concepts if one.name == "settle" for i in range(one.start, one.end)}
    tenses = {verb.tense for verb in clause.verbs if verb.acts and verb.start not in settling}
    if intent.startswith(("payment.record", "credit.")) and any(
        v.group in _MOVING and v.tense == "must" for v in clause.verbs
    ):
        return tenses.isdisjoint(("past", "imperative"))
    return not tenses.isdisjoint(_UNDONE) and tenses.isdisjoint(_DONE)


def _bidden(clause: Clause) -> bool:
    """Whether somebody is to be told what to do."""
    said = [verb for verb in clause.verbs if verb.group in _SAYING and verb.tense == "imperative"]
    return bool(said) and any(verb.start >= said[0].end and verb.group in _MOVING for verb in clause.verbs)


def only_told(clause: Clause) -> bool:
    """Whether a clause says what is or must be, and not that anything be written ("20 kilo aani hai", "500 ka tha")."""
    tenses = {verb.tense for verb in clause.verbs if verb.acts}
    if not tenses.isdisjoint(("past", "imperative", "infinitive")):
        return False
    return "must" in tenses or ("@is" in clause.present and "bill" in clause.present and "made" not in clause.present)


def goods_alone(intent: str, clause: Clause) -> bool:
    """Whether goods and somebody are named, and nothing of how many or how they changed hands ("tamatar ka bhav aasman
    pe hai")."""
    if intent != "invoice.create" or not clause.present.isdisjoint(_COUNTED):
        return False
    return not any(verb.group in ("give", "take", "get", "send") for verb in clause.verbs)


def only_was(clause: Clause, scan: Scan) -> bool:
    """Whether a clause only tells how it was ("Lakhan wala payment 1000 tha"): of an entry that is there already."""
    if any(verb.acts and verb.group not in ("ho", "gone") for verb in clause.verbs):
        return False
    return any(scan.latin(i) in _WAS and not scan.taken[i] for i in range(clause.start, clause.end))


def acts_beside(clause: Clause, scan: Scan) -> bool:
    """Whether money moves in the clause in another way than its frame says ("diye the par wapas le gaya")."""
    best = clause.best
    if best is None or not best.frame.intent.startswith(("payment.", "credit.")):
        return False
    later = "until" in clause.present
    needed = {"took"} & set(best.alternative.needs) | {"udhaar_of"}  # "towards what he owed"
    said = [v for v in clause.verbs if v.acts and scan.keys[v.start] not in scan.language.harmless]  # "suno"
    taken = {place for one in clause.concepts if one.name in needed for place in range(one.start, one.end)}
    said = [v for v in said if v.start not in taken]  # "udhaar uthaya"
    acting = {v.group for v in said if not (later and v.tense == "future")} - _SERVING
    if acting == {"come", "give"} and clause.amounts and clause.verbs[0].end <= clause.amounts[0].start:
        return False  # "aayi thi, 500 de gayi"
    return len(acting) > 1 or not acting <= _MOVING


def ordered(intent: str, clause: Clause) -> bool:
    """Whether the speaker wants the entry himself ("I need a bill for Anthony")."""
    return intent == "invoice.create" and "bill" in clause.present and "@first.i" in clause.present


def tells_of(clause: Clause) -> bool:
    return bool(clause.known_persons or clause.amounts or clause.goods)
