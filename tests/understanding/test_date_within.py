"""Days by their place in a week, a month or a year."""

from __future__ import annotations

import pytest

from support.understanding_world import times_of, world


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("the first day of next week", "2026-11-30"),
        ("the third day of next week", "2026-12-02"),
        ("the last day of this week", "2026-11-29"),
        ("the first day of the year 2028", "2028-01-01"),
        ("first of the year", "2027-01-01"),
        ("the 100th day of the year", "2027-04-10"),
        ("the last day of next year", "2027-12-31"),
        ("the first monday of 2027", "2027-01-04"),
        ("the last friday of 2027", "2027-12-31"),
        ("the last friday of the year", "2026-12-25"),
        ("the 2nd to last day of december", "2026-12-30"),
        ("May 2027 the 5th", "2027-05-05"),
        ("tuesday of next week", "2026-12-01"),
    ],
)
def test_a_day_within_a_whole(text: str, date: str) -> None:
    assert times_of(text, world(hours=False)) == {"date": date}


def test_the_half_of_a_year_is_a_span() -> None:
    assert times_of("the second half of 2027", world()) == {"date_from": "2027-07-01", "date_to": "2027-12-31"}


def test_a_week_that_is_over_is_said_to_be() -> None:
    assert times_of("tuesday of last week", world()) == {"date": "2026-11-17", "!date": "past"}
