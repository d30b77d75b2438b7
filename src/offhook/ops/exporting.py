"""`offhook export`: lists of a shop's book as CSV files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from zoneinfo import ZoneInfo

from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid
from offhook.desks.shop.exports import LISTS
from offhook.desks.shop.model import Origin
from offhook.desks.shop.repository import in_book
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory


async def send_out(database: Database, clock: Clock, kind: str, path: Path, business_id: str | None) -> int:
    """How many bytes were written. Raises Invalid (list, desk, file), NotFound (business)."""
    if kind not in LISTS:
        raise Invalid("There is no such list.", {"kind": f"one of {', '.join(LISTS)}"})
    businesses = SqlBusinesses(database, clock)
    business = await (businesses.get(business_id) if business_id else businesses.default("shop"))
    if business.desk != "shop":
        raise Invalid("This list belongs to a shop.", {"business": f"{business.name} is a {business.desk} desk"})
    now = clock.now().astimezone(ZoneInfo(business.timezone))
    origin = Origin(now=now, day=now.date(), turn_id="export", via="export", currency=business.currency)
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.READ) as uow:
        content = await in_book(uow, origin, LISTS[kind])
    try:
        return await asyncio.to_thread(path.write_bytes, content)
    except OSError as error:
        raise Invalid("The file cannot be written.", {"file": f"{path}: {error.strerror}"}) from None
