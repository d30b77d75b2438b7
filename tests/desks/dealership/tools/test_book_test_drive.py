from __future__ import annotations

from offhook.contracts.desk import Failed, Ok, Retry
from offhook.desks.dealership.tools.book_test_drive import DriveRequest, book_test_drive
from offhook.desks.dealership.tools.find_slots import SlotWish, find_slots
from offhook.store.engine import Database
from support.dealership_book import add_car, run_tool
from support.set_clock import SetClock


async def test_a_drive_is_found_booked_and_then_taken(sqlite_database: Database, clock: SetClock) -> None:
    await add_car(sqlite_database, "A1")
    wish = SlotWish(model="Aurora", date="2026-11-27", time="10:00")
    request = DriveRequest(model="aurora", date="2026-11-27", time="10:00", name="Ann Lee", phone="+12025550177")

    free = await run_tool(sqlite_database, clock, find_slots, wish)
    assert isinstance(free, Ok) and free.value.status == "free"
    booked = await run_tool(sqlite_database, clock, book_test_drive, request)
    assert isinstance(booked, Ok)
    assert (booked.value.car, booked.value.stock_number) == ("Toyota Aurora", "A1")
    assert booked.value.starts_at == "2026-11-27T10:00-06:00"
    assert booked.value.customer_id is not None
    others = ("2026-11-27T08:00", "2026-11-27T09:00", "2026-11-27T11:00")
    assert await run_tool(sqlite_database, clock, book_test_drive, request) == Failed("refused.taken", others)
    taken = await run_tool(sqlite_database, clock, find_slots, wish)
    assert isinstance(taken, Ok)
    assert (taken.value.status, tuple(taken.value.offers)) == ("taken", others)


async def test_cars_that_cannot_be_driven(sqlite_database: Database, clock: SetClock) -> None:
    await add_car(sqlite_database, "A1", status="sold")
    for wish in ({"model": "Aurora"}, {"stock_number": "A1"}, {"model": "Aurora", "stock_number": "ZZ"}):
        request = DriveRequest(date="2026-11-27", time="10:00", name="Ann Lee", **wish)
        assert await run_tool(sqlite_database, clock, book_test_drive, request) == Failed("no_such_car")
        slots = SlotWish(date="2026-11-27", **wish)
        assert await run_tool(sqlite_database, clock, find_slots, slots) == Failed("no_such_car")
    nameless = DriveRequest(date="2026-11-27", time="10:00", name="Ann Lee")
    assert isinstance(await run_tool(sqlite_database, clock, book_test_drive, nameless), Retry)
