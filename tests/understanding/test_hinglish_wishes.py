"""Wishes of Hinglish callers: what takes a booking back, moves it, has the car fetched, and answers our questions."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import Context
from support.understanding_world import UNDERSTANDER, india, table_context

_BOOKED = "date=2026-11-26 time=10:00"
_TOLD = "service=Oil_change date=2026-11-27 time=10:00 name=Ravi"


def _read(text: str, context: Context | None = None) -> tuple[str, str, dict[str, SlotValue]]:
    result = UNDERSTANDER.understand(text, india(), context)
    assert len(result.commands) == 1
    return result.decision, result.commands[0].intent, result.commands[0].slots


@pytest.mark.parametrize(
    "text",
    [
        "arre wo guruvar ki booking rehne do, aana nahi hoga mera",
        "shukravar wali appointment rehne dijiye",
        "friday ka slot kisi aur ko de do, main nahi aa raha",
        "mann badal gaya, somvar ko nahi aaunga",
        "शुक्रवार की बुकिंग रहने दो, आना नहीं होगा",
    ],
)
def test_a_booking_that_is_let_be_is_a_cancel_that_needs_a_yes(text: str) -> None:
    assert _read(text)[:2] == ("confirm", "appointment.cancel")


@pytest.mark.parametrize("asked", ["-", "confirm"])
def test_a_day_that_is_let_be_is_no_day_to_write(asked: str) -> None:
    context = table_context(asked, _TOLD if asked != "-" else "")
    assert UNDERSTANDER.understand("kal rehne do", india(), context).decision != "execute"


@pytest.mark.parametrize(
    "text",
    [
        "meri Nexon office parking se uthwa lena, full service karni hai, 2 dec subah 8 baje",
        "driver bhej dena gaadi lene, oil change parso 10 baje",
        "घर से गाड़ी उठवा लीजिए, ऑयल चेंज कल 10 बजे",
    ],
)
def test_a_car_that_we_are_to_fetch(text: str) -> None:
    decision, intent, slots = _read(text)
    assert (decision, intent, slots.get("pickup")) == ("execute", "service.book", True)


@pytest.mark.parametrize(
    "text",
    [
        "oil change karna hai kal 10 baje, papa gaadi chhod jayenge",
        "mujhe oil change chahiye, driver le aayega Thursday 3:30 pm",
        "papa ki Swift 2017 model hai, uski servicing shanivaar ko subah 10 bje rakh lo",
        "oil change ke liye 3rd December morning 8:30 rakh do",
    ],
)
def test_people_who_only_bring_the_car_are_no_doubt(text: str) -> None:
    assert _read(text)[:2] == ("execute", "service.book")


def test_whoever_else_it_is_for_is_asked_back() -> None:
    assert _read("dost ka oil change kal 10 baje")[:2] == ("confirm", "service.book")


@pytest.mark.parametrize(
    ("held", "text", "slots"),
    [
        ("", "meri exam hai, booking do ghante aage kar do", {"shift_min": 120}),
        ("", "please push my booking by one hour, traffic mein phas gaya hun", {"shift_min": 60}),
        (
            "",
            "meri kal wali service guruvar 4 baje kar de",
            {"from_date": "2026-11-25", "date": "2026-11-26", "time": "16:00"},
        ),
        (
            "",
            "friday ki test drive saturday ko shift kar dijiye same time",
            {"from_date": "2026-11-27", "date": "2026-11-28", "same_time": True},
        ),
        (
            _BOOKED,
            "time wahi rakho bas din shanivar kar do",
            {"date": "2026-11-28", "time": "10:00", "same_time": True},
        ),
    ],
)
def test_moves(held: str, text: str, slots: dict[str, SlotValue]) -> None:
    context = table_context("appointment", held) if held else None
    assert _read(text, context) == ("execute", "appointment.reschedule", slots)


def test_the_same_time_of_no_day_is_asked_for() -> None:
    result = UNDERSTANDER.understand("usi time pe ek din pehle kar do", india())
    assert (result.decision, result.ask) == ("ask", "date")


@pytest.mark.parametrize(
    ("asked", "held", "text", "decision", "intent", "slots"),
    [
        (
            *("confirm", _TOLD, "baaki sab sahi hai bas waqt barah baje kar dena"),
            *("execute", "correct", {"time": "12:00"}),
        ),
        (
            *("confirm", _TOLD, "date galat sun li aapne, somvar kaha tha maine"),
            *("execute", "correct", {"date": "2026-11-30"}),
        ),
        (
            *("name", "service=Oil_change date=2026-11-27 time=10:00", "bete ke naam pe likho, Arjun Reddy"),
            *("execute", "service.book", {"name": "Arjun Reddy"}),
        ),
        (
            *("service", "date=2026-11-27 time=10:00", "pahiyon ka alignment"),
            *("execute", "service.book", {"service": "Wheel alignment"}),
        ),
        (
            *("datetime", "service=Oil_change", "this week to packed hai, next week koi bhi din"),
            *("offer_slots", "service.book", {"date_from": "2026-11-30", "date_to": "2026-12-06"}),
        ),
    ],
)
def test_answers(asked: str, held: str, text: str, decision: str, intent: str, slots: dict[str, SlotValue]) -> None:
    assert _read(text, table_context(asked, held)) == (decision, intent, slots)


def test_what_is_left_over_is_no_yes() -> None:
    assert _read("baaki sab theek hai", table_context("confirm", _TOLD))[0] == "ask"


def test_a_remark_ends_a_name() -> None:
    slots = _read("I'm Rohan Mehta, registered mobile 99999 61520 hai mera")[2]
    assert slots == {"name": "Rohan Mehta", "phone": "9999961520"}
