from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import text

from offhook.desks.dealership.desk import dealership_desk
from offhook.dialogue.engine import DialogueEngine
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.understanding.model import Command
from support.scripted_reader import ScriptedReader
from support.set_clock import SetClock
from support.talk import Talk

SENTENCES = {
    "book an oil change": Command(intent="service.book", slots={"service": "Oil change"}),
    "friday at ten": Command(intent="correct", slots={"date": "2026-11-27", "time": "10:00"}),
    "friday at eleven": Command(intent="correct", slots={"date": "2026-11-27", "time": "11:00"}),
    "joe": Command(intent="correct", slots={"name": "joe smith"}),
    "yes": Command(intent="confirm"),
    "no": Command(intent="deny"),
    "hours": Command(intent="faq", slots={"topic": "hours"}),
    "what": Command(intent="repeat"),
    "human": Command(intent="handoff", slots={"reason": "request"}),
    "bye": Command(intent="goodbye"),
    "hi": Command(intent="greet"),
    "five five five": Command(intent="customer.identify", slots={"phone": "2025550187"}),
    "five": Command(intent="customer.identify", slots={"phone": "55"}),
    "value it": Command(intent="tradein"),
}


@pytest.fixture
def reader() -> ScriptedReader:
    return ScriptedReader(SENTENCES)


@pytest.fixture
async def engine(sqlite_database: Database, clock: SetClock, reader: ScriptedReader) -> AsyncIterator[DialogueEngine]:
    made = DialogueEngine(
        {"dealership": dealership_desk(reader)}, unit_of_work_factory(sqlite_database, clock), clock, brain="rules"
    )
    yield made
    await made.aclose()


@pytest.fixture
async def talk(engine: DialogueEngine, sqlite_database: Database, clock: SetClock) -> Talk:
    business = await SqlBusinesses(sqlite_database, clock).default("dealership")
    return Talk(engine, business)


@pytest.fixture
def tasks_said(sqlite_database: Database) -> Callable[[], Awaitable[list[str]]]:
    """What the stored tasks tell of the caller's words."""

    async def said() -> list[str]:
        async with sqlite_database.transaction(write=False) as connection:
            rows = await connection.execute(text("SELECT details FROM tasks ORDER BY created_at"))
            return [json.loads(row.details)["said"] for row in rows]

    return said
