"""Days and hours of what is told, beside those of what is wished: only the latter are written."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from support.understanding_world import UNDERSTANDER, india, table_context, world

_DAYS = ("date", "date_from", "date_to", "time", "time_from", "time_to")
_BOOKED = table_context("appointment", "date=2026-11-26 time=10:00")


def _times(text: str, *, mixed: bool = False) -> dict[str, SlotValue]:
    result = UNDERSTANDER.understand(text, india() if mixed else world())
    return {slot: value for command in result.commands for slot, value in command.slots.items() if slot in _DAYS}


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("replace battery sat noon", {"date": "2026-11-28", "time": "12:00"}),
        ("alignment wed noon", {"date": "2026-11-25", "time": "12:00"}),
        ("can i come sat around 10 for an oil change", {"date": "2026-11-28", "time": "10:00"}),
        ("i just sat down and need an oil change", {}),
        (
            "check engine light came on over the weekend, want a diagnostic wed 9:30",
            {"date": "2026-11-25", "time": "09:30"},
        ),
        ("the dashboard is lit up like a christmas tree, need a diagnostic", {}),
        ("my sticker expired three weeks ago, need a state inspection", {}),
        (
            "my inspection ran out two months ago so i need a state inspection monday at 9",
            {"date": "2026-11-30", "time": "09:00"},
        ),
        ("oil change fri btwn 10 and 12", {"date": "2026-11-27", "time_from": "10:00", "time_to": "12:00"}),
        ("oil chg 2moro at 9", {"date": "2026-11-25", "time": "09:00"}),
        ("i work till noon every day so an oil change at one on the second", {"date": "2026-12-02", "time": "13:00"}),
        ("it squeals in the morning, brake inspection friday at 4", {"date": "2026-11-27", "time": "16:00"}),
        (
            "in the evening it makes a noise so book diagnostics for friday at 9",
            {"date": "2026-11-27", "time": "09:00"},
        ),
        ("oil change in the morning on friday the 4th at 9", {"date": "2026-12-04", "time": "09:00"}),
        (
            "move my appointment to next week, any day monday to wednesday",
            {"date_from": "2026-11-30", "date_to": "2026-12-02"},
        ),
    ],
)
def test_the_day_that_is_wished(text: str, times: dict[str, str]) -> None:
    assert _times(text) == times


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("raat ko awaaz aati hai, parso 9 baje dikhana hai", {"date": "2026-11-26", "time": "09:00"}),
        (
            "subah start karne mein dikkat aayi thi, kal 3 baje battery badal do",
            {"date": "2026-11-25", "time": "15:00"},
        ),
        ("subah subah meeting hai to kal shaam 5 baje oil change", {"date": "2026-11-25", "time": "17:00"}),
        (
            "somvar 10 baje oil change, nahi somvar to chhutti hai, mangalvar kar do 10 baje",
            {"date": "2026-12-01", "time": "10:00"},
        ),
        ("oil change kal 11 baje, parso meri flight hai", {"date": "2026-11-25", "time": "11:00"}),
        ("aaj hi kar dijiye oil change, kal to main nikal jaunga", {"date": "2026-11-24"}),
        ("5 tareekh ko rakh do oil change, usse pehle time nahi hai", {"date": "2026-12-05"}),
        (
            "oil change parso, 10 se 12 ke beech, bachche school mein hote hain tab",
            {"date": "2026-11-26", "time_from": "10:00", "time_to": "12:00"},
        ),
    ],
)
def test_the_day_that_is_wished_in_hinglish(text: str, times: dict[str, str]) -> None:
    assert _times(text, mixed=True) == times


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("do ghante baad rakh do ise", 120),
        ("usko teen ghante baad kar dijiye please", 180),
        ("ek ghanta baad kar do", 60),
        ("do ghante pehle kar do isko", -120),
    ],
)
def test_hours_by_which_what_is_booked_moves(text: str, minutes: int) -> None:
    command = UNDERSTANDER.understand(text, india(), _BOOKED).commands[0]
    assert (command.intent, command.slots["shift_min"]) == ("appointment.reschedule", minutes)
    assert "date" not in command.slots
