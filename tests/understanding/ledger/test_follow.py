"""Answers to our questions: a yes that is one, values that amend, names that only the question makes names."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import Command, Context
from support.understanding_shop import SHOP, shop

_READ_BACK = Context(
    pending=Command(intent="payment.record", slots={"customer": "Rahul Sharma", "amount": 30_000}), asked="confirm"
)
_WHOSE = Context(pending=Command(intent="credit.add", slots={"amount": 400}), asked="customer")
_HOW_MUCH = Context(pending=Command(intent="payment.record", slots={"customer": "Priya Patel"}), asked="amount")
_ADD_HIM = Context(
    pending=Command(intent="payment.record", slots={"customer": "Bablu", "amount": 500}), asked="unknown_customer"
)


@pytest.mark.parametrize(
    ("context", "text", "decision", "intent", "slots"),
    [
        (_READ_BACK, "haan", "execute", "confirm", {}),
        (_READ_BACK, "haan likh do 30000", "execute", "confirm", {}),
        (_READ_BACK, "haan Rahul", "execute", "confirm", {}),
        (_READ_BACK, "haan lekin 600", "execute", "correct", {"amount": 600}),
        (_READ_BACK, "30000", "confirm", "correct", {"amount": 30_000}),
        (_READ_BACK, "yes but not now", "execute", "deny", {}),
        (_READ_BACK, "nahi Rahul nahi Priya", "confirm", "correct", {"customer": "Priya Patel"}),
        (_READ_BACK, "Priya ka balance batao", "execute", "balance.check", {"customer": "Priya Patel"}),
        (_WHOSE, "Mangal", "execute", "credit.add", {"customer": "Mangal Pandey"}),
        (_WHOSE, "Priya aur Neha", "ask", "credit.add", {}),
        (_WHOSE, "Bablu", "ask", "credit.add", {"customer": "Bablu"}),
        (_HOW_MUCH, "do sau", "execute", "payment.record", {"amount": 200}),
        (_HOW_MUCH, "500 600", "ask", "payment.record", {}),
        (_HOW_MUCH, "sab", "confirm", "payment.record", {"settle_all": True}),
        (_ADD_HIM, "haan add karo", "execute", "confirm", {}),
        (_ADD_HIM, "Rahul", "execute", "payment.record", {"customer": "Rahul Sharma"}),
    ],
)
def test_an_answer(context: Context, text: str, decision: str, intent: str, slots: dict[str, SlotValue]) -> None:
    result = SHOP.understand(text, shop(), context)
    assert (result.decision, result.commands) == (decision, [Command(intent=intent, slots=slots)])
