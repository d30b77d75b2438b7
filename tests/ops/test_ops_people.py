"""`offhook customers` as the reader of the terminal sees it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from sqlalchemy import insert

from offhook.contracts.errors import NotFound
from offhook.desks.dealership.tables import customers
from offhook.ops.people import as_data, check, merge, show, unmerge
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from support.set_clock import SetClock


def shown(found: list[object]) -> str:
    written = io.StringIO()
    show(found, Console(file=written, width=120))  # type: ignore[arg-type]
    return written.getvalue()


async def test_the_demo_book_is_clean(sqlite_database: Database, clock: SetClock) -> None:
    found = await check(sqlite_database, clock, None)
    assert "no number is wrong" in shown([*found])


async def test_two_of_one(sqlite_database: Database, clock: SetClock) -> None:
    business = (await SqlBusinesses(sqlite_database, clock).default("dealership")).business_id
    async with sqlite_database.transaction(write=True) as connection:
        for customer_id, phone in (("cust_1", "+12025550181"), ("cust_2", "+12025550182")):
            row = {"business_id": business, "customer_id": customer_id, "phone": phone, "name": "Uma Lund"}
            more = {"email": "uma@example.com", "language": "en", "notes": "", "created_at": clock.now()}
            await connection.execute(insert(customers), {**row, **more})
    found = await check(sqlite_database, clock, None)
    assert {finding["kind"] for finding in as_data(found)["findings"]} == {"same_email", "same_name"}
    assert "cust_2" in shown([*found])

    audit_id = await merge(sqlite_database, clock, None, "cust_1", "cust_2")
    assert await check(sqlite_database, clock, business) == []
    assert await unmerge(sqlite_database, clock, None, audit_id) == ("cust_1", "cust_2")
    with pytest.raises(NotFound):
        await unmerge(sqlite_database, clock, None, "audit_none")
