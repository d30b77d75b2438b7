"""A line after what was done: it goes on with that ("aur uska number?") or puts it right ("sorry 400 nahi, 450")."""

from __future__ import annotations

from dataclasses import replace

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.accounts import left_over
from offhook.understanding.ledger.amend import (
    POSTED,
    dropped_goods,
    goes_on,
    names_nothing,
    of_another_kind,
    puts_right,
    to_come,
    written_so,
)
from offhook.understanding.ledger.decide import Doubts
from offhook.understanding.ledger.desk import LedgerDesk
from offhook.understanding.ledger.drafts import Draft
from offhook.understanding.ledger.items import number
from offhook.understanding.ledger.line import Line
from offhook.understanding.ledger.paying import paid_for
from offhook.understanding.ledger.periods import find_period
from offhook.understanding.ledger.turning import kind_of
from offhook.understanding.ledger.values_said import Values
from offhook.understanding.model import Command, Context, Understanding

_MONEY = frozenset({"payment.record", "payment.refund"})
_OWED = frozenset({"credit.add", "invoice.create"})
"""Entries that money may come in for afterwards."""
_TELLING = frozenset({"@asked", "@unreal", "hearsay", "if_word", "maybe_word"})
"""With one of these a line after an entry puts nothing right."""
_BESIDE_SUMS = frozenset({"method", "date", "due_date"})
"""Said alone after an entry they are about that one ("upi se")."""
_GOODS = frozenset({"bill", "@goods"})
WHEN = ("date", "time", "daypart", "recurrence")
_SUM = 100
"""From here on a bare number behind a bill of goods is sooner a sum than a count."""
AS_BEFORE = "as_before"
"""Beside a command that says no time: the one before it has told when."""


