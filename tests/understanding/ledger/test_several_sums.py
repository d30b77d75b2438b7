"""Several sums in one line: each is somebody's own, of the day that was said, or none of them is written unasked."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import Command, Context
from support.shop_tables import WRITES
from support.understanding_shop import SHOP, haat, shop


def _read(text: str) -> tuple[str, list[tuple[str, object, object]]]:
    result = SHOP.understand(text, shop())
    told = [(one.intent, one.slots.get("customer"), one.slots.get("amount")) for one in result.commands]
    return result.decision, told


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("Priya 120, Suresh 80, Lakhan 40 udhaar", "confirm"),
        ("Priya 120 Suresh 80 Lakhan 40 udhaar likho", "execute"),
        ("udhaar likho: Priya 120, Suresh 80, Lakhan 40", "execute"),
        ("Priya ko 120, Suresh ko 80 aur Lakhan ko 40 udhaar", "execute"),
        ("प्रिया 120 सुरेश 80 लखन 40 उधार", "confirm"),
    ],
)
def test_a_list_of_people_and_sums_is_an_entry_for_each(text: str, decision: str) -> None:
    people = (("Priya Patel", 120), ("Suresh Yadav", 80), ("Lakhan Singh", 40))
    assert _read(text) == (decision, [("credit.add", name, amount) for name, amount in people])


def test_who_gave_as_the_one_before_is_read_back() -> None:
    paid = [("payment.record", "Priya Patel", 120), ("payment.record", "Suresh Yadav", 80)]
    assert _read("Priya paid 120, Suresh 80") == ("confirm", paid)


@pytest.mark.parametrize(
    "text",
    ["kal Priya ne 120, Suresh ne 80 aur Lakhan ne 50 diye", "Priya ne 120, Suresh ne 80 aur Lakhan ne 50 kal diye"],
)
def test_a_day_before_or_behind_all_is_the_day_of_each(text: str) -> None:
    commands = SHOP.understand(text, shop()).commands
    assert [one.slots.get("date") for one in commands] == ["2026-11-25"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "Priya ne 120, Suresh ne kal 80 aur Lakhan ne 50 diye",
        "Priya 120, Zubin 80, Lakhan 40 udhaar",
        "Priya 120 Suresh 80 Lakhan jama",
        "Priya ne 120, Suresh ne 80 nahi diye",
        "kya Priya ne 120, Suresh ne 80 diye",
        "did Priya pay 120 and Suresh paid 80",
        "agar Priya ne 120, Suresh ne 80 diye",
        "Priya ne 120 Suresh ko diye",
        "Rahul ne 500 diye, uske bete ne 200 aur",
        "500 diye, uske bete ne 200 aur",
        "Rahul ne 500 diye phir 200 diye",
        "Priya 120, Suresh 80",
        " ".join(
            f"{name} {n + 10}0" for n, name in enumerate(("Priya", "Suresh", "Lakhan", "Ravi", "Anil", "Neha", "Vikas"))
        )
        + " jama",
    ],
)
def test_a_list_of_which_something_is_unclear_is_not_written(text: str) -> None:
    result = SHOP.understand(text, shop())
    assert result.decision != "execute" or not any(one.intent in WRITES for one in result.commands)


def test_a_name_that_is_a_word_is_one_in_a_list() -> None:
    result = SHOP.understand("Bunty 120, Kavita 80 udhaar", haat())
    assert (result.decision, result.ask) == ("ask", "customer")
    assert result.commands[1].slots["customer_candidates"] == ["Kavita Menon", "Kavita Nair"]
    assert result.commands[0] == Command(intent="credit.add", slots={"customer": "Bunty", "amount": 120})


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("Suresh ne 600 diye or Farida ko 350 udhaar de diya", ["payment.record", "credit.add"]),
        ("Suresh ne 200 diye or Farida ka hisab batao", ["payment.record", "balance.check"]),
        ("Suresh ko saadhe chaar sau wapas karne hain, refund daal do", ["payment.refund"]),
        ("add a new customer, name Meghna Pillai, phone 9999977123", ["customer.create"]),
    ],
)
def test_a_typed_and_parts_commands_and_what_is_said_again_is_none(text: str, intents: list[str]) -> None:
    result = SHOP.understand(text, shop())
    assert [command.intent for command in result.commands] == intents


def test_which_one_is_no_sum() -> None:
    slots: dict[str, SlotValue] = {
        "customer": "Sohan",
        "customer_candidates": ["Sohan Lal", "Sohan Singh"],
        "amount": 900,
    }
    waiting = Context(pending=Command(intent="payment.record", slots=slots), asked="customer")
    result = SHOP.understand("the Singh one", haat(), waiting)
    assert [command.slots.get("customer") for command in result.commands] == ["Sohan Singh"]
    assert all(command.slots.get("amount", 900) == 900 for command in result.commands)
