"""Dates and times: whatever is rendered as people say it reads back as the same day and minute."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.understanding.model import AppointmentRef, Command, Context, DayHours, Understanding, World
from support.number_words import in_words
from support.understanding_world import NOW, UNDERSTANDER, booking, world

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("january", "february", "march", "april", "may", "june")
_MONTHS += ("july", "august", "september", "october", "november", "december")
_ORDINALS = {
    1: "first",
    2: "second",
    3: "third",
    4: "fourth",
    5: "fifth",
    6: "sixth",
    7: "seventh",
    8: "eighth",
    9: "ninth",
    10: "tenth",
    11: "eleventh",
    12: "twelfth",
    20: "twentieth",
    30: "thirtieth",
    **{day: f"{in_words(day)}th" for day in range(13, 20)},
}

coming_days = st.integers(1, 300).map(lambda days: NOW.date() + timedelta(days=days))
minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))


def answer(text: str, asked: str = "datetime", now: datetime = NOW, hours: bool = False) -> Understanding:
    return UNDERSTANDER.understand(text, world(now, hours=hours), booking(asked, service="x"))


def day_of(text: str, now: datetime = NOW) -> object:
    result = answer(text, "date", now)
    return result.commands[0].slots.get("date") if result.commands else None


def time_of(text: str) -> object:
    result = answer(text, "time")
    return result.commands[0].slots.get("time") if result.commands else None


def ordinal(day: int) -> str:
    return _ORDINALS.get(day) or f"{in_words(day // 10 * 10)} {_ORDINALS[day % 10]}"


@given(coming_days)
def test_a_day_reads_back_however_it_is_said(day: date) -> None:
    month = _MONTHS[day.month - 1]
    suffix = "th" if day.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    for text in (
        f"{month} {ordinal(day.day)}",
        f"the {ordinal(day.day)} of {month}",
        f"{month} {day.day}",
        f"{day.day}{suffix} {month}",
        f"{_DAYS[day.weekday()]} {month} {ordinal(day.day)}",
        f"{_DAYS[day.weekday()]} the {day.day}{suffix} of {month}",
        f"{month[:3]} {day.day}, {day.year}",
        f"{day.month}/{day.day}/{day.year}",
        day.isoformat(),
        f"in {(day - NOW.date()).days} days",
        f"{in_words((day - NOW.date()).days)} days from now",
    ):
        assert day_of(text) == day.isoformat(), text


@given(minutes)
def test_a_time_reads_back_however_it_is_said(at: time) -> None:
    half = "am" if at.hour < 12 else "pm"
    hour = (at.hour - 1) % 12 + 1
    spoken = in_words(at.minute) if at.minute >= 10 else f"oh {in_words(at.minute)}"
    texts = [at.strftime("%H:%M"), f"{hour}:{at.minute:02d} {half}", f"{hour}:{at.minute:02d}{half[0]}.m."]
    if at.hour > 12 or at.hour == 0 or at.strftime("%H:%M").startswith("0"):
        texts[0:1] = [at.strftime("%H:%M")]
    else:
        texts = texts[1:]
    texts.append(f"{in_words(hour)} {spoken} {half[0]} m" if at.minute else f"{in_words(hour)} {half}")
    if 1 <= at.minute <= 30:
        said = {15: "quarter", 30: "half"}.get(at.minute, f"{in_words(at.minute)} minutes")
        texts.append(f"{said} past {in_words(hour)} {half}")
    if at.minute > 30 and hour != 12 and hour != 11:
        said = {45: "a quarter"}.get(at.minute, f"{in_words(60 - at.minute)} minutes")
        texts.append(f"{said} to {in_words(hour + 1)} {half}")
    for text in texts:
        assert time_of(text) == at.strftime("%H:%M"), text


@given(coming_days, minutes)
def test_day_and_time_together_read_back(day: date, at: time) -> None:
    hour, half = (at.hour - 1) % 12 + 1, "am" if at.hour < 12 else "pm"
    text = f"{_DAYS[day.weekday()]} {_MONTHS[day.month - 1]} {ordinal(day.day)} at {hour}:{at.minute:02d} {half}"
    assert answer(text).commands[0].slots == {"date": day.isoformat(), "time": at.strftime("%H:%M")}


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)), st.integers(0, 6))
def test_weekdays_follow_the_calendar(today: date, weekday: int) -> None:
    now = datetime.combine(today, time(10), tzinfo=NOW.tzinfo)
    name = _DAYS[weekday]
    bare = date.fromisoformat(str(day_of(name, now)))
    following = date.fromisoformat(str(day_of(f"next {name}", now)))
    assert (bare.weekday(), following.weekday()) == (weekday, weekday)
    assert 1 <= (bare - today).days <= 7
    monday = today - timedelta(days=today.weekday())
    assert monday + timedelta(days=7) <= following <= monday + timedelta(days=13)


@given(st.sampled_from(range(1, 13)), st.integers(1, 31))
def test_a_day_that_no_year_has_is_impossible(month: int, day: int) -> None:
    longest = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)
    result = answer(f"the {ordinal(day)} of {_MONTHS[month - 1]}", "date")
    kinds = [problem.kind for problem in result.problems if problem.slot == "date"]
    assert ("impossible" in kinds) == (day > longest)
    assert ("date" in result.commands[0].slots) == (day <= longest)


@pytest.mark.parametrize(
    ("text", "expected"), [("at seven", "07:00"), ("at three", "15:00"), ("at eleven", "11:00"), ("twelve", "12:00")]
)
def test_opening_hours_decide_the_half_of_the_day(text: str, expected: str) -> None:
    early = tuple(DayHours(weekday=day, opens=time(6), closes=time(16)) for day in range(7))
    result = UNDERSTANDER.understand(text, World(now=NOW, tz="America/Chicago", hours=early), booking("time"))
    assert result.commands[0].slots == {"time": expected}


def test_without_hours_the_telephone_habit_holds() -> None:
    read = [time_of(f"at {hour}") for hour in range(1, 13)]
    assert read == [*(f"{hour + 12}:00" for hour in range(1, 8)), "08:00", "09:00", "10:00", "11:00", "12:00"]


def test_a_time_in_the_gap_of_daylight_saving_is_no_time() -> None:
    result = answer("march 14th 2027 at 2:30 am")
    assert [(problem.slot, problem.kind) for problem in result.problems] == [("time", "gap")]


def test_a_relative_hour_crosses_daylight_saving_in_real_time() -> None:
    now = datetime(2027, 3, 14, 1, 30, tzinfo=ZoneInfo("America/Chicago"))
    assert answer("in one hour", now=now).commands[0].slots == {"date": "2027-03-14", "time": "03:30"}


@pytest.mark.parametrize(
    ("tz", "order", "expected"),
    [
        ("America/Chicago", "auto", "2026-12-05"),
        ("Asia/Kolkata", "auto", "2027-05-12"),
        ("Europe/London", "auto", "2027-05-12"),
        ("Asia/Kolkata", "mdy", "2026-12-05"),
        ("America/Chicago", "dmy", "2027-05-12"),
    ],
)
def test_the_zone_tells_how_a_typed_date_is_read(tz: str, order: str, expected: str) -> None:
    here = World(now=NOW, tz=tz, date_order=order)  # type: ignore[arg-type]  # a table of literals
    assert UNDERSTANDER.understand("12/5", here, booking("date")).commands[0].slots == {"date": expected}


def test_today_is_the_business_zones_today() -> None:
    late = datetime(2026, 11, 24, 20, 0, tzinfo=ZoneInfo("America/Chicago"))
    india = World(now=late, tz="Asia/Kolkata")
    assert UNDERSTANDER.understand("tomorrow", india, booking("date")).commands[0].slots == {"date": "2026-11-26"}


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("an hour later", {"shift_min": 60, "time": "11:00"}),
        ("half an hour earlier", {"shift_min": -30, "time": "09:30"}),
        ("push it back by two hours", {"shift_min": 120, "time": "12:00"}),
        ("same time the next day", {"same_time": True, "date": "2026-11-28", "time": "10:00"}),
        ("same time on monday", {"same_time": True, "date": "2026-11-30", "time": "10:00"}),
        ("the day after at three", {"date": "2026-11-28", "time": "15:00"}),
        ("a day later", {"date": "2026-11-28"}),
    ],
)
def test_moves_lean_on_the_appointment(text: str, slots: dict[str, object]) -> None:
    context = Context(
        pending=Command(intent="appointment.reschedule"),
        asked="datetime",
        appointment=AppointmentRef(date="2026-11-27", time="10:00"),
    )
    assert UNDERSTANDER.understand(text, world(), context).commands[0].slots == slots
