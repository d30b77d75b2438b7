"""Values are the caller's own: found by our scanners in this turn's words or earlier ones, or nobody's."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from offhook.contracts.business import Business
from offhook.contracts.conversation import ConversationState, Message, SlotValue, TurnInput
from offhook.desks.dealership.desk import dealership_desk
from offhook.desks.dealership.facts import DealershipFacts
from offhook.dialogue.brains.heard import Heard
from offhook.dialogue.desk import Emit, Work
from offhook.dialogue.tool_runner import ToolRunner

DESK = dealership_desk()
ZONE = ZoneInfo("America/Chicago")
BUSINESS = Business(business_id="biz", name="Lakeside", desk="dealership", timezone="America/Chicago")
FACTS = DealershipFacts(names={"Oil change": ("oil service",), "Brake inspection": ("brakes",)})
BOOK = "service.book"


def heard(text: str, *earlier: str, at: str = "2026-11-25T08:59:00-06:00", found: tuple[str, ...] = ()) -> Heard:
    work = Work(
        desk=DESK,
        business=BUSINESS,
        turn=TurnInput(turn_id="t", source="speech", text=text),
        now=datetime(2026, 11, 25, 9, tzinfo=ZONE),
        facts=FACTS,
        tools=cast(ToolRunner, None),
        emit=cast(Emit, None),
    )
    said = [Message(role="user", content=words, at=at) for words in earlier]
    state = ConversationState(session_id="s", business_id="biz", desk="dealership", channel="twilio", messages=said)
    return Heard(work, state, found)


@pytest.mark.parametrize(
    ("text", "slot", "given", "intent", "value"),
    [
        ("Friday would suit me", "date", "2026-11-27", BOOK, "2026-11-27"),
        ("Friday would suit me", "date", "2026-12-04", BOOK, "2026-11-27"),
        ("Friday would suit me", "time", "09:00", BOOK, None),
        ("well well", "date", "2026-11-27", BOOK, None),
        ("Jordan Miller", "name", "jordan miller", BOOK, "Jordan Miller"),
        ("Jordan Miller", "name", "Mallory", BOOK, None),
        ("my number is 202 555 0143", "phone", "+12025550143", BOOK, "2025550143"),
        ("my number is 202 555 0143", "phone", "+12025550111", BOOK, "2025550143"),
        ("that old thing", "phone", "+12025550111", BOOK, None),
        ("hmm something under 20,000 I suppose", "max_price", 20000, "inventory.search", 20000),
        ("hmm something under 20,000 I suppose", "max_price", 25000, "inventory.search", 20000),
        ("something cheap", "max_price", 20000, "inventory.search", None),
        ("1HGCM82633A004352", "vin", "1hgcm 82633 a004352", "vin.provide", "1HGCM82633A004352"),
    ],
)
def test_a_value_is_what_the_scanners_found(
    text: str, slot: str, given: SlotValue, intent: str, value: SlotValue
) -> None:
    assert heard(text).value(slot, given, intent) == value


def test_what_was_said_before_counts_and_days_are_read_as_of_then() -> None:
    before = heard("well", "tomorrow at three would be good", "Jordan Miller", at="2026-11-20T10:00:00-06:00")
    assert before.value("date", "2026-11-21", BOOK) == "2026-11-21"
    assert before.value("date", "2026-11-26", BOOK) is None
    assert before.value("time", "15:00", BOOK) == "15:00"
    assert before.value("name", "Jordan Miller", BOOK) == "Jordan Miller"


def test_a_new_day_stands_before_an_old_one() -> None:
    assert heard("Saturday then", "Friday please").value("date", "2026-12-01", BOOK) == "2026-11-28"


def test_what_our_tools_have_found_may_be_taken_up() -> None:
    offered = heard("the first one", found=("2026-11-27T10:00", "2026-11-27", "10:00"))
    assert offered.value("date", "2026-11-27", BOOK) == "2026-11-27"
    assert offered.value("time", "10:00", BOOK) == "10:00"
    assert offered.value("time", "11:00", BOOK) is None


def test_words_are_the_callers_or_a_name_from_the_book() -> None:
    asked = heard("do you have a blue van")
    assert asked.worded("Blue van")
    assert asked.worded("oil change")
    assert not asked.worded("red van")
    assert not asked.worded("")


def test_this_turns_values_come_with_what_stands_against_them() -> None:
    values, problems = heard("an oil change on the 31st of November").this_turn(BOOK)
    assert values["service"] == "Oil change"
    assert "date" not in values
    assert [(problem.slot, problem.kind) for problem in problems] == [("date", "impossible")]
