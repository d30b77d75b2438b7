"""Invented enquiries, and leads for a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from offhook.contracts.errors import Conflict, Invalid
from offhook.desks.sales.seed import seed
from offhook.ops.exporting import send_out
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from support.set_clock import SetClock


async def test_enquiries_are_invented_once_and_go_into_a_spreadsheet(
    sqlite_database: Database, clock: SetClock, tmp_path: Path
) -> None:
    business_id = (await SqlBusinesses(sqlite_database, clock).default("sales")).business_id
    assert await seed(sqlite_database, clock, business_id=business_id, leads=25) == 25
    with pytest.raises(Conflict):
        await seed(sqlite_database, clock, business_id=business_id, leads=25)
    with pytest.raises(Invalid):
        await seed(sqlite_database, clock, business_id=business_id, seed=2, leads=0)
    file = tmp_path / "leads.csv"
    await send_out(sqlite_database, clock, "leads", file, None)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 26
    assert lines[0].startswith("lead_id,status,score")
    with pytest.raises(Invalid):
        await send_out(sqlite_database, clock, "boats", file, None)
