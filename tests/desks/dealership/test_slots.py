from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.desks.dealership.model import UNIT_MIN, BookingRules
from offhook.desks.dealership.slots import (
    free_slots,
    refusal,
    unit_of,
    units_of,
    wall_clock,
)
from offhook.store.model import DayOpening, OpenRange

CHICAGO = ZoneInfo("America/Chicago")
RULES = BookingRules()
WORKDAY = DayOpening((OpenRange(time(8), time(18)),))
CLOSED = DayOpening(())
ALL_DAY = DayOpening((OpenRange(time(0), time(0)),))
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=CHICAGO)
FRIDAY = date(2026, 11, 27)
SPRING = date(2027, 3, 14)
"""02:00 to 03:00 is skipped."""
AUTUMN = date(2026, 11, 1)
"""01:00 to 02:00 comes twice."""


def slots(day: date, minutes: int = 60, buffer: int = 0, **given_: object) -> list[str]:
    options: dict[str, object] = {
        "opening": WORKDAY,
        "zone": CHICAGO,
        "now": NOW,
        "rules": RULES,
        "resources": ["bay"],
        "taken": {},
        "step_min": 60,
        **given_,
    }
    return [f"{slot.starts_at:%H:%M}" for slot in free_slots(day, minutes, buffer, **options)]  # type: ignore[arg-type]


def at(hour: int, minute: int = 0, day: date = FRIDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), CHICAGO)


def taken(start: datetime, minutes: int) -> set[int]:
    return set(units_of(start, minutes))


def test_a_day_from_opening_to_the_last_that_ends_by_closing() -> None:
    assert slots(FRIDAY) == ["08:00", "09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00", "17:00"]
    assert slots(FRIDAY, minutes=90)[-1] == "16:00"
    assert slots(FRIDAY, minutes=90, step_min=30)[-1] == "16:30"
    assert slots(FRIDAY, minutes=60, buffer=15)[-1] == "17:00", "the buffer may run past closing"


def test_starts_lie_on_the_clock_not_on_the_opening() -> None:
    assert slots(FRIDAY, opening=DayOpening((OpenRange(time(8, 10), time(11)),)), step_min=30) == [
        "08:30",
        "09:00",
        "09:30",
        "10:00",
    ]


def test_two_ranges_of_a_day_are_kept_apart() -> None:
    lunch = DayOpening((OpenRange(time(8), time(12)), OpenRange(time(13), time(15))))
    assert slots(FRIDAY, minutes=90, opening=lunch) == ["08:00", "09:00", "10:00", "13:00"]


def test_closed_past_and_far_days_have_none() -> None:
    assert slots(FRIDAY, opening=CLOSED) == []
    assert slots(NOW.date() - timedelta(days=1)) == []
    assert slots(NOW.date() + timedelta(days=RULES.horizon_days))
    assert slots(NOW.date() + timedelta(days=RULES.horizon_days + 1)) == []


def test_lead_time_cuts_today() -> None:
    assert slots(NOW.date())[0] == "10:00"
    assert slots(NOW.date(), now=NOW + timedelta(minutes=1))[0] == "11:00"
    assert slots(NOW.date(), rules=BookingRules(lead_min=0))[0] == "09:00"


def test_occupied_resources_and_buffers() -> None:
    busy = {"bay": taken(at(10), 60)}
    assert "10:00" not in slots(FRIDAY, taken=busy)
    assert "09:00" in slots(FRIDAY, taken=busy)
    assert "09:00" not in slots(FRIDAY, buffer=15, taken=busy), "the buffer needs the bay too"
    assert "10:00" in slots(FRIDAY, taken=busy, resources=["bay", "other"])
    assert slots(FRIDAY, resources=[]) == []


def test_a_skipped_hour_is_not_offered_and_lengths_are_real() -> None:
    night = DayOpening((OpenRange(time(0), time(5)),))
    offered = free_slots(
        SPRING, 60, 0, opening=night, zone=CHICAGO, now=NOW, rules=BookingRules(horizon_days=365),
        resources=["bay"], taken={}, step_min=60,
    )  # fmt: skip
    assert [f"{slot.starts_at:%H:%M}-{slot.ends_at:%H:%M}" for slot in offered] == [
        "00:00-01:00",
        "01:00-03:00",
        "03:00-04:00",
        "04:00-05:00",
    ]
    assert {(slot.ends_at.timestamp() - slot.starts_at.timestamp()) / 60 for slot in offered} == {60}


def test_a_repeated_hour_is_offered_once() -> None:
    now = datetime(2026, 10, 30, 9, 0, tzinfo=CHICAGO)
    night = DayOpening((OpenRange(time(0), time(4)),))
    assert slots(AUTUMN, now=now, opening=night) == ["00:00", "01:00", "02:00", "03:00"]


