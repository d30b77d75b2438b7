"""An entry that is to be taken back is the one that was spoken of: by whose it is, how much, and of what kind."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from support.understanding_shop import SHOP, shop


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Imran ka 500 wala payment hatao", {"customer": "Imran Khan", "amount": 500, "kind": "payment"}),
        ("Suresh wala 350 hata do", {"customer": "Suresh Yadav", "amount": 350}),
        ("Imran ka udhaar 90 wala cancel karo", {"customer": "Imran Khan", "amount": 90, "kind": "credit"}),
        ("Suresh ko galti se 350 udhaar likh diya", {"customer": "Suresh Yadav", "amount": 350, "kind": "credit"}),
        ("Lakhan wala payment galat tha", {"customer": "Lakhan Singh", "kind": "payment"}),
        ("I wrongly added 500 for Rahul", {"customer": "Rahul Sharma", "amount": 500}),
        ("pichli entry hata do", {}),
        ("undo", {}),
    ],
)
def test_an_undo_is_of_what_was_said(text: str, meant: dict[str, SlotValue]) -> None:
    result = SHOP.understand(text, shop())
    assert [command.intent for command in result.commands] == ["undo"]
    assert (result.decision, result.beside) == ("confirm", [meant])


def test_one_of_several_of_that_name_is_asked_for() -> None:
    result = SHOP.understand("Ramesh ka 200 wala payment hata do", shop())
    assert (result.decision, result.ask) == ("ask", "customer")


@pytest.mark.parametrize(
    "text",
    [
        "Imran ka 500 mat hatao",
        "kya Imran ka 500 wala payment hata diya",
        "Rahul ka reminder hatao",
        "Rahul ka 500 ka udhaar maaf karo",
        "Rahul sent me 500 by mistake",
    ],
)
def test_what_takes_nothing_back(text: str) -> None:
    assert all(command.intent != "undo" for command in SHOP.understand(text, shop()).commands)


def test_the_sum_tells_which_bill() -> None:
    result = SHOP.understand("Rahul ka 500 wala bill cancel karo", shop())
    assert result.commands[0].slots == {"customer": "Rahul Sharma"}
    assert result.beside == [{"amount": 500}]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Lakhan wala payment 1100 nahi 1000 tha", {"was": 1100, "amount": 1000, "kind": "payment"}),
        ("Rahul ko 300 ki jagah 200 udhaar karo", {"was": 300, "amount": 200, "kind": "credit"}),
    ],
)
def test_an_entry_may_be_of_another_sum(text: str, meant: dict[str, SlotValue]) -> None:
    result = SHOP.understand(text, shop())
    assert [command.intent for command in result.commands] == ["correct"]
    assert (result.decision, result.beside) == ("confirm", [meant])


@pytest.mark.parametrize("text", ["Rahul ne 300 nahi 350 diye", "Rahul paid 350, not 300", "kya 300 nahi 200 tha"])
def test_a_sum_put_right_within_a_line_is_of_no_older_entry(text: str) -> None:
    assert all(command.intent != "correct" for command in SHOP.understand(text, shop()).commands)
