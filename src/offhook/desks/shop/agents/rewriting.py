"""Putting right what was just written: the entry is taken back and written anew, together, after one read-back.

Nothing of a book is changed afterwards; what a line like "sorry 400 nahi, 450" asks for is the reversal of the entry
before it and another one, and both are read back as one thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.contracts.desk import Failed, Ok
from offhook.desks.shop.agents.batch import REPLACES, batch, batch_of, of_day, replacing
from offhook.desks.shop.agents.checking import whom
from offhook.desks.shop.agents.deeds import exact
from offhook.desks.shop.agents.memory import spoken_for
from offhook.desks.shop.tools.overview import LastQuestion, last_entry
from offhook.dialogue.context import written
from offhook.dialogue.desk import Work
from offhook.dialogue.model import Delta, Line
from offhook.understanding.ledger.turning import kept
from offhook.understanding.ledger.values_said import told_anew
from offhook.understanding.model import Command

Items = list[dict[str, SlotValue]]
_UNCLEAR = Delta(lines=(Line("ask_again_whole"),))


async def rewritten(work: Work, state: ConversationState, said: Mapping[str, SlotValue]) -> Delta:
    """`said`: the values that are to be otherwise in the entry that was just told as written."""
    found = _meant(written(state), said)
    if found is None:
        return _UNCLEAR
    intent, old = str(found["intent"]), _slots(found)
    if "kind" in said:
        return await _turned(work, state, found, said)
    new = amended(old, said)
    if new is None:
        return _UNCLEAR
    if new == old:
        return Delta(
            lines=(Line("stands_so", {"entry": of_day(Command(intent=intent, slots=old), spoken_for(work, state))}),)
        )
    if new.get("items") == [] and found.get("payment_id"):
        return _UNCLEAR  # its payment would stay
    if new.get("items") == []:
        return Delta(then=(Command(intent="undo", slots={"posting_id": found["posting_id"]}),))
    entry = Command(intent=intent, slots={**new, REPLACES: _taken(work, state, found)})
    return await batch(work, state, batch_of(replacing(entry)))


async def _turned(
    work: Work, state: ConversationState, found: Mapping[str, Any], said: Mapping[str, SlotValue]
) -> Delta:
    """The same sum, the other way: "nahi, udhaar tha" after a payment."""
    slots = {**kept(_slots(found)), **({"amount": said["amount"]} if "amount" in said else {})}
    if "amount" not in slots:
        return _UNCLEAR  # a whole account that was settled has no sum of its own here
    entry = Command(intent=str(said["kind"]), slots={**slots, REPLACES: _taken(work, state, found)})
    return await batch(work, state, batch_of(replacing(entry)))


def _taken(work: Work, state: ConversationState, found: Mapping[str, Any]) -> dict[str, SlotValue]:
    """What goes for another entry, and how it is said."""
    intent, old = str(found["intent"]), _slots(found)
    return {
        "posting_id": found["posting_id"],
        "payment_id": found.get("payment_id"),
        "amount": old.get("amount"),
        "entry": of_day(Command(intent=intent, slots=old), spoken_for(work, state)),
    }


_AGAIN = {"payment": "payment.record", "refund": "payment.refund", "credit": "credit.add"}
"""Kind of an entry that is nothing but a sum of somebody's -> the command that makes one."""


async def older_rewritten(work: Work, state: ConversationState, said: Mapping[str, SlotValue]) -> Delta:
    """An entry of whenever, by whose it is and how much it was, with another sum in its place."""
    spoken = spoken_for(work, state)
    who = await whom(work, state, Command(intent="undo", slots={"customer": said.get("customer")}), spoken)
    if isinstance(who, Delta):
        return who
    given = {"customer_id": who.customer_id if who else None, "amount": said.get("was"), "kind": said.get("kind")}
    question = msgspec.convert({name: exact(one) for name, one in given.items() if one is not None}, LastQuestion)
    match await work.call(last_entry, question, state):
        case Ok(told) if told.kind in _AGAIN and who is not None:
            old: dict[str, SlotValue] = {"customer": who.customer, "customer_id": who.customer_id}
            old |= {"method": told.method} if told.kind == "payment" and told.method else {}
            old |= {"date": told.day} if told.day != work.now.date().isoformat() else {}
            taken: dict[str, SlotValue] = {
                "posting_id": told.posting_id,
                "amount": said.get("was"),
                "entry": of_day(Command(intent=_AGAIN[told.kind], slots={**old, "amount": said.get("was")}), spoken),
            }
            new = Command(intent=_AGAIN[told.kind], slots={**old, "amount": said.get("amount"), REPLACES: taken})
            return await batch(work, state, batch_of(replacing(new)))
        case Ok(_):
            return Delta(lines=(Line("cannot_waived"),))
        case Failed("entry_unknown"):
            return Delta(lines=(Line("refused_entry_unknown"),))
        case _:
            return Delta(lines=(Line("failed_unavailable"),))


def _meant(entries: Sequence[Mapping[str, Any]], said: Mapping[str, SlotValue]) -> Mapping[str, Any] | None:
    """The one of what was written; of several the one about the customer who is named."""
    if len(entries) > 1:
        entries = [one for one in entries if _slots(one).get("customer") == said.get("customer")]
    return entries[0] if len(entries) == 1 else None


def _slots(entry: Mapping[str, Any]) -> dict[str, SlotValue]:
    slots = entry.get("slots")
    return dict(slots) if isinstance(slots, dict) else {}


def amended(old: Mapping[str, SlotValue], said: Mapping[str, SlotValue]) -> dict[str, SlotValue] | None:
    """The slots of an entry with what is to be otherwise; None where that does not fit it. Pure."""
    if not {"unit", "items"} & said.keys() and "product" not in old and ("items" not in old or "amount" in old):
        # A bare number behind a bill of a sum is the sum.
        said = {"amount" if slot == "qty" else slot: value for slot, value in said.items()}
    new = told_anew(old, {slot: value for slot, value in said.items() if slot not in ("items", "qty", "unit")})
    if "amount" in said and "items" not in said:
        new.pop("items", None)
    counted = {slot: said[slot] for slot in ("qty", "unit") if slot in said}
    if "items" not in old:
        return {**new, **counted} | ({"items": said["items"]} if "items" in said else {})
    if "items" not in new:
        return new
    items = _with_items(_items(old), _items(said), counted)
    return None if items is None else {**new, "items": list(items)}


def _items(slots: Mapping[str, SlotValue]) -> Items:
    listed = slots.get("items")
    return [dict(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _with_items(held: Items, said: Items, counted: Mapping[str, SlotValue]) -> Items | None:
    if counted:
        unit = counted.get("unit")
        fitting = [one for one in held if unit is not None and one.get("unit") == unit] if len(held) > 1 else held
        if len(fitting) != 1:
            return None
        fitting[0].update(counted)
    for one in said:
        same = next((other for other in held if other.get("product") == one.get("product")), None)
        if same is None and len(held) == 1 == len(said) and one.get("qty") != 0:
            same = held[0]  # "cheeni nahi chawal"
        if same is None:
            return None
        same.update(one)
    return [one for one in held if one.get("qty") != 0]