def test_open_around_the_clock() -> None:
    assert len(slots(FRIDAY, opening=ALL_DAY)) == 24
    assert len(slots(SPRING, opening=ALL_DAY, rules=BookingRules(horizon_days=365))) == 23


def test_a_step_that_is_no_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 15"):
        slots(FRIDAY, step_min=20)


@pytest.mark.parametrize(
    ("start", "opening", "reason"),
    [
        (at(10), WORKDAY, None),
        (at(8), WORKDAY, None),
        (at(17), WORKDAY, None),
        (at(10).astimezone(UTC), WORKDAY, None),
        (at(10, 15), WORKDAY, None),
        (at(10, 10), WORKDAY, "off_grid"),
        (at(17, 15), WORKDAY, "outside_hours"),
        (at(7, 45), WORKDAY, "outside_hours"),
        (at(22), WORKDAY, "outside_hours"),
        (at(10), CLOSED, "closed_day"),
        (at(10, day=date(2026, 11, 24)), WORKDAY, "past"),
        (at(8, 30, day=NOW.date()), WORKDAY, "past"),
        (at(9, 0, day=NOW.date()), WORKDAY, "past"),
        (at(9, 45, day=NOW.date()), WORKDAY, "too_soon"),
        (at(10, 0, day=NOW.date()), WORKDAY, None),
        (at(10, day=NOW.date() + timedelta(days=61)), WORKDAY, "too_far"),
        (at(10, day=NOW.date() + timedelta(days=60)), WORKDAY, None),
    ],
)
def test_why_a_time_cannot_be_had(start: datetime, opening: DayOpening, reason: str | None) -> None:
    assert refusal(start, 60, opening=opening, zone=CHICAGO, now=NOW, rules=RULES) == reason


def test_a_time_that_the_clock_change_skips() -> None:
    rules = BookingRules(horizon_days=365)
    skipped = datetime.combine(SPRING, time(2, 30), CHICAGO)
    assert wall_clock(SPRING, time(2, 30), CHICAGO) is None
    assert refusal(skipped, 60, opening=ALL_DAY, zone=CHICAGO, now=NOW, rules=rules) == "nonexistent"
    assert refusal(skipped + timedelta(hours=1), 60, opening=ALL_DAY, zone=CHICAGO, now=NOW, rules=rules) is None


def test_units() -> None:
    start = at(10)
    assert len(units_of(start, 45)) == 3
    assert len(units_of(start, 46)) == 4
    assert units_of(start, 45)[0] == unit_of(start) == unit_of(start + timedelta(minutes=14))
    assert unit_of(start + timedelta(minutes=15)) == unit_of(start) + 1


ZONES = st.sampled_from(
    ["America/Chicago", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"]
).map(ZoneInfo)
HOURS = st.tuples(st.integers(0, 95), st.integers(1, 96)).filter(lambda pair: pair[0] < pair[1])


@given(
    zone=ZONES,
    ahead=st.integers(0, 400),
    hours=HOURS,
    minutes=st.integers(1, 40).map(lambda n: n * 5),
    buffer=st.sampled_from([0, 15, 20]),
    step=st.sampled_from([15, 30, 60]),
    occupied=st.sets(st.integers(0, 200), max_size=40),
)
def test_every_offer_can_be_booked(
    zone: ZoneInfo, ahead: int, hours: tuple[int, int], minutes: int, buffer: int, step: int, occupied: set[int]
) -> None:
    now = NOW.astimezone(UTC)
    rules = BookingRules(horizon_days=400)
    day = now.astimezone(zone).date() + timedelta(days=ahead)
    opens, closes = (time(quarter // 4 % 24, quarter % 4 * UNIT_MIN) for quarter in hours)
    opening = DayOpening((OpenRange(opens, closes),))
    base = unit_of(datetime.combine(day, time(0), zone))
    busy = {"bay": {base + offset for offset in occupied}}
    offered = free_slots(
        day, minutes, buffer, opening=opening, zone=zone, now=now, rules=rules,
        resources=["bay"], taken=busy, step_min=step,
    )  # fmt: skip

    for slot in offered:
        assert refusal(slot.starts_at, minutes, opening=opening, zone=zone, now=now, rules=rules) is None
        assert slot.starts_at.date() == day
        assert slot.ends_at.timestamp() - slot.starts_at.timestamp() == minutes * 60
        assert busy["bay"].isdisjoint(units_of(slot.starts_at, minutes + buffer))
    starts = [slot.starts_at.timestamp() for slot in offered]
    assert starts == sorted(set(starts))
