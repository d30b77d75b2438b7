"""What to do with a command to the book: the decision rules of CONTRACT §4 for a desk that writes money.

Nothing is written where an amount, a name or a direction is unclear. Of several commands the most careful decision
holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import Command, Decision

_MOST = 10_000_000
"""Rupees: what nobody says in earnest."""
_NEEDS: dict[str, tuple[str, ...]] = {
    "balance.check": ("customer",),
    "payment.record": ("customer", "amount"),
    "payment.refund": ("customer", "amount"),
    "credit.add": ("customer", "amount"),
    "invoice.create": ("customer", "items"),
    "invoice.send": ("customer",),
    "invoice.cancel": ("customer",),
    "reminder.schedule": ("customer",),
    "reminder.cancel": ("customer",),
    "stock.check": ("product",),
    "stock.add": ("product", "qty"),
    "customer.create": ("name",),
    "customer.update": ("customer", "phone"),
    "customer.info": ("customer",),
}
_ENOUGH = {
    ("payment.record", "amount"): ("settle_all",),
    ("invoice.create", "items"): ("amount",),
    ("invoice.cancel", "customer"): ("invoice_no",),
    ("invoice.send", "customer"): ("invoice_no",),
    ("customer.update", "phone"): ("credit_limit",),
}
"""What makes another slot unnecessary."""
_CONFIRMED = frozenset({"undo", "payment.refund", "invoice.cancel", "reminder.bulk", "customer.update"})
_ANSWERED = frozenset({"greet", "smalltalk", "goodbye", "repeat", "faq", "help"})
_ORDER: tuple[Decision, ...] = ("refuse", "ask", "confirm", "handoff", "execute", "answer", "fallback")


@dataclass(slots=True)
class Doubts:
    """What stands against one command as it was said."""

    ask: str | None = None
    """The slot that is not clear."""
    unclear: bool = False
    """Whether it is to be confirmed: the direction is open, or what was said may be of something else."""
    beside: bool = False
    """Whether something is said beside it that nothing accounts for, which makes it a question too."""
    turning: bool = False
    """Whether what is said beside it may make it another entry."""
    reasons: list[str] = field(default_factory=list)


def decide(commands: Sequence[Command], doubts: Sequence[Doubts], limit: int) -> tuple[Decision, str | None]:
    if not commands:
        return "fallback", None
    decided = [one(command, doubt, limit) for command, doubt in zip(commands, doubts, strict=True)]
    return min(decided, key=lambda decision: _ORDER.index(decision[0]))


def one(command: Command, doubt: Doubts, limit: int) -> tuple[Decision, str | None]:
    intent, slots = command.intent, command.slots
    if intent == "out_of_scope":
        return ("refuse" if slots.get("reason") == "injection" else "fallback"), None
    if intent == "handoff":
        return "handoff", None
    if intent in _ANSWERED:
        return "answer", None
    if doubt.ask is not None:
        return "ask", doubt.ask
    if "product_candidates" in slots:
        return "ask", "product"
    if "customer_candidates" in slots:
        return "ask", "customer"
    missing = next((slot for slot in _NEEDS.get(intent, ()) if not _given(intent, slot, slots)), None)
    if missing is not None:
        return "ask", missing
    wrong = next(
        (slot for slot in ("amount", "opening_balance", "credit_limit", "qty") if _absurd(slots.get(slot), slot)), None
    )
    if wrong is not None:
        return "ask", wrong
    if intent in _CONFIRMED or doubt.unclear or doubt.beside or slots.get("settle_all") or _sum(slots) > limit:
        return "confirm", None
    return "execute", None


def _given(intent: str, slot: str, slots: dict[str, SlotValue]) -> bool:
    return any(slots.get(name) not in (None, "", []) for name in (slot, *_ENOUGH.get((intent, slot), ())))


def _absurd(value: SlotValue, slot: str) -> bool:
    if not isinstance(value, int | float):
        return False
    least = {"opening_balance": 0, "credit_limit": 0, "amount": 1}.get(slot, 1e-9)
    return not least <= value <= _MOST


def _sum(slots: dict[str, SlotValue]) -> float:
    """The money that a command moves, as far as it was said."""
    amount = slots.get("amount")
    total = amount if isinstance(amount, int | float) else 0
    items = slots.get("items")
    priced = 0.0
    for item in items if isinstance(items, list) else ():
        price, qty = (item.get("price"), item.get("qty", 1)) if isinstance(item, dict) else (None, 1)
        if isinstance(price, int | float) and isinstance(qty, int | float):
            priced += price * qty
    return max(total, priced)
