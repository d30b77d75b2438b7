"""What is kept of callers is right, whoever writes: on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, text, update

from offhook.contracts.desk import Effect
from offhook.desks.dealership.recognition import Known, Recognition
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tables import customers, vehicles
from offhook.store.engine import Database
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock

LAKESIDE = "biz_01KDV00000000000000000000A"
PHONE = "+12025550199"


class Rig:
    def __init__(self, database: Database, clock: SetClock, most: int = 100) -> None:
        self.units = unit_of_work_factory(database, clock)
        self.clock = clock
        self.results: list[str] = []
        self.recognition = Recognition(most=most, on_result=self.results.append)

    async def known(self, phone: str = PHONE) -> Known:
        async with self.units(LAKESIDE, Effect.READ) as uow:
            return await self.recognition.known(uow, phone, self.clock.now())

    async def add(self, name: str = "Anna Berg", phone: str = PHONE) -> str:
        async with self.units(LAKESIDE, Effect.WRITE) as uow:
            made = await DealershipRepository(uow).upsert_customer(phone, name, now=self.clock.now())
            return made.customer_id


@pytest.fixture
def rig(database: Database, clock: SetClock) -> Rig:
    return Rig(database, clock)


async def test_the_second_look_reads_nothing(rig: Rig) -> None:
    assert (await rig.known()).customer is None
    await rig.add()
    first = await rig.known()
    assert first.customer is not None
    assert first.customer.name == "Anna Berg"
    assert await rig.known() is first
    assert rig.results == ["miss", "miss", "hit"]


async def test_any_write_by_anybody_is_seen_at_once(rig: Rig, database: Database) -> None:
    key = await rig.add()
    await rig.known()
    mine = (customers.c.business_id == LAKESIDE) & (customers.c.customer_id == key)
    async with database.transaction(write=True) as connection:  # as another process would, past every cache of ours
        await connection.execute(update(customers).where(mine).values(name="Anna Weber"))
    changed = (await rig.known()).customer
    assert changed is not None
    assert changed.name == "Anna Weber"
    async with rig.units(LAKESIDE, Effect.WRITE) as uow:
        await sql(uow).execute(
            text(
                "INSERT INTO vehicles (business_id, vehicle_id, customer_id, make, model)"
                " VALUES (:business, 'veh_1', :customer, 'Honda', 'Civic')"
            ),
            {"business": LAKESIDE, "customer": key},
        )
    assert [one.model for one in (await rig.known()).vehicles] == ["Civic"]
    async with rig.units(LAKESIDE, Effect.WRITE) as uow:
        await sql(uow).execute(delete(vehicles).where(vehicles.c.business_id == LAKESIDE))
    assert (await rig.known()).vehicles == ()
    assert "hit" not in rig.results


async def test_the_next_appointment_is_at_hand_until_it_begins(rig: Rig) -> None:
    await rig.add()
    starts_at = rig.clock.now() + timedelta(days=7)
    async with rig.units(LAKESIDE, Effect.WRITE) as uow:
        book = DealershipRepository(uow)
        service = await book.service_by_name("oil change")
        assert service is not None
        made = await book.book(
            service,
            starts_at,
            customer_name="Anna Berg",
            customer_phone=PHONE,
            now=rig.clock.now(),
            created_via="chat",
        )
    known = await rig.known()
    assert known.next_appointment(rig.clock.now()) == made
    assert known.next_appointment(starts_at) is None


async def test_what_is_kept_is_bounded_in_time_and_number(rig: Rig, database: Database, clock: SetClock) -> None:
    await rig.add()
    await rig.known()
    clock.advance(minutes=5)
    await rig.known()
    assert rig.results == ["miss", "miss"]
    small = Rig(database, clock, most=1)
    for phone in (PHONE, "+12025550198", PHONE):
        await small.known(phone)
    assert small.results == ["miss"] * 3
    none = Rig(database, clock, most=0)
    for _ in range(2):
        await none.known()
    assert none.results == ["miss"] * 2
