"""Everyday English of a shopkeeper: stock that came in, on the slate, promises, calls about dues, new names."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from support.shop_tables import WRITES
from support.understanding_shop import SHOP, haat

_CREDIT, _PAID, _REMIND, _NEW = "credit.add", "payment.record", "reminder.schedule", "customer.create"


def _said(text: str) -> tuple[str, list[tuple[str, dict[str, SlotValue]]]]:
    result = SHOP.understand(text, haat())
    return result.decision, [(one.intent, one.slots) for one in result.commands]


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("put 12 packets of Lays into stock", {"product": "Lays", "qty": 12, "unit": "packet"}),
        ("Restock entry: 40 packets of Lays came in", {"product": "Lays", "qty": 40, "unit": "packet"}),
        ("Stock update: 20 kilos of sugar arrived", {"product": "Sugar", "qty": 20, "unit": "kg"}),
        ("log 15 litres of milk into the stock", {"product": "Milk", "qty": 15, "unit": "litre"}),
        ("fresh stock came in, 40 Frooti", {"product": "Frooti", "qty": 40}),
        ("Restocked 30 Harpic", {"product": "Harpic", "qty": 30}),
    ],
)
def test_goods_come_into_the_stock(text: str, slots: dict[str, SlotValue]) -> None:
    assert _said(text) == ("execute", [("stock.add", slots)])


def test_an_entry_of_the_stock_goes_before_a_question() -> None:
    decision, commands = _said("put 6 Harpic into stock and tell me what's running low")
    assert (decision, [intent for intent, _ in commands]) == ("execute", ["stock.add", "stock.low"])


@pytest.mark.parametrize(
    ("text", "intent", "customer", "amount"),
    [
        ("Gopal Krishna's taken 360 on tick", _CREDIT, "Gopal Krishna", 360),
        ("Prem Nath took 350 on the slate", _CREDIT, "Prem Nath", 350),
        ("put 250 on Bunty's slate", _CREDIT, "Bunty", 250),
        ("Tulsi Ram's borrowed 900", _CREDIT, "Tulsi Ram", 900),
        ("Chanda Devi's paid 600", _PAID, "Chanda Devi", 600),
        ("charge 95 to Rosy Dias's account", _CREDIT, "Rosy Dias", 95),
    ],
)
def test_money_is_taken_on_the_slate(text: str, intent: str, customer: str, amount: int) -> None:
    assert _said(text) == ("execute", [(intent, {"customer": customer, "amount": amount})])


@pytest.mark.parametrize(
    ("text", "customer", "amount", "due"),
    [
        ("Lent Bunty six hundred on credit, he says he'll return it by the 12th of December", "Bunty", 600, "12-12"),
        ("Gave Vidya Rao 1200 on credit, she promised to pay it back by 5 December", "Vidya Rao", 1200, "12-05"),
        ("Rosy Dias borrowed 300, says she'll give it back by Monday", "Rosy Dias", 300, "11-30"),
        ("Sohan Singh ko 800 udhaar diye, kehta hai somvar tak lauta dega", "Sohan Singh", 800, "11-30"),
        ("hemant rawat ne 650 udhaar liye, bola hai 3 december tak de dega", "Hemant Rawat", 650, "12-03"),
    ],
)
def test_a_promise_behind_what_was_lent_says_until_when(text: str, customer: str, amount: int, due: str) -> None:
    slots = {"customer": customer, "amount": amount, "due_date": f"2026-{due}"}
    assert _said(text) == ("execute", [(_CREDIT, slots)])


@pytest.mark.parametrize(
    "text",
    [
        "George Varghese says he will pay 500 by Monday",
        "Bunty ko 500 udhaar diye, kehta hai nahi dega",
        "Bunty ko 500 udhaar diye, kehta hai wapas de diye",
        "Rosy Dias borrowed 300, says Bunty will pay it by Monday",
        "Rosy Dias borrowed 300, says she never took it",
    ],
)
def test_what_is_only_promised_or_denied_is_not_written(text: str) -> None:
    decision, commands = _said(text)
    assert decision != "execute" or not WRITES.intersection(intent for intent, _ in commands)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "nudge Sohan Singh about his dues on the 5th of December, morning will do",
            {"customer": "Sohan Singh", "date": "2026-12-05", "daypart": "morning"},
        ),
        (
            "Ring Ashok Wadhwa on Monday at half past ten to remind him about the money",
            {"customer": "Ashok Wadhwa", "date": "2026-11-30", "time": "10:30", "channel": "call"},
        ),
        (
            "call Prem Nath on Saturday at 5 pm about his dues",
            {"customer": "Prem Nath", "date": "2026-11-28", "time": "17:00", "channel": "call"},
        ),
        (
            "phone Hema Rawat this evening and remind her of the payment",
            {"customer": "Hema Rawat", "date": "2026-11-26", "daypart": "evening", "channel": "call"},
        ),
        (
            "give Bunty a ring on Monday about what he owes",
            {"customer": "Bunty", "date": "2026-11-30", "channel": "call"},
        ),
        ("text Tulsi Ram tomorrow about his dues", {"customer": "Tulsi Ram", "date": "2026-11-27", "channel": "sms"}),
        (
            "prod Irfan Qureshi about the money he owes on the 2nd of December",
            {"customer": "Irfan Qureshi", "date": "2026-12-02"},
        ),
    ],
)
def test_who_is_called_about_dues_is_reminded(text: str, slots: dict[str, SlotValue]) -> None:
    assert _said(text) == ("execute", [(_REMIND, slots)])


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "register a new customer, Clement Rozario, he already owes us 1,150",
            {"name": "Clement Rozario", "opening_balance": 1150},
        ),
        (
            "open an account for a new customer, Benedict Rozario, phone 9999912345",
            {"name": "Benedict Rozario", "phone": "9999912345"},
        ),
        ("new customer: Shabnam Mirza, she owes 400 already", {"name": "Shabnam Mirza", "opening_balance": 400}),
        (
            "add Leela Chatterjee as a new customer, she owes us 300",
            {"name": "Leela Chatterjee", "opening_balance": 300},
        ),
        ("naya grahak jodo Ramdulari, number 9999911111", {"name": "Ramdulari", "phone": "9999911111"}),
    ],
)
def test_a_new_customer_is_named_behind_a_pause(text: str, slots: dict[str, SlotValue]) -> None:
    assert _said(text) == ("execute", [(_NEW, slots)])


@pytest.mark.parametrize(
    ("text", "customer"),
    [
        ("how deep in the red is Tulsi Ram with us", "Tulsi Ram"),
        ("how far behind is Tulsi Ram", "Tulsi Ram"),
        ("how much is Irfan Qureshi down for", "Irfan Qureshi"),
        ("how much is on Bunty's slate", "Bunty"),
        ("where do we stand with Prem Nath", "Prem Nath"),
    ],
)
def test_a_balance_is_asked_about(text: str, customer: str) -> None:
    assert _said(text) == ("execute", [("balance.check", {"customer": customer})])


@pytest.mark.parametrize(
    ("text", "customer", "amount"),
    [
        ("Kavita Menon brought the maida back, refund her one hundred and ten", "Kavita Menon", 110),
        ("Rosy Dias returned the biscuit, give her 40 back", "Rosy Dias", 40),
        ("the milk was sour, refund Bunty 55", "Bunty", 55),
        ("Prem Nath came back with the shampoo, refund him 180", "Prem Nath", 180),
    ],
)
def test_money_goes_back_for_what_came_back(text: str, customer: str, amount: int) -> None:
    assert _said(text) == ("confirm", [("payment.refund", {"customer": customer, "amount": amount})])


@pytest.mark.parametrize(
    ("text", "customer", "amount", "method"),
    [
        ("Please enter Jaswinder Kaur's payment of ₹1,075, she used her debit card", "Jaswinder Kaur", 1075, "card"),
        ("Ashok Wadhwa paid 3,400 using his credit card", "Ashok Wadhwa", 3400, "card"),
        ("Sohan Lal paid 260, he swiped his card", "Sohan Lal", 260, "card"),
        ("Babita Sethi's payment of 700 came in, she used google pay", "Babita Sethi", 700, "upi"),
    ],
)
def test_how_it_was_paid_holds_nothing_back(text: str, customer: str, amount: int, method: str) -> None:
    assert _said(text) == ("execute", [(_PAID, {"customer": customer, "amount": amount, "method": method})])


@pytest.mark.parametrize(
    "text",
    [
        "Bunty took 2 Pepsi and will pay later, put it on his account",
        "Bunty took 2 Pepsi and will pay later, so bill it on credit",
    ],
)
def test_goods_that_are_paid_later_are_billed_on_credit(text: str) -> None:
    slots: dict[str, SlotValue] = {"customer": "Bunty", "items": [{"product": "Pepsi", "qty": 2}], "on_credit": True}
    assert _said(text) == ("execute", [("invoice.create", slots)])


@pytest.mark.parametrize(
    "text", ["Anthony Pereira ke 700 chadha lo", "Rosy Dias ka 450 chadha dena", "प्रेम नाथ के 250 चढ़ा दो"]
)
def test_a_sum_that_is_only_put_up_is_read_back(text: str) -> None:
    assert _said(text)[0] == "confirm"


@pytest.mark.parametrize("text", ["Bunty par 300 chadha do", "Bunty ke naam 300 chadha do"])
def test_nobody_is_called_as_one_puts_it_up(text: str) -> None:
    assert _said(text) == ("execute", [(_CREDIT, {"customer": "Bunty", "amount": 300})])


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("received 500 off Tulsi Ram", {"customer": "Tulsi Ram", "amount": 500}),
        ("got 1,275 from Anthony Pereira over UPI", {"customer": "Anthony Pereira", "amount": 1275, "method": "upi"}),
        (
            "Ashok Wadhwa's cheque for 12,500 has come in, please log it",
            {"customer": "Ashok Wadhwa", "amount": 12500, "method": "cheque"},
        ),
        (
            "Hema Rawat's 1,800 came in by bank transfer",
            {"customer": "Hema Rawat", "amount": 1800, "method": "bank"},
        ),
        ("murli manohar paid back 700 of what he owes", {"customer": "Murli Manohar", "amount": 700}),
        ("ek kaam karo Sohan Lal ka 300 jama likh do", {"customer": "Sohan Lal", "amount": 300}),
    ],
)
def test_money_comes_in(text: str, slots: dict[str, SlotValue]) -> None:
    assert _said(text) == ("execute", [(_PAID, slots)])


@pytest.mark.parametrize(
    ("text", "customer", "amount"),
    [
        ("Let Bunty have 150 on credit", "Bunty", 150),
        ("Kavita Nair took 220 worth of stuff on credit", "Kavita Nair", 220),
        ("add 480 to Murli Manohar's tab", "Murli Manohar", 480),
        ("Anthony Pereira borrowed 650 from the shop", "Anthony Pereira", 650),
    ],
)
def test_credit_is_given(text: str, customer: str, amount: int) -> None:
    assert _said(text) == ("execute", [(_CREDIT, {"customer": customer, "amount": amount})])


@pytest.mark.parametrize(
    ("text", "decision", "commands"),
    [
        (
            "Remind me how much Gopal Krishna is yet to clear",
            "execute",
            [("balance.check", {"customer": "Gopal Krishna"})],
        ),
        ("no need to remind Rosy Dias any more", "execute", [("reminder.cancel", {"customer": "Rosy Dias"})]),
        ("stop bugging Irfan Qureshi about the dues", "execute", [("reminder.cancel", {"customer": "Irfan Qureshi"})]),
        ("everyone who owes over 1500, send them a reminder", "confirm", [("reminder.bulk", {"min_amount": 1500})]),
        (
            "Kavita Nair ko yaad mat dilana, reminder hatao",
            "execute",
            [("reminder.cancel", {"customer": "Kavita Nair"})],
        ),
        ("rub that out", "confirm", [("undo", {})]),
        (
            "Add Farida Contractor to the customer list, her mobile is 9999966666",
            "execute",
            [(_NEW, {"name": "Farida Contractor", "phone": "9999966666"})],
        ),
        (
            "naya grahak Rehana Khatoon 9999988888",
            "execute",
            [(_NEW, {"name": "Rehana Khatoon", "phone": "9999988888"})],
        ),
    ],
)
def test_one_wish_is_one_command(text: str, decision: str, commands: list[tuple[str, dict[str, SlotValue]]]) -> None:
    assert _said(text) == (decision, commands)


def test_half_a_dozen_are_six() -> None:
    items = [{"product": "Notebook", "qty": 6, "unit": "piece"}, {"product": "Pen", "qty": 10}]
    slots: dict[str, SlotValue] = {"customer": "Kavita Menon", "items": items}
    assert _said("Bill Kavita Menon for half a dozen notebooks and ten pens") == (
        "execute",
        [("invoice.create", slots)],
    )
