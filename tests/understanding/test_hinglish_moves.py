"""Moves and ranges of days in Hinglish, and what is moved or cancelled elsewhere."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from support.understanding_world import UNDERSTANDER, india


def _read(text: str) -> tuple[str, str, dict[str, SlotValue]]:
    result = UNDERSTANDER.understand(text, india())
    assert len(result.commands) == 1
    return result.decision, result.commands[0].intent, result.commands[0].slots


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "gas wala aane wala hai ghar pe, kal ka appointment ek ghanta late kar dijiye",
            {"from_date": "2026-11-25", "shift_min": 60},
        ),
        (
            "bachche ko school se lena hai, parso ki booking do ghante aage kar do",
            {"from_date": "2026-11-26", "shift_min": 120},
        ),
        ("कल का अपॉइंटमेंट एक घंटा आगे कर दीजिए, बस छूट गई", {"from_date": "2026-11-25", "shift_min": 60}),
        (
            "train radd ho gayi, parso ka appointment shukravar gyarah baje kar dijiye",
            {"from_date": "2026-11-26", "date": "2026-11-27", "time": "11:00"},
        ),
        (
            "खेत में पानी लगाना है, कल का अपॉइंटमेंट शुक्रवार को उसी समय कर दीजिए",
            {"from_date": "2026-11-25", "date": "2026-11-27", "same_time": True},
        ),
    ],
)
def test_moves_with_a_reason(text: str, slots: dict[str, SlotValue]) -> None:
    assert _read(text) == ("execute", "appointment.reschedule", slots)


def test_days_on_count_from_the_appointment() -> None:
    slots: dict[str, SlotValue] = {"from_date": "2026-11-30", "date": "2026-12-01"}
    assert _read("somvar ki booking ek din aage kar dijiye") == ("ask", "appointment.reschedule", slots)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "30 november se 3 december tak hi ghar pe hoon, isi beech AC service kar dijiye",
            {"date_from": "2026-11-30", "date_to": "2026-12-03"},
        ),
        (
            "somvar se budhvar tak shehar mein hoon, AC service kar dijiye kisi din",
            {"date_from": "2026-11-30", "date_to": "2026-12-02"},
        ),
        (
            "main 1 december se 4 december tak yahin hoon, tab AC service kara dijiye",
            {"date_from": "2026-12-01", "date_to": "2026-12-04"},
        ),
        (
            "Monday to Friday 4 baje ke baad hi lab se nikal pati hoon, AC service karana hai",
            {"days": "mon-fri", "time_from": "16:00"},
        ),
        (
            "somvar se shukravar chhe baje ke baad hi nikal paata hoon, AC service karani hai",
            {"days": "mon-fri", "time_from": "18:00"},
        ),
        (
            "weekdays mein chaar baje ke baad hi aa sakti hoon, AC service karni hai",
            {"days": "mon-fri", "time_from": "16:00"},
        ),
    ],
)
def test_the_days_one_is_there_are_a_range_and_no_move(text: str, slots: dict[str, SlotValue]) -> None:
    assert _read(text) == ("offer_slots", "service.book", {"service": "AC service", **slots})


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "call center mein night shift hai meri, din bhar sota hoon, guruvar shaam ko nayi battery dalwane aaunga",
            {"service": "Battery replacement", "date": "2026-11-26", "daypart": "evening"},
        ),
        (
            "security guard hoon, raat ki shift hai, shukravar subah oil change karwane aaunga",
            {"service": "Oil change", "date": "2026-11-27", "daypart": "morning"},
        ),
    ],
)
def test_a_shift_one_works_moves_nothing(text: str, slots: dict[str, SlotValue]) -> None:
    assert _read(text) == ("ask", "service.book", slots)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("मेरा नाम राकेश पाल है, सेल्टोस की एसी सर्विस परसों दस बजे कर दीजिए", "Rakesh Pal"),
        ("mera naam Manju Pal hai, AC service parso das baje", "Manju Pal"),
        ("main Soma Ghosh bol rahi hoon, kal 10 baje oil change kar do", "Soma Ghosh"),
        ("servicing book karna mangta hai, Thane se Ramesh Shinde bol raha, friday ko 11 baje", "Ramesh Shinde"),
    ],
)
def test_a_family_name_that_is_a_word_as_well(text: str, name: str) -> None:
    decision, intent, slots = _read(text)
    assert (decision, intent, slots["name"]) == ("execute", "service.book", name)
