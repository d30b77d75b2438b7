"""How far a car in the workshop is: by its whole registration number, without a word about its owner."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from offhook.contracts.desk import Caller, Effect, Ok, Retry, ToolContext
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tables import appointments, customers, vehicles
from offhook.desks.dealership.tools.vehicle_status import VehicleQuestion, VehicleTold, vehicle_status
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock

ZONE = ZoneInfo("America/Chicago")


async def told(
    database: Database, clock: SetClock, reg_no: str, *, owned: bool = False, **visit: object
) -> VehicleTold:
    """What the tool tells of ZX 98765, whose owner has an appointment tomorrow with these columns.

    `owned`: the owner asks."""
    business = await SqlBusinesses(database, clock).default("dealership")
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.WRITE) as uow:
        owner = (await sql(uow).execute(select(customers.c.customer_id, customers.c.phone).limit(1))).one()
        await sql(uow).execute(
            insert(vehicles).values(
                business_id=business.business_id,
                vehicle_id="veh_1",
                customer_id=owner.customer_id,
                make="Honda",
                model="Pilot",
                registration="ZX98765",
            )
        )
        if visit:
            book = DealershipRepository(uow)
            service = await book.service_by_name("Oil change")
            assert service is not None
            tomorrow = (clock.now() + timedelta(days=1)).astimezone(ZONE).replace(hour=10, minute=0, second=0)
            made = await book.book(
                service,
                tomorrow,
                customer_name="X",
                customer_phone=owner.phone,
                now=clock.now(),
                created_via="test",
            )
            mine = appointments.c.appointment_id == made.appointment_id
            await sql(uow).execute(update(appointments).where(mine).values(**visit))
        now = clock.now().astimezone(ZONE)
        ctx = ToolContext(
            business,
            Caller("s", "chat", customer_id=owner.customer_id if owned else None),
            now,
            "t",
            "vehicle_status",
            uow,
        )
        outcome = await vehicle_status.run(ctx, VehicleQuestion(reg_no=reg_no))
    assert isinstance(outcome, Ok)
    return outcome.value


@pytest.mark.parametrize("progress", ["arrived", "in_work", "ready", "collected"])
async def test_how_far_it_is(sqlite_database: Database, clock: SetClock, progress: str) -> None:
    found = await told(sqlite_database, clock, "zx 98765", progress=progress)
    assert (found.state, found.car, found.service) == (progress, "Honda Pilot", "Oil change")


async def test_an_appointment_that_is_to_come(database: Database, clock: SetClock) -> None:
    found = await told(database, clock, "ZX-98765", owned=True, progress=None)
    assert found.state == "booked"
    assert found.starts_at is not None
    assert found.starts_at.endswith("T10:00-06:00")


async def test_a_plate_alone_tells_nobody_an_appointment(sqlite_database: Database, clock: SetClock) -> None:
    found = await told(sqlite_database, clock, "ZX-98765", progress=None)
    assert (found.state, found.service, found.starts_at) == ("not_here", "", None)


async def test_nothing_is_known(sqlite_database: Database, clock: SetClock) -> None:
    assert (await told(sqlite_database, clock, "ZX98765")).state == "not_here"


async def test_a_car_that_is_not_in_the_book(sqlite_database: Database, clock: SetClock) -> None:
    assert (await told(sqlite_database, clock, "ZX11111", progress="ready")).state == "unknown_car"


async def test_a_part_of_the_number_is_not_enough(sqlite_database: Database, clock: SetClock) -> None:
    business = await SqlBusinesses(sqlite_database, clock).default("dealership")
    async with unit_of_work_factory(sqlite_database, clock)(business.business_id, Effect.READ) as uow:
        ctx = ToolContext(business, Caller("s", "chat"), clock.now(), "t", "vehicle_status", uow)
        assert isinstance(await vehicle_status.run(ctx, VehicleQuestion(reg_no="765")), Retry)
