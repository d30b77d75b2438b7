"""A line that turns the entry which waits: the other side, read back anew; nothing else of it changes."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import Command, Context
from support.understanding_shop import SHOP, shop

_SLOTS: dict[str, SlotValue] = {"customer": "Priya Patel", "amount": 50}


def _waiting(intent: str) -> Context:
    return Context(pending=Command(intent=intent, slots=_SLOTS), asked="confirm", last_customer="Priya Patel")


@pytest.mark.parametrize(
    ("waits", "text", "turned"),
    [
        ("payment.record", "udhaar", "credit.add"),
        ("payment.record", "nahi jama nahi, udhaar", "credit.add"),
        ("payment.record", "haan udhaar likho", "credit.add"),
        ("credit.add", "jama", "payment.record"),
    ],
)
def test_a_bare_side_turns_it(waits: str, text: str, turned: str) -> None:
    result = SHOP.understand(text, shop(), _waiting(waits))
    assert (result.commands, result.decision) == ([Command(intent=turned, slots=_SLOTS)], "confirm")


@pytest.mark.parametrize("text", ["udhaar nahi", "haan", "nahi", "haan likh do", "udhaar kitna hai", "udhaar cancel"])
def test_what_turns_nothing(text: str) -> None:
    result = SHOP.understand(text, shop(), _waiting("payment.record"))
    assert all(command.intent != "credit.add" for command in result.commands)


def test_the_part_of_another_one_is_of_another_entry() -> None:
    result = SHOP.understand("Mohan Das ko do sau", shop(), _waiting("payment.record"))
    wanted = Command(intent="credit.add", slots={"customer": "Mohan Das", "amount": 200})
    assert (result.commands, result.decision) == ([wanted], "confirm")
