"""Hours, holidays, bays and technicians from the command line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from offhook.contracts.desk import Effect
from offhook.contracts.errors import AppError, Invalid, NotFound
from offhook.desks.dealership.repository import DealershipRepository
from offhook.ops import schedule
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock


async def booked(database: Database, clock: SetClock) -> tuple[str, str, str]:
    """An appointment on a Wednesday: (its day, its bay, its bay's name)."""
    business = await SqlBusinesses(database, clock).default("dealership")
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.WRITE) as uow:
        book = DealershipRepository(uow)
        service = (await book.services())[0]
        starts = datetime(2026, 12, 2, 16, 0, tzinfo=UTC)
        made = await book.book(
            service, starts, customer_name="Dana", customer_phone="+12025550142", now=clock.now(), created_via="chat"
        )
        return "2026-12-02", made.resource_id, made.resource_name


async def test_days_are_closed_opened_and_usual_again(database: Database, clock: SetClock) -> None:
    day, _, _ = await booked(database, clock)
    assert await schedule.set_day(database, clock, None, day, "", "Stocktaking") == 1, "who stands is told"
    found = await schedule.hours(database, clock, None)
    assert f"{day}  closed  (Stocktaking)" in found.lines()
    await schedule.set_day(database, clock, None, day, "9-12, 13:30-17", "")
    assert f"{day}  09:00-12:00, 13:30-17:00" in (await schedule.hours(database, clock, None)).lines()
    await schedule.usual_day(database, clock, None, day)
    assert all(not line.startswith(day) for line in (await schedule.hours(database, clock, None)).lines())
    await schedule.set_week(database, clock, None, "mon-fri 8-17")
    assert (await schedule.hours(database, clock, None)).lines()[0] == "mon         08:00-17:00"
    for bad in ("someday", "2026-02-30"):
        with pytest.raises(Invalid):
            await schedule.set_day(database, clock, None, bad, "", "")
    with pytest.raises(Invalid):
        await schedule.set_day(database, clock, None, day, "morning", "")
    with pytest.raises(Invalid):
        await schedule.set_week(database, clock, None, "")


async def test_a_bay_is_added_and_switched_off(database: Database, clock: SetClock) -> None:
    _, bay, name = await booked(database, clock)
    key = await schedule.add_resource(database, clock, None, "Lift", "bay")
    assert {"resource_id": key, "name": "Lift", "kind": "bay", "active": True} in await schedule.resources(
        database, clock, None
    )
    assert await schedule.switch(database, clock, None, name, on=False) == 1
    business = await SqlBusinesses(database, clock).default("dealership")
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.READ) as uow:
        active = {one.resource_id for one in await DealershipRepository(uow).resources()}
    assert key in active and bay not in active
    clock.advance(seconds=timedelta(days=60).total_seconds())
    assert await schedule.switch(database, clock, None, bay, on=True) == 0
    with pytest.raises(NotFound):
        await schedule.switch(database, clock, None, "Bay 999", on=True)
    with pytest.raises(AppError, match="another resource"):
        await schedule.add_resource(database, clock, None, "Lift", "bay")
    with pytest.raises(Invalid):
        await schedule.add_resource(database, clock, None, "Lift 2", "Bay!")
