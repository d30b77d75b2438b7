"""Arithmetic of the civil calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.understanding import calendar

days = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@given(days, st.integers(0, 6))
def test_the_next_weekday_is_within_a_week_and_never_today(day: date, weekday: int) -> None:
    found = calendar.next_weekday(day, weekday)
    assert found.weekday() == weekday
    assert 1 <= (found - day).days <= 7


@given(days, st.integers(-24, 24))
def test_months_keep_the_day_or_end_with_the_month(day: date, months: int) -> None:
    moved = calendar.add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == min(day.day, calendar.month_days(moved.year, moved.month))


@given(days, st.integers(1, 31))
def test_a_coming_day_has_its_number_and_is_not_past(day: date, number: int) -> None:
    found = calendar.coming_day(day, number)
    assert found is not None
    assert found.day == number
    assert timedelta(0) <= found - day <= timedelta(days=62)


@pytest.mark.parametrize(
    ("year", "month", "weekday", "which", "expected"),
    [(2026, 11, 3, 4, date(2026, 11, 26)), (2026, 5, 0, -1, date(2026, 5, 25)), (2026, 2, 0, 5, None)],
)
def test_nth_weekdays(year: int, month: int, weekday: int, which: int, expected: date | None) -> None:
    assert calendar.nth_weekday(year, month, weekday, which) == expected


@pytest.mark.parametrize(("year", "month", "day"), [(2026, 4, 5), (2027, 3, 28), (2030, 4, 21), (2019, 4, 21)])
def test_easter(year: int, month: int, day: int) -> None:
    assert calendar.easter(year) == date(year, month, day)


def test_february_29th_waits_for_its_year() -> None:
    assert calendar.coming(date(2026, 11, 24), 2, 29) == date(2028, 2, 29)
    assert calendar.coming(date(2026, 11, 24), 2, 30) is None


def test_clocks_skip_an_hour_in_spring_only() -> None:
    zone = ZoneInfo("America/Chicago")
    assert not calendar.exists(date(2027, 3, 14), time(2, 30), zone)
    assert calendar.exists(date(2027, 3, 14), time(3, 0), zone)
    assert calendar.exists(date(2026, 11, 1), time(1, 30), zone)


def test_an_hour_later_is_a_real_hour() -> None:
    zone = ZoneInfo("America/Chicago")
    late = calendar.later(datetime(2027, 3, 14, 1, 30, tzinfo=zone), 60)
    assert (late.hour, late.minute) == (3, 30)
