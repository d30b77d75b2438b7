from __future__ import annotations

import pytest

from offhook.store.engine import Database
from support.dealership_book import OpenBook, opener
from support.set_clock import SetClock


@pytest.fixture
def lakeside(database: Database, clock: SetClock) -> OpenBook:
    """The demo dealership's book, on SQLite and on PostgreSQL."""
    return opener(database, clock)
