"""What is taken back within a sentence, and by the sentence after an entry: the value that holds is the one meant, and
no second entry comes of it."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import Command, Context
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


def _after(intent: str) -> Context:
    return Context(last_intent=intent, last_customer="Rahul Sharma")


@pytest.mark.parametrize(
    ("intent", "text", "slots"),
    [
        ("payment.record", "sorry 400 nahi, 450", {"amount": 450}),
        ("payment.record", "make that 1200", {"amount": 1200}),
        ("payment.record", "1200 tha", {"amount": 1200}),
        ("credit.add", "1200 rather", {"amount": 1200}),
        ("payment.record", "I mean 32", {"amount": 32}),
        ("payment.record", "oh wait 12", {"amount": 12}),
        ("payment.record", "ruko, 33", {"amount": 33}),
        ("payment.record", "actually he paid 450 not 400", {"amount": 450}),
        ("payment.record", "nahi 150 diye", {"amount": 150}),
        ("payment.record", "galti ho gayi, 210 the", {"amount": 210}),
        ("payment.record", "that should be 93", {"amount": 93}),
        ("payment.record", "Lakhan nahi, Mangal ne diye", {"customer": "Mangal Pandey"}),
        ("credit.add", "Suresh ko nahi, Mangal ko", {"customer": "Mangal Pandey"}),
        ("payment.record", "Suresh nahi Mangal", {"customer": "Mangal Pandey"}),
        ("payment.record", "450 likho", {"amount": 450}),
        ("payment.record", "नहीं, एक सौ दस", {"amount": 110}),
        ("payment.record", "cash nahi, upi se diye", {"method": "upi"}),
        ("payment.record", "upi se", {"method": "upi"}),
        ("credit.add", "500 nahi 50", {"amount": 50}),
        ("credit.add", "nahi 450 ka", {"amount": 450}),
        ("invoice.create", "nahi 12 kilo", {"qty": 12, "unit": "kg"}),
        ("invoice.create", "Maggi mat likho", {"items": [{"product": "Maggi", "qty": 0}]}),
        ("invoice.create", "nahi 5", {"qty": 5}),
        ("invoice.create", "nahi 5 rupaye", {"amount": 5}),
        ("invoice.create", "nahi 450", {"amount": 450}),
        ("stock.add", "nahi 12 kilo", {"qty": 12, "unit": "kg"}),
    ],
)
def test_a_line_after_an_entry_puts_it_right(intent: str, text: str, slots: dict[str, SlotValue]) -> None:
    result = SHOP.understand(text, shop(), _after(intent))
    assert (result.decision, result.commands) == ("confirm", [Command(intent="correct", slots=slots)])


@pytest.mark.parametrize("text", ["1234", "4321 rupaye", "theek, ab chalo lakhan", "Lakhan", "uske 250"])
def test_a_number_or_a_name_after_an_entry_is_no_other_entry(text: str) -> None:
    assert SHOP.understand(text, shop(), _after("payment.record")).decision == "ask"


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("aur Priya ne 200", Command(intent="payment.record", slots={"customer": "Priya Patel", "amount": 200})),
        ("aur 500", Command(intent="payment.record", slots={"customer": "Rahul Sharma", "amount": 500})),
        ("uska phone number?", Command(intent="customer.info", slots={"customer": "Rahul Sharma", "field": "phone"})),
        ("nahi", Command(intent="deny")),
    ],
)
def test_what_goes_on_after_an_entry_stays(text: str, command: Command) -> None:
    result = SHOP.understand(text, shop(), _after("payment.record"))
    assert (result.decision, result.commands) == ("execute", [command])


def test_what_is_yet_to_come_puts_nothing_right() -> None:
    for text in ("nahi, kal 500 dega", "no, he will pay 500 tomorrow"):
        commands = SHOP.understand(text, shop(), _after("payment.record")).commands
        assert not {"correct", "payment.record"} & {one.intent for one in commands}


@pytest.mark.parametrize("text", ["Rahul ne kitne diye", "कल राहुल ने कितना दिया था", "how much has Rahul paid"])
def test_how_much_somebody_gave_is_a_question(text: str) -> None:
    assert [one.intent for one in SHOP.understand(text, shop()).commands] == ["balance.check"]


def test_a_sum_that_nobody_has_is_asked_about_and_no_phone() -> None:
    result = SHOP.understand("Suresh ne 50000000 diye", shop())
    assert (result.decision, result.ask, result.commands[0].intent) == ("ask", "amount", "payment.record")


@pytest.mark.parametrize("text", ["bana do", "haan bana do", "haan likh do"])
def test_to_make_is_no_yes_to_taking_back(text: str) -> None:
    result = SHOP.understand(text, shop(), Context(pending=Command(intent="undo"), asked="confirm"))
    assert "confirm" not in {one.intent for one in result.commands}


@pytest.mark.parametrize("text", ["nahi, Rahul ko 500 udhaar diye", "nahi Suresh ne 2 kilo cheeni li"])
def test_another_kind_of_entry_is_no_value_of_the_one_before(text: str) -> None:
    result = SHOP.understand(text, shop(), _after("payment.record"))
    assert not any(one.intent == "correct" or one.slots for one in result.commands)


_ITEMS: list[dict[str, SlotValue]] = [{"product": "Sugar", "qty": 1, "unit": "kg"}, {"product": "Maggi"}]
_BILL = Command(intent="invoice.create", slots={"customer": "Rahul Sharma", "items": _ITEMS})


@pytest.mark.parametrize(
    ("text", "command", "decision"),
    [
        ("Maggi mat likho", ("correct", [{"product": "Sugar", "qty": 1, "unit": "kg"}]), "confirm"),
        ("Maggi hata do", ("correct", [{"product": "Sugar", "qty": 1, "unit": "kg"}]), "confirm"),
        ("chai patti mat likho", ("invoice.create", None), "confirm"),
        ("cheeni aur Maggi mat likho", ("deny", None), "execute"),
    ],
)
def test_what_is_not_to_be_on_a_bill_that_waits_is_left_out(
    text: str, command: tuple[str, SlotValue], decision: str
) -> None:
    result = SHOP.understand(text, shop(), Context(pending=_BILL, asked="confirm"))
    assert (result.decision, result.commands[0].intent) == (decision, command[0])
    assert result.commands[0].slots.get("items") == command[1]


def test_a_sum_of_all_the_goods_is_asked_for_anew_without_some_of_them() -> None:
    summed = Command(intent="invoice.create", slots={**_BILL.slots, "amount": 300})
    result = SHOP.understand("Maggi mat likho", shop(), Context(pending=summed, asked="confirm"))
    assert (result.decision, result.ask) == ("ask", "amount")
