"""What clauses that only tell something leave of a wish in Hinglish: its own day and time, and no doubt about it."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from support.understanding_world import UNDERSTANDER, booking, india


def _read(text: str) -> tuple[str, str, dict[str, SlotValue]]:
    result = UNDERSTANDER.understand(text, india())
    return result.decision, result.commands[0].intent, result.commands[0].slots


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        (
            "main guard hoon raat das baje duty lagti hai, Creta ki oil change agle mangal subah nau baje kar dijiye",
            *("2026-12-01", "09:00"),
        ),
        ("guruvar ko bandh hai shehar mein, brake check shukravar gyarah baje likh lijiye", "2026-11-27", "11:00"),
        (
            "मैं टीचर हूँ दोपहर दो बजे स्कूल छूटता है, एसी सर्विस शुक्रवार चार बजे रख दीजिए",
            *("2026-11-27", "16:00"),
        ),
        ("pichhle mahine se steering kaampti hai, alignment shukravar ko teen baje kar dijiye", "2026-11-27", "15:00"),
        ("char baar dhakka lagaya is hafte, battery badal do kal 10 baje", "2026-11-25", "10:00"),
        ("kal subah nau baje nikalta hoon, gyarah baje brake check kar do", "2026-11-25", "11:00"),
        (
            "main nurse hoon raat aath baje duty shuru hoti hai Seltos ki full service parso subah das baje kar dijiye",
            *("2026-11-26", "10:00"),
        ),
        ("kal 10 baje gaadi free hai oil change kar do", "2026-11-25", "10:00"),
        ("somvar ko chhutti hai, oil change subah das baje kar do", "2026-11-30", "10:00"),
    ],
)
def test_times_of_a_reason_are_none_of_the_wish(text: str, day: str, at: str) -> None:
    decision, intent, slots = _read(text)
    assert (decision, intent, slots["date"], slots["time"]) == ("execute", "service.book", day, at)


@pytest.mark.parametrize(
    "text",
    [
        "papa ko heart ki takleef hai, full service parso das baje kar do",
        "mummy ke ghutne kharab hain, Seltos ki AC service 2 december gyarah baje rakh dijiye",
        "बीवी को गर्मी बर्दाश्त नहीं होती, एसी सर्विस कल दस बजे कर दीजिए",
        "padosi roz taana maarta hai, car wash kal das baje kar do",
        "दो दिन से एसी से बदबू आती है, एसी सर्विस शनिवार दस बजे कर दीजिए",
        "पापा को चलने में दिक्कत है, घर से गाड़ी मंगवा लीजिए, फुल सर्विस कल ग्यारह बजे",
        "papa ko chalne mein takleef hai ghar se gaadi mangwa lijiye full service kal gyarah baje",
        "main khud nahi aa sakta, driver bhej ke gaadi mangwa lijiye, oil change kal 10 baje",
        "kal 10 baje oil change kar do, papa saath aayenge",
        "kal 11 baje car wash, gaadi hum chhod denge",
    ],
)
def test_whom_and_what_a_reason_speaks_of_is_no_doubt(text: str) -> None:
    assert _read(text)[:2] == ("execute", "service.book")


@pytest.mark.parametrize(
    "text",
    [
        "agar papa maan gaye, kal 10 baje oil change kar dena",
        "shayad main shehar mein na rahun, kal 10 baje oil change kar dena",
        "bhai ne kaha tha kal 10 baje oil change karwa lo",
        "bhai ne kaha tha, kal 10 baje oil change karwa lo",
        "mera dost bol raha tha ki gaadi garam hoti hai, kal 10 baje oil change kar do",
        "dost ne kaha brake check 500 mein hota hai, kal 10 baje",
        "kal subah das baje office jaana hai, oil change kar do",
    ],
)
def test_what_is_supposed_or_told_of_the_wish_itself_is_asked_about(text: str) -> None:
    assert _read(text)[0] == "confirm"


@pytest.mark.parametrize(
    "text",
    [
        "kal 10 baje main aa raha hoon, oil change karna hai, parso 11 baje lene aaunga",
        "gaadi kal 9 baje de raha hoon, oil change kar do, parso 5 baje le lunga",
        "kal 10 baje khaali hoon, oil change karna hai, parso 11 baje bhi chalega",
        "driver kal 10 baje gaadi la raha hai, oil change kar dena, 4 baje wapas le jayega",
        "kal das baje theek rehta hai, oil change parso bhi 11 baje chalega",
        "kal 4 baje gaadi chhod raha hoon, car wash kar dena, parso 10 baje tak chahiye",
        "padosi ki gaadi kal 10 baje theek hui thi, oil change karwana hai",
        "budhvar ko 10 baje dost ki shaadi hai, oil change kar do",
    ],
)
def test_a_promise_to_come_and_what_offers_a_time_are_no_reasons(text: str) -> None:
    assert _read(text)[0] in ("ask", "confirm")


@pytest.mark.parametrize(
    ("text", "service", "day"),
    [
        (
            "सवारी ढोता हूँ साहब, ब्रेक का पैडल नीचे तक जाने लगा है, कल सुबह आठ बजे ब्रेक चेक कर दीजिए",
            *("Brake inspection", "2026-11-25"),
        ),
        (
            "pichhle mahine oil change karwaya tha, ab brake check parso 10 baje kar do",
            "Brake inspection",
            "2026-11-26",
        ),
        (
            "kal hi AC service karwayi thi, phir bhi thanda nahi karta, parso 11 baje AC check kar do",
            "AC service",
            "2026-11-26",
        ),
        (
            "gearbox ko aaj tak kisi ne haath nahi lagaya, transmission service 3 december ko gyarah baje kar dijiye",
            *("Transmission service", "2026-12-03"),
        ),
        ("papa ne oil change karwaya tha, mujhe brake check karana hai kal 10 baje", "Brake inspection", "2026-11-25"),
    ],
)
def test_work_that_was_done_is_none_of_the_wish(text: str, service: str, day: str) -> None:
    decision, intent, slots = _read(text)
    assert (decision, intent, slots["service"], slots["date"]) == ("execute", "service.book", service, day)


@pytest.mark.parametrize(
    "text", ["गाड़ी स्टार्ट नहीं होती सुबह, नई बैटरी चाहिए", "subah gaadi start nahi hoti, battery badalni hai"]
)
def test_the_part_of_the_day_in_which_something_fails_is_none_to_come(text: str) -> None:
    assert _read(text) == ("offer_slots", "service.book", {"service": "Battery replacement"})


def test_how_late_something_else_is_moves_nothing() -> None:
    _, intent, slots = _read("train do ghante late chal rahi hai, appointment saadhe teen baje kar do")
    assert (intent, slots) == ("appointment.reschedule", {"time": "15:30"})


@pytest.mark.parametrize("half", ["saadhe", "sadhe", "saarhe", "sarhe", "साढ़े"])
def test_a_half_is_spelled_in_many_ways(half: str) -> None:
    decision, _, slots = _read(f"kal {half} nau baje oil change kar dijiye")
    assert (decision, slots["time"]) == ("execute", "09:30")


@pytest.mark.parametrize(
    "text", ["booking karwani hai", "mujhe appointment book karna hai", "booking chahiye", "ek appointment likh lijiye"]
)
def test_few_words_that_wish_are_no_question_about_what_is_booked(text: str) -> None:
    assert _read(text)[:2] == ("offer_slots", "service.book")


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "budh wala appointment shukrwar 2 baje kar do",
            {"from_date": "2026-11-25", "date": "2026-11-27", "time": "14:00"},
        ),
        ("kal wali booking tarson kar dijiye", {"from_date": "2026-11-25", "date": "2026-11-27"}),
        ("4 baje wali booking 5 baje kar do na", {"from_time": "16:00", "time": "17:00"}),
        ("jumerat wali service peer ko kar do", {"from_date": "2026-11-26", "date": "2026-11-30"}),
    ],
)
def test_the_appointment_of_a_day_is_moved_from_it(text: str, slots: dict[str, SlotValue]) -> None:
    assert _read(text)[1:] == ("appointment.reschedule", slots)


def test_a_yes_beside_a_day_that_is_not_clear_agrees_to_nothing() -> None:
    result = UNDERSTANDER.understand(
        "itvaar ke agle din, haan somvar ko", india(), booking("date", service="Oil change")
    )
    assert (result.decision, result.ask) == ("ask", "date")
