"""The slots of a bill: which goods, of how much, for what sum, on credit or not; what of them has to be asked. Pure."""

from __future__ import annotations

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.decide import Doubts
from offhook.understanding.ledger.items import items_of, number, sellable
from offhook.understanding.ledger.spans import Scan


def bill_slots(scan: Scan, clause: Clause, slots: dict[str, SlotValue], doubts: Doubts) -> None:
    items, amounts, placed = items_of(scan, clause.goods, clause.quantities, clause.amounts)
    if not placed or any(not sellable(item.get("qty")) for item in items):
        doubts.ask = doubts.ask or "items"
    if items:
        slots["items"] = [{name: v for name, v in item.items() if v != "unknown"} for item in items]
        _candidates(clause, slots, doubts)
    if len(amounts) == 1:
        slots["amount"] = number(amounts[0].value)
    if amounts and any("qty" not in item for item in items):
        doubts.ask = doubts.ask or "items"  # "90 rupaye ki cheeni": how much that is was not said
    counted = any(one.name == "bill" and one.start == amount.end for one in clause.concepts for amount in amounts)
    if len(amounts) > 1 or counted:  # "2 bill banao" counts bills
        doubts.ask = doubts.ask or "amount"
    if not {"gst_word", "no_gst"}.isdisjoint(clause.present):
        slots["gst"] = "no_gst" not in clause.present
    if (
        "udhaar" in clause.present
        or "khata" in clause.present
        or ("@account" in clause.present and "bill" not in clause.present)
        or "unpaid" in clause.present
    ):
        slots["on_credit"] = True
    # Whether what is paid later is owed until then is read back, unless that was said as well.
    doubts.unclear = doubts.unclear or ("unpaid" in clause.present and {"udhaar", "khata"}.isdisjoint(clause.present))


def _candidates(clause: Clause, slots: dict[str, SlotValue], doubts: Doubts) -> None:
    for goods in clause.goods:
        if goods.candidates:
            slots["product_candidates"] = list(goods.candidates)
            return
    if any(goods.name is None for goods in clause.goods) or any(q.unit == "unknown" for q in clause.quantities):
        doubts.ask = doubts.ask or ("product" if any(g.name is None for g in clause.goods) else "unit")
