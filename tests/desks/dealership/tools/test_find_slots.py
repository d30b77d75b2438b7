"""Wishes against the demo book: Wednesday, 25 November 2026, 09:00 in Chicago; open Mon-Fri 8-18, Sat 9-16."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from offhook.contracts.desk import Caller, Effect, Failed, Ok, ToolContext
from offhook.desks.dealership.model import FreeSlot
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tools.find_slots import SlotAnswer, SlotWish, find_slots, spread
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
        ({"date": "2026-11-27", "daypart": "afternoon"}, "offers", ["12:00", "14:00", "16:30"]),
        ({"date": "2026-11-27", "time_from": "14:00", "time_to": "15:00"}, "offers", ["14:00", "14:30", "15:00"]),
        ({"date": "2026-11-27", "time": "19:00"}, "outside_hours", ["16:00", "16:30", "17:00"]),
        ({"date": "2026-11-27", "time": "17:45"}, "outside_hours", ["16:00", "16:30", "17:00"]),
        ({"date": "2026-11-27", "time": "10:05"}, "off_grid", ["09:30", "10:00", "10:30"]),
        ({"date": "2026-11-29", "time": "10:00"}, "closed_day", ["09:30", "10:00", "10:30"]),
        ({"date": "2026-11-29"}, "closed_day", ["08:00", "08:30", "09:00"]),
        ({"date": "2026-11-24", "time": "10:00"}, "past", []),
        ({"date": "2026-11-24"}, "past", []),
        ({"date": "2026-11-25", "time": "08:00"}, "past", ["10:00", "10:30", "11:00"]),
        ({"date": "2026-11-25", "time": "09:30"}, "too_soon", ["10:00", "10:30", "11:00"]),
        ({"date": "2027-06-01"}, "too_far", []),
        ({"date": "2027-11-20", "time": "10:00"}, "past", []),
        ({"date": "2027-11-20"}, "past", []),
        ({"date": "2027-06-01", "time": "10:00"}, "too_far", []),
        ({"earliest": True}, "offers", ["10:00", "10:30", "11:00"]),
        ({"date_from": "2026-11-30", "date_to": "2026-12-04"}, "offers", ["08:00", "08:00", "08:00"]),
        ({"date_from": "2026-11-28", "date_to": "2026-11-29"}, "offers", ["09:00"]),
        ({"date_from": "2026-11-30", "date_to": "2026-12-04", "time": "15:00"}, "offers", ["15:00"] * 3),
        ({"date_from": "2026-11-01", "date_to": "2026-11-07"}, "past", []),
        ({"date_from": "2026-11-29", "date_to": "2026-11-29"}, "none", ["08:00", "08:30", "09:00"]),
    ],
)
async def test_wishes(
    sqlite_database: Database, clock: SetClock, wish: dict[str, object], status: str, offers: list[str]
) -> None:
    answer = await ask(sqlite_database, clock, **wish)
    assert answer.status == status
    assert [moment[11:] for moment in answer.offers] == offers


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
    assert [moment[11:] for moment in answer.offers] == ["08:30", "09:00", "11:00"]


async def test_the_hours_of_the_wished_day_come_along(sqlite_database: Database, clock: SetClock) -> None:
    answer = await ask(sqlite_database, clock, date="2026-11-28", time="17:00")
    assert answer.status == "outside_hours"
    assert answer.ranges == [("09:00", "16:00")]


async def test_an_unknown_service_is_refused(sqlite_database: Database, clock: SetClock) -> None:
    business = await SqlBusinesses(sqlite_database, clock).default("dealership")
    async with unit_of_work_factory(sqlite_database, clock)(business.business_id, Effect.READ) as uow:
        ctx = ToolContext(business, Caller("s", "chat"), clock.now().astimezone(ZONE), "t", "find", uow)
        assert await find_slots.run(ctx, SlotWish(service="Haircut")) == Failed("service_unknown")


@pytest.mark.parametrize(("count", "chosen"), [(0, []), (2, [0, 1]), (3, [0, 1, 2]), (9, [0, 4, 8])])
def test_offers_are_spread_over_the_span(count: int, chosen: list[int]) -> None:
    at = datetime(2026, 11, 27, 8, 0, tzinfo=ZONE)
    slots = [FreeSlot(at, at, str(n)) for n in range(count)]
    assert [int(slot.resource_id) for slot in spread(slots, 3)] == chosen
