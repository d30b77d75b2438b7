"""One person twice: found, merged with everything that is theirs, and taken apart again."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import insert, select

from offhook.contracts.desk import Effect
from offhook.contracts.errors import Conflict, Invalid, NotFound
from offhook.desks.dealership.duplicates import DuplicatesBook
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tables import customers, vehicles
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock

PEOPLE = (
    ("cust_a", "+12025550181", "Marta Lind", "marta@example.com"),
    ("cust_b", "+12025550118", "Marta Lind", None),
    ("cust_c", "+12025550133", "Someone Else", "Marta@example.com"),
    ("cust_d", "+1202555", "Short Number", None),
    ("cust_e", "+13125550134", "Lind, Marta", None),
)


async def fill(database: Database, clock: SetClock) -> str:
    business = (await SqlBusinesses(database, clock).default("dealership")).business_id
    async with database.transaction(write=True) as connection:
        await connection.execute(
            insert(customers),
            [
                {
                    "business_id": business,
                    "customer_id": customer_id,
                    "phone": phone,
                    "name": name,
                    "email": email,
                    "language": "en",
                    "notes": "",
                    "created_at": clock.now(),
                }
                for customer_id, phone, name, email in PEOPLE
            ],
        )
        cars = [
            {"vehicle_id": "veh_1", "customer_id": "cust_b", "registration": "AB12345", "vin": "1HGCM82633A004353"},
            {"vehicle_id": "veh_2", "customer_id": "cust_c", "registration": "AB12345", "vin": None},
            {"vehicle_id": "veh_3", "customer_id": "cust_c", "registration": None, "vin": "TOOSHORT"},
        ]
        shared = {"business_id": business, "make": "Honda", "model": "Civic"}
        await connection.execute(insert(vehicles), [{**shared, **car} for car in cars])
    return business


async def test_what_is_found(database: Database, clock: SetClock) -> None:
    business = await fill(database, clock)
    async with unit_of_work_factory(database, clock)(business, Effect.READ) as uow:
        found = await DuplicatesBook(uow).check(2026)
    assert Counter((finding.kind, finding.ids) for finding in found) == Counter(
        [
            ("same_email", ("cust_a", "cust_c")),
            ("same_registration", ("cust_b", "cust_c")),
            ("same_name", ("cust_a", "cust_b")),
            ("bad_phone", ("cust_d",)),
            ("doubtful_vin", ("veh_1",)),
            ("bad_vin", ("veh_3",)),
        ]
    )


async def owners(database: Database) -> dict[str, str]:
    async with database.transaction(write=False) as connection:
        rows = await connection.execute(select(vehicles.c.vehicle_id, vehicles.c.customer_id))
        return {vehicle: owner for vehicle, owner in rows if vehicle in ("veh_1", "veh_2", "veh_3")}


async def test_a_merge_and_back(database: Database, clock: SetClock) -> None:
    business = await fill(database, clock)
    units = unit_of_work_factory(database, clock)
    before = await owners(database)
    async with units(business, Effect.WRITE) as uow:
        audit_id = await DuplicatesBook(uow).merge("cust_a", "cust_b", actor="test", now=clock.now())
    assert await owners(database) == {**before, "veh_1": "cust_a"}
    async with units(business, Effect.READ) as uow:
        known = await DealershipRepository(uow).customer_by_phone("+12025550118")
        assert known is not None
        assert known.customer_id == "cust_a"

    async with units(business, Effect.WRITE) as uow:
        assert await DuplicatesBook(uow).undo(audit_id, now=clock.now()) == ("cust_a", "cust_b")
    assert await owners(database) == before
    async with units(business, Effect.READ) as uow:
        known = await DealershipRepository(uow).customer_by_phone("+12025550118")
        assert known is not None
        assert known.customer_id == "cust_b"
    with pytest.raises(Conflict):
        async with units(business, Effect.WRITE) as uow:
            await DuplicatesBook(uow).undo(audit_id, now=clock.now())


async def test_who_cannot_be_merged(sqlite_database: Database, clock: SetClock) -> None:
    business = await fill(sqlite_database, clock)
    async with unit_of_work_factory(sqlite_database, clock)(business, Effect.WRITE) as uow:
        book = DuplicatesBook(uow)
        with pytest.raises(Invalid):
            await book.merge("cust_a", "cust_a", actor="test", now=clock.now())
        with pytest.raises(NotFound):
            await book.merge("cust_a", "cust_z", actor="test", now=clock.now())
        await book.merge("cust_a", "cust_b", actor="test", now=clock.now())
        with pytest.raises(NotFound):
            await book.merge("cust_c", "cust_b", actor="test", now=clock.now())


async def test_an_address_goes_back_with_its_owner(sqlite_database: Database, clock: SetClock) -> None:
    business = await fill(sqlite_database, clock)

    async def address() -> str | None:
        async with sqlite_database.transaction(write=False) as connection:
            row = await connection.execute(select(customers.c.email).where(customers.c.customer_id == "cust_b"))
            return row.scalar_one()

    units = unit_of_work_factory(sqlite_database, clock)
    async with units(business, Effect.WRITE) as uow:
        audit_id = await DuplicatesBook(uow).merge("cust_b", "cust_a", actor="test", now=clock.now())
    assert await address() == "marta@example.com"
    async with units(business, Effect.WRITE) as uow:
        await DuplicatesBook(uow).undo(audit_id, now=clock.now())
    assert await address() is None
