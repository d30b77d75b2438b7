from __future__ import annotations

import pytest

from offhook.store.engine import Database
from support.set_clock import SetClock
from support.shop_book import OpenShop


@pytest.fixture
def shop(database: Database, clock: SetClock) -> OpenShop:
    """The demo shop's book, on SQLite and on PostgreSQL."""
    return OpenShop(database, clock)
