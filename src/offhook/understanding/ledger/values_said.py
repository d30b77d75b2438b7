"""The values that a line gives to a command: one that waits for them, or the one before. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.dates import happened
from offhook.understanding.ledger.decide import Doubts
from offhook.understanding.ledger.drafts import DATED
from offhook.understanding.ledger.items import items_of, number, sellable
from offhook.understanding.ledger.language import LedgerLanguage
from offhook.understanding.ledger.line import Line
from offhook.understanding.ledger.reading import LineReading
from offhook.understanding.ledger.spans import Person
from offhook.understanding.model import Command, Context

_SUMS = {
    "payment.record": "amount",
    "payment.refund": "amount",
    "credit.add": "amount",
    "invoice.create": "amount",
    "customer.create": "opening_balance",
    "customer.update": "credit_limit",
    "reminder.bulk": "min_amount",
    "dues.list": "min_amount",
}
CANDIDATES = {"customer": "customer_candidates", "product": "product_candidates"}
"""Slot that may mean several -> slot of the names that were offered."""
_NTH = {"first": 0, "second": 1, "third": 2, "fourth": 3, "last": -1}


def told_anew(held: Mapping[str, SlotValue], said: Mapping[str, SlotValue]) -> dict[str, SlotValue]:
    """The slots of a command with what was said of it since; what followed from the old values goes with them."""
    slots = {**held, **said}
    for slot, offered in CANDIDATES.items():
        if slot in said and offered not in said:
            slots.pop(offered, None)
    if "customer" in said:
        slots.pop("customer_id", None)
    if "amount" in said:
        slots.pop("settle_all", None)
    elif "items" in said and held.get("items"):
        slots.pop("amount", None)  # it was the sum of other goods
    return slots


class Values:
    """What the slots of a command are told to be."""

    def __init__(self, language: LedgerLanguage) -> None:
        self._language = language

    def said(self, line: Line, pending: Command) -> tuple[dict[str, SlotValue], Doubts]:
        """The values of the line that the waiting command takes."""
        reading, context = line.reading, line.context
        takes = self.takes(pending.intent) | ({context.asked} if context.asked else set())
        said: dict[str, SlotValue] = {}
        doubts = Doubts()
        for clause in line.clauses:
            people = clause.known_persons
            if "customer" in takes and people:
                together = _together(people, pending) if len(people) > 1 else None
                if together is not None:
                    said["customer"] = together
                elif len(people) > 1:
                    doubts.ask = "customer"
                else:
                    said.update(_customer(people[0], pending))
                    if "customer_candidates" not in said and people[0].name is None and not _chosen(people[0], pending):
                        doubts.ask = doubts.ask or "unknown_customer"
            elif (picked := _picked(reading, clause, pending)) is not None:
                said["customer" if "customer" in takes else "product"] = picked
            elif "name" in takes and people:
                said["name"] = people[0].said
            elif clause.persons and "customer" in takes and context.last_customer is not None:
                said["customer"] = context.last_customer
            if clause.phones and ("phone" in takes or context.asked == "phone"):
                said["phone"] = clause.phones[-1].digits
                if not clause.phones[-1].valid:
                    doubts.ask = doubts.ask or "phone"
            self._sums(clause, takes, said, doubts, pending, context)
            self._things(reading, clause, takes, said, doubts, pending)
            for slot in ("method", "channel"):
                found = {one.name.partition("=")[2] for one in clause.values.get(slot, [])}
                if slot in takes and len(found) == 1:
                    said[slot] = found.pop()
            self._times(reading, clause, takes, said, pending)
            whole = "settle" in clause.present or (context.asked == "amount" and "all" in clause.present)
            if pending.intent == "payment.record" and whole and not clause.amounts:
                said["settle_all"] = True
        return said, doubts

    def takes(self, intent: str) -> set[str]:
        return {slot for frame in self._language.frames.frames if frame.intent == intent for slot in frame.slots}

    def _sums(
        self,
        clause: Clause,
        takes: set[str],
        said: dict[str, SlotValue],
        doubts: Doubts,
        pending: Command,
        context: Context,
    ) -> None:
        slot = _SUMS.get(pending.intent)
        # "the Singh one" answers which of them, and is no sum.
        values = [one.value for one in clause.amounts if context.asked != "customer" or one.value != 1]
        if context.asked in ("qty",) and values and not clause.quantities:
            said["qty"] = number(values[0])
            return
        if slot is None or not values:
            return
        held = pending.slots.get(slot)
        if len(values) == 2 and held in values and ("nahi" in clause.present or clause.corrected):
            values = [value for value in values if value != held]
        if len(values) == 1:
            if slot == "amount" and pending.intent == "invoice.create" and clause.goods:
                return
            said[slot] = number(values[0])
        else:
            doubts.ask = doubts.ask or slot

    def _things(
        self,
        reading: LineReading,
        clause: Clause,
        takes: set[str],
        said: dict[str, SlotValue],
        doubts: Doubts,
        pending: Command,
    ) -> None:
        if "product" in takes:
            if clause.goods:
                goods = clause.goods[0]
                said["product"] = goods.name or goods.said
                if goods.candidates:
                    said["product_candidates"] = list(goods.candidates)
                elif goods.name is None:
                    doubts.ask = doubts.ask or "product"
            if clause.quantities and "qty" in takes:
                said["qty"] = number(clause.quantities[0].value)
                if clause.quantities[0].unit == "unknown":
                    doubts.ask = doubts.ask or "unit"
                elif clause.quantities[0].unit is not None:
                    said["unit"] = clause.quantities[0].unit
        elif "items" in takes and clause.goods:
            items, amounts, placed = items_of(reading.scan, clause.goods, clause.quantities, clause.amounts)
            held = pending.slots.get("items")
            added: SlotValue = [*held, *items] if isinstance(held, list) and "more" in clause.present else list(items)
            said["items"] = added
            if any(goods.candidates for goods in clause.goods):
                said["product_candidates"] = list(next(g.candidates for g in clause.goods if g.candidates))
            elif any(goods.name is None for goods in clause.goods):
                doubts.ask = doubts.ask or "product"
            if not placed or amounts or any(not sellable(one.get("qty")) for one in items):
                doubts.ask = doubts.ask or "items"

    def _times(
        self, reading: LineReading, clause: Clause, takes: set[str], said: dict[str, SlotValue], pending: Command
    ) -> None:
        if not reading.timed or (pending.intent not in DATED and takes.isdisjoint(("date", "time", "due_date"))):
            return
        entry = pending.intent in DATED and "until" not in clause.present
        past = entry or pending.intent == "payment.record"
        when = reading.times(clause.start, clause.end, "past" if past else "future").when
        if entry:
            of = happened(when, reading.now.date())
            if of is not None:
                said["date"] = of.isoformat()
            return
        day = "due_date" if "due_date" in takes and "date" not in takes else "date"
        if when.date is not None and day in takes:
            said[day] = when.date.isoformat()
        if when.time is not None and "time" in takes:
            said["time"] = when.time.strftime("%H:%M")
        elif when.daypart is not None and "daypart" in takes:
            said["daypart"] = when.daypart


def _customer(person: Person, pending: Command) -> dict[str, SlotValue]:
    chosen = _chosen(person, pending)
    if chosen is not None:
        return {"customer": chosen}
    if person.name is not None:
        return {"customer": person.name}
    if person.candidates:
        return {"customer": person.said, "customer_candidates": list(person.candidates)}
    return {"customer": person.said}


def _together(people: list[Person], pending: Command) -> str | None:
    """The one of the candidates whose name has the words of all `people` ("Kumar wala Ramesh")."""
    held = pending.slots.get("customer_candidates")
    words = {word for person in people for word in person.said.casefold().split()}
    fitting = (
        [str(name) for name in held if words <= set(str(name).casefold().split())] if isinstance(held, list) else []
    )
    return fitting[0] if len(fitting) == 1 else None


def _picked(reading: LineReading, clause: Clause, pending: Command) -> str | None:
    """The one of the candidates that is meant by its place ("doosra wala", "the first one")."""
    held = pending.slots.get("customer_candidates") or pending.slots.get("product_candidates")
    if not isinstance(held, list) or clause.foreign or clause.persons or clause.goods:
        return None
    scan, found = reading.scan, set[int]()
    for i in range(clause.start, clause.end):
        entry = scan.language.voc.at(scan.keys, i, i + 1)
        name = entry[0].value if entry is not None and entry[0].kind == "ordinals" else scan.words[i]
        if name in _NTH and not scan.taken[i]:
            found.add(_NTH[name])
            clause.picking.add(i)
    if len(found) != 1 or (place := found.pop()) >= len(held):
        return None
    return str(held[place])


def _chosen(person: Person, pending: Command) -> str | None:
    """The one of the candidates that we asked about that the words fit alone."""
    held = pending.slots.get("customer_candidates")
    if not isinstance(held, list):
        return None
    options = {str(name) for name in held}
    fitting = options & ({person.name} if person.name is not None else set(person.candidates))
    if len(fitting) == 1:
        return fitting.pop()
    exact = [name for name in options if name.casefold() == person.said.casefold()]
    return exact[0] if len(exact) == 1 else None
