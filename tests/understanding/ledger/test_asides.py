"""What is told beside an entry leaves it as clear as it is; what may change it has it read back."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from support.shop_tables import WRITES
from support.understanding_shop import SHOP, haat


def _said(text: str) -> tuple[str, str | None, list[tuple[str, dict[str, SlotValue]]]]:
    result = SHOP.understand(text, haat())
    return result.decision, result.ask, [(one.intent, one.slots) for one in result.commands]


def _paid(customer: str, amount: int, **more: str) -> list[tuple[str, dict[str, SlotValue]]]:
    return [("payment.record", {"customer": customer, "amount": amount, **more})]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("maalik, Tulsi Ram budhvar ko nau sau de gaya tha, aap bahar the", _paid("Tulsi Ram", 900, date="2026-11-25")),
        ("seth ji, Tulsi Ram teen sau de gaya, aap khaana kha rahe the", _paid("Tulsi Ram", 300)),
        ("boss, Prem Nath paid 700, you were out", _paid("Prem Nath", 700)),
        (
            "Sohan Singh ne kal 900 diye the, tab aap dukaan pe nahi the",
            _paid("Sohan Singh", 900, date="2026-11-25"),
        ),
        ("Hema Rawat 500 de gayi, aap ghar gaye hue the", _paid("Hema Rawat", 500)),
        ("Prem Nath ne 800 diye jab main dukaan pe tha", _paid("Prem Nath", 800)),
        ("Rosy Dias paid 400 while you were at lunch", _paid("Rosy Dias", 400)),
        ("रोज़ी डायस ने चार सौ दिए, आप दुकान पर नहीं थे", _paid("Rosy Dias", 400)),
    ],
)
def test_where_somebody_was_holds_no_payment_back(text: str, commands: list[tuple[str, dict[str, SlotValue]]]) -> None:
    assert _said(text) == ("execute", None, commands)


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("Kavita Menon ka gpay dikha raha hai 640 ka, jama kar lo", _paid("Kavita Menon", 640, method="upi")),
        ("Rosy Dias ka 560 phonepe pe dikh raha hai, jama kar do", _paid("Rosy Dias", 560, method="upi")),
        ("Anthony Pereira ka 2400 upi mein aa gaya, message aaya hai", _paid("Anthony Pereira", 2400, method="upi")),
        ("Tulsi Ram ne 260 gpay kiye, maine message dekha", _paid("Tulsi Ram", 260, method="upi")),
    ],
)
def test_how_one_knows_holds_no_payment_back(text: str, commands: list[tuple[str, dict[str, SlotValue]]]) -> None:
    assert _said(text) == ("execute", None, commands)


@pytest.mark.parametrize(
    "text",
    [
        "Bunty ko 500 diye, mandi gaya hai",
        "Bunty ne 500 diye, mazaak kar raha tha",
        "Bunty ne 500 diye, message nahi aaya",
        "Bunty ne 500 diye, aap ne bahar se liye",
        "Bunty ne 500 diye, main bahar tha bhai ko diye",
        "agar aap ghar pe the to Bunty ne 500 diye",
        "kya aap bahar the jab Bunty ne 500 diye",
        "Bunty ne 500 diye ya nahi, main bahar tha",
        "Bunty ne 500 nahi diye, main dukaan pe tha",
        "Bunty ne 500 diye, main dukaan pe nahi tha shayad",
    ],
)
def test_what_may_change_an_entry_is_no_aside(text: str) -> None:
    decision, _, commands = _said(text)
    assert decision != "execute" or not WRITES.intersection(intent for intent, _ in commands)


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        (
            "मुरली मनोहर ने परसों सवा चार हज़ार बैंक में डलवाए थे",
            _paid("Murli Manohar", 4250, method="bank", date="2026-11-24"),
        ),
        ("Nasreen Bano ne kal 800 bank mein dalwaye", _paid("Nasreen Bano", 800, method="bank", date="2026-11-25")),
        ("Ashok Wadhwa ne 4000 bank mein daale the", _paid("Ashok Wadhwa", 4000, method="bank")),
        ("Tulsi Ram ne khate mein 700 dalwa diye", _paid("Tulsi Ram", 700)),
        ("Sohan Lal ne 375 diye, ruk ruk, 357 diye the", _paid("Sohan Lal", 357)),
        ("Bunty ne 300 diye, nahi nahi ruko, 350 diye", _paid("Bunty", 350)),
        ("chaar sau chaar sau rupaye diye rosy dias ne", _paid("Rosy Dias", 400)),
    ],
)
def test_a_payment_is_told_in_other_words(text: str, commands: list[tuple[str, dict[str, SlotValue]]]) -> None:
    assert _said(text) == ("execute", None, commands)


def test_a_sum_in_digits_that_is_said_twice_is_asked_about() -> None:
    assert _said("vidya rao ne 500 500 diye")[:2] == ("ask", "amount")


@pytest.mark.parametrize(
    ("text", "amount", "note"),
    [
        ("Chanda Devi ko 1500 udhaar diye ghar banane ke liye", 1500, "ghar banane"),
        ("Chanda Devi ko beti ki shaadi karne ke liye 9000 udhaar diya", 9000, "beti ki shaadi karne"),
        ("Chanda Devi ko 2000 udhaar diye dawai lene ke liye", 2000, "dawai lene"),
        ("Chanda Devi ko 2500 udhaar diye hain bakri kharidne ke liye", 2500, "bakri kharidne"),
    ],
)
def test_what_is_done_with_a_loan_is_its_note(text: str, amount: int, note: str) -> None:
    slots: dict[str, SlotValue] = {"customer": "Chanda Devi", "amount": amount, "note": note}
    assert _said(text) == ("execute", None, [("credit.add", slots)])


@pytest.mark.parametrize(
    "text", ["bunty ko 300 udhaar diya na wo likh do", "bunty ko teen so udhar diya na abhi likh lena"]
)
def test_a_tag_before_an_order_asks_nothing(text: str) -> None:
    assert _said(text) == ("execute", None, [("credit.add", {"customer": "Bunty", "amount": 300})])


@pytest.mark.parametrize(
    ("text", "product", "qty", "unit"),
    [
        ("abhi tempo se barah litre soya tel utra hai, stock mein likh do", "Soyabean Oil", 12, "litre"),
        ("truck se 50 kilo cheeni aayi, stock mein daal do", "Sugar", 50, "kg"),
        ("company ki gaadi se 40 packet Frooti aayi hain, stock mein chadha do", "Frooti", 40, "packet"),
        ("mandi se 20 kilo chawal aaya hai, stock mein likh lo", "Kolam Rice", 20, "kg"),
        ("gaadi se 12 packet Lays utre hain", "Lays", 12, "packet"),
        ("milk 25 leter aaya stock me add karo", "Milk", 25, "litre"),
        ("50 packet lays aagye", "Lays", 50, "packet"),
    ],
)
def test_whence_goods_came_holds_no_stock_back(text: str, product: str, qty: int, unit: str) -> None:
    assert _said(text) == ("execute", None, [("stock.add", {"product": product, "qty": qty, "unit": unit})])


@pytest.mark.parametrize("text", ["राजमा का स्टॉक चढ़ाना है", "rajma ka stock chadhana hai"])
def test_an_entry_without_its_number_is_no_question(text: str) -> None:
    assert _said(text) == ("ask", "qty", [("stock.add", {"product": "Rajma"})])


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "Tulsi Ram ko roz shaam reminder bhejo jab tak paisa na aaye",
            {"customer": "Tulsi Ram", "recurrence": "daily", "daypart": "evening"},
        ),
        ("Bunty ko har somvar yaad dilao jab tak paise na de", {"customer": "Bunty", "recurrence": "weekly:mon"}),
        (
            "Sohan Lal ko roz reminder bhejo jab tak udhaar na chuka de",
            {"customer": "Sohan Lal", "recurrence": "daily"},
        ),
        ("send Rosy Dias a reminder every day until she pays", {"customer": "Rosy Dias", "recurrence": "daily"}),
    ],
)
def test_until_it_is_paid_is_how_long_one_is_reminded(text: str, slots: dict[str, SlotValue]) -> None:
    assert _said(text) == ("execute", None, [("reminder.schedule", slots)])


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("विद्या राव पैसे दे चुकीं, उनका रिमाइंडर रोक दीजिए", "reminder.cancel", {"customer": "Vidya Rao"}),
        ("Bunty ne paise de diye, uska reminder band kar do", "reminder.cancel", {"customer": "Bunty"}),
        ("Prem Nath has paid, so cancel his reminder", "reminder.cancel", {"customer": "Prem Nath"}),
        (
            "Murli Manohar bol raha parchi nahi mili, whatsapp kar do usko uska bill",
            "invoice.send",
            {"customer": "Murli Manohar", "channel": "whatsapp"},
        ),
        (
            "Rosy Dias keh rahi bill nahi mila, sms kar do",
            "invoice.send",
            {"customer": "Rosy Dias", "channel": "sms"},
        ),
    ],
)
def test_the_reason_is_no_command(text: str, intent: str, slots: dict[str, SlotValue]) -> None:
    assert _said(text) == ("execute", None, [(intent, slots)])


def test_an_occasion_is_no_word_of_a_bill() -> None:
    decision, ask, commands = _said("party ka order hai Ashok Wadhwa ka, das kilo cheeni aur 5 kilo maida, bill banana")
    items = [{"product": "Sugar", "qty": 10, "unit": "kg"}, {"product": "Maida", "qty": 5, "unit": "kg"}]
    assert (decision, ask) == ("execute", None)
    assert commands == [("invoice.create", {"customer": "Ashok Wadhwa", "items": items})]


@pytest.mark.parametrize(
    ("text", "customer", "amount"),
    [
        ("Kavita Menon ke naam par do hazaar chadhao, bachche ki fees bharni hai usko", "Kavita Menon", 2000),
        ("Tulsi Ram ko 1500 udhaar diye, uski maa bimar hai", "Tulsi Ram", 1500),
        ("Bunty ke khate mein 800 udhaar likho, school ki fees thi", "Bunty", 800),
        ("gave Rosy Dias 900 on credit, her son is ill", "Rosy Dias", 900),
        ("सोहन सिंह को दो हज़ार उधार दिए, बेटी की शादी है उनकी", "Sohan Singh", 2000),
    ],
)
def test_why_somebody_needs_it_holds_no_credit_back(text: str, customer: str, amount: int) -> None:
    assert _said(text) == ("execute", None, [("credit.add", {"customer": customer, "amount": amount})])


@pytest.mark.parametrize(
    "text",
    [
        "Bunty ko 500 diye, uski shaadi hai",
        "Bunty ko 500 udhaar diye, mazaak tha",
        "Bunty ko 500 udhaar diye, fees nahi li",
        "Bunty ko 500 udhaar diye, uski biwi ne diye",
        "Bunty ko 500 udhaar chahiye, fees bharni hai",
        "Bunty needs 500 on credit, his son is ill",
        "Bunty ne 500 diye, check karo",
        "Bunty ko 500 udhaar kal denge",
        "Bunty ko 500 udhaar kal denge, fees hai",
    ],
)
def test_what_is_no_credit_yet_is_not_written(text: str) -> None:
    decision, _, commands = _said(text)
    assert decision != "execute" or not WRITES.intersection(intent for intent, _ in commands)


@pytest.mark.parametrize(
    ("text", "customer", "amount"),
    [
        ("bhaiyya, Chanda Devi jaldi mein thi, do sau assi de ke nikal gayi", "Chanda Devi", 280),
        ("Tulsi Ram has paid up 850, tick it off", "Tulsi Ram", 850),
        ("Ashok Wadhwa ne 5000 transfer kiye hain, check kar liya maine", "Ashok Wadhwa", 5000),
    ],
)
def test_how_it_went_holds_no_payment_back(text: str, customer: str, amount: int) -> None:
    assert _said(text) == ("execute", None, _paid(customer, amount))


@pytest.mark.parametrize("text", ["Bunty ne sau ka note diya", "note kar lo Bunty ne sau diye"])
def test_a_note_is_money_or_an_entry(text: str) -> None:
    assert _said(text) == ("execute", None, _paid("Bunty", 100))


@pytest.mark.parametrize("text", ["Bunty ne sau ke note diye", "Bunty ne sau ke do note diye"])
def test_how_many_notes_is_asked(text: str) -> None:
    assert _said(text)[0] != "execute"
