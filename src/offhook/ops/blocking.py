"""`offhook block`, `unblock` and `blocked`: the numbers that a business does not want to hear from."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from offhook.contracts.business import Business
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid
from offhook.kit.phone import phone_or_none
from offhook.store.business_book import BusinessBook
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.model import BlockedNumber
from offhook.store.unit_of_work import unit_of_work_factory


async def block(database: Database, clock: Clock, business_id: str | None, number: str, reason: str) -> str:
    """The number in E.164, as callers are known by. Raises Invalid, NotFound."""
    found = await _business(database, clock, business_id)
    e164 = _number(number, found)
    async with unit_of_work_factory(database, clock)(found.business_id, Effect.WRITE) as uow:
        await BusinessBook(uow).block(e164, reason.strip(), now=clock.now())
    return e164


async def unblock(database: Database, clock: Clock, business_id: str | None, number: str) -> tuple[str, bool]:
    """(the number in E.164, False where it was not blocked). Raises Invalid, NotFound."""
    found = await _business(database, clock, business_id)
    e164 = _number(number, found)
    async with unit_of_work_factory(database, clock)(found.business_id, Effect.WRITE) as uow:
        return e164, await BusinessBook(uow).unblock(e164)


async def blocked(database: Database, clock: Clock, business_id: str | None) -> list[BlockedNumber]:
    """Raises NotFound."""
    found = await _business(database, clock, business_id)
    async with unit_of_work_factory(database, clock)(found.business_id, Effect.READ) as uow:
        return await BusinessBook(uow).block_list()


def as_data(found: Sequence[BlockedNumber]) -> dict[str, object]:
    return {
        "blocked": [
            {"number": one.number, "reason": one.reason, "created_at": one.created_at.isoformat()} for one in found
        ]
    }


def show(found: Sequence[BlockedNumber], console: Console) -> None:
    if not found:
        console.print("No number is blocked.")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("number", no_wrap=True)
    table.add_column("since (UTC)", no_wrap=True)
    table.add_column("reason", overflow="fold")
    for one in found:
        table.add_row(one.number, f"{one.created_at:%Y-%m-%d %H:%M}", escape(one.reason) or "-")
    console.print(table)


async def _business(database: Database, clock: Clock, business_id: str | None) -> Business:
    businesses = SqlBusinesses(database, clock)
    return await (businesses.get(business_id) if business_id else businesses.default())


def _number(number: str, business: Business) -> str:
    e164 = phone_or_none(number, business.country)
    if e164 is None:
        text = f"no telephone number of {business.country}, nor one with + and a country code"
        raise Invalid("The number cannot be used.", {"number": text})
    return e164
