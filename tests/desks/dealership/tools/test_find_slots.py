"""Wishes against the demo book: Wednesday, 25 November 2026, 09:00 in Chicago; open Mon-Fri 8-18, Sat 9-16."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from offhook.contracts.desk import Caller, Effect, Failed, Ok, ToolContext
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.find_slots import SlotAnswer, SlotWish, find_slots
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock

ZONE = ZoneInfo("America/Chicago")


async def ask(database: Database, clock: SetClock, **wish: object) -> SlotAnswer:
    business = await SqlBusinesses(database, clock).default("dealership")
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.READ) as uow:
        ctx = ToolContext(business, Caller("s", "chat"), clock.now().astimezone(ZONE), "t", "find", uow)
        outcome = await find_slots.run(ctx, SlotWish(service="Oil change", **wish))  # type: ignore[arg-type]
    assert isinstance(outcome, Ok)
    return outcome.value


@pytest.mark.parametrize(
    ("wish", "status", "offers"),
    [
        ({"date": "2026-11-27", "time": "10:00"}, "free", []),
        ({"date": "2026-11-27"}, "day_free", []),
        ({"date": "2026-11-27", "offers": True}, "offers", ["27 08:00", "27 12:30", "27 17:00"]),
        ({"date": "2026-11-27", "daypart": "afternoon"}, "offers", ["27 12:00", "27 14:00", "27 16:30"]),
        ({"date": "2026-11-27", "daypart": "night"}, "offers", ["27 17:00"]),
        (
            {"date": "2026-11-27", "time_from": "14:00", "time_to": "15:00"},
            "offers",
            ["27 14:00", "27 14:30", "27 15:00"],
        ),
        (
            {"date": "2026-11-27", "time_from": "12:00", "time_to": "10:00"},
            "offers",
            ["27 10:00", "27 11:00", "27 12:00"],
        ),
        ({"date": "2026-11-27", "time_from": "17:30"}, "none", ["27 08:00", "27 12:30", "27 17:00"]),
        ({"date": "2026-11-27", "time": "19:00"}, "outside_hours", ["27 15:00", "27 16:00", "27 17:00"]),
        ({"date": "2026-11-27", "time": "17:45"}, "outside_hours", ["27 15:00", "27 16:00", "27 17:00"]),
        ({"date": "2026-11-27", "time": "10:05"}, "off_grid", ["27 09:00", "27 10:00", "27 11:00"]),
        ({"date": "2026-11-29", "time": "10:00"}, "closed_day", ["30 09:00", "30 10:00", "30 11:00"]),
        ({"date": "2026-11-29"}, "closed_day", ["30 08:00", "30 12:30", "30 17:00"]),
        ({"date": "2026-11-29", "daypart": "evening"}, "closed_day", ["30 16:00", "30 16:30", "30 17:00"]),
        ({"date": "2026-11-24", "time": "10:00"}, "past", []),
        ({"date": "2026-11-24"}, "past", []),
        ({"date": "2026-11-25", "time": "08:00"}, "past", ["25 10:00", "25 11:00", "25 12:00"]),
        ({"date": "2026-11-25", "time": "09:30"}, "too_soon", ["25 10:00", "25 11:00", "25 12:00"]),
        ({"date": "2027-06-01"}, "too_far", []),
        ({"date": "2027-11-20", "time": "10:00"}, "past", []),
        ({"date": "2027-11-20"}, "past", []),
        ({"date": "2027-06-01", "time": "10:00"}, "too_far", []),
        ({"date_from": "2027-06-01", "date_to": "2027-06-03"}, "too_far", []),
        ({"earliest": True}, "offers", ["25 10:00", "25 11:00", "25 12:00"]),
        ({"earliest": True, "daypart": "evening"}, "offers", ["25 16:00", "25 17:00", "26 16:00"]),
        ({"earliest": True, "days": "sat"}, "offers", ["28 09:00", "28 10:00", "28 11:00"]),
        ({"daypart": "morning"}, "offers", ["25 10:00", "27 10:00", "30 11:30"]),
        ({"days": "sat,sun"}, "offers", ["28 09:00", "05 12:00", "12 15:00"]),
        ({"date_from": "2026-11-30", "date_to": "2026-12-04"}, "offers", ["30 08:00", "02 12:30", "04 17:00"]),
        ({"date_from": "2026-12-04", "date_to": "2026-11-30"}, "offers", ["30 08:00", "02 12:30", "04 17:00"]),
        ({"date_from": "2026-11-28", "date_to": "2026-11-29"}, "offers", ["28 09:00", "28 12:00", "28 15:00"]),
        (
            {"date_from": "2026-11-30", "date_to": "2026-12-04", "time": "15:00"},
            "offers",
            ["30 15:00", "02 15:00", "04 15:00"],
        ),
        ({"date_from": "2026-11-01", "date_to": "2026-11-07"}, "past", []),
        ({"date_from": "2026-11-29", "date_to": "2026-11-29"}, "none", ["30 08:00", "30 12:30", "30 17:00"]),
    ],
)
async def test_wishes(
    sqlite_database: Database, clock: SetClock, wish: dict[str, object], status: str, offers: list[str]
) -> None:
    answer = await ask(sqlite_database, clock, **wish)
    assert answer.status == status
    assert [f"{moment[8:10]} {moment[11:]}" for moment in answer.offers] == offers


async def test_a_full_time_is_taken_and_its_neighbours_are_offered(sqlite_database: Database, clock: SetClock) -> None:
    business = await SqlBusinesses(sqlite_database, clock).default("dealership")
    start = datetime(2026, 11, 27, 10, 0, tzinfo=ZONE)
    units = unit_of_work_factory(sqlite_database, clock)
    async with units(business.business_id, Effect.WRITE) as uow:
        book = DealershipRepository(uow)
        service = await book.service_by_name("Tire rotation")
        assert service is not None
        while await book.why_not(service, start, now=clock.now()) is None:
            await book.book(service, start, customer_name="X", customer_phone=None, now=clock.now(), created_via="test")
    answer = await ask(sqlite_database, clock, date="2026-11-27", time="10:00")
    assert answer.status == "taken"
    assert [moment[11:] for moment in answer.offers] == ["08:00", "09:00", "11:00"]


async def test_the_hours_of_the_wished_day_come_along(sqlite_database: Database, clock: SetClock) -> None:
    answer = await ask(sqlite_database, clock, date="2026-11-28", time="17:00")
    assert answer.status == "outside_hours"
    assert answer.ranges == [("09:00", "16:00")]


async def test_an_unknown_service_is_refused(sqlite_database: Database, clock: SetClock) -> None:
    business = await SqlBusinesses(sqlite_database, clock).default("dealership")
    async with unit_of_work_factory(sqlite_database, clock)(business.business_id, Effect.READ) as uow:
        ctx = ToolContext(business, Caller("s", "chat"), clock.now().astimezone(ZONE), "t", "find", uow)
        assert await find_slots.run(ctx, SlotWish(service="Haircut")) == Failed("service_unknown")
