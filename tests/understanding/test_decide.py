"""The decision rules of the contract."""

from __future__ import annotations

from datetime import date

import pytest

from offhook.contracts.conversation import SlotValue
from offhook.understanding.decide import decide, doubted, merged
from offhook.understanding.model import Command, Context, Problem

_TODAY = date(2026, 11, 24)
_FULL: dict[str, SlotValue] = {"service": "Oil change", "date": "2026-11-27", "time": "10:00"}


def decided(intent: str, context: Context | None = None, **slots: SlotValue) -> str:
    decision, ask = decide([Command(intent=intent, slots=slots)], [], context or Context(), _TODAY)
    return decision + (f" {ask}" if ask else "")


@pytest.mark.parametrize(
    ("intent", "slots", "expected"),
    [
        ("service.book", _FULL, "execute"),
        ("service.book", {"service": "Oil change"}, "offer_slots"),
        ("service.book", {"service": "Oil change", "date_from": "2026-11-30", "date_to": "2026-12-06"}, "offer_slots"),
        ("service.book", {"service": "Oil change", "date": "2026-11-24", "time": "15:00"}, "offer_slots"),
        ("service.book", {"service": "Oil change", "date": "2026-11-27"}, "ask time"),
        ("service.book", {"date": "2026-11-27", "time": "10:00"}, "ask service"),
        ("testdrive.book", {"date": "2026-11-27", "time": "10:00"}, "ask model"),
        ("appointment.cancel", {}, "confirm"),
        ("appointment.reschedule", {"date": "2026-11-27", "time": "10:00"}, "execute"),
        ("appointment.reschedule", {"date": "2026-11-27"}, "ask time"),
        ("appointment.reschedule", {"date": "2026-11-27", "same_time": True}, "execute"),
        ("appointment.reschedule", {"shift_min": 60}, "execute"),
        ("appointment.reschedule", {}, "ask datetime"),
        ("price.quote", {"service": "Oil change"}, "answer"),
        ("faq", {"topic": "hours"}, "answer"),
        ("handoff", {"reason": "request"}, "handoff"),
        ("vin.provide", {"vin": "1HGCM82633A004352"}, "execute"),
        ("out_of_scope", {}, "fallback"),
        ("out_of_scope", {"reason": "injection"}, "refuse"),
    ],
)
def test_one_command(intent: str, slots: dict[str, SlotValue], expected: str) -> None:
    assert decided(intent, None, **slots) == expected


def test_an_answer_is_judged_with_what_is_already_known() -> None:
    waiting = Context(
        pending=Command(intent="service.book", slots={"service": "Oil change", "date": "2026-11-27"}), asked="time"
    )
    assert decided("service.book", waiting, time="10:00") == "execute"
    assert decided("correct", waiting, date_from="2026-11-30", date_to="2026-12-06") == "offer_slots"


@pytest.mark.parametrize("kind", ["impossible", "past", "ambiguous", "conflict", "gap", "unsure"])
def test_a_value_with_a_problem_is_asked_for(kind: str) -> None:
    problem = Problem(slot="date", kind=kind)  # type: ignore[arg-type]  # a table of literals
    assert decide([Command(intent="service.book", slots=_FULL)], [problem], Context(), _TODAY) == ("ask", "date")


def test_of_several_commands_the_most_careful_decision_holds() -> None:
    commands = [
        Command(intent="service.book", slots=_FULL),
        Command(intent="appointment.cancel"),
        Command(intent="faq"),
    ]
    assert decide(commands, [], Context(), _TODAY) == ("confirm", None)


def test_nothing_understood_asks_again_for_what_was_asked() -> None:
    waiting = Context(pending=Command(intent="service.book"), asked="date")
    assert decide([], [], waiting, _TODAY) == ("ask", "date")
    assert decide([], [], Context(), _TODAY) == ("fallback", None)


@pytest.mark.parametrize(
    ("old", "new", "result"),
    [
        ({"date": "2026-11-27"}, {"date_from": "2026-11-30"}, {"date_from": "2026-11-30"}),
        ({"daypart": "morning"}, {"time": "10:00"}, {"time": "10:00"}),
        ({"date": "2026-11-27", "name": "A"}, {"time": "10:00"}, {"date": "2026-11-27", "name": "A", "time": "10:00"}),
    ],
)
def test_an_exact_value_and_a_range_replace_each_other(
    old: dict[str, SlotValue], new: dict[str, SlotValue], result: dict[str, SlotValue]
) -> None:
    assert merged(old, new) == result


def test_a_write_with_a_part_that_was_not_understood_is_asked_about() -> None:
    assert doubted([Command(intent="service.book")], Context()) == ("confirm", None)
    waiting = Context(pending=Command(intent="service.book"), asked="time")
    assert doubted([Command(intent="service.book")], waiting) == ("ask", "time")
    assert doubted([Command(intent="deny")], waiting) == ("execute", None)
