"""Free times in the stored book: technicians, calendars' busy times, retired rows, and what a search costs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event, update

from offhook.desks.dealership.model import BusySpan, SlotTaken
from offhook.desks.dealership.tables import service_types
from offhook.store.engine import Database
from support.dealership_book import (
    FRIDAY_10,
    LAKESIDE,
    OpenBook,
    add_technicians,
    booked,
    keep_bays,
    opener,
    service_of,
)
from support.set_clock import SetClock

FRIDAY = FRIDAY_10.date()


async def test_a_job_needs_a_bay_and_a_technician(lakeside: OpenBook, database: Database, clock: SetClock) -> None:
    technicians = await add_technicians(database, 2)
    now = clock.now()
    for n in range(2):
        async with lakeside(write=True) as book:
            made = await booked(book, FRIDAY_10, now)
            assert made.technician_id == technicians[n]
    async with lakeside(write=True) as book:
        oil, rotation = await service_of(book), await service_of(book, "Tire rotation")
        assert await book.why_not(oil, FRIDAY_10, now=now) == "taken", "six bays are free, no technician is"
        assert await book.why_not(rotation, FRIDAY_10, now=now) is None, "that takes no technician"
        with pytest.raises(SlotTaken):
            await booked(book, FRIDAY_10, now)
        free = [f"{slot.starts_at:%H:%M}" for slot in await book.free_slots(oil, FRIDAY, now=now)]
        assert "09:00" in free and "11:00" in free
        assert not {"09:30", "10:00", "10:30"} & set(free), "45 minutes and a buffer of 15 must be free for both"


async def test_without_technicians_what_needs_one_cannot_be_booked(
    lakeside: OpenBook, database: Database, clock: SetClock
) -> None:
    await add_technicians(database, 0)
    async with lakeside() as book:
        assert await book.why_not(await service_of(book), FRIDAY_10, now=clock.now()) == "taken"
        assert await book.free_slots(await service_of(book), FRIDAY, now=clock.now()) == []


async def test_a_calendars_busy_times_are_left_out(lakeside: OpenBook, database: Database, clock: SetClock) -> None:
    await keep_bays(database, 2)
    now = clock.now()
    meeting = BusySpan(FRIDAY_10, FRIDAY_10 + timedelta(minutes=20))
    async with lakeside() as book:
        oil = await service_of(book)
        bays = [bay.resource_id for bay in await book.resources()]
        assert len(bays) == 2
        assert await book.why_not(oil, FRIDAY_10, now=now, busy=[meeting]) == "taken"
        free = await book.free_between(oil, FRIDAY, FRIDAY, now=now, step_min=15, busy=[meeting])
        starts = [f"{slot.starts_at:%H:%M}" for slot in free]
        assert "09:00" in starts and "10:30" in starts
        assert not {"09:15", "09:45", "10:00", "10:15"} & set(starts)
        one_bay = BusySpan(FRIDAY_10, FRIDAY_10 + timedelta(hours=8), resource_id=bays[0])
        (slot,) = [
            slot
            for slot in await book.free_between(oil, FRIDAY, FRIDAY, now=now, busy=[one_bay])
            if slot.starts_at == FRIDAY_10
        ]
        assert slot.resource_id == bays[1]
        assert await book.why_not(oil, FRIDAY_10, now=now, busy=[]) is None


async def test_retired_services_and_bays_are_not_offered(
    lakeside: OpenBook, database: Database, clock: SetClock
) -> None:
    async with lakeside(write=True) as book:
        made = await booked(book, FRIDAY_10, clock.now())
    await keep_bays(database, 0)
    async with database.transaction(write=True) as connection:
        await connection.execute(
            update(service_types).where(service_types.c.business_id == LAKESIDE, service_types.c.name == "Oil change"),
            {"active": False},
        )
    async with lakeside() as book:
        assert await book.service_by_name("Oil change") is None
        assert made.service_id is not None
        retired = await book.service(made.service_id)
        assert retired is not None and retired.name == "Oil change"
        assert await book.free_slots(await service_of(book, "Tire rotation"), FRIDAY, now=clock.now()) == []


async def test_a_search_costs_the_same_few_statements_for_a_day_and_for_a_month(
    sqlite_database: Database, clock: SetClock
) -> None:
    await add_technicians(sqlite_database, 4)
    lakeside = opener(sqlite_database, clock)
    async with lakeside(write=True) as book:
        for days in range(5):
            for hour in range(3):
                await booked(book, FRIDAY_10 + timedelta(days=days + 3, hours=hour), clock.now())
    statements: list[str] = []

    def note(*args: object) -> None:
        statements.append(str(args[2]))

    event.listen(sqlite_database.engine.sync_engine, "before_cursor_execute", note)
    counts: list[int] = []
    for last in (FRIDAY, FRIDAY + timedelta(days=30)):
        async with lakeside() as book:
            oil = await service_of(book)
            statements.clear()
            assert await book.free_between(oil, FRIDAY, last, now=clock.now())
            counts.append(len(statements))
    assert counts[0] == counts[1] <= 7


async def test_a_range_is_cut_to_what_can_be_booked(lakeside: OpenBook, clock: SetClock) -> None:
    async with lakeside() as book:
        oil = await service_of(book)
        free = await book.free_between(oil, date(2020, 1, 1), date(2030, 1, 1), now=clock.now())
        assert free[0].starts_at.date() == date(2026, 11, 25)
        assert free[-1].starts_at.date() <= date(2026, 11, 25) + timedelta(days=60)
        assert await book.free_between(oil, date(2028, 1, 1), date(2030, 1, 1), now=clock.now()) == []
