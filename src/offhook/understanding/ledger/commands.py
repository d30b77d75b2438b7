"""From a clause whose frame is known to a command: the slots of CONTRACT §5, and what stands against writing it."""

from __future__ import annotations

from dataclasses import dataclass

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.bills import bill_slots
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.decide import Doubts
from offhook.understanding.ledger.drafts import DATED, Draft
from offhook.understanding.ledger.items import number
from offhook.understanding.ledger.money_slots import day_of, money_slots
from offhook.understanding.ledger.newcomers import new_customer
from offhook.understanding.ledger.paying import bill_settled, bought, paid_by, part_paid
from offhook.understanding.ledger.recurring import of_another_time, often, recurrence_of, reminder_slots, value_of
from offhook.understanding.ledger.spans import Amount, Person, Scan
from offhook.understanding.ledger.stocking import stock_drafts
from offhook.understanding.ledger.taking_back import entry_meant
from offhook.understanding.ledger.told import Told
from offhook.understanding.ledger.whose import customer, customers, named, sounds_named
from offhook.understanding.model import Command

UNCLEAR = "_unclear"
_ABOUT_SOMEBODY = frozenset({"balance.check", "customer.info", "reminder.schedule"})
"""Of what is no name these are not asked for beside words that nothing knows."""
_NOTED = DATED | {"payment.record", "stock.add"}
"""What is written of what happened, and may have been written before."""
_FIELDS = (
    ("limit_word", "credit_limit"),
    ("number_word", "phone"),
    ("address_word", "address"),
    ("email_word", "email"),
)


