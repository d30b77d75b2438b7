"""A book of its own for each scenario."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from offhook.desks.demo import demo_businesses
from offhook.desks.tables import metadata
from offhook.store import migrate
from offhook.store.engine import Database, open_database
from support.set_clock import SetClock


@pytest.fixture(scope="module")
def seeded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
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
async def fresh_book(seeded_folder: Path, tmp_path: Path) -> AsyncIterator[Database]:
    shutil.copytree(seeded_folder, tmp_path / "book")
    database = open_database(f"sqlite:///{tmp_path}/book/offhook.db")
    yield database
    await database.aclose()
