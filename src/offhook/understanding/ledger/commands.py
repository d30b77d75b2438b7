"""From a clause whose frame is known to a command: the slots of CONTRACT §5, and what stands against writing it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.bills import bill_slots
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.dates import Timed, happened
from offhook.understanding.ledger.decide import Doubts
from offhook.understanding.ledger.items import items_of, number
from offhook.understanding.ledger.money_doubts import MoneyDoubts
from offhook.understanding.ledger.newcomers import titled, whole_name
from offhook.understanding.ledger.notes import note
from offhook.understanding.ledger.paying import bill_settled, bought, paid_by, part_paid
from offhook.understanding.ledger.periods import Period
from offhook.understanding.ledger.persons import told_apart
from offhook.understanding.ledger.recurring import of_another_time, often, recurrence_of, reminder_slots, value_of
from offhook.understanding.ledger.spans import Amount, Person, Scan
from offhook.understanding.ledger.taking_back import entry_meant
from offhook.understanding.model import Command

UNCLEAR = "_unclear"
DATED = frozenset({"credit.add", "invoice.create", "payment.refund"})
"""Entries that are of a day, which their slots do not say."""
_OWING = frozenset({"udhaar", "opening", "balance", "baaki"})
_ABOUT_SOMEBODY = frozenset({"balance.check", "customer.info", "reminder.schedule"})
"""Of what is no name these are not asked for beside words that nothing knows."""
_NOTED = DATED | {"payment.record", "stock.add"}
"""What is written of what happened, and may have been written before."""
_TWO = 2
_READ_BACK = frozenset({"balance.check", "customer.info", "invoice.cancel"})
_FIELDS = (
    ("limit_word", "credit_limit"),
    ("number_word", "phone"),
    ("address_word", "address"),
    ("email_word", "email"),
)


@dataclass(slots=True)
class Draft:
    """A command in the making."""

    command: Command
    doubts: Doubts
    person: Person | None = None
    beside: dict[str, SlotValue] = field(default_factory=dict)
    """As `Understanding.beside`."""


@dataclass(frozen=True, slots=True)
class CommandMaker:
    """Fills the slots of one clause's intent."""

    scan: Scan
    clause: Clause
    now: datetime
    last_customer: str | None
    times: Timed
    period: Period | None

    @property
    def _doubt(self) -> MoneyDoubts:
        return MoneyDoubts(self.scan, self.clause, self.now, self.times)

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
            return [self._new_customer(intent)]
        if intent == "undo":
            return [self._undo()]
        if family == "stock" and intent != "stock.low":
            return self._stock(intent)
        slots: dict[str, SlotValue] = dict(fixed)
        doubts = Doubts()
        frame = self.clause.best.frame if self.clause.best is not None else None
        if frame is not None and "customer" in frame.slots:
            several = self._customers(intent, doubts)
            if several is not None:
                return [self._filled(intent, {**slots, **_named(person)}, Doubts(), person) for person in several]
            person = self._customer(slots, doubts)
        else:
            person = None
        return [self._filled(intent, slots, doubts, person)]

    def _sounds_named(self, person: Person) -> bool:
        """Whether one of the words is a name that people have."""
        names = self.scan.language.persons.spelled
        return any(self.scan.latin(i) in names for i in range(person.start, person.end))

    def _filled(self, intent: str, slots: dict[str, SlotValue], doubts: Doubts, person: Person | None) -> Draft:
        if person is not None and not person.pronoun and person.name is None and not person.candidates:
            if intent in _ABOUT_SOMEBODY and self.clause.foreign and not self._sounds_named(person):
                return Draft(Command(intent="out_of_scope"), doubts)  # "the number of my glasses has gone up"
            doubts.ask = doubts.ask or "unknown_customer"
        if intent in ("payment.record", "payment.refund", "credit.add"):
            self._money(intent, slots, doubts)
        elif intent == "invoice.create":
            if often(self.clause):
                return Draft(Command(intent="out_of_scope"), doubts, beside={"reason": "each_day"})
            bill_slots(self.scan, self.clause, slots, doubts)
            doubts.unclear = doubts.unclear or recurrence_of(self.scan, self.clause, self.times) is not None
            doubts.unclear = doubts.unclear or self._doubt.another_day()
        elif intent.startswith("invoice."):
            self._old_bill(intent, slots)
        elif intent.startswith("reminder."):
            reminder_slots(self.scan, self.clause, self.times, intent, slots)
            if intent == "reminder.bulk" and of_another_time(self.clause, self.times, self.now.date()):
                return Draft(Command(intent="out_of_scope"), doubts, beside={"reason": "bulk_later"})
            if intent == "reminder.schedule" and "until" in self.clause.present:
                # "by Friday" is when to pay, not when to remind.
                doubts.unclear = doubts.unclear or slots.keys().isdisjoint(("date", "time", "daypart", "recurrence"))
            if intent == "reminder.schedule" and "hour_word" in self.clause.present and self.times.when.time is None:
                doubts.ask = doubts.ask or "time"  # "99 baje"
            if intent == "reminder.schedule" and self.times.when.problems:
                doubts.ask = doubts.ask or self.times.when.problems[0].slot
        elif intent in ("dues.list",):
            self._dues(slots)
        elif intent == "summary":
            self._summary(slots)
        elif intent == "customer.update":
            self._update(slots, doubts)
        elif intent == "customer.info":
            slots["field"] = next((field for name, field in _FIELDS if name in self.clause.present), "phone")
            if "info_word" in self.clause.present and not any(name in self.clause.present for name, _ in _FIELDS):
                slots.pop("field")
        draft = Draft(Command(intent=intent, slots=slots), doubts, person)
        if (day := self._day(intent, doubts)) is not None:
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

    def _day(self, intent: str, doubts: Doubts) -> str | None:
        """The past day that an entry is of. A book takes none that is to come."""
        if intent not in DATED:
            return None
        day = happened(self.times.when, self.now.date())
        # "the day before yesterday" is over: nothing is due then.
        over = self.times.when.date is not None and self.times.when.date < self.now.date()
        until = "until" in self.clause.present and not over
        if day is None and (("@range" in self.clause.present and not until) or self._doubt.time_left(intent)):
            doubts.ask = doubts.ask or "date"  # "last week"; "kal diye, parso tak dega"
        if day is None or until:
            return None
        places = {i for start, end in self.times.places for i in range(start, end)}
        if places and places < self.clause.noted:
            return None  # "kal ki shaadi ke liye"
        if self._doubt.coming():
            doubts.ask = doubts.ask or "date"
            return None
        if day == self.now.date():
            return None
        # "kal likho" may be tomorrow's as well.
        doubts.unclear = doubts.unclear or not any(name.endswith((".past", ".gone")) for name in self.clause.present)
        return day.isoformat()

    # -- whose ----------------------------------------------------------------------------------------------------

    def _customers(self, intent: str, doubts: Doubts) -> list[Person] | None:
        """Several customers where each is meant: a question or a reminder; money for two is never divided."""
        people = told_apart(self.clause.known_persons)
        if len(people) < 2:
            return None
        if intent in ("balance.check", "customer.info", "reminder.schedule", "reminder.cancel", "invoice.send"):
            return None if len(people) == _TWO and self._spoken_to(people[0]) else people
        doubts.ask = "customer"
        return None

    def _customer(self, slots: dict[str, SlotValue], doubts: Doubts) -> Person | None:
        people = told_apart(self.clause.known_persons) or self.clause.persons
        if len(people) == _TWO and self._reads() and self._spoken_to(people[0]):
            people = people[1:]
        if not people and "@known" in self.clause.present and self.last_customer is not None and self._reads():
            slots["customer"] = self.last_customer
        if doubts.ask == "customer" or not people:
            return None
        person = people[0]
        if person.pronoun:
            if self.last_customer is not None:
                slots["customer"] = self.last_customer
            else:
                doubts.ask = "customer"
        elif person.near and len(person.candidates) == 1 and self._reads():
            person.name, person.candidates = person.candidates[0], ()  # nothing is lost by reading what is near
            slots["customer"] = person.name
        else:
            slots.update(_named(person))
        if person.numeric:
            doubts.ask = "amount"
        return person

    def _spoken_to(self, person: Person) -> bool:
        """ "munna, dekhiyo Chanda ka hisaab": nobody on the list, with no part, before a customer."""
        unlisted = person.name is None and not person.candidates
        others = [one for one in self.clause.known_persons if one is not person]
        listed = all((one.name or one.candidates) and one.role != "bare" for one in others)
        return unlisted and person.role == "bare" and person.start == self.clause.start and listed

    def _reads(self) -> bool:
        """Whether the clause only asks, or is read back with the name whatever is said: then it is about whom was
        spoken of last, though it names nobody."""
        best = self.clause.best
        return best is not None and best.frame.intent in _READ_BACK

    # -- money ----------------------------------------------------------------------------------------------------

    def _money(self, intent: str, slots: dict[str, SlotValue], doubts: Doubts) -> None:
        amounts = self.clause.amounts
        spoilt = intent == "payment.refund" and "spoilt" in self.clause.present  # what the money goes back for
        if (self.clause.goods and not spoilt) or self.clause.quantities:
            doubts.ask = doubts.ask or "amount"
        if len(amounts) == 1:
            slots["amount"] = number(amounts[0].value)
        if any(self._doubt.fraction(one) for one in amounts):
            doubts.ask = doubts.ask or "amount"  # "dhai diye": two and a half, or as many hundreds
        if len(amounts) > 1 or self._doubt.number_left() or self._doubt.inexact():
            doubts.ask = doubts.ask or "amount"
        if intent == "payment.record":
            self._method(slots)
            # Goods that come back are no money ("500 ka saman wapas kiya").
            doubts.unclear = doubts.unclear or "stock" in self.clause.present
            if any(problem.kind == "impossible" for problem in self.times.when.problems):
                doubts.ask = doubts.ask or "date"
            day = happened(self.times.when, self.now.date())
            if self._doubt.coming():
                doubts.ask = doubts.ask or "date"  # "paid 200 tomorrow"
            elif day is not None:
                slots["date"] = day.isoformat()
        elif intent == "credit.add":
            doubts.unclear = doubts.unclear or self._doubt.made_so() or self._doubt.paid_in()
            day = self.times.when.date or self.times.when.date_to
            if day is not None and day > self.now.date() and "until" in self.clause.present:
                slots["due_date"] = day.isoformat()
            if (said := note(self.scan, self.clause)) is not None:
                slots["note"] = said
        doubts.unclear = doubts.unclear or self._doubt.time_left(intent)
        less = "all_but" in self.clause.present or {"bill", "@which"} <= self.clause.present
        if slots.get("settle_all") and less:
            slots.pop("settle_all")
            slots.pop("amount", None)
            doubts.ask = doubts.ask or "amount"  # "all but 500", "cleared his last bill": how much is not said
        if slots.get("settle_all") and "amount" in slots:
            at = amounts[0].start if amounts else -1
            settling = [one for one in self.clause.concepts if one.name == "settle"]
            if all(one.end - one.start == 1 or one.start < at < one.end for one in settling):
                slots.pop("settle_all")  # "500 chukta kiye", "cleared 1500 of it": no more than that
            else:
                # "paid all, 500" settles 500 of it; whether that is all, the book knows.
                doubts.unclear = True

    def _method(self, slots: dict[str, SlotValue]) -> None:
        found = self.clause.values.get("method", [])
        methods = {one.name.partition("=")[2] for one in found}
        if len(methods) == 1:
            slots["method"] = methods.pop()

    def _undo(self) -> Draft:
        """The slots hold only what has to be asked about; which entry is meant stands beside them."""
        meant, person = entry_meant(self.clause)
        if person is None:
            return Draft(Command(intent="undo"), Doubts(), beside=meant)
        if person.name is None:
            return Draft(Command(intent="undo", slots=_named(person)), Doubts(), person, beside=meant)
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

    def _dues(self, slots: dict[str, SlotValue]) -> None:
        for amount in self.clause.amounts:
            if amount.marked or amount.value >= 100 or "more_than" in self.clause.present:
                slots["min_amount"] = number(amount.value)
            else:
                slots["limit"] = int(amount.value)
        for quantity in self.clause.quantities:
            slots["limit"] = int(quantity.value)

    def _summary(self, slots: dict[str, SlotValue]) -> None:
        if self.period is not None:
            slots["date_from"] = self.period.first.isoformat()
            slots["date_to"] = self.period.last.isoformat()

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

    def _new_customer(self, intent: str) -> Draft:
        slots: dict[str, SlotValue] = {}
        doubts = Doubts()
        person = next(iter(self.clause.known_persons), None)
        start = person.start if person is not None else min(self.clause.foreign, default=self.clause.end)
        end = person.end if person is not None else start
        first, last = whole_name(self.scan, self.clause, start, end)
        if person is not None or last > start + 1:  # one word that nothing knows may be anything ("survey")
            longer = person is not None and (first, last) != (start, end)
            said = self.scan.sentence.said(first, last)
            slots["name"] = titled(person.said if person is not None and not longer else said)
            # Somebody of that name is on the list, or words of it are numbers or titles.
            counted = any(self.scan.keys[i] in self.scan.language.counts.words for i in range(first, last))
            doubts.unclear = longer or counted or (person is not None and person.name is not None)
            self.clause.named.update(range(first, last))
            self.clause.amounts = [one for one in self.clause.amounts if not first <= one.start < last]
        if self.clause.phones:
            slots["phone"] = self.clause.phones[-1].digits
            if not self.clause.phones[-1].valid or len(self.clause.phones) > 1:
                doubts.ask = "phone"
        amounts: list[Amount] = self.clause.amounts
        # A sum beside a name, of which nothing was said, may be a word of it.
        doubts.unclear = doubts.unclear or (bool(amounts) and _OWING.isdisjoint(self.clause.present))
        if len(amounts) == 1:
            slots["opening_balance"] = number(amounts[0].value)
        elif amounts:
            doubts.ask = "opening_balance"
        return Draft(Command(intent=intent, slots=slots), doubts, person)

    def _stock(self, intent: str) -> list[Draft]:
        clause = self.clause
        items, amounts, placed = items_of(self.scan, clause.goods, clause.quantities, clause.amounts)
        drafts: list[Draft] = []
        for item, goods in zip(items, clause.goods, strict=True):
            doubts = Doubts()
            if goods.name is None and not goods.candidates:
                doubts.ask = "product"
            slots: dict[str, SlotValue] = dict(item) if intent == "stock.add" else {"product": item["product"]}
            slots.pop("price", None)
            if goods.candidates:
                slots["product_candidates"] = list(goods.candidates)
            if slots.get("unit") == "unknown":
                doubts.ask = doubts.ask or "unit"
                slots.pop("unit")
            if (
                intent == "stock.add"
                and "qty" not in slots
                and len(amounts) == 1
                and len(items) == 1
                and not amounts[0].marked
            ):
                slots["qty"] = number(amounts[0].value)
                amounts = []
            doubts.unclear = intent == "stock.add" and self._doubt.another_day()
            if intent == "stock.add" and (not placed or amounts):
                doubts.ask = doubts.ask or "qty"
            drafts.append(Draft(Command(intent=intent, slots=slots), doubts))
        return drafts or [Draft(Command(intent=intent, slots={}), Doubts())]


def _named(person: Person) -> dict[str, SlotValue]:
    if person.name is not None:
        return {"customer": person.name}
    if person.candidates:
        return {"customer": person.said, "customer_candidates": list(person.candidates)}
    return {"customer": person.said}
