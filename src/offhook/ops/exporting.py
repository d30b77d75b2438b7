"""`offhook export`: lists of a shop's book, and leads, as CSV files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from zoneinfo import ZoneInfo

from offhook.contracts.business import Business
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid
from offhook.desks.sales.exports import leads_csv
from offhook.desks.sales.repository import SalesBook
from offhook.desks.shop.exports import LISTS
from offhook.desks.shop.model import Origin
from offhook.desks.shop.repository import in_book
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory

LEADS = "leads"


async def send_out(database: Database, clock: Clock, kind: str, path: Path, business_id: str | None) -> int:
    """How many bytes were written. Raises Invalid (list, desk, file), NotFound (business)."""
    if kind not in (*LISTS, LEADS):
        raise Invalid("There is no such list.", {"kind": f"one of {', '.join((*LISTS, LEADS))}"})
    businesses = SqlBusinesses(database, clock)
    desk = "sales" if kind == LEADS else "shop"
    business = await (businesses.get(business_id) if business_id else businesses.default(desk))
    if business.desk != desk:
        problem = {"business": f"{business.name} is a {business.desk} desk"}
        raise Invalid(f"This list belongs to a {desk} desk.", problem)
    if kind == LEADS:
        return await _written(path, await _leads(database, clock, business))
    now = clock.now().astimezone(ZoneInfo(business.timezone))
    origin = Origin(now=now, day=now.date(), turn_id="export", via="export", currency=business.currency)
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.READ) as uow:
        content = await in_book(uow, origin, LISTS[kind])
    return await _written(path, content)


async def _leads(database: Database, clock: Clock, business: Business) -> bytes:
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.READ) as uow:
        return leads_csv(await SalesBook(uow).leads(), ZoneInfo(business.timezone))


async def _written(path: Path, content: bytes) -> int:
    try:
        return await asyncio.to_thread(path.write_bytes, content)
    except OSError as error:
        raise Invalid("The file cannot be written.", {"file": f"{path}: {error.strerror}"}) from None
