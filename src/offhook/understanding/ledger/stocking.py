"""Commands about the stock: one for each of the goods that a clause speaks of. Pure."""

from __future__ import annotations

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.decide import Doubts
from offhook.understanding.ledger.drafts import Draft
from offhook.understanding.ledger.items import items_of, number
from offhook.understanding.ledger.told import Told
from offhook.understanding.model import Command


def stock_drafts(told: Told, intent: str) -> list[Draft]:
    clause = told.clause
    items, amounts, placed = items_of(told.scan, clause.goods, clause.quantities, clause.amounts)
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
        doubts.unclear = intent == "stock.add" and (told.doubt.another_day() or _only_bought(told))
        if intent == "stock.add" and (not placed or amounts):
            doubts.ask = doubts.ask or "qty"
        drafts.append(Draft(Command(intent=intent, slots=slots), doubts))
    return drafts or [Draft(Command(intent=intent, slots={}), Doubts())]


def _only_bought(told: Told) -> bool:
    """Whether goods were bought, and nothing says that they are here ("10 kilo cheeni kharidi", but "kharid li")."""
    present = told.clause.present
    return "stock" not in present and any(
        verb.group == "kharid" and verb.end == verb.start + 1 for verb in told.clause.verbs
    )
