"""What clauses that only tell something leave of a wish in Hinglish: its own day and time, and no doubt about it."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from support.understanding_world import UNDERSTANDER, india


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
