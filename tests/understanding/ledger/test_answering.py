"""A line while a command waits: its values, a yes with a reason, somebody else, or somebody who is new."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import Command, Context
from support.understanding_shop import SHOP, haat

_LARGE = Command(intent="credit.add", slots={"customer": "George Varghese", "amount": 35000})
_UNKNOWN = Command(intent="payment.record", slots={"customer": "Ghasita", "amount": 300})
_GOODS = Command(intent="invoice.create", slots={"customer": "Bunty"})


def _said(text: str, context: Context) -> tuple[str, list[tuple[str, dict[str, SlotValue]]]]:
    result = SHOP.understand(text, haat(), context)
    return result.decision, [(one.intent, one.slots) for one in result.commands]


@pytest.mark.parametrize(
    "text",
    [
        "हाँ लिख दो, उनसे बात हो गई है",
        "haan kar do, unse baat ho chuki hai",
        "yes, I've spoken to him",
        "yes that's right, he told me",
        "haan likh do, mujhe pata hai",
    ],
)
def test_a_yes_may_say_why(text: str) -> None:
    assert _said(text, Context(pending=_LARGE, asked="confirm")) == ("execute", [("confirm", {})])


@pytest.mark.parametrize("text", ["haan lekin usne liye nahi", "haan, mazaak tha", "yes if he comes"])
def test_a_yes_that_doubts_is_none(text: str) -> None:
    assert _said(text, Context(pending=_LARGE, asked="confirm")) != ("execute", [("confirm", {})])


@pytest.mark.parametrize("text", ["naya hai, jod do", "add him", "haan naya customer hai"])
def test_who_is_new_is_added(text: str) -> None:
    assert _said(text, Context(pending=_UNKNOWN, asked="unknown_customer")) == ("execute", [("confirm", {})])


@pytest.mark.parametrize("text", ["Bunty ne diye hain", "nahi, Bunty hai", "nahi nahi Bunty ne diye hain"])
def test_somebody_else_was_meant(text: str) -> None:
    expected = ("execute", [("payment.record", {"customer": "Bunty"})])
    assert _said(text, Context(pending=_UNKNOWN, asked="unknown_customer")) == expected


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a Harpic and two Boost", [{"product": "Harpic", "qty": 1}, {"product": "Boost", "qty": 2}]),
        ("half a kilo of rajma please", [{"product": "Rajma", "qty": 0.5, "unit": "kg"}]),
        ("1 kg chawal aur kuch nahi", [{"product": "Kolam Rice", "qty": 1, "unit": "kg"}]),
        (
            "2 kg chini n 1 pkt Lays",
            [{"product": "Sugar", "qty": 2, "unit": "kg"}, {"product": "Lays", "qty": 1, "unit": "packet"}],
        ),
    ],
)
def test_goods_are_told_with_their_numbers(text: str, items: list[dict[str, SlotValue]]) -> None:
    expected = ("execute", [("invoice.create", {"items": items})])
    assert _said(text, Context(pending=_GOODS, asked="items")) == expected


def test_a_unit_that_says_nothing_is_asked_about() -> None:
    waiting = Command(intent="stock.add", slots={"product": "Rajma"})
    assert _said("ek bori", Context(pending=waiting, asked="qty")) == ("ask", [("stock.add", {"qty": 1})])


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("he's just paid 250", "payment.record", {"customer": "Bunty", "amount": 250}),
        ("isi ne abhi sau diye", "payment.record", {"customer": "Bunty", "amount": 100}),
        ("achha isi ko sau rupaye udhaar bhi de diye", "credit.add", {"customer": "Bunty", "amount": 100}),
        ("इन्हें व्हाट्सऐप पर तगादा भेज दो", "reminder.schedule", {"customer": "Bunty", "channel": "whatsapp"}),
        (
            "itna? to kal subah yaad dila dena unhe",
            "reminder.schedule",
            {"customer": "Bunty", "date": "2026-11-27", "daypart": "morning"},
        ),
        ("ab kitna bacha", "balance.check", {"customer": "Bunty"}),
    ],
)
def test_a_line_goes_on_about_the_one_who_was_spoken_of(text: str, intent: str, slots: dict[str, SlotValue]) -> None:
    context = Context(last_customer="Bunty", last_intent="balance.check")
    assert _said(text, context) == ("execute", [(intent, slots)])
