"""Whom a line is about: no word of the talk is a customer, no name said twice is two, no name is another one's."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from support.shop_tables import WRITES
from support.understanding_shop import SHOP, haat, kirana


def _said(text: str) -> tuple[str, str | None, list[tuple[str, dict[str, SlotValue]]]]:
    result = SHOP.understand(text, haat())
    return result.decision, result.ask, [(one.intent, one.slots) for one in result.commands]


@pytest.mark.parametrize(
    ("text", "customer"),
    [
        ("arre chhote, Prem Nath bahar khada hai, jaldi bol kitna lena hai usse", "Prem Nath"),
        ("अम्मा पूछ रही हैं, बंटी के खाते में कितना उधार खड़ा है", "Bunty"),
        ("dadi poochh rahi hain, Bunty pe kitna udhaar hai", "Bunty"),
        ("oye munna, Prem Nath ka hisaab bata", "Prem Nath"),
        ("Vidya Rao saamne khadi hai, uska kitna baaki hai", "Vidya Rao"),
        ("Sohan Singh ka udhaar kitna khada hai", "Sohan Singh"),
        ("bade bhaiya, Irfan Qureshi ka khata dikhao", "Irfan Qureshi"),
        ("haan wo bolo na tulsi ram ka tulsi ram ka kitna baaki hai", "Tulsi Ram"),
        ("tulsi ram tulsi ram ka kitna hai", "Tulsi Ram"),
        ("jaswindr kaur ka balance", "Jaswinder Kaur"),
        ("hema rawot ka balance", "Hema Rawat"),
        ("Bunty kitne ka karzdaar hai", "Bunty"),
    ],
)
def test_a_balance_is_that_of_the_one_who_is_named(text: str, customer: str) -> None:
    assert _said(text) == ("execute", None, [("balance.check", {"customer": customer})])


@pytest.mark.parametrize(
    ("text", "intent", "customer", "amount"),
    [
        ("chhote, Bunty ne 200 diye", "payment.record", "Bunty", 200),
        ("oye munna, Vidya Rao ne 450 diye likh le", "payment.record", "Vidya Rao", 450),
        ("seth ji, Rosy Dias ko 300 udhaar diye", "credit.add", "Rosy Dias", 300),
        ("Prem Nath ne 800 diye, bhaiya", "payment.record", "Prem Nath", 800),
        ("boss, Tulsi Ram paid 650", "payment.record", "Tulsi Ram", 650),
        ("छोटे, विद्या राव ने पाँच सौ दिए", "payment.record", "Vidya Rao", 500),
        ("bunty ne bunty ne 200 diye", "payment.record", "Bunty", 200),
        ("phol kumari k khate me 240 udhar chada dena", "credit.add", "Phool Kumari", 240),
        ("nasren bano ne 300 diye", "payment.record", "Nasreen Bano", 300),
        ("kavita menun ko 200 udhaar diye", "credit.add", "Kavita Menon", 200),
    ],
)
def test_an_entry_is_for_the_one_who_is_named(text: str, intent: str, customer: str, amount: int) -> None:
    assert _said(text) == ("execute", None, [(intent, {"customer": customer, "amount": amount})])


@pytest.mark.parametrize(
    "text",
    [
        "Munna ne 300 diye",
        "chhote ne 300 diye",
        "papa ne Bunty ko 500 diye",
        "mummy, Bunty aur Rosy ne 300 diye",
        "Bunty ne Rosy Dias ne 300 diye",
        "bhagwon singh ne 100 diye",
    ],
)
def test_nothing_is_written_for_somebody_else(text: str) -> None:
    assert _said(text)[0] != "execute"


@pytest.mark.parametrize("text", ["Sunit Thakur ne 500 diye", "Sunite Thakur ne 500 diye"])
def test_a_name_between_two_is_asked_about(text: str) -> None:
    result = SHOP.understand(text, kirana())
    assert result.decision != "execute"
    assert result.commands[0].intent in WRITES


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Phool Chand ko 80 udhaar diye", "Phool Chand"),
        ("Phool Singh ko 80 udhaar diye", "Phool Singh"),
        ("Ramdev Chand ko 80 udhaar diye", "Ramdev Chand"),
    ],
)
def test_a_given_name_with_another_family_name_is_nobody_on_the_list(text: str, name: str) -> None:
    assert _said(text) == ("ask", "unknown_customer", [("credit.add", {"customer": name, "amount": 80})])


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("new custmer Shabana Mirza phone 9999941706", "Shabana Mirza", "9999941706"),
        ("naya custmar jodo Dilbagh Gill number 9999922222", "Dilbagh Gill", "9999922222"),
        ("new coustomer Ritu Tandon mobile 9999933333", "Ritu Tandon", "9999933333"),
        ("naya kustomer banao Farhan Siddiqui 9999944444", "Farhan Siddiqui", "9999944444"),
    ],
)
def test_the_word_that_announces_a_name_is_none_of_it(text: str, name: str, phone: str) -> None:
    assert _said(text) == ("execute", None, [("customer.create", {"name": name, "phone": phone})])


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("do sau baarah number ka bill gadbad hai, radd karo use", {"invoice_no": "212"}),
        ("78 number wala bill radd kar do", {"invoice_no": "78"}),
        ("Bunty ka bill gadbad ho gaya, cancel karo", {"customer": "Bunty"}),
        ("जॉर्ज वर्गीज़ का बिल कैंसल कर दीजिए, सामान लिया ही नहीं उन्होंने", {"customer": "George Varghese"}),
        ("Prem Nath ka bill radd kar do, usne maal liya hi nahi", {"customer": "Prem Nath"}),
    ],
)
def test_a_bill_is_cancelled_by_its_number_or_whose_it_is(text: str, slots: dict[str, SlotValue]) -> None:
    assert _said(text) == ("confirm", None, [("invoice.cancel", slots)])


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        (
            "pehli november se dus november tak ki bikri kitni hui",
            "summary",
            {"date_from": "2026-11-01", "date_to": "2026-11-10"},
        ),
        (
            "पहली अक्टूबर से दस अक्टूबर तक की बिक्री बताओ",
            "summary",
            {"date_from": "2026-10-01", "date_to": "2026-10-10"},
        ),
        (
            "Bunty ko har mahine ki pehli tareekh ko yaad dilana",
            "reminder.schedule",
            {"customer": "Bunty", "recurrence": "monthly:1"},
        ),
        (
            "Tulsi Ram ko pehli december ko yaad dilana",
            "reminder.schedule",
            {"customer": "Tulsi Ram", "date": "2026-12-01"},
        ),
    ],
)
def test_the_first_is_a_day_of_a_month(text: str, intent: str, slots: dict[str, SlotValue]) -> None:
    assert _said(text) == ("execute", None, [(intent, slots)])
