"""A call-back that is asked for says when it is due."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert

from offhook.contracts.desk import Caller, Effect, Ok, ToolContext
from offhook.dialogue.tools.request_human import HumanRequest, HumanRequested, request_human
from offhook.store.business_book import BusinessBook
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.model import Task
from offhook.store.schema import hours_exceptions, opening_hours
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock

CHICAGO = ZoneInfo("America/Chicago")


def at(day: int, hour: int, minute: int = 0, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CHICAGO)


async def asked(database: Database, clock: SetClock, now: datetime) -> tuple[HumanRequested, Task]:
    business = await SqlBusinesses(database, clock).default()
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.WRITE) as uow:
        ctx = ToolContext(business, Caller("sess_1", "chat"), now, "t", "request_human", uow)
        outcome = await request_human.run(ctx, HumanRequest(phone="+12025550142"))
        assert isinstance(outcome, Ok)
        return outcome.value, await BusinessBook(uow).task(outcome.value.task_id)


async def exceptions(database: Database, clock: SetClock, *ranges: tuple[date, int, int]) -> None:
    business = await SqlBusinesses(database, clock).default()
    async with database.transaction(write=True) as connection:
        await connection.execute(
            insert(hours_exceptions),
            [
                {
                    "business_id": business.business_id,
                    "day": day,
                    "opens_min": opens,
                    "closes_min": closes,
                    "reason": "stock-taking",
                }
                for day, opens, closes in ranges
            ],
        )


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(2, 8), at(2, 8)),
        (at(2, 17, 59), at(2, 17, 59)),
        (at(2, 7, 59), at(2, 8)),
        (at(2, 18), at(3, 8)),
        (at(5, 16), at(7, 8)),  # Saturday after closing: nobody comes on Sunday
        (at(24, 19), at(26, 9)),  # over Christmas, to Saturday's hours
        (at(13, 3, month=3), at(13, 8, month=3)),
        (at(7, 12, month=3), at(7, 12, month=3)),
        (at(7, 20, month=3), at(9, 8, month=3)),  # the clocks go forward in between
    ],
)
async def test_it_is_due_at_once_or_when_the_business_opens(
    sqlite_database: Database, clock: SetClock, now: datetime, due: datetime
) -> None:
    told, task = await asked(sqlite_database, clock, now)
    assert task.due_at == due.astimezone(UTC)
    assert told.open_now == (now == due)
    assert told.opens_at == (None if told.open_now else f"{due:%Y-%m-%dT%H:%M}")


async def test_a_day_with_hours_of_its_own_counts_by_them(sqlite_database: Database, clock: SetClock) -> None:
    await exceptions(sqlite_database, clock, (date(2026, 12, 2), 10 * 60, 12 * 60), (date(2026, 12, 3), 0, 0))
    assert (await asked(sqlite_database, clock, at(2, 8)))[1].due_at == at(2, 10).astimezone(UTC)
    assert (await asked(sqlite_database, clock, at(2, 11)))[1].due_at == at(2, 11).astimezone(UTC)
    assert (await asked(sqlite_database, clock, at(2, 12)))[1].due_at == at(4, 8).astimezone(UTC)


async def test_a_business_that_never_opens_leaves_it_open(sqlite_database: Database, clock: SetClock) -> None:
    business = await SqlBusinesses(sqlite_database, clock).default()
    async with sqlite_database.transaction(write=True) as connection:
        await connection.execute(delete(opening_hours).where(opening_hours.c.business_id == business.business_id))
    told, task = await asked(sqlite_database, clock, at(2, 11))
    assert (told.open_now, told.opens_at, task.due_at) == (False, None, None)
