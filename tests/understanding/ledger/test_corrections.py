"""What is taken back within a sentence, and by the sentence after an entry: the value that holds is the one meant, and
no second entry comes of it."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import Command
from support.understanding_shop import SHOP, shop


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("Rahul paid 350, not 300", {"customer": "Rahul Sharma", "amount": 350}),
        ("Rahul paid 350 (not 300)", {"customer": "Rahul Sharma", "amount": 350}),
        ("not 300, Rahul paid 350", {"customer": "Rahul Sharma", "amount": 350}),
        ("Suresh paid 40, not Rahul", {"customer": "Suresh Yadav", "amount": 40}),
        ("Suresh paid, not Imran Khan, 40", {"customer": "Suresh Yadav", "amount": 40}),
        ("got 55 by card, not cash, from Suresh", {"customer": "Suresh Yadav", "amount": 55, "method": "card"}),
        ("Rahul ne 300 nahi 350 diye", {"customer": "Rahul Sharma", "amount": 350}),
        ("Rahul ne 350 diye, 300 nahi", {"customer": "Rahul Sharma", "amount": 350}),
        ("Rahul nahi, Suresh ne 50 diye", {"customer": "Suresh Yadav", "amount": 50}),
        ("सुरेश ने पाँच सौ नहीं छह सौ दिए", {"customer": "Suresh Yadav", "amount": 600}),
    ],
)
def test_the_value_that_was_not_taken_back_holds(text: str, slots: dict[str, SlotValue]) -> None:
    result = SHOP.understand(text, shop())
    assert (result.decision, result.commands) == ("execute", [Command(intent="payment.record", slots=slots)])


def test_what_a_not_takes_back_of_goods_and_udhaar() -> None:
    bill = SHOP.understand("Bill Suresh for 2 kg sugar not 3 kg", shop()).commands
    assert bill[0].slots["items"] == [{"product": "Sugar", "qty": 2, "unit": "kg"}]
    udhaar = SHOP.understand("I gave Suresh 100 of goods on credit, not 200", shop()).commands
    assert udhaar == [Command(intent="credit.add", slots={"customer": "Suresh Yadav", "amount": 100})]
