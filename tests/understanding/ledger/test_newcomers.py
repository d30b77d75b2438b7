"""Names of customers who are not on the list yet: whole, and no word of one is a sum."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from support.understanding_shop import SHOP, shop


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("add customer Bhola Das", {"name": "Bhola Das"}),
        ("add customer Hari Sau", {"name": "Hari Sau"}),
        ("new customer Ram Lakh", {"name": "Ram Lakh"}),
        ("naya customer Pooja Do Bigha", {"name": "Pooja Do Bigha"}),
        ("naya customer Bhola Das number 9999912345", {"name": "Bhola Das", "phone": "9999912345"}),
        ("naya customer Bablu Pandit number 9999912345", {"name": "Bablu Pandit", "phone": "9999912345"}),
        ("naya customer A. K. Singh", {"name": "A. K. Singh"}),
        ("naya customer Dr. Kulkarni", {"name": "Dr. Kulkarni"}),
        ("naya customer Gopal Das udhaar 300", {"name": "Gopal Das", "opening_balance": 300}),
        ("naya customer Gopal do sau udhaar", {"name": "Gopal", "opening_balance": 200}),
        ("naya customer Gopal sau rupaye baaki", {"name": "Gopal", "opening_balance": 100}),
    ],
)
def test_a_name_with_words_of_numbers_is_read_back_whole(text: str, slots: dict[str, SlotValue]) -> None:
    result = SHOP.understand(text, shop())
    assert (result.decision in ("confirm", "ask"), result.commands[0].intent) == (True, "customer.create")
    assert result.commands[0].slots == slots


@pytest.mark.parametrize("text", ["naya customer jodo Sunil Kapoor", "naya customer Sunil Kapoor ji"])
def test_a_plain_name_is_added_as_it_is(text: str) -> None:
    result = SHOP.understand(text, shop())
    assert (result.decision, result.commands[0].slots) == ("execute", {"name": "Sunil Kapoor"})
