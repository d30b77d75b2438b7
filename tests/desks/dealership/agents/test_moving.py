"""Where an appointment is to go, and which days it cannot go to."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from offhook.desks.dealership.agents.moving import target, wrong_when
from offhook.desks.dealership.tools.appointment_status import Upcoming
from offhook.dialogue.shared import SHARED_TEMPLATES
from offhook.dialogue.templates import Templates
from offhook.understanding.model import Problem

WORDS = Templates.load([SHARED_TEMPLATES]).words("en")
BOOKED = Upcoming(
    appointment_id="appt_1", kind="service", service="Oil change", starts_at="2027-01-14T09:00-06:00", name="Joe"
)


@pytest.mark.parametrize(
    ("slots", "day", "at"),
    [
        ({"date": "2027-01-21"}, "2027-01-21", "09:00"),
        ({"time": "15:00"}, "2027-01-14", "15:00"),
        ({"shift_min": -60}, "2027-01-14", "08:00"),
        ({"same_time": True, "date_from": "2027-01-18", "date_to": "2027-01-24"}, "2027-01-21", "09:00"),
        ({"same_time": True, "date_from": "2027-01-18", "date_to": "2027-01-20", "time": "09:00"}, None, "09:00"),
    ],
)
def test_the_wished_moment(slots: dict[str, SlotValue], day: str | None, at: str) -> None:
    wish = target(slots, BOOKED)
    assert wish is not None
    assert (wish.date, wish.time) == (day, at)


def test_no_moment_was_said() -> None:
    assert target({"appointment_id": "appt_1"}, BOOKED) is None


@pytest.mark.parametrize(
    ("problem", "key"),
    [
        (Problem(slot="date", kind="conflict", said="Friday the 16th"), "dates_differ"),
        (Problem(slot="date", kind="impossible", said="June 31st"), "impossible_date"),
        (Problem(slot="service", kind="unknown", said="polish"), None),
        (Problem(slot="date", kind="past", said="yesterday"), None),
    ],
)
def test_what_stands_against_a_day(problem: Problem, key: str | None) -> None:
    line = wrong_when([problem], {}, WORDS)
    assert (line.key if line is not None else None) == key
