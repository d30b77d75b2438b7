"""A day that is only a part of what was said is asked about."""

from __future__ import annotations

import pytest

from support.understanding_world import times_of, world


@pytest.mark.parametrize(
    "text",
    [
        "half of december",
        "half way through december",
        "three days into december",
        "the year before christmas",
        "penultimate day of january",
        "the second week of 2027",
        "the third friday",
        "tomorrow month",
        "saturday two weeks",
    ],
)
def test_what_hangs_on_a_day_unread_makes_it_doubtful(text: str) -> None:
    assert times_of(text, world(hours=False)) == {"!date": "ambiguous"}


@pytest.mark.parametrize("text", ["any day before friday", "the first friday", "the car on friday", "2 cars friday"])
def test_other_words_beside_a_day_do_not(text: str) -> None:
    assert "!date" not in times_of(text, world(hours=False))


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("3 pm cst", {"time": "15:00"}),
        ("3 pm central", {"time": "15:00"}),
        ("3 pm gmt tomorrow", {"date": "2026-11-25", "!time": "ambiguous"}),
    ],
)
def test_a_time_of_another_zone_is_asked_about(text: str, slots: dict[str, str]) -> None:
    assert times_of(text, world(hours=False)) == slots


def test_hours_that_do_not_agree_are_asked_about() -> None:
    found = times_of("between 2 and 3 hours from now", world(hours=False))
    assert found == {"date": "2026-11-24", "!time": "ambiguous"}
