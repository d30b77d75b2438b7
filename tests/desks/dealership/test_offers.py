from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from offhook.desks.dealership.model import FreeSlot
from offhook.desks.dealership.offers import by_day, nearest, of_days, soonest, spread, weekdays, window
from support.dealership_book import CHICAGO

FRIDAY_8 = datetime(2026, 11, 27, 8, 0, tzinfo=CHICAGO)


def slot(at: datetime, name: str = "bay") -> FreeSlot:
    return FreeSlot(at, at + timedelta(minutes=45), name)


def day(days_on: int = 0, first: int = 8, last: int = 17) -> list[FreeSlot]:
    """Every half hour from `first` to `last` o'clock."""
    begins = FRIDAY_8 + timedelta(days=days_on)
    return [slot(begins + timedelta(minutes=30 * n)) for n in range(2 * (first - 8), 2 * (last - 8) + 1)]


def said(slots: list[FreeSlot]) -> list[str]:
    return [f"{one.starts_at:%d %H:%M}" for one in slots]


@pytest.mark.parametrize(("count", "chosen"), [(0, []), (2, [0, 1]), (3, [0, 1, 2]), (9, [0, 4, 8])])
def test_offers_are_spread_over_the_span(count: int, chosen: list[int]) -> None:
    slots = [slot(FRIDAY_8, str(n)) for n in range(count)]
    assert [int(one.resource_id) for one in spread(slots, 3)] == chosen


def test_several_days_give_several_days_and_times_of_day() -> None:
    week = [one for n in (0, 3, 4, 5, 6, 7) for one in day(n)]
    assert said(of_days(week)) == ["27 08:00", "01 12:30", "03 17:00"], "from the first five days that have room"
    assert said(of_days(day(0, last=9))) == ["27 08:00", "27 08:30", "27 09:00"]
    assert said(of_days([*day(0, last=9), *day(3, last=9)])) == ["27 08:00", "27 09:00", "30 09:00"]
    assert of_days([]) == []


def test_the_earliest_are_not_three_neighbours() -> None:
    assert said(soonest(day())) == ["27 08:00", "27 09:00", "27 10:00"]
    assert said(soonest([*day(0, 16, 17), *day(3)])) == ["27 16:00", "27 17:00", "30 08:00"]
    assert said(soonest(day(last=8))) == ["27 08:00"]


def test_alternatives_lie_around_the_wish() -> None:
    ten = FRIDAY_8 + timedelta(hours=2)
    around = [one for one in day() if not ten - timedelta(minutes=30) < one.starts_at < ten + timedelta(minutes=60)]
    assert said(nearest(around, ten)) == ["27 08:30", "27 09:30", "27 11:00"]
    assert said(nearest(day(), ten, 1)) == ["27 10:00"]
    assert said(nearest(day(), FRIDAY_8 - timedelta(hours=3))) == ["27 08:00", "27 09:00", "27 10:00"]
    assert nearest(day(), ten, 0) == []


def test_days_are_told_apart() -> None:
    assert [len(one) for one in by_day([*day(0, last=9), *day(3)])] == [3, 19]


@pytest.mark.parametrize(
    ("days", "wanted"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("Sat", {5}),
        ("tue,thu", {1, 3}),
        ("fri-mon", {4, 5, 6, 0}),
        ("monday-wednesday", {0, 1, 2}),
        ("", set()),
        (None, set()),
        ("someday", set()),
    ],
)
def test_weekdays(days: str | None, wanted: set[int]) -> None:
    assert weekdays(days) == wanted


@pytest.mark.parametrize(
    ("wish", "first", "last"),
    [
        ({}, "08:00", "17:00"),
        ({"daypart": "morning"}, "08:00", "11:30"),
        ({"daypart": "afternoon"}, "12:00", "16:30"),
        ({"daypart": "morning", "time_from": time(10)}, "10:00", "11:30"),
        ({"daypart": "afternoon", "time_to": time(14)}, "12:00", "14:00"),
        ({"time_from": time(10), "time_to": time(12)}, "10:00", "12:00"),
        ({"time_from": time(12), "time_to": time(10)}, "10:00", "12:00"),
        ({"at": time(9, 30)}, "09:30", "09:30"),
        ({"daypart": "teatime"}, "08:00", "17:00"),
    ],
)
def test_windows(wish: dict[str, object], first: str, last: str) -> None:
    wished = window(**wish)  # type: ignore[arg-type]
    fitting = [one for one in day() if wished.fits(one)]
    assert [f"{fitting[0].starts_at:%H:%M}", f"{fitting[-1].starts_at:%H:%M}"] == [first, last]
    assert wished.narrow == (bool(wish) and wish.get("daypart") != "teatime")


def test_a_window_holds_only_on_its_weekdays() -> None:
    wished = window(days="mon")
    assert not any(wished.fits(one) for one in day())
    assert all(wished.fits(one) for one in day(3))
    assert not wished.narrow
