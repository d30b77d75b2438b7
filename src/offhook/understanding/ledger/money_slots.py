"""The slots of an entry of money: how much, how it was paid, of which day; and what of these is not clear. Pure."""

from __future__ import annotations

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.dates import happened
from offhook.understanding.ledger.decide import Doubts
from offhook.understanding.ledger.drafts import DATED
from offhook.understanding.ledger.items import number
from offhook.understanding.ledger.notes import note
from offhook.understanding.ledger.told import Told


def money_slots(told: Told, intent: str, slots: dict[str, SlotValue], doubts: Doubts) -> None:
    clause, doubt = told.clause, told.doubt
    amounts = clause.amounts
    # What money goes back for is told beside it ("dahi ke 45 refund karo"); a refund is read back in any case.
    told_for = intent == "payment.refund" and len(amounts) == 1 and len(clause.goods) == 1
    if not told_for and (clause.goods or clause.quantities):
        doubts.ask = doubts.ask or "amount"
    if len(amounts) == 1:
        slots["amount"] = number(amounts[0].value)
    if any(doubt.fraction(one) for one in amounts):
        doubts.ask = doubts.ask or "amount"  # "dhai diye": two and a half, or as many hundreds
    if len(amounts) > 1 or doubt.number_left() or doubt.inexact():
        doubts.ask = doubts.ask or "amount"
    if intent == "payment.record":
        _paid(told, slots, doubts)
    elif intent == "credit.add":
        _lent(told, slots, doubts)
    doubts.unclear = doubts.unclear or doubt.time_left(intent)
    _all_of_it(told, slots, doubts)


def _paid(told: Told, slots: dict[str, SlotValue], doubts: Doubts) -> None:
    methods = {one.name.partition("=")[2] for one in told.clause.values.get("method", [])}
    if len(methods) == 1:
        slots["method"] = methods.pop()
    # Goods that come back are no money ("500 ka saman wapas kiya").
    doubts.unclear = doubts.unclear or "stock" in told.clause.present
    if any(problem.kind == "impossible" for problem in told.times.when.problems):
        doubts.ask = doubts.ask or "date"
    day = happened(told.times.when, told.now.date())
    if told.doubt.coming():
        doubts.ask = doubts.ask or "date"  # "paid 200 tomorrow"
    elif day is not None:
        slots["date"] = day.isoformat()


def _lent(told: Told, slots: dict[str, SlotValue], doubts: Doubts) -> None:
    doubts.unclear = doubts.unclear or told.doubt.made_so() or told.doubt.paid_in() or told.doubt.yet_to_give()
    day = told.times.when.date or told.times.when.date_to
    if day is not None and day > told.now.date() and "until" in told.clause.present:
        slots["due_date"] = day.isoformat()
    if (said := note(told.scan, told.clause)) is not None:
        slots["note"] = said


def _all_of_it(told: Told, slots: dict[str, SlotValue], doubts: Doubts) -> None:
    """Whether "all of it" is meant as it was said."""
    clause = told.clause
    less = "all_but" in clause.present or {"bill", "@which"} <= clause.present
    if slots.get("settle_all") and less:
        slots.pop("settle_all")
        slots.pop("amount", None)
        doubts.ask = doubts.ask or "amount"  # "all but 500", "cleared his last bill": how much is not said
    if slots.get("settle_all") and "amount" in slots:
        at = clause.amounts[0].start if clause.amounts else -1
        settling = [one for one in clause.concepts if one.name == "settle"]
        if all(one.end - one.start == 1 or one.start < at < one.end for one in settling):
            slots.pop("settle_all")  # "500 chukta kiye", "cleared 1500 of it": no more than that
        else:
            # "paid all, 500" settles 500 of it; whether that is all, the book knows.
            doubts.unclear = True


def day_of(told: Told, intent: str, doubts: Doubts) -> str | None:
    """The past day that an entry is of. A book takes none that is to come."""
    if intent not in DATED:
        return None
    clause, when, today = told.clause, told.times.when, told.now.date()
    day = happened(when, today)
    # "the day before yesterday" is over: nothing is due then.
    over = when.date is not None and when.date < today
    until = "until" in clause.present and not over
    if day is None and (("@range" in clause.present and not until) or told.doubt.time_left(intent)):
        doubts.ask = doubts.ask or "date"  # "last week"; "kal diye, parso tak dega"
    if day is None or until:
        return None
    if told.days and told.days < clause.noted:
        return None  # "kal ki shaadi ke liye"
    if told.doubt.coming():
        doubts.ask = doubts.ask or "date"
        return None
    if day == today:
        return None
    # "kal likho" may be tomorrow's as well.
    doubts.unclear = doubts.unclear or not any(name.endswith((".past", ".gone")) for name in clause.present)
    return day.isoformat()
