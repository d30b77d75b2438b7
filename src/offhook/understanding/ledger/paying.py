"""Goods that are paid as they are taken: with what, in part or whole, and when the words only seem to say so. Pure."""

from __future__ import annotations

from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.decide import Doubts
from offhook.understanding.ledger.spans import Amount, Scan

_CAME_IN = frozenset({"get", "come", "give", "take", "ho", "do", "clear"})
_POINTING = frozenset({"wala", "wale", "wali", "vala", "vale", "vali", "ka", "ke", "ki"})


def paid_for(clause: Clause) -> bool:
    """Whether money came in, however much ("paise mil gaye", "payment ho gaya", "paid")."""
    money = [one.end for one in clause.concepts if one.name in ("payment", "payment_noun")]
    return any(
        verb.tense == "past"
        and (verb.group == "pay" or (verb.group in _CAME_IN and any(0 <= verb.start - end <= 1 for end in money)))
        for verb in clause.verbs
    )


def bought(clause: Clause) -> bool:
    """Whether things of a sum were taken or billed and paid at once ("200 ka saman nakad liya")."""
    present = clause.present
    taken = "took" in present or ("stock" in present and "@take.past" in present)
    if len(clause.amounts) != 1 or "udhaar" in present or not (taken or {"bill", "made"} <= present):
        return False
    return bool(clause.values.get("method")) or paid_for(clause)


def bill_settled(clause: Clause, scan: Scan) -> bool:
    """Whether a bill that is there was paid ("Kavita ka 48 wala bill paid hai"): none is made of it."""
    present = clause.present
    if clause.goods or len(clause.amounts) != 1 or not present.isdisjoint(("udhaar", "unpaid", "took", "purchased")):
        return False
    bills = [one.start for one in clause.concepts if one.name == "bill"]
    amount = clause.amounts[0]
    pointed = any(amount.end <= at <= amount.end + 1 for at in bills) and scan.latin(amount.end) in _POINTING
    if "made" in present and not pointed:
        return False
    if any(verb.group in ("make", "write", "cut") for verb in clause.verbs):
        return False
    paid = any(
        verb.group == "pay" and verb.tense == "past" and verb.start > min(bills, default=0) for verb in clause.verbs
    )
    return bool(bills) and (paid or "settle" in present or paid_for(clause))


def paid_by(clause: Clause, doubts: Doubts) -> str | None:
    """How the goods were paid at once ("nakad", "paise mil gaye"); what contradicts that is asked about."""
    if "unpaid" in clause.present:
        return None
    methods = {one.name.partition("=")[2] for one in clause.values.get("method", [])}
    if not methods and not paid_for(clause):
        return None
    if any(verb.tense in ("future", "must") for verb in clause.verbs):
        doubts.unclear = True
        return None
    if len(methods) > 1 or "udhaar" in clause.present:
        doubts.ask = doubts.ask or "method"
        return None
    return methods.pop() if methods else "cash"


def part_paid(clause: Clause, scan: Scan) -> Amount | None:
    """The sum that came in for goods that were taken ("2 bread liye aur 50 diye"): it is not their price."""
    if not clause.goods or len(clause.amounts) != 1:
        return None
    amount = clause.amounts[0]
    inward = {"pay", "get", "come"} | (set() if "@goal" in clause.present else {"give"})
    paid = any(v.group in inward and v.tense == "past" and 0 <= v.start - amount.end <= 1 for v in clause.verbs)
    english = any(
        v.group in inward and v.tense == "past" and v.end == amount.start and scan.keys[v.start][0] == "="
        for v in clause.verbs
    )
    return amount if paid or english else None
