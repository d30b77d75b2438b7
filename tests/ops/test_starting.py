from __future__ import annotations

import pytest

from offhook.contracts.errors import AppError
from offhook.ops.starting import refuse_demo_data, require_business
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from support.set_clock import SetClock


async def test_production_refuses_demo_businesses_and_names_them(sqlite_database: Database, clock: SetClock) -> None:
    names = await SqlBusinesses(sqlite_database, clock).demo_names()
    assert len(names) == 3
    with pytest.raises(AppError, match=names[0]) as refused:
        refuse_demo_data(names)
    assert refused.value.code == "demo_data"
    refuse_demo_data([])


async def test_a_server_needs_a_business(sqlite_database: Database, clock: SetClock) -> None:
    require_business(await SqlBusinesses(sqlite_database, clock).all())
    with pytest.raises(AppError, match="offhook init"):
        require_business([])
