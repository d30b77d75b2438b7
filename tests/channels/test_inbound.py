"""What people write back reaches the desk that wrote to them, once, in whatever order it comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert

from offhook.channels.inbound import InboundMessages
from offhook.contracts.business import Business
from offhook.contracts.desk import Effect, UnitOfWork
from offhook.contracts.jobs import ReplyMeaning
from offhook.contracts.messaging import InboundMessage
from offhook.desks.jobs import reply_handlers
from offhook.store.businesses import SqlBusinesses
from offhook.store.contact_wishes import ContactWishes
from offhook.store.engine import Database
from offhook.store.message_reports import MessageFinder
from offhook.store.outbox import NewJob, enqueue
from offhook.store.schema import messages
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock

PHONE = "+919999944401"


class Line:
    """One number that every business of the test's database writes from."""

    def __init__(self, database: Database, clock: SetClock) -> None:
        self.clock = clock
        self.units = unit_of_work_factory(database, clock)
        self.businesses = SqlBusinesses(database, clock)
        self.finder = MessageFinder(database)
        self.inbound = InboundMessages(self.businesses, self.units, self.finder, reply_handlers(), clock)

    async def wrote(self, desk: str) -> str:
        """A business of that desk writes to PHONE."""
        business_id = (await self.businesses.default(desk)).business_id
        async with self.units(business_id, Effect.WRITE) as uow:
            now = self.clock.now()
            job_id = await enqueue(uow, NewJob("x", f"x:{now}", {}, now), now=now)
            row = dict.fromkeys([column.name for column in messages.columns], "")
            row |= {"business_id": business_id, "message_id": f"msg_{desk}{now}", "job_id": job_id, "state": "sent"}
            await sql(uow).execute(insert(messages), {**row, "recipient": PHONE, "created_at": now, "updated_at": now})
        return business_id

    async def write(self, text: str, reference: str, **more: object) -> bool:
        message = InboundMessage(channel="sms", sender=PHONE, text=text, reference=reference, **more)  # type: ignore[arg-type]
        return await self.inbound.take(message)

    async def silent(self, business_id: str) -> bool:
        async with self.units(business_id, Effect.READ) as uow:
            return bool(await ContactWishes(uow).opted_out([PHONE]))


@pytest.fixture
def line(sqlite_database: Database, clock: SetClock) -> Line:
    return Line(sqlite_database, clock)


async def test_a_stop_reaches_every_business_that_wrote_from_the_number(line: Line) -> None:
    garage = await line.wrote("dealership")
    line.clock.advance(seconds=5)
    shop = await line.wrote("shop")
    assert await line.write("STOP", "SM1")
    assert await line.silent(shop) and await line.silent(garage)
    assert await line.write("start", "SM2")
    assert not await line.silent(shop) and not await line.silent(garage)


async def test_a_message_that_comes_twice_is_taken_once(line: Line) -> None:
    shop = await line.wrote("shop")
    await line.write("start", "SM1")
    line.clock.advance(seconds=60)
    await line.write("stop", "SM2")
    line.clock.advance(seconds=60)
    assert await line.write("start", "SM1")
    assert await line.silent(shop)


async def test_a_wish_counts_by_when_it_was_written(line: Line) -> None:
    shop = await line.wrote("shop")
    earlier = line.clock.now()
    line.clock.advance(seconds=60)
    await line.write("stop", "SM1", written_at=line.clock.now())
    await line.write("start", "SM2", written_at=earlier)
    assert await line.silent(shop)
    await line.write("start", "SM3", written_at=line.clock.now() + timedelta(seconds=1))
    assert not await line.silent(shop)
    await line.write("stop", "SM4", written_at=earlier)
    assert not await line.silent(shop)


async def test_all_but_a_stop_is_for_the_business_that_wrote_last(line: Line) -> None:
    given: list[str] = []

    async def note(uow: UnitOfWork, business: Business, message: InboundMessage, now: object) -> ReplyMeaning:
        given.append(business.desk)
        return "cancelled"

    await line.wrote("shop")
    line.clock.advance(seconds=5)
    await line.wrote("dealership")
    inbound = InboundMessages(line.businesses, line.units, line.finder, {"shop": note, "dealership": note}, line.clock)
    assert await inbound.take(InboundMessage(channel="sms", sender=PHONE, text="no", reference="SM1"))
    assert given == ["dealership"]


async def test_to_whom_nobody_wrote_yet_the_number_that_they_wrote_to_decides(line: Line) -> None:
    message = InboundMessage(channel="sms", sender=PHONE, text="stop", reference="SM1")
    assert not await line.inbound.take(message)
    shop = await line.businesses.default("shop")
    assert await line.inbound.take(message, to_number=shop.phone) is (shop.phone is not None)
    assert await line.silent(shop.business_id) is (shop.phone is not None)
