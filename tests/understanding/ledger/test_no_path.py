"""What the book does not do is said, and is never the entry that has its words."""

from __future__ import annotations

import pytest

from support.understanding_shop import SHOP, shop


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("50 rupaye kam kar do bill mein", "waived"),
        ("Mohan ka 300 maaf", "waived"),
        ("give Mohan 50 off", "waived"),
        ("cheeni 45 ki jagah 44 lagao", "waived"),
        ("2 packet chai kharab nikli", "spoilt"),
        ("5 kg sugar got spoiled", "spoilt"),
        ("5 kilo chawal sad gaye hata do", "spoilt"),
        ("Suraj ko 2000 salary di", "own_money"),
        ("aaj maine 3000 cash bank mein jama kiye", "own_money"),
        ("record payment to Gupta Traders 5000", "own_money"),
        ("pay Suresh 200", "own_money"),
        ("Rahul ka naam Rahul Pandit kar do", "list_fixed"),
        ("Rahul ko list se hata do", "list_fixed"),
        ("cheeni ka rate?", "price"),
        ("cheeni ka bhav 46 kar do", "price"),
        ("Rahul ka last payment kab tha", "history"),
        ("likh lo 5000", "unwritten"),
    ],
)
def test_what_is_not_done_has_its_reason(text: str, reason: str) -> None:
    result = SHOP.understand(text, shop())
    assert ([command.intent for command in result.commands], result.beside) == (["out_of_scope"], [{"reason": reason}])


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Rahul paid 500 to me", "payment.record"),
        ("payment of 500 from Rahul", "payment.record"),
        ("payment Rahul ka 500 likho", "payment.record"),
        ("I gave 500 to Priya on credit", "credit.add"),
        ("50 kilo cheeni aayi hai", "stock.add"),
        ("Rahul ko 2 kilo cheeni 40 ke bhav se udhaar", "invoice.create"),
        ("Rahul ka number badal ke 9999912345 kar do", "customer.update"),
        ("Rahul ka naya number galat hai 9999912345 karo", "customer.update"),
        ("cheeni kitni bachi hai", "stock.check"),
    ],
)
def test_what_is_done_stays_what_it_is(text: str, intent: str) -> None:
    assert [command.intent for command in SHOP.understand(text, shop()).commands] == [intent]


@pytest.mark.parametrize("text", ["Suresh se 300 mat lena", "Rahul ne paise nahi diye", "Rahul did not pay"])
def test_a_denial_with_a_name_is_no_answer(text: str) -> None:
    result = SHOP.understand(text, shop())
    assert [command.intent for command in result.commands] == ["deny"]
    assert result.beside == [{"reason": "unwritten"}]


@pytest.mark.parametrize(
    "text", ["Mangal ne baaki sab de diya 100 chhod ke", "Imran paid all but 500", "Imran cleared his last bill"]
)
def test_less_than_everything_settles_nothing(text: str) -> None:
    result = SHOP.understand(text, shop())
    assert (result.decision, result.ask) == ("ask", "amount")
    assert "settle_all" not in result.commands[0].slots


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Rahul ek kilo chawal le gaya, paise nahi diye", "invoice.create"),
        ("राहुल एक किलो चावल ले गया, पैसे नहीं दिए", "invoice.create"),
        ("Rahul took 1 kg rice, did not pay", "invoice.create"),
        ("kal Suresh ne 700 diye the maine likha nahi", "payment.record"),
        ("Imran bought 2 kg rice and paid cash", "invoice.create"),
        ("Sunita ko 500 ka advance jama karo", "payment.record"),
    ],
)
def test_an_entry_beside_a_denial_is_read_back(text: str, intent: str) -> None:
    result = SHOP.understand(text, shop())
    assert ([command.intent for command in result.commands], result.decision) == ([intent], "confirm")


@pytest.mark.parametrize("text", ["Rahul ko 0 kilo cheeni", "Rahul ko 99999999999 kilo cheeni"])
def test_so_much_is_on_no_bill(text: str) -> None:
    result = SHOP.understand(text, shop())
    assert (result.commands[0].intent, result.ask) == ("invoice.create", "items")


def test_what_is_no_telephone_number_and_no_hour() -> None:
    assert SHOP.understand("Rahul ne 99999999999999999999 diye", shop()).ask == "amount"
    assert SHOP.understand("Rahul ko 99 baje reminder", shop()).ask == "time"
