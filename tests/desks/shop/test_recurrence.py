from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.desks.shop.recurrence import DAYS, first_moment, following, is_recurrence

KOLKATA = ZoneInfo("Asia/Kolkata")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 26, 15, 30, tzinfo=KOLKATA)  # a Thursday


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("daily", True),
        ("weekly:mon", True),
        ("monthly:31", True),
        ("", False),
        ("daily:1", False),
        ("weekly:", False),
        ("weekly:monday", False),
        ("monthly:0", False),
        ("monthly:32", False),
        ("yearly", False),
    ],
)
def test_what_recurs(text: str, known: bool) -> None:
    assert is_recurrence(text) is known


@pytest.mark.parametrize(
    ("day", "hhmm", "daypart", "recurrence", "expected"),
    [
        (None, None, None, "", "2026-11-26 15:30"),
        (None, "18:00", None, "", "2026-11-26 18:00"),
        (None, "09:00", None, "", "2026-11-27 09:00"),
        (None, None, "morning", "", "2026-11-27 10:00"),
        ("2026-11-26", None, None, "", "2026-11-26 15:30"),
        ("2026-11-26", "09:00", None, "", None),
        ("2026-11-25", None, None, "", None),
        ("2026-12-01", None, None, "", "2026-12-01 10:00"),
        ("2026-12-01", None, "evening", "", "2026-12-01 18:00"),
        (None, None, None, "daily", "2026-11-27 10:00"),
        (None, "18:00", None, "daily", "2026-11-26 18:00"),
        (None, None, None, "weekly:mon", "2026-11-30 10:00"),
        (None, None, None, "monthly:5", "2026-12-05 10:00"),
        (None, None, None, "monthly:31", "2026-11-30 10:00"),
        ("2026-12-20", None, None, "weekly:mon", "2026-12-21 10:00"),
    ],
)
def test_the_first_moment(
    day: str | None, hhmm: str | None, daypart: str | None, recurrence: str, expected: str | None
) -> None:
    found = first_moment(
        NOW, day=date.fromisoformat(day) if day else None, hhmm=hhmm, daypart=daypart, recurrence=recurrence
    )
    assert (None if found is None else f"{found:%Y-%m-%d %H:%M}") == expected


@given(
    st.sampled_from(["daily", *(f"weekly:{day}" for day in DAYS), *(f"monthly:{n}" for n in range(1, 32))]),
    st.times().map(lambda t: f"{t:%H:%M}"),
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
)
def test_each_occurrence_is_later_and_none_is_skipped(recurrence: str, hhmm: str, after: datetime) -> None:
    first = following(recurrence, hhmm, after, BERLIN)
    assert first is not None and first > after
    second = following(recurrence, hhmm, first, BERLIN)
    assert second is not None
    most = {"daily": 1, "weekly": 7, "monthly": 31}[recurrence.partition(":")[0]]
    assert 0 < (second.date() - first.date()).days <= most


def test_a_time_that_the_clock_change_skips_is_an_hour_later() -> None:
    after = datetime(2027, 3, 27, 12, 0, tzinfo=UTC)
    found = following("daily", "02:30", after, BERLIN)
    assert found is not None
    assert f"{found:%Y-%m-%d %H:%M}" == "2027-03-28 03:30"
