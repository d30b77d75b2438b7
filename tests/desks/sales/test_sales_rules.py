"""The score of a lead, and what is done next, as the table in the rules has it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.desks.sales.rules import Known, next_step, score

TODAY = date(2026, 11, 25)
ALL = Known(
    phone=True,
    email=True,
    name=True,
    product=True,
    qty=True,
    timing_from=TODAY,
    timing_to=TODAY,
    budget_max=500_000,
    price=400_000,
    asked="quote",
)


def test_everything_known_is_a_hundred_and_nothing_is_none() -> None:
    assert score(ALL, TODAY) == 100
    assert score(Known(), TODAY) == 0


@pytest.mark.parametrize(
    ("changes", "points"),
    [
        ({"phone": False}, 95),
        ({"phone": False, "email": False}, 75),
        ({"name": False}, 95),
        ({"product": False, "need": True}, 90),
        ({"product": False}, 80),
        ({"qty": False}, 95),
        ({"timing_from": TODAY + timedelta(days=60), "timing_to": None}, 92),
        ({"timing_from": TODAY + timedelta(days=150), "timing_to": None}, 86),
        ({"timing_from": TODAY + timedelta(days=400), "timing_to": None}, 83),
        ({"timing_from": None, "timing_to": None, "timing": "later"}, 83),
        ({"timing_from": None, "timing_to": None}, 80),
        ({"budget_max": 399_999}, 88),
        ({"price": None}, 92),
        ({"budget_max": None}, 80),
        ({"asked": None}, 95),
    ],
)
def test_each_rule_counts_by_itself(changes: dict[str, object], points: int) -> None:
    assert score(replace(ALL, **changes), TODAY) == points  # type: ignore[arg-type]  # fields by name


@given(
    st.builds(
        Known,
        phone=st.booleans(),
        email=st.booleans(),
        name=st.booleans(),
        product=st.booleans(),
        need=st.booleans(),
        qty=st.booleans(),
        timing_from=st.none() | st.dates(),
        timing_to=st.none() | st.dates(),
        timing=st.sampled_from(["", "later"]),
        budget_max=st.none() | st.integers(0, 10**12),
        price=st.none() | st.integers(0, 10**12),
        asked=st.sampled_from([None, "call_back", "demo", "quote", "hand_over", "nurture"]),
    )
)
def test_a_score_is_never_out_of_bounds(known: Known) -> None:
    assert 0 <= score(known, TODAY) <= 100
    assert next_step(known, TODAY)


def test_the_next_step() -> None:
    assert next_step(replace(ALL, asked="demo"), TODAY) == "demo"
    assert next_step(replace(ALL, asked=None), TODAY) == "call_back"
    assert next_step(replace(ALL, asked=None, timing_from=TODAY + timedelta(days=200)), TODAY) == "nurture"
    assert next_step(Known(email=True, need=True), TODAY) == "nurture"