class Following:
    """What a line means to the command before it."""

    def __init__(self, desk: LedgerDesk) -> None:
        self._desk = desk
        self._values = Values(desk.language)

    def continued(self, line: Line) -> list[Draft]:
        """ "aur Priya ka?", "aur paanch sau aur": the last wish again, with what is new."""
        intent, customer = line.context.last_intent, line.context.last_customer
        if intent is None or len(line.clauses) != 1:
            return []
        clause, reading = line.clauses[0], line.reading
        if intent in self._desk.writes and any(verb.tense == "future" and verb.acts for verb in clause.verbs):
            return []  # "aur 50 baad mein degi"
        if clause.foreign or "@negated" in clause.present or "@unreal" in clause.present or clause.goods_back:
            return []
        if not clause.present.isdisjoint(("@told_of", "@own_words")):
            return []
        if intent in _MONEY and clause.goods:
            return []
        if intent in self._desk.writes and "@asked" in clause.present:
            return []
        if intent in POSTED and "cancel" in clause.present and names_nothing(clause):
            return [Draft(Command(intent="undo"), Doubts())]  # "ye wala hata do"
        if intent in _OWED and names_nothing(clause) and "@asked" not in clause.present and paid_for(clause):
            # "cash mil gaya": all of it, or a part?
            methods = {one.name.partition("=")[2] for one in clause.values.get("method", [])}
            paid: dict[str, SlotValue] = {"customer": customer} if customer else {}
            paid |= {"method": methods.pop()} if len(methods) == 1 else {}
            return [Draft(Command(intent="payment.record", slots=paid), Doubts(ask="amount"))]
        takes = self._values.takes(intent)
        if intent == "summary":
            times = reading.times(clause.start, clause.end, "past")
            days = find_period(reading.scan, clause.start, clause.end, times, reading.now)
            if days is None:
                return []
            ends: dict[str, SlotValue] = {"date_from": days.first.isoformat(), "date_to": days.last.isoformat()}
            return [Draft(Command(intent=intent, slots=ends), Doubts())]
        lean = Context(last_customer=customer)
        said, doubts = self._values.said(replace(line, context=lean), Command(intent=intent))
        said = {slot: value for slot, value in said.items() if slot in takes or slot.endswith("_candidates")}
        if not said:
            return []
        if "customer" in takes and "customer" not in said and customer is not None:
            said["customer"] = customer
        explained = self._desk.explained.get(intent)
        if explained is not None and explained.whole:
            dated = "due_date" in said and "until" not in clause.present
            doubts.unclear = dated or bool(left_over(reading.scan, clause, explained))
        draft = Draft(Command(intent=intent, slots=said), doubts)
        if intent == "reminder.schedule" and said.keys().isdisjoint(WHEN):
            draft.beside[AS_BEFORE] = True  # "Suresh ko bhi"
        return [_short(draft, line) if intent in self._desk.writes else draft]

    def put_right(self, line: Line, drafts: list[Draft]) -> Understanding | None:
        """ "sorry 400 nahi, 450" after an entry: what of it is to be otherwise; None where the line is about something
        else. It is never written as it stands: the entry before it has to go."""
        clauses, intent, scan, present = line.clauses, line.context.last_intent, line.scan, line.present
        if intent not in POSTED or of_another_kind(drafts, intent) or not clauses:
            return None
        undone = any(draft.command.intent == "undo" for draft in drafts)
        if scan.words[:2] == ["should", "be"]:
            present -= {"@asked"}  # "should be 450"
        if not present.isdisjoint(_TELLING) or to_come(scan, clauses) or (undone and "cancel" in present):
            return None
        if "less" in present or (intent.startswith("payment.") and not present.isdisjoint(_GOODS)):
            return None
        kind = kind_of(intent, present)
        people = any(clause.known_persons or clause.goods for clause in clauses)
        came = any(paid_for(clause) and not clause.corrected for clause in clauses)  # "payment ho gaya"
        if kind is not None and not came and not drafts and not people and puts_right(scan, clauses, whole=False):
            sums = [one for clause in clauses for one in clause.amounts]
            summed = {"amount": number(sums[0].value)} if len(sums) == 1 else {}
            return _otherwise(line, {"kind": kind, **summed}, Doubts())
        dropped = dropped_goods(clauses, intent)
        whole = bool(drafts)
        if dropped:
            said, doubts = dict[str, SlotValue](items=[*dropped]), Doubts()
        else:
            said, doubts = self._amended(line, intent)
        if intent.startswith("payment.") and "udhaar" in present:
            return None  # another kind of entry, which no value of this one makes
        added = not whole and bool(said) and _BESIDE_SUMS.issuperset(said)
        named = {one.name for clause in clauses for one in clause.known_persons}
        told = "@told_of" in present  # "Lakhan wala 1000 tha"
        if told and named - {line.context.last_customer}:
            return None
        if not (
            dropped or added or told or written_so(scan, clauses, drafts) or puts_right(scan, clauses, whole=whole)
        ):
            return None
        if not said and doubts.ask is None:
            return None
        return _otherwise(line, said, doubts)

    def _amended(self, line: Line, intent: str) -> tuple[dict[str, SlotValue], Doubts]:
        """The values that an entry like the one before would have by this line."""
        clauses, customer = line.clauses, line.context.last_customer
        lean = Context(last_customer=customer, asked="qty" if intent == "stock.add" else None)
        said, doubts = self._values.said(replace(line, context=lean), Command(intent=intent))
        takes = self._values.takes(intent) | {"customer_candidates", "product_candidates"}
        said = {slot: value for slot, value in said.items() if slot in takes}
        counted = [one for clause in clauses for one in clause.quantities]
        if intent == "invoice.create" and len(counted) == 1 and "items" not in said:
            said["qty"] = number(counted[0].value)
            if counted[0].unit is not None:
                said["unit"] = counted[0].unit
        bare = [one for clause in clauses for one in clause.amounts if not one.marked and one.value < _SUM]
        if intent == "invoice.create" and said.get("amount") and bare and said.keys().isdisjoint(("items", "qty")):
            said["qty"] = said.pop("amount")  # "nahi 5": packets, where the bill is of goods
        if said.get("customer") == customer:
            said.pop("customer", None)
        return said, doubts


def _otherwise(line: Line, said: dict[str, SlotValue], doubts: Doubts) -> Understanding:
    return Understanding(
        commands=[Command(intent="correct", slots=said)],
        decision="ask" if doubts.ask is not None else "confirm",
        ask=doubts.ask,
        language=line.tongue,
        confidence=0.8,
    )


def _short(draft: Draft, line: Line) -> Draft:
    """The draft; where a line after an entry is no more than a number or a name, the question what it is about."""
    clause = line.clauses[0]
    slots, intent = draft.command.slots, draft.command.intent
    named = [one for one in clause.known_persons if one.role != "bare"]
    told = bool(clause.amounts or clause.goods) or intent not in POSTED
    if goes_on(line.scan) or (named and told):
        return draft
    if clause.known_persons and not clause.amounts and not clause.goods:
        about = {slot: value for slot, value in slots.items() if slot in ("customer", "customer_candidates")}
        return Draft(Command(intent="customer.info", slots=about), Doubts(ask=draft.doubts.ask or "field"))
    if clause.known_persons:
        return Draft(draft.command, Doubts(ask=draft.doubts.ask, unclear=True))
    alone = {slot: value for slot, value in slots.items() if slot != "customer"}
    return Draft(Command(intent=intent, slots=alone), Doubts(ask=draft.doubts.ask or "customer"))
