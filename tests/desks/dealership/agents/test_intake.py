"""What the booking form takes from words, as the book holds it in the end."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from offhook.contracts.desk import Effect
from offhook.desks.dealership.desk import dealership_desk
from offhook.desks.dealership.tables import appointments
from offhook.dialogue.engine import DialogueEngine
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock
from support.talk import Talk


@pytest.mark.parametrize(
    ("wish", "noted"),
    [
        ("i need an oil change, the earliest you have", ""),
        ("i need an oil change, first available", ""),
        ("i need an oil change as soon as possible", "urgent: yes"),
        ("it's urgent, i need an oil change", "urgent: yes"),
    ],
)
async def test_the_soonest_time_alone_is_not_urgent(
    sqlite_database: Database, clock: SetClock, wish: str, noted: str
) -> None:
    units = unit_of_work_factory(sqlite_database, clock)
    engine = DialogueEngine({"dealership": dealership_desk()}, units, clock, brain="rules")
    business = await SqlBusinesses(sqlite_database, clock).default("dealership")
    talk = Talk(engine, business)
    for words in (wish, "the first one", "dora hill", "yes"):
        reply = await talk.say(words)
    await engine.aclose()
    assert "booked" in reply
    mine = select(appointments.c.notes).where(appointments.c.session_id == talk.state.session_id)
    async with units(business.business_id, Effect.READ) as uow:
        assert (await sql(uow).execute(mine)).scalars().all() == [noted]
