"""What sounds like an entry and is none: it is to come, ordered, bidden, or told of one that is there already."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import Command, Context
from support.understanding_shop import SHOP, shop


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("doodh 50 packet mangwa do", "ordering"),
        ("20 kilo aata mangana hai", "ordering"),
        ("50 kilo cheeni kharid lo", "ordering"),
        ("cheeni ka order de do 50 kilo", "ordering"),
        ("buy 50 kg sugar", "ordering"),
        ("aur haan Suresh wala 350 tha", "told_of"),
        ("Suresh ko 3 packet doodh roz likhna", "each_day"),
        ("Rahul ko message karo ki dukaan kal band hai", "own_message"),
        ("Rahul ko message bhej do dukaan band hai", "own_message"),
        ("dukaan band hone ka message bhejo Rahul ko", "own_message"),
        ("ab se sabko reminder band", "reminders_of_all"),
        ("stop all reminders to everybody", "reminders_of_all"),
        ("sabke reminder band kar do", "reminders_of_all"),
    ],
)
def test_what_is_no_entry_is_said_to_be_none(text: str, reason: str) -> None:
    result = SHOP.understand(text, shop())
    assert (result.decision, result.commands[0].intent) == ("fallback", "out_of_scope")
    assert result.beside == [{"reason": reason}]


@pytest.mark.parametrize(
    "text",
    [
        "Rahul ko bolo 500 bheje",
        "Rahul ka udhaar 500 kar do",
        "Rahul credit 500",
        "Rahul ne dhai diye",
        "Rahul ne sava de diye",
        "Priya paid 200 tomorrow",
        "30 kilo aata mangwaya",
    ],
)
def test_what_may_mean_another_sum_day_or_deed_is_not_written_at_once(text: str) -> None:
    assert SHOP.understand(text, shop()).decision in ("ask", "confirm", "fallback")


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("50 packet doodh aaya", "stock.add", {"product": "Milk", "qty": 50, "unit": "packet"}),
        ("30 kilo cheeni kharid li", "stock.add", {"product": "Sugar", "qty": 30, "unit": "kg"}),
        ("bought 50 kg sugar", "stock.add", {"product": "Sugar", "qty": 50, "unit": "kg"}),
        ("Rahul ka 500 udhaar likh do", "credit.add", {"customer": "Rahul Sharma", "amount": 500}),
        ("add 500 credit for Rahul", "credit.add", {"customer": "Rahul Sharma", "amount": 500}),
        (
            "Rahul ne 2 kilo aata liya",
            "invoice.create",
            {"customer": "Rahul Sharma", "items": [{"product": "Atta", "qty": 2, "unit": "kg"}]},
        ),
        ("Rahul ne dhai sau diye", "payment.record", {"customer": "Rahul Sharma", "amount": 250}),
        ("Rahul ne dhai rupaye diye", "payment.record", {"customer": "Rahul Sharma", "amount": 2.5}),
        ("Rahul ne 300 nahi 350 diye", "payment.record", {"customer": "Rahul Sharma", "amount": 350}),
        ("Rahul ko message karo ki paise de de", "reminder.schedule", {"customer": "Rahul Sharma"}),
        ("Rahul ko message bhej do", "reminder.schedule", {"customer": "Rahul Sharma"}),
        ("Rahul ka reminder band karo", "reminder.cancel", {"customer": "Rahul Sharma"}),
    ],
)
def test_what_is_like_it_is_done(text: str, intent: str, slots: dict[str, SlotValue]) -> None:
    result = SHOP.understand(text, shop())
    assert (result.decision, result.commands) == ("execute", [Command(intent=intent, slots=slots)])


def test_a_sum_told_of_somebody_else_puts_nothing_right() -> None:
    after = Context(last_intent="payment.record", last_customer="Lakhan Singh")
    same = SHOP.understand("Lakhan wala 1000 tha", shop(), after)
    assert (same.decision, same.commands[0].slots) == ("confirm", {"amount": 1000})
    assert SHOP.understand("Suresh wala 350 tha", shop(), after).decision == "fallback"


@pytest.mark.parametrize("last", [None, "Lakhan Singh"])
def test_an_older_entry_is_put_right_by_what_it_was_once_that_is_confirmed(last: str | None) -> None:
    after = Context(last_intent="payment.record", last_customer=last) if last else None
    result = SHOP.understand("Suresh wala payment 300 nahi 350 tha", shop(), after)
    assert result.decision == "confirm"
    assert [one.intent for one in result.commands] == ["correct"]
    assert result.beside == [{"kind": "payment", "amount": 350, "was": 300}]
