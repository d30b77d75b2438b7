"""Every scenario of the dealership, in text, judged by what is said and by what the database holds at the end."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import offhook.desks.dealership
from offhook.contracts.desk import Effect
from offhook.desks.dealership.desk import dealership_desk
from offhook.desks.dealership.left_behind import left_behind
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.demo import demo_businesses
from offhook.desks.tables import metadata
from offhook.dialogue.engine import DialogueEngine
from offhook.dialogue.scenario import Ending, Scenario, load_scenarios, play
from offhook.store import migrate
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database, open_database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock

SCENARIOS = load_scenarios(Path(offhook.desks.dealership.__file__).parent / "scenarios")


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded database to copy: migrating one per scenario would take most of the time."""
    folder = tmp_path_factory.mktemp("book")

    async def make() -> None:
        database = open_database(f"sqlite:///{folder}/offhook.db")
        await migrate.prepare(database, metadata, demo_businesses(SetClock()))
        await database.aclose()

    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, make()).result()
    return folder


@pytest.fixture
async def book(seeded: Path, tmp_path: Path) -> AsyncIterator[Database]:
    shutil.copytree(seeded, tmp_path / "book")
    database = open_database(f"sqlite:///{tmp_path}/book/offhook.db")
    yield database
    await database.aclose()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
async def test_scenario(scenario: Scenario, book: Database, clock: SetClock) -> None:
    units = unit_of_work_factory(book, clock)
    business = await SqlBusinesses(book, clock).default("dealership")
    engine = DialogueEngine({"dealership": dealership_desk()}, units, clock, brain="rules")

    async def left(session_id: str) -> Ending:
        async with units(business.business_id, Effect.READ) as uow:
            return await left_behind(uow, session_id)

    async with units(business.business_id, Effect.WRITE) as uow:
        repository = DealershipRepository(uow)
        service = await repository.service_by_name("Tire rotation")
        assert service is not None
        for moment in scenario.full:
            start = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(business.timezone))
            while await repository.why_not(service, start, now=clock.now()) is None:
                await repository.book(
                    service, start, customer_name="X", customer_phone=None, now=clock.now(), created_via="test"
                )
        for one in scenario.book:
            wanted = await repository.service_by_name(one.service)
            assert wanted is not None
            start = datetime.fromisoformat(one.starts).replace(tzinfo=ZoneInfo(business.timezone))
            await repository.book(
                wanted,
                start,
                customer_name=one.name,
                customer_phone=one.phone,
                now=clock.now(),
                created_via="test",
            )
    report = await play(scenario, engine, business, left)
    await engine.aclose()
    assert not report.failures, f"\n{report}"


def test_scenario_names_are_unique() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(names) == len(set(names))
    assert len(names) >= 25
