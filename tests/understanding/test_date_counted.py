"""Dates counted from another day."""

from __future__ import annotations

import pytest

from offhook.understanding.model import AppointmentRef, Command, Context
from support.understanding_world import UNDERSTANDER, booking, times_of, world


def _date(text: str, context: Context | None = None) -> object:
    result = UNDERSTANDER.understand(text, world(hours=False), context or booking("date", service="x"))
    return next((command.slots.get("date") for command in result.commands), None)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("a week and three days from now", "2026-12-04"),
        ("two weeks tomorrow", "2026-12-09"),
        ("a week this friday", "2026-12-04"),
        ("three fridays from now", "2026-12-11"),
        ("after five days", "2026-11-29"),
        ("in two weeks on a monday", "2026-12-07"),
        ("the first friday after the 10th", "2026-12-11"),
        ("the saturday after thanksgiving", "2026-11-28"),
        ("the monday before christmas", "2026-12-21"),
        ("the last saturday before christmas", "2026-12-19"),
        ("the second tuesday of the month", "2026-12-08"),
        ("third tuesday of september 2027", "2027-09-21"),
        ("in 3 business days", "2026-11-27"),
        ("in a week and a half", "2026-12-04"),
        ("three working days before friday", "2026-11-24"),
        ("today in one week", "2026-12-01"),
        ("the night before christmas", "2026-12-24"),
        ("the eve of the 3rd", "2026-12-02"),
        ("christmas of next year", "2027-12-25"),
        ("friday evening the 27th", "2026-11-27"),
    ],
)
def test_days_are_counted_from_where_they_are_said_to_begin(text: str, day: str) -> None:
    assert _date(text) == day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("in 3 to 5 days", "2026-11-27", "2026-11-29"),
        ("in a day or two", "2026-11-25", "2026-11-26"),
        ("3 or 4 days from now", "2026-11-27", "2026-11-28"),
        ("two or three weeks from monday", "2026-12-14", "2026-12-21"),
    ],
)
def test_either_of_two_counts_is_a_span(text: str, first: str, last: str) -> None:
    assert times_of(text, world(hours=False)) == {"date_from": first, "date_to": last}


def test_a_count_without_a_beginning_is_no_day() -> None:
    assert _date("three weeks is too long") is None
    assert _date("i have been waiting two days") is None


def test_days_and_hours_are_counted_together() -> None:
    assert times_of("in 3 days and 4 hours", world(hours=False)) == {"date": "2026-11-27", "time": "14:00"}
    assert times_of("in two wednesdays", world(hours=False)) == {"date": "2026-12-02"}


def test_a_chain_of_lengths_is_no_tower() -> None:
    for text in ("1 day and " * 1000, "1 hour and " * 1000, "1 day or 2 days from " * 400):
        times_of(text, world(hours=False))


def _near(text: str, day: str) -> object:
    context = Context(
        pending=Command(intent="appointment.reschedule"),
        asked="datetime",
        appointment=AppointmentRef(date=day, time="09:00"),
        near=True,
    )
    return _date(text, context)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("thursday", "2027-01-21"),
        ("on saturday", "2027-01-16"),
        ("the 21st", "2027-01-21"),
        ("two weeks after that", "2027-02-02"),
        ("tomorrow", "2026-11-25"),
        ("next thursday", "2026-12-03"),
        ("december 3rd", "2026-12-03"),
    ],
)
def test_days_nearest_to_a_far_appointment(text: str, day: str) -> None:
    assert _near(text, "2027-01-19") == day


def test_a_weekday_alone_is_the_next_one_beside_a_near_appointment() -> None:
    assert _near("friday", "2026-12-01") == "2026-11-27"
