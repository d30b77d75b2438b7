"""Test drives: a demonstration car of the model first, else one for sale; no car on two drives at once."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from offhook.desks.dealership.model import Appointment, SlotTaken
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tables import resources
from offhook.store.engine import Database
from support.dealership_book import FRIDAY_10, LAKESIDE, OpenBook, add_car
from support.set_clock import SetClock
from support.stored_rows import stored_rows


async def add_demo_car(database: Database, name: str) -> str:
    row = {"business_id": LAKESIDE, "resource_id": "res_demo", "name": name, "kind": "test_drive", "sort": 0}
    async with database.transaction(write=True) as connection:
        await connection.execute(insert(resources), row)
    return "res_demo"


async def drive(
    book: DealershipRepository, clock: SetClock, *, model: str | None = "aurora", stock_number: str | None = None
) -> Appointment:
    drivable = await book.drivable(model=model, stock_number=stock_number)
    assert drivable is not None
    return await book.book_drive(
        drivable, FRIDAY_10, customer_name="Ann Lee", customer_phone=None, now=clock.now(), created_via="chat"
    )


async def test_each_car_of_the_model_is_driven_by_one_at_a_time(
    lakeside: OpenBook, clock: SetClock, database: Database
) -> None:
    demo = await add_demo_car(database, "Aurora demo")
    first, second = await add_car(database, "A1"), await add_car(database, "A2")
    await add_car(database, "A3", status="sold")
    await add_car(database, "A4", model="Corolla")
    driven: list[tuple[str, str | None]] = []
    for _ in range(3):
        async with lakeside(write=True) as book:
            made = await drive(book, clock)
            driven.append((made.resource_id, made.stock_id))
            assert (made.kind, made.service_name) == ("test_drive", "Test drive Toyota Aurora")
            assert (made.ends_at - made.starts_at).total_seconds() == 30 * 60
    assert driven == [(demo, None), (first, first), (second, second)]
    async with lakeside(write=True) as book:
        with pytest.raises(SlotTaken):
            await drive(book, clock)
        with pytest.raises(SlotTaken):
            await drive(book, clock, model=None, stock_number="a1")
    assert len(await stored_rows(database, "appointments", business_id=LAKESIDE)) == 3


async def test_a_stock_number_means_that_car(lakeside: OpenBook, clock: SetClock, database: Database) -> None:
    await add_demo_car(database, "Aurora demo")
    await add_car(database, "A1")
    second = await add_car(database, "A2")
    async with lakeside(write=True) as book:
        assert (await drive(book, clock, stock_number="a2")).stock_id == second


async def test_a_drive_is_moved_with_its_car(lakeside: OpenBook, clock: SetClock, database: Database) -> None:
    car = await add_car(database, "A1")
    async with lakeside(write=True) as book:
        made = await drive(book, clock)
        moved = await book.reschedule(
            made.appointment_id, FRIDAY_10.replace(hour=15), now=clock.now(), actor="caller:s"
        )
        assert (moved.resource_id, moved.stock_id, moved.starts_at.hour) == (car, car, 15)
        assert (await drive(book, clock)).resource_id == car, "its old time is free again"


async def test_cars_that_are_not_there(lakeside: OpenBook, database: Database) -> None:
    await add_demo_car(database, "Aurora demo")
    await add_car(database, "A4", status="reserved")
    async with lakeside() as book:
        assert await book.drivable(model="Beetle") is None
        assert await book.drivable(stock_number="A4") is None
        aurora = await book.drivable(model="Aurora")
        assert aurora is not None
        assert (aurora.needs.groups, aurora.title) == ((("res_demo",),), "Aurora")
