"""Every scenario of the dealership, in text, judged by what is said and by what the database holds at the end."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import offhook.desks.dealership
from offhook.desks.demo import demo_businesses
from offhook.desks.tables import metadata
from offhook.dialogue.scenario import Scenario, load_scenarios
from offhook.ops.rehearse import act
from offhook.store import migrate
from offhook.store.engine import Database, open_database
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
    report = await act(scenario, book, clock)
    assert not report.failures, f"\n{report}"


def test_scenario_names_are_unique() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(names) == len(set(names))
    assert len(names) >= 60
