"""Several things for sale in one enquiry ("attendance and payroll for ten, and 2 terminals"). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from offhook.contracts.conversation import SlotValue
from offhook.desks.sales.understanding.words import Marked

PARTS = "parts"
"""Slot: what is wanted, where it is more than one thing: [{product, qty?}]; `qty` where it is told for that thing."""
_CHOOSES = frozenset({"or", "ya", "vs", "versus", "difference", "between", "या"})
"""Words by which one of several is meant, not all."""


def told_parts(marked: Marked, denied: frozenset[str], held: Mapping[str, SlotValue]) -> list[dict[str, SlotValue]]:
    """Empty where one thing at most is meant. `held`: the enquiry that is under way, to which "also" adds."""
    if not marked.items or not (denied | _CHOOSES).isdisjoint(marked.words):
        return []
    counts = {count.end: count for count in marked.counts}
    parts: dict[str, dict[str, SlotValue]] = {}
    for name, span in marked.mentions:
        part = parts.setdefault(name, {"product": name})
        count = counts.get(span.start)
        if count is not None and not count.scaled and count.value == int(count.value) >= 1:
            part["qty"] = int(count.value)
    if marked.anywhere("also") is not None:
        before = held.get(PARTS)
        known = [part for part in before if isinstance(part, dict)] if isinstance(before, list) else []
        if not known and held.get("product"):
            known = [{"product": held["product"]}]
        parts = {str(part["product"]): part for part in known} | parts
    return list(parts.values()) if len(parts) > 1 else []
