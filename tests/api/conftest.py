"""A rig per test; what it is made of is in support/api_rig.py."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from offhook.api.deps import ApiDeps, ApiSettings, BookEditing
from offhook.desks.dealership.desk import dealership_desk
from offhook.desks.demo import demo_businesses
from offhook.desks.registry import BOOK_EDITS
from offhook.desks.sales.desk import sales_desk
from offhook.desks.shop.desk import shop_desk
from offhook.desks.tables import metadata
from offhook.dialogue.engine import DialogueEngine
from offhook.ops.health import Health
from offhook.ops.tokens import SessionTokens
from offhook.session.conversation import Sessions
from offhook.session.joining import Joining
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database, open_database
from offhook.store.join_codes import JoinCodes
from offhook.store.listing import Listing
from offhook.store.migrate import prepare
from offhook.store.sessions_memory import MemorySessionStore
from offhook.store.staff_board import StaffBoard
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.telemetry.metrics import Metrics
from support.api_rig import API_KEY, READER, SIGNING_KEY, CallsInMemory, Rig, fake_speech, part
from support.set_clock import SetClock


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the demo businesses; copying it is much quicker than making it."""
    path = tmp_path_factory.mktemp("api") / "offhook.db"

    async def make() -> None:
        database = open_database(f"sqlite:///{path}")
        await prepare(database, metadata, demo_businesses(SetClock()))
        await database.aclose()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, make()).result()
    return path


@pytest.fixture
async def sqlite_database(seeded_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    for part_of_it in seeded_file.parent.iterdir():
        shutil.copy(part_of_it, tmp_path)
    opened = open_database(f"sqlite:///{tmp_path / seeded_file.name}")
    yield opened
    await opened.aclose()


@pytest.fixture
async def rig(sqlite_database: Database, clock: SetClock) -> AsyncIterator[Rig]:
    engine = DialogueEngine(
        {"dealership": dealership_desk(READER), "shop": shop_desk(READER), "sales": sales_desk(READER)},
        unit_of_work_factory(sqlite_database, clock),
        clock,
        brain="rules",
    )
    businesses = SqlBusinesses(sqlite_database, clock)
    store = MemorySessionStore(clock)
    sessions = Sessions(store=store, dialogue=engine, businesses=businesses, clock=clock)
    calls = CallsInMemory()
    deps = ApiDeps(
        conversations=sessions,
        store=store,
        businesses=businesses,
        call_log=calls,
        tokens=SessionTokens(SIGNING_KEY, clock),
        health=Health({"database": part("ok", "fine")}),
        metrics=Metrics(),
        clock=clock,
        listing=Listing(sqlite_database),
        editing=BookEditing(
            unit_of_work_factory(sqlite_database, clock), BOOK_EDITS, businesses, changed=engine.facts.forget
        ),
        joining=Joining(sessions, JoinCodes(sqlite_database, clock, SIGNING_KEY), clock),
        staff=StaffBoard(sqlite_database, clock),
        settings=ApiSettings(api_key=API_KEY),
    )
    yield Rig(deps, store, calls, clock, sqlite_database, fake_speech())
    await sessions.aclose()
    await engine.aclose()
