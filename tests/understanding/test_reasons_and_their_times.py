"""What a reason tells is neither the day nor the hour that is wished, nor a doubt of the wish behind it."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from support.understanding_world import UNDERSTANDER, india, table_context, world

_BOOKED = table_context("appointment", "date=2026-11-27 time=10:00")
_READ_BACK = table_context("confirm", "service.book service=Oil_change date=2026-11-27 time=10:00 name=Ann_Lee")
_WAITING = table_context("service", "service.book date=2026-11-27 time=10:00")


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        (
            "move my friday appointment to the following friday same time",
            {"from_date": "2026-11-27", "date": "2026-12-04"},
        ),
        ("reschedule me from saturday to the following saturday same time", {"date": "2026-12-05"}),
        ("move my appointment on the 3rd to the following friday at two", {"date": "2026-12-04", "time": "14:00"}),
        ("my route ends at two so please book me in for an oil change at half past two on friday", {"time": "14:30"}),
        ("school lets out at three so book me an oil change at four on thursday", {"time": "16:00"}),
        ("the sticker says it was due back in august, could you do the oil on friday at nine", {"date": "2026-11-27"}),
        ("my wife can't bring it in on thursday, could we do friday at nine instead", {"from_date": "2026-11-26"}),
    ],
)
def test_times_of_a_reason_are_not_those_of_the_wish(text: str, slots: dict[str, SlotValue]) -> None:
    (command,) = UNDERSTANDER.understand(text, world()).commands
    assert {name: command.slots.get(name) for name in slots} == slots


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("push it back an hour please, the kids get out at eight", "11:00"),
        ("my shift ends at nine, can we make it two hours later", "12:00"),
        ("can you move it an hour earlier, i have a meeting at eleven", "09:00"),
        ("make it two hours later, at noon", "12:00"),
    ],
)
def test_an_hour_beside_how_far_an_appointment_goes_may_only_tell_why(text: str, time: str) -> None:
    (command,) = UNDERSTANDER.understand(text, world(), _BOOKED).commands
    assert command.slots["time"] == time


@pytest.mark.parametrize(
    "text",
    [
        "the engine light is on and i have no idea why",
        "the car makes a strange noise and i don't know what it is",
        "some light came on and i can't tell what's wrong",
    ],
)
def test_two_halves_that_tell_of_one_thing_are_one_wish(text: str) -> None:
    assert len(UNDERSTANDER.understand(text, world(), _WAITING).commands) == 1


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("my sitter cancelled on me, could we make it friday at nine instead", "execute"),
        ("i already cancelled it, could we make it friday at nine instead", "confirm"),
        ("my neighbor told me it's the pads, let's replace them on friday at nine", "execute"),
        ("might we move it to friday at ten", "execute"),
        ("i might move it to friday at ten", "confirm"),
        ("replace the wallet battery friday at ten", "confirm"),
        ("book me in on friday at ten to replace the mower battery", "confirm"),
        ("replace the car battery friday at ten", "execute"),
    ],
)
def test_doubts_count_where_the_wish_is(text: str, decision: str) -> None:
    assert UNDERSTANDER.understand(text, world()).decision == decision


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("i work on friday, could it be monday", "2026-11-30"),
        ("my kids have a game friday, can we do thursday", "2026-11-26"),
        ("saturday please, i have work on friday", "2026-11-28"),
        ("friday my mother flies in, how about thursday", "2026-11-26"),
    ],
)
def test_the_day_read_back_is_not_the_other_one_asked_for(text: str, date: str) -> None:
    (command,) = UNDERSTANDER.understand(text, world(), _READ_BACK).commands
    assert (command.intent, command.slots) == ("correct", {"date": date})


@pytest.mark.parametrize("text", ["can we keep it friday, saturday is full", "i leave on saturday, so friday it is"])
def test_the_day_read_back_is_kept_where_it_is_the_one_asked_for(text: str) -> None:
    result = UNDERSTANDER.understand(text, world(), _READ_BACK)
    assert result.decision != "execute"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("main teacher hoon, school do baje khatam hota hai, shukravar ko teen baje oil change rakhiye", "15:00"),
        ("office chhe baje band hota hai, kal shaam saat baje AC service likh lo", "19:00"),
    ],
)
def test_the_hour_at_which_something_ends_is_not_the_one_wished(text: str, time: str) -> None:
    (command,) = UNDERSTANDER.understand(text, india()).commands
    assert command.slots["time"] == time
