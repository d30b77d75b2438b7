"""What is of the book's trade and not done by it: discounts, spoilt goods, the shop's own money, prices. Pure.

Such a line has sums, names and goods like an entry, and its nearest entry is often the very contrary of what is meant
(a discount would become a charge). It is written as none; who says it hears what can be done instead.
"""

from __future__ import annotations

from offhook.understanding.ledger.clauses import Clause

_PEOPLE = frozenset({"@customer"})
_MOVED = ("payment.", "credit.")
_SOLD = ("invoice.create", "stock.add")


def of_no_entry(clause: Clause) -> str | None:
    """What of the book is asked that it does not do."""
    present = clause.present
    if clause.goods_back and "@asked" not in present and not refunded("payment.refund", clause):
        return "goods_back"
    if "@told_of" in present:
        return "told_of"
    shown = "bill" in present and not present.isdisjoint(("show", "@asked"))
    if shown and present.isdisjoint(("made", "cancel", "@goods", "@amount")):
        return "bill_shown"
    for reason, holds in (
        ("own_message", "@own_words" in present),
        ("reminders_of_all", reminders_of_all(clause)),
        ("ordering", {"ordering", "@goods"} <= present and "came" not in present),
        ("waived", _waived(clause)),
        ("spoilt", _spoilt(clause)),
        ("own_money", _own_money(clause)),
        ("list_fixed", _on_the_list(clause)),
        ("price", _of_a_price(clause)),
        ("history", _of_old_entries(clause)),
    ):
        if holds:
            return reason
    return None


def refunded(intent: str, clause: Clause) -> bool:
    """Whether money goes back for the things that came back ("she brought the maida back, refund her 110")."""
    given = {"@goal", "back", "@give.imperative"} <= clause.present  # "give her 40 back"
    return intent == "payment.refund" and "@amount" in clause.present and (given or "refund" in clause.present)


def bars(intent: str, clause: Clause) -> bool:
    """Whether a clause that has the words of an entry speaks of something that is none."""
    if "@told_of" in clause.present:
        return True
    if intent.startswith("reminder."):
        return "@own_words" in clause.present or reminders_of_all(clause)
    if intent.startswith(_MOVED):
        return _own_money(clause)
    if intent in _SOLD:
        return _spoilt(clause) or ("less" in clause.present and "@amount" in clause.present)
    return False


def reminders_of_all(clause: Clause) -> bool:
    """Whether everybody's reminders are to stop."""
    present = clause.present
    stopped = "reminder" in present and not present.isdisjoint(("cancel", "shut")) and "@named" not in present
    return stopped and not present.isdisjoint(("everyone", "all"))


def _waived(clause: Clause) -> bool:
    """A sum or goods less on a bill or an account, or a value in the place of another of it."""
    present = clause.present
    if "less" in present:
        return not present.isdisjoint(("@amount", "@goods", "@customer", "bill", "balance", "udhaar"))
    return "instead" in present and "@goods" in present and len(clause.amounts) > 1


def _spoilt(clause: Clause) -> bool:
    return "spoilt" in clause.present and not clause.present.isdisjoint(("@goods", "stock"))


def _own_money(clause: Clause) -> bool:
    """What the shop pays for itself, owes, or puts into its bank."""
    present = clause.present
    if "@amount" not in present:
        return False
    if "own_cost" in present and present.isdisjoint(("note_for", "udhaar")):
        return True  # "kiraye ke liye" is what somebody took it for
    if "@me.doer" in present and any(verb.group == "owe" for verb in clause.verbs):
        return True
    if "@me.doer" in present and "@method" in present and _PEOPLE.isdisjoint(present):
        return not present.isdisjoint(("jama", "@deposit.past", "@transfer.past"))
    return "@goal" in present and present.isdisjoint(("@doer", "khata", "@asked")) and _paid_out(clause)


def _paid_out(clause: Clause) -> bool:
    """ "payment to Rahul", "pay Suresh 200": what is paid stands before whom it is paid to."""
    paid = [one.end for one in clause.concepts if one.name in ("payment", "payment_noun")]
    paid += [one.end for one in clause.verbs if one.group == "pay" and one.tense in ("imperative", "past")]
    goals = [one.start for one in clause.known_persons if one.role == "goal"]
    return any(end <= start for end in paid for start in goals)


def _on_the_list(clause: Clause) -> bool:
    """A customer's name that is to be another, or somebody who is to be off the list."""
    present = clause.present
    if "@customer" not in present or "@amount" in present or not present.isdisjoint(("new", "bill", "reminder")):
        return False
    renamed = "naming" in present and not present.isdisjoint(("change", "changed"))
    return renamed or ("cancel" in present and not present.isdisjoint(("list_word", "customer_word")))


def _of_a_price(clause: Clause) -> bool:
    present = clause.present
    return {"@goods", "price_of"} <= present and present.isdisjoint(("@customer", "bill", "took", "came", "@qty"))


def _of_old_entries(clause: Clause) -> bool:
    """When somebody paid last, or took something."""
    present = clause.present
    return {"@customer", "manner"} <= present and not present.isdisjoint(("payment", "payment_noun", "udhaar", "bill"))
