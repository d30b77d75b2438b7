"""Nothing is written whose sentence holds a word that the entry does not explain."""

from __future__ import annotations

import pytest

from offhook.understanding.model import Command, Context
from support.understanding_shop import SHOP, bazaar, shop

_READ_BACK = Context(
    pending=Command(intent="payment.record", slots={"customer": "Maria Pinto", "amount": 42000}), asked="confirm"
)
_HOW_MUCH = Context(pending=Command(intent="payment.record", slots={"customer": "Maria Pinto"}), asked="amount")
_LAST = Context(last_customer="Maria Pinto", last_intent="credit.add")


@pytest.mark.parametrize(
    "text",
    [
        "David ne mandir mein 500 diye",
        "Om Prakash ne 500 mere bhai ko diye",
        "Sarita ke 500 aate hi likh dena",
        "20 kilo cheeni padosi ke yahan aayi",
        "I bought eggs for 84",
        "Sarita ne 500 diye the pichle saal wale hisaab mein",
        "Maria paid 500 too much",
    ],
)
def test_a_word_that_an_entry_does_not_explain_holds_it_back(text: str) -> None:
    assert SHOP.understand(text, bazaar()).decision != "execute"


@pytest.mark.parametrize(
    "text",
    [
        "haan ji zara Priya ne aaj 500 rupaye diye hain cash mein",
        "please note that Anil Mehta has paid Rs 500 by upi today",
        "Sunita Joshi ko dawai ke liye 500 udhaar diye",
        "Deepak ka bill gst laga ke bana do 5 kilo chawal",
    ],
)
def test_what_changes_nothing_holds_nothing_back(text: str) -> None:
    assert SHOP.understand(text, shop()).decision == "execute"


@pytest.mark.parametrize(
    ("context", "text"),
    [
        (_HOW_MUCH, "500 degi"),
        (_HOW_MUCH, "500 nahi diye"),
        (_HOW_MUCH, "shayad 500"),
        (_HOW_MUCH, "uske bhai ne 500 diye"),
        (_LAST, "aur Chhotu 200 maang raha tha"),
        (_LAST, "aur Chhotu ko mandir mein 200"),
    ],
)
def test_an_answer_that_tells_more_is_read_back(context: Context, text: str) -> None:
    assert SHOP.understand(text, bazaar(), context).decision == "confirm"


@pytest.mark.parametrize("text", ["haan mazaak tha", "yes she said so", "haan kitna hai", "haan dusre ka hai"])
def test_a_yes_that_says_more_than_yes_is_asked_again(text: str) -> None:
    result = SHOP.understand(text, bazaar(), _READ_BACK)
    assert (result.decision, result.commands) == ("confirm", [Command(intent="payment.record")])


@pytest.mark.parametrize("text", ["haan", "haan bhai likh do", "yes please write it", "theek hai likho", "sahi hai"])
def test_a_plain_yes_is_one(text: str) -> None:
    assert SHOP.understand(text, bazaar(), _READ_BACK).commands == [Command(intent="confirm")]


@pytest.mark.parametrize(
    ("text", "decision", "intent"),
    [
        ("Dilip ko paanch sau", "confirm", "credit.add"),
        ("Dilip se 500", "confirm", "payment.record"),
        ("Lalita Kumari 800 rupaye", "confirm", "payment.record"),
        ("Dilip 500 600", "ask", "payment.record"),
    ],
)
def test_a_sum_without_a_deed_is_one_short_question(text: str, decision: str, intent: str) -> None:
    result = SHOP.understand(text, bazaar())
    assert (result.decision, [one.intent for one in result.commands]) == (decision, [intent])


def test_why_an_entry_is_held_back_is_explained() -> None:
    explained = SHOP.understand("David ne mandir mein 500 diye", bazaar(), explain=True).explain
    assert "words that an entry does not explain: mandir, mein" in explained
