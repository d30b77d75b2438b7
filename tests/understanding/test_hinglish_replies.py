"""Replies in Hinglish that give their reason: what is put right, answered or cancelled, and yeses of the Deccan."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from support.understanding_world import UNDERSTANDER, india, table_context

_TOLD = "service=Oil_change date=2026-11-27 time=10:00 name=Ravi"
_DAY = "service=Oil_change date=2026-11-27"


def _read(asked: str, held: str, text: str) -> tuple[str, str, dict[str, SlotValue]]:
    result = UNDERSTANDER.understand(text, india(), table_context(asked, held))
    assert len(result.commands) == 1
    return result.decision, result.commands[0].intent, result.commands[0].slots


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("shukravar ko vrat hai mera, somvar likh lo", {"date": "2026-11-30"}),
        ("शुक्रवार को व्रत है मेरा, सोमवार लिख लो", {"date": "2026-11-30"}),
        ("shukravar ko dialysis hai papa ki, shanivar rakh lo", {"date": "2026-11-28"}),
        ("friday ko to chhutti nahi hai, shanivar kar lijiye", {"date": "2026-11-28"}),
        ("das baje meeting hai, barah baje likh lijiye", {"time": "12:00"}),
        ("रवि नहीं, विनोद लिखिए", {"name": "Vinod"}),
        ("Ravi nahi, Suresh likhiye", {"name": "Suresh"}),
        ("Ravi nahin Manoj likho bhai", {"name": "Manoj"}),
        ("Ravi galat hai, Ravindra likhna", {"name": "Ravindra"}),
    ],
)
def test_what_was_read_back_is_put_right_with_a_reason(text: str, slots: dict[str, SlotValue]) -> None:
    assert _read("confirm", _TOLD, text) == ("execute", "correct", slots)


@pytest.mark.parametrize(
    "text",
    [
        "hau miyan, daal do",
        "haan ji sab barabar hai",
        "barabar hai",
        "hau ji kar do",
        "barobar hai, daal do",
        "haanv, likh lo bhaiya",
        "हाँ जी सब बराबर है",
    ],
)
def test_a_yes_of_the_deccan(text: str) -> None:
    assert _read("confirm", _TOLD, text)[:2] == ("execute", "confirm")


@pytest.mark.parametrize("text", ["nakko miyan", "sab barabar nahi hai"])
def test_a_no_of_the_deccan(text: str) -> None:
    assert _read("confirm", _TOLD, text)[1] == "deny"


@pytest.mark.parametrize("text", ["gyarah baje kar do, agar papa aa gaye to", "haan, papa ne bhi bola hai"])
def test_a_condition_or_another_is_no_answer(text: str) -> None:
    result = UNDERSTANDER.understand(text, india(), table_context("confirm", _TOLD))
    assert result.decision == "ask"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("shaam paanch baje, usse pehle coaching padhata hoon", "17:00"),
        ("subah nau baje, uske baad duty hai", "09:00"),
        ("दो बजे, उससे पहले कॉलेज रहता है", "14:00"),
        ("barah baje, pehle nahi aa sakta", "12:00"),
        ("gyarah baje theek hai, das baje tak mandir jaata hoon", "11:00"),
    ],
)
def test_a_time_beside_which_something_else_goes_on(text: str, at: str) -> None:
    assert _read("time", _DAY, text) == ("execute", "service.book", {"time": at})


@pytest.mark.parametrize("text", ["paanch baje se pehle", "paanch baje ya usse pehle"])
def test_a_bound_is_no_time(text: str) -> None:
    assert _read("time", _DAY, text) == ("ask", "service.book", {"time_to": "17:00"})


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("parso kar do, kal mera paper hai", "2026-11-26"),
        ("somvar ko, itvaar ko mela hai", "2026-11-30"),
        ("कल मेरी परीक्षा है, परसों कर दो", "2026-11-26"),
        ("shanivar rakh lo, shukravar tak gaon mein hoon", "2026-11-28"),
        ("budhvar ko, mangal ko upvaas hai", "2026-11-25"),
    ],
)
def test_a_day_beside_one_that_is_taken(text: str, day: str) -> None:
    assert _read("date", "service=Oil_change", text) == ("ask", "service.book", {"date": day})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("gaadi mere miyan ki hai par naam mera hi likho, Fatima Sheikh", "Fatima Sheikh"),
        ("gaadi papa ki hai, naam mera likho Rohit Verma", "Rohit Verma"),
        ("naam mera hi daal do, Sunita Devi", "Sunita Devi"),
        ("गाड़ी पति की है लेकिन नाम मेरा लिखिए, सीमा गुप्ता", "Seema Gupta"),
    ],
)
def test_a_name_beside_whose_car_it_is(text: str, name: str) -> None:
    assert _read("name", f"{_DAY} time=10:00", text) == ("execute", "service.book", {"name": name})


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("gaadi chori ho gayi kal raat, jo shukravar ka appointment tha woh cancel kar dijiye", {"date": "2026-11-27"}),
        ("kal gaadi bik gayi, somvar ki booking cancel kar do", {"date": "2026-11-30"}),
        ("kal accident ho gaya tha, parso wali appointment radd kar dijiye", {"date": "2026-11-26"}),
        ("booking cancel kar dijiye, kal gaadi bech di maine", {}),
        ("cancel kar do ise, gaadi kal hi thok di devar ne", {}),
    ],
)
def test_the_day_of_a_mishap_is_that_of_no_appointment(text: str, slots: dict[str, SlotValue]) -> None:
    assert _read("-", "", text) == ("confirm", "appointment.cancel", slots)
