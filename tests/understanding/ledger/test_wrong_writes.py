"""Lines that were once written at once, or otherwise than they were meant: none of them is written unasked."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import Command, Context
from support.shop_tables import WRITES
from support.understanding_shop import SHOP, bazaar, kirana, shop


@pytest.mark.parametrize(
    "text",
    [
        "Priya paid 200 tomorrow",
        "Lakhan ko 3 packet doodh roz likhna",
        "Lakhan wala payment 1100 nahi 1000 tha",
        "doodh 50 packet mangwa do",
        "20 anda mangwane hain",
        "Rahul ka udhaar 500 kar do",
        "Rahul credit 500",
        "Rahul ko 90 rupaye ki cheeni di",
        "Mangal ne baaki sab de diya 100 chhod ke",
        "record payment to Priya 5000",
        "sabko batao kal dukaan band hai",
        "give Suresh 300",
        "Suresh ko 300 do",
        "सुरेश को 300 दो",
    ],
)
def test_it_is_asked_first(text: str) -> None:
    result = SHOP.understand(text, shop())
    assert result.decision != "execute" or not any(one.intent in WRITES for one in result.commands)


@pytest.mark.parametrize("text", ["Rahul ko message karo ki dukaan kal band hai", "ab se sabko reminder band"])
def test_a_message_of_other_things_and_the_end_of_reminders_are_no_reminder(text: str) -> None:
    assert not any(
        one.intent in ("reminder.schedule", "reminder.bulk") for one in SHOP.understand(text, shop()).commands
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("add customer Ravi Das", "Ravi Das"),
        ("add customer Hari Sau", "Hari Sau"),
        ("naya customer jodo Bablu Pandit number 9999912399", "Bablu Pandit"),
        ("new customer Ram Lakh", "Ram Lakh"),
        ("new customer Zoya Mirza with opening balance 450", "Zoya Mirza"),
    ],
)
def test_a_new_name_keeps_its_words_though_they_are_numbers_or_titles(text: str, name: str) -> None:
    slots = SHOP.understand(text, shop()).commands[0].slots
    assert slots["name"] == name
    assert ("opening_balance" in slots) == ("opening" in text)


def test_units_may_stand_without_a_blank() -> None:
    slots = SHOP.understand("Suresh bill 2kg sugar 1kg rice", shop()).commands[0].slots
    assert slots["items"] == [
        {"product": "Sugar", "qty": 2, "unit": "kg"},
        {"product": "Rice", "qty": 1, "unit": "kg"},
    ]
    oil = SHOP.understand("Rahul took 2L sarson ka tel", shop()).commands[0].slots
    assert oil["items"] == [{"product": "Mustard Oil", "qty": 2, "unit": "litre"}]


def test_the_same_for_somebody_else_is_for_the_time_that_was_said_before() -> None:
    context = Context(last_intent="reminder.schedule", last_customer="Rahul Sharma")
    assert SHOP.understand("Suresh ko bhi", shop(), context).beside == [{"as_before": True}]


_BILL = Context(
    pending=Command(
        intent="invoice.create",
        slots={
            "customer": "Rahul Sharma",
            "items": [{"product": "Sugar", "qty": 1, "unit": "kg"}, {"product": "Maggi", "qty": 2}],
        },
    ),
    asked="confirm",
)


def test_goods_that_are_not_to_be_written_go_from_the_bill_and_others_change_nothing() -> None:
    without = SHOP.understand("maggi mat likho", shop(), _BILL).commands[0]
    assert without == Command(intent="correct", slots={"items": [{"product": "Sugar", "qty": 1, "unit": "kg"}]})
    other = SHOP.understand("chai mat likho", shop(), _BILL)
    assert (other.decision, other.commands) == ("confirm", [Command(intent="invoice.create")])


def test_one_word_turns_what_was_read_back_the_other_way() -> None:
    waiting = Command(intent="payment.record", slots={"customer": "Priya Patel", "amount": 50})
    turned = SHOP.understand("udhaar", shop(), Context(pending=waiting, asked="confirm"))
    assert turned.decision == "confirm"
    assert turned.commands == [Command(intent="credit.add", slots={"customer": "Priya Patel", "amount": 50})]


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("nahi, udhaar tha", {"kind": "credit.add"}),
        ("should be 450", {"amount": 450}),
        ("correction: 250", {"amount": 250}),
    ],
)
def test_what_an_entry_should_have_been_is_read_back(text: str, slots: dict[str, SlotValue]) -> None:
    context = Context(last_intent="payment.record", last_customer="Lakhan Singh")
    result = SHOP.understand(text, shop(), context)
    assert (result.decision, result.commands) == ("confirm", [Command(intent="correct", slots=slots)])


def test_a_no_before_another_entry_loses_none() -> None:
    context = Context(last_intent="payment.record", last_customer="Lakhan Singh")
    result = SHOP.understand("no, and Priya paid 200", shop(), context)
    assert result.commands == [Command(intent="payment.record", slots={"customer": "Priya Patel", "amount": 200})]


@pytest.mark.parametrize(
    "text",
    [
        "Priya ka 48 wala bill paid hai",
        "Priya ka 48 ka bill paid ho gaya",
        "Priya ne 48 wala bill chuka diya",
        "Priya paid the bill of 48",
        "प्रिया का 48 वाला बिल पेड है",
    ],
)
def test_a_bill_that_is_paid_is_no_new_one(text: str) -> None:
    result = SHOP.understand(text, shop())
    paid = Command(intent="payment.record", slots={"customer": "Priya Patel", "amount": 48})
    assert (result.decision, result.commands) == ("confirm", [paid])


def test_a_bill_that_is_made_and_paid_is_a_new_one() -> None:
    result = SHOP.understand("make a bill of 48 for Priya, paid cash", shop())
    assert [one.intent for one in result.commands] == ["invoice.create"]


@pytest.mark.parametrize("text", ["Ram Sharan Das ne 500 diye", "paid 500 by Ram Sharan Das", "राम शरण दास ने 500 दिए"])
def test_three_words_of_a_name_are_one_person_and_no_number(text: str) -> None:
    for world in (bazaar(), kirana()):
        result = SHOP.understand(text, world)
        assert (result.decision, result.ask) == ("ask", "unknown_customer")
        assert result.commands[0].slots["amount"] == 500
    created = SHOP.understand("add customer Ram Sharan Das", bazaar())
    assert (created.decision, created.commands[0].slots) == ("confirm", {"name": "Ram Sharan Das"})


@pytest.mark.parametrize(
    "text",
    [
        "राहुल को दो किलो चीनी दी पैसे बाद में",
        "राहुल ने दो किलो चीनी ली, पैसे बाद में देगा",
        "Rahul ko 2 kilo cheeni di, paise baad mein",
        "Rahul took 2 kg sugar, will pay later",
    ],
)
def test_goods_that_are_paid_later_are_on_credit(text: str) -> None:
    result = SHOP.understand(text, shop())
    items = [{"product": "Sugar", "qty": 2, "unit": "kg"}]
    bill = Command(intent="invoice.create", slots={"customer": "Rahul Sharma", "items": items, "on_credit": True})
    assert (result.decision, result.commands) == ("confirm", [bill])


@pytest.mark.parametrize("text", ["cash mil gaya", "paise mil gaye", "payment ho gaya"])
@pytest.mark.parametrize("intent", ["credit.add", "invoice.create"])
def test_that_money_came_after_an_entry_asks_how_much(intent: str, text: str) -> None:
    result = SHOP.understand(text, shop(), Context(last_intent=intent, last_customer="Rahul Sharma"))
    assert (result.decision, result.ask) == ("ask", "amount")
    assert result.commands[0].intent == "payment.record"
    assert result.commands[0].slots["customer"] == "Rahul Sharma"
