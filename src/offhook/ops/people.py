"""`offhook customers`: duplicates and wrong numbers in a dealership's book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect
from offhook.desks.dealership.duplicates import DuplicatesBook, Finding
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory

_ACTOR = "command line"
_SAID = {
    "same_email": "have one e-mail address",
    "same_registration": "have cars of one registration",
    "same_name": "have one name, and numbers that differ by a slip",
    "bad_phone": "phone that nobody can have",
    "bad_vin": "VIN that is none",
    "doubtful_vin": "VIN with a wrong check digit",
}


async def check(database: Database, clock: Clock, business_id: str | None) -> list[Finding]:
    business = await _business(database, clock, business_id)
    async with unit_of_work_factory(database, clock)(business, Effect.READ) as uow:
        return await DuplicatesBook(uow).check(clock.now().year)


async def merge(database: Database, clock: Clock, business_id: str | None, kept: str, merged: str) -> str:
    """The id of the audit entry. Raises NotFound, Invalid."""
    business = await _business(database, clock, business_id)
    async with unit_of_work_factory(database, clock)(business, Effect.WRITE) as uow:
        return await DuplicatesBook(uow).merge(kept, merged, actor=_ACTOR, now=clock.now())


async def unmerge(database: Database, clock: Clock, business_id: str | None, audit_id: str) -> tuple[str, str]:
    """(kept, on its own again). Raises NotFound, Conflict."""
    business = await _business(database, clock, business_id)
    async with unit_of_work_factory(database, clock)(business, Effect.WRITE) as uow:
        return await DuplicatesBook(uow).undo(audit_id, now=clock.now())


def as_data(found: Sequence[Finding]) -> dict[str, Any]:
    return {"findings": [asdict(finding) for finding in found]}


def show(found: Sequence[Finding], console: Console) -> None:
    if not found:
        console.print("No customer is in the book twice, and no number is wrong.", style="green")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("finding")
    table.add_column("what", overflow="fold")
    table.add_column("ids", overflow="fold")
    for finding in found:
        table.add_row(_SAID[finding.kind], finding.detail, "\n".join(finding.ids))
    console.print(table)
    console.print("\nMerge two customers with: offhook customers merge KEPT MERGED", style="dim")


async def _business(database: Database, clock: Clock, business_id: str | None) -> str:
    businesses = SqlBusinesses(database, clock)
    found = await (businesses.get(business_id) if business_id else businesses.default("dealership"))
    return found.business_id
