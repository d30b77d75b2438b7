"""Days of their own hours: put, replaced, taken back; what they were stands in the audit."""

from __future__ import annotations

import json
from datetime import date, time

import pytest
from sqlalchemy import select

from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid, NotFound
from offhook.store.business_book import BusinessBook
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.model import DayOpening, OpenRange
from offhook.store.schema import audit
from offhook.store.special_hours import SpecialHours
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock

EVE, CHRISTMAS = date(2026, 12, 24), date(2026, 12, 25)
MORNING = OpenRange(time(9), time(12))
AFTERNOON = OpenRange(time(13), time(0))
"""Until the end of the day."""


async def test_a_day_has_its_own_hours_until_they_are_taken_back(database: Database, clock: SetClock) -> None:
    business_id = (await SqlBusinesses(database, clock).default()).business_id
    units = unit_of_work_factory(database, clock)
    async with units(business_id, Effect.WRITE) as uow:
        usual = await BusinessBook(uow).hours(EVE)
        special = SpecialHours(uow)
        await special.put(EVE, DayOpening((AFTERNOON, MORNING), " Christmas Eve "), actor="api", now=clock.now())
        await special.put(CHRISTMAS, DayOpening((), "Christmas Day"), actor="api", now=clock.now())
        assert await special.days(EVE, CHRISTMAS) == {
            EVE: DayOpening((MORNING, AFTERNOON), "Christmas Eve"),
            CHRISTMAS: DayOpening((), "Christmas Day"),
        }
        assert (await BusinessBook(uow).hours(EVE)).ranges == (MORNING, AFTERNOON)
    async with units(business_id, Effect.WRITE) as uow:
        clock.advance(seconds=1)
        await SpecialHours(uow).put(EVE, DayOpening((MORNING,)), actor="api", now=clock.now())
        clock.advance(seconds=1)
        await SpecialHours(uow).take_back(EVE, actor="cli", now=clock.now())
        assert await BusinessBook(uow).hours(EVE) == usual
        with pytest.raises(NotFound):
            await SpecialHours(uow).take_back(EVE, actor="cli", now=clock.now())
        query = select(audit.c.action, audit.c.details).where(audit.c.subject == "2026-12-24")
        rows = (await sql(uow).execute(query.order_by(audit.c.created_at))).all()
    assert [row.action for row in rows] == ["special_hours.put", "special_hours.put", "special_hours.take_back"]
    before = [json.loads(row.details)["before"] for row in rows]
    assert before[0] is None
    assert before[1]["ranges"] == [{"opens": "09:00", "closes": "12:00"}, {"opens": "13:00", "closes": "00:00"}]


@pytest.mark.parametrize(
    "ranges",
    [
        (OpenRange(time(12), time(9)),),
        (OpenRange(time(9), time(12)), OpenRange(time(11), time(14))),
        tuple(OpenRange(time(hour), time(hour, 30)) for hour in range(7)),
    ],
)
async def test_hours_that_cannot_be_are_refused(
    sqlite_database: Database, clock: SetClock, ranges: tuple[OpenRange, ...]
) -> None:
    business_id = (await SqlBusinesses(sqlite_database, clock).default()).business_id
    async with unit_of_work_factory(sqlite_database, clock)(business_id, Effect.WRITE) as uow:
        with pytest.raises(Invalid):
            await SpecialHours(uow).put(EVE, DayOpening(ranges), actor="api", now=clock.now())
        assert await SpecialHours(uow).days(EVE, EVE) == {}
