from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from offhook.contracts.desk import Caller, Effect, Failed, Ok, Retry, ToolContext
from offhook.desks.dealership.tables import appointments
from offhook.desks.dealership.tools.update_booking import BookingChange, update_booking
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        (BookingChange(time="11:00"), Ok(BookingChange(time="11:00"))),
        (BookingChange(service="oil service", name="Dana"), Ok(BookingChange(service="Oil change", name="Dana"))),
        (BookingChange(service="rocket launch"), Failed("service_unknown")),
        (BookingChange(date="2026-02-31"), Retry),
        (BookingChange(time="25:00"), Retry),
        (BookingChange(), Retry),
    ],
)
async def test_the_slots_that_change_come_back_and_nothing_is_written(
    sqlite_database: Database, clock: SetClock, change: BookingChange, outcome: Any
) -> None:
    business = await SqlBusinesses(sqlite_database, clock).default("dealership")
    async with unit_of_work_factory(sqlite_database, clock)(business.business_id, Effect.WRITE) as uow:
        ctx = ToolContext(business, Caller("s", "chat"), clock.now(), "t", update_booking.name, uow)
        found = await update_booking.run(ctx, change)
        assert isinstance(found, outcome) if isinstance(outcome, type) else found == outcome
        assert (await sql(uow).execute(select(func.count()).select_from(appointments))).scalar_one() == 0
