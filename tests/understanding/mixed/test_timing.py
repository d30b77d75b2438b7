"""A Hinglish time means what its English twin means."""

from __future__ import annotations

import pytest

from offhook.contracts.conversation import SlotValue
from support.understanding_world import UNDERSTANDER, booking, world

_TIMES = ("date", "date_from", "date_to", "time", "time_from", "time_to", "daypart", "days", "earliest", "urgent")


def when(text: str) -> dict[str, SlotValue]:
    result = UNDERSTANDER.understand(text, world(hours=False), booking("datetime", service="x"))
    found = {slot: value for c in result.commands for slot, value in c.slots.items() if slot in _TIMES}
    return found | {f"!{problem.slot}": problem.kind for problem in result.problems}


@pytest.mark.parametrize(
    ("hinglish", "english"),
    [
        ("aaj", "today"),
        ("kal subah", "tomorrow morning"),
        ("parso shaam ko 5 baje", "the day after tomorrow at 5 in the evening"),
        ("agle mangal", "next tuesday"),
        ("is shanivaar", "this saturday"),
        ("agle hafte budhvaar ko", "next week on wednesday"),
        ("5 tareekh ko", "on the 5th"),
        ("pandrah august", "fifteenth of august"),
        ("do din baad", "in two days"),
        ("ek hafte baad", "in a week"),
        ("sava das", "quarter past ten"),
        ("saadhe teen baje", "half past three"),
        ("paune barah baje", "quarter to twelve"),
        ("dhai baje", "half past two"),
        ("das baj kar bees minute", "ten twenty"),
        ("das bajne mein paanch minute", "five minutes to ten"),
        ("dopahar ke baad", "in the afternoon"),
        ("10 se 12 ke beech", "between 10 and 12"),
        ("3 baje ke baad", "after 3 o'clock"),
        ("friday tak", "by friday"),
        ("guruvar ya shukravar", "thursday or friday"),
        ("somvaar se budhvaar ke beech", "between monday and wednesday"),
        ("is mahine ke aakhir mein", "at the end of this month"),
        ("iktees november", "november thirty first"),
        ("रात आठ बजे", "eight at night"),
        ("अगले महीने की दस तारीख", "the tenth of next month"),
    ],
)
def test_twins_mean_the_same(hinglish: str, english: str) -> None:
    assert when(hinglish) == when(english) != {}


@pytest.mark.parametrize("text", ["sabse pehle", "jaldi se jaldi", "jitni jaldi ho sake", "turant"])
def test_wishes(text: str) -> None:
    assert UNDERSTANDER.understand(f"{text} service karwani hai", world()).commands[0].slots["urgent"] is True
