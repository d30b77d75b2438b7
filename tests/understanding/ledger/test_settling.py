"""What is said beside an entry leaves it clear where the line asks for it, but for what may make it another one."""

from __future__ import annotations

import pytest

from offhook.understanding.ledger.decide import Doubts, one
from offhook.understanding.ledger.settling import telling
from offhook.understanding.model import Command
from support.understanding_shop import SHOP, shop


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (
            "Suresh Yadav ne 700 de diye, screen pe dikha raha hai, jama kar lo",
            Command(intent="payment.record", slots={"customer": "Suresh Yadav", "amount": 700}),
        ),
        (
            "please enter Suresh Yadav's payment of 700, she used her debit card",
            Command(intent="payment.record", slots={"customer": "Suresh Yadav", "amount": 700, "method": "card"}),
        ),
        (
            "gaadi se 20 kilo cheeni aayi hai, stock mein likh do",
            Command(intent="stock.add", slots={"product": "Sugar", "qty": 20, "unit": "kg"}),
        ),
    ],
)
def test_what_is_told_beside_an_entry_leaves_it_clear(text: str, command: Command) -> None:
    result = SHOP.understand(text, shop())
    assert (result.decision, result.commands) == ("execute", [command])


@pytest.mark.parametrize(
    "text",
    [
        "Suresh ki saheli 350 ka saman udhaar le gayi",
        "Suresh ke saale ne 350 udhaar liya hai",
        "सुरेश के साले ने साढ़े तीन सौ का सामान उधार लिया",
        "Suresh's cousin took 350 on credit",
        "Suresh ne 250 cash diye the ya upi kiya tha",
        "Suresh ko 350 udhaar liye",
    ],
)
def test_another_person_a_choice_or_a_twisted_direction_is_never_written(text: str) -> None:
    assert SHOP.understand(text, shop()).decision != "execute"


@pytest.mark.parametrize(
    ("text", "turning"),
    [
        ("Suresh ki saheli ne 350 diye", {"saheli"}),
        ("Suresh ne 350 blorps diye", {"blorps"}),
        ("Suresh ne 350 diye, screen pe aa gaya", set[str]()),
    ],
)
def test_words_that_may_make_it_another_entry(text: str, turning: set[str]) -> None:
    reading, clauses = SHOP.read(text, shop())
    words = reading.scan.words
    assert turning <= {words[i] for clause in clauses for i in telling(reading.scan, clause)}
    assert turning or not any(telling(reading.scan, clause) for clause in clauses)


@pytest.mark.parametrize(
    "text",
    ["Suresh ne shayad 500 udhaar liye honge", "Kal Suresh 500 de gaya kya"],
)
def test_a_guess_that_something_bars_is_never_carried_out(text: str) -> None:
    assert SHOP.understand(text, shop()).decision != "execute"


def test_something_beside_it_makes_an_entry_a_question() -> None:
    command = Command(intent="payment.record", slots={"customer": "Suresh Yadav", "amount": 700})
    assert one(command, Doubts(), 1_000_000) == ("execute", None)
    assert one(command, Doubts(beside=True), 1_000_000) == ("confirm", None)


@pytest.mark.parametrize(
    "text",
    ["bus chhoot gayi ab kya karun", "mere hisaab se Sachin best hai, tumhe kya lagta hai"],
)
def test_talk_of_elsewhere_is_no_look_up(text: str) -> None:
    result = SHOP.understand(text, shop())
    assert result.decision == "fallback"


@pytest.mark.parametrize(
    "text", ["lent ek hazaar to mohan das nahi", "received 2000 from mohan das nahi", "mohan das sau jama karo"]
)
def test_a_number_that_may_be_of_the_name_is_never_part_of_a_sum(text: str) -> None:
    result = SHOP.understand(text, shop())
    assert result.decision != "execute" or result.commands == [Command(intent="deny")]
