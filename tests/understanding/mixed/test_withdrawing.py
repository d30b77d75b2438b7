"""A day or a time that is taken back with its reason, for another."""

from __future__ import annotations

import pytest

from support.understanding_world import UNDERSTANDER, india


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("wheel alignment kal 2 baje, arre nahi us waqt to bank jaana hai, 3 baje laga do", "2026-11-25", "15:00"),
        ("oil change kal 10 baje, nahi nahi us time to bachchon ka school hai, 12 baje kar do", "2026-11-25", "12:00"),
        ("wheel alignment kal 2 baje, arre nahi tab to meeting hai, 4 baje kar do", "2026-11-25", "16:00"),
        ("tyre rotation parso 11 baje, nahi us din to shaadi hai, shukravar 11 baje likh do", "2026-11-27", "11:00"),
        ("AC service shukravar ko, nahi shukravar ko to gaon jaata hoon, somvar 10 baje kar do", "2026-11-30", "10:00"),
        ("full service parso 9 baje, nahi nahi, parso to hartaal hai, shanivar 9 baje rakh do", "2026-11-28", "09:00"),
        ("wheel alignment kal 3 baje, nahi ruko, kal to exam hai, shanivar 3 baje likho", "2026-11-28", "15:00"),
        (
            "कल दो बजे ब्रेक चेक, अरे नहीं उस समय तो डॉक्टर के पास जाना है, चार बजे कर दो",
            *("2026-11-25", "16:00"),
        ),
        ("गुरुवार दस बजे सर्विस, नहीं गुरुवार को तो परीक्षा है, शुक्रवार दस बजे लिखिए", "2026-11-27", "10:00"),
    ],
)
def test_another_takes_the_place_of_what_does_not_suit(text: str, day: str, at: str) -> None:
    result = UNDERSTANDER.understand(text, india())
    slots = result.commands[0].slots
    assert (result.decision, slots["date"], slots["time"]) == ("execute", day, at)


@pytest.mark.parametrize(
    "text",
    [
        "kal 10 baje oil change, nahi to parso ho sakta hai, 11 baje",
        "kal 10 baje oil change kar do, nahi to parso 11 baje",
        "kal 10 baje AC service, nahi us din to nahi ho payega, parso dekhta hoon",
        "brake check kal 10 baje, nahi chahiye agar mehnga hai, parso dekhte hain",
    ],
)
def test_an_alternative_takes_nothing_back(text: str) -> None:
    assert UNDERSTANDER.understand(text, india()).decision == "ask"