@dataclass(frozen=True, slots=True)
class CommandMaker:
    """Fills the slots of one clause's intent."""

    told: Told

    @property
    def scan(self) -> Scan:
        return self.told.scan

    @property
    def clause(self) -> Clause:
        return self.told.clause

    def make(self) -> list[Draft]:
        """The commands of the clause: several where a question is about several."""
        best = self.clause.best
        if best is None:
            return []
        intent, fixed = best.frame.intent, dict(best.frame.fixed)
        unclear = bool(fixed.pop(UNCLEAR, False))
        if intent in ("credit.add", "payment.record") and bought(self.clause):
            intent, fixed, unclear = "invoice.create", {}, True
        if intent == "invoice.create" and bill_settled(self.clause, self.scan):
            intent, fixed, unclear = "payment.record", {}, True
        part = part_paid(self.clause, self.scan) if intent == "invoice.create" else None
        if part is not None:
            self.clause.amounts.remove(part)
        drafts = self._drafts(intent, fixed)
        if part is not None:
            drafts = [*drafts, *self._part(drafts[0], part)]
        for draft in drafts:
            unnoted = "unnoted" in self.clause.present and draft.command.intent in _NOTED
            draft.doubts.unclear = draft.doubts.unclear or unclear or unnoted
        return drafts

    def _drafts(self, intent: str, fixed: dict[str, SlotValue]) -> list[Draft]:
        family, _, _ = intent.partition(".")
        if intent == "customer.create":
            return [new_customer(self.told, intent)]
        if intent == "undo":
            return [self._undo()]
        if family == "stock" and intent != "stock.low":
            return stock_drafts(self.told, intent)
        slots: dict[str, SlotValue] = dict(fixed)
        doubts = Doubts()
        frame = self.clause.best.frame if self.clause.best is not None else None
        if frame is not None and "customer" in frame.slots:
            several = customers(self.told, intent, doubts)
            if several is not None:
                return [self._filled(intent, {**slots, **named(person)}, Doubts(), person) for person in several]
            person = customer(self.told, slots, doubts)
        else:
            person = None
        return [self._filled(intent, slots, doubts, person)]

    def _filled(self, intent: str, slots: dict[str, SlotValue], doubts: Doubts, person: Person | None) -> Draft:
        if person is not None and not person.pronoun and person.name is None and not person.candidates:
            if intent in _ABOUT_SOMEBODY and self.clause.foreign and not sounds_named(person, self.scan):
                return Draft(Command(intent="out_of_scope"), doubts)  # "the number of my glasses has gone up"
            doubts.ask = doubts.ask or "unknown_customer"
        if intent in ("payment.record", "payment.refund", "credit.add"):
            money_slots(self.told, intent, slots, doubts)
        elif intent == "invoice.create":
            if often(self.clause):
                return Draft(Command(intent="out_of_scope"), doubts, beside={"reason": "each_day"})
            bill_slots(self.scan, self.clause, slots, doubts)
            doubts.unclear = doubts.unclear or recurrence_of(self.scan, self.clause, self.told.times) is not None
            doubts.unclear = doubts.unclear or self.told.doubt.another_day()
        elif intent.startswith("invoice."):
            self._old_bill(intent, slots)
        elif intent.startswith("reminder."):
            if not self._reminder(intent, slots, doubts):
                return Draft(Command(intent="out_of_scope"), doubts, beside={"reason": "bulk_later"})
        elif intent in ("dues.list",):
            self._dues(slots)
        elif intent == "summary":
            self._summary(slots)
        elif intent == "customer.update":
            self._update(slots, doubts)
        elif intent == "customer.info":
            self._asked_for(slots)
        draft = Draft(Command(intent=intent, slots=slots), doubts, person)
        if (day := day_of(self.told, intent, doubts)) is not None:
            draft.beside["date"] = day
        if intent == "invoice.cancel" and "invoice_no" not in slots and len(self.clause.amounts) == 1:
            draft.beside["amount"] = number(self.clause.amounts[0].value)
        if intent == "invoice.create" and (method := paid_by(self.clause, doubts)) is not None:
            draft.beside["paid_by"] = method
        return draft

    def _part(self, bill: Draft, amount: Amount) -> list[Draft]:
        """The payment of a part beside its bill; both are read back."""
        bill.doubts.unclear = True
        method = bill.beside.pop("paid_by", None)
        slots = {slot: value for slot, value in bill.command.slots.items() if slot.startswith("customer")}
        slots["amount"] = number(amount.value)
        slots |= {"method": method} if method is not None and self.clause.values.get("method") else {}
        return [Draft(Command(intent="payment.record", slots=slots), Doubts(ask=bill.doubts.ask, unclear=True))]

    def _undo(self) -> Draft:
        """The slots hold only what has to be asked about; which entry is meant stands beside them."""
        meant, person = entry_meant(self.clause)
        if person is None:
            return Draft(Command(intent="undo"), Doubts(), beside=meant)
        if person.name is None:
            return Draft(Command(intent="undo", slots=named(person)), Doubts(), person, beside=meant)
        return Draft(Command(intent="undo"), Doubts(), person, beside={**meant, "customer": person.name})

    # -- bills ----------------------------------------------------------------------------------------------------

    def _old_bill(self, intent: str, slots: dict[str, SlotValue]) -> None:
        if self.scan.invoice_no is not None and self.clause.start <= self.scan.invoice_no[0] < self.clause.end:
            slots["invoice_no"] = self.scan.invoice_no[2]
        if intent == "invoice.send":
            channel = value_of(self.clause, "channel")
            if channel is not None:
                slots["channel"] = channel
            if "which" in self.clause.values:
                slots["which"] = "last"

    # -- the rest -------------------------------------------------------------------------------------------------

    def _reminder(self, intent: str, slots: dict[str, SlotValue], doubts: Doubts) -> bool:
        """False where everybody is to be reminded at another time, which no intent does."""
        clause, when = self.clause, self.told.times.when
        reminder_slots(self.scan, clause, self.told.times, intent, slots)
        if intent == "reminder.bulk":
            return not of_another_time(clause, self.told.times, self.told.now.date())
        if intent != "reminder.schedule":
            return True
        if "until" in clause.present:
            # "by Friday" is when to pay, not when to remind.
            doubts.unclear = doubts.unclear or slots.keys().isdisjoint(("date", "time", "daypart", "recurrence"))
        if "hour_word" in clause.present and when.time is None:
            doubts.ask = doubts.ask or "time"  # "99 baje"
        if when.problems:
            doubts.ask = doubts.ask or when.problems[0].slot
        return True

    def _asked_for(self, slots: dict[str, SlotValue]) -> None:
        """Which part of a customer's record is asked for."""
        field = next((field for name, field in _FIELDS if name in self.clause.present), None)
        if field is not None or "info_word" not in self.clause.present:
            slots["field"] = field or "phone"

    def _dues(self, slots: dict[str, SlotValue]) -> None:
        for amount in self.clause.amounts:
            if amount.marked or amount.value >= 100 or "more_than" in self.clause.present:
                slots["min_amount"] = number(amount.value)
            else:
                slots["limit"] = int(amount.value)
        for quantity in self.clause.quantities:
            slots["limit"] = int(quantity.value)

    def _summary(self, slots: dict[str, SlotValue]) -> None:
        if self.told.period is not None:
            slots["date_from"] = self.told.period.first.isoformat()
            slots["date_to"] = self.told.period.last.isoformat()

    def _update(self, slots: dict[str, SlotValue], doubts: Doubts) -> None:
        if self.clause.phones:
            phone = self.clause.phones[-1]
            slots["phone"] = phone.digits
            if not phone.valid or len(self.clause.phones) > 1:
                doubts.ask = doubts.ask or "phone"
        amounts = self.clause.amounts
        if "limit_word" in self.clause.present:
            if len(amounts) == 1:
                slots["credit_limit"] = number(amounts[0].value)
            else:
                doubts.ask = doubts.ask or "credit_limit"
