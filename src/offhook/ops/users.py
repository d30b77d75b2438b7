"""`offhook user`: who works for a business, with which number, role and PIN."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from offhook.contracts.business import Business
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Invalid
from offhook.kit.phone import phone_or_none
from offhook.kit.pin import LONGEST, SHORTEST, is_pin, pin_hash
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.store.users import Role, User, Users

ROLES: tuple[Role, ...] = ("owner", "staff")
DESK = "shop"
"""The desk whose first business is meant where none is named."""


async def add(
    database: Database,
    clock: Clock,
    business_id: str | None,
    *,
    name: str,
    role: str,
    phone: str | None,
    pin: str | None,
) -> User:
    """Raises Invalid, NotFound, AppError user_exists."""
    found = await _business(database, clock, business_id)
    problems: dict[str, str] = {}
    e164 = phone_or_none(phone, found.country)
    if phone and e164 is None:
        problems["phone"] = f"no telephone number of {found.country}"
    if pin is not None and not is_pin(pin):
        problems["pin"] = f"{SHORTEST} to {LONGEST} digits, not all the same and no plain run"
    if not name.strip():
        problems["name"] = "may not be empty"
    known = next((one for one in ROLES if one == role), None)
    if known is None:
        problems["role"] = f"one of {', '.join(ROLES)}"
    if e164 is None and pin is None and "phone" not in problems:
        problems["phone"] = "give a number, a PIN or both: nothing else says who is calling"
    if problems or known is None:
        raise Invalid("The user cannot be added.", problems)
    hashed = None if pin is None else await asyncio.to_thread(pin_hash, pin, found.business_id)
    async with unit_of_work_factory(database, clock)(found.business_id, Effect.WRITE) as uow:
        return await Users(uow).add(name.strip(), known, e164, hashed, clock.now())


async def remove(database: Database, clock: Clock, business_id: str | None, user_id: str) -> None:
    """Raises NotFound."""
    found = await _business(database, clock, business_id)
    async with unit_of_work_factory(database, clock)(found.business_id, Effect.WRITE) as uow:
        await Users(uow).deactivate(user_id, clock.now())


async def everyone(database: Database, clock: Clock, business_id: str | None) -> list[User]:
    found = await _business(database, clock, business_id)
    async with unit_of_work_factory(database, clock)(found.business_id, Effect.READ) as uow:
        return await Users(uow).all()


def as_data(user: User) -> dict[str, object]:
    return {name: getattr(user, name) for name in user.__struct_fields__}


def show(found: Sequence[User], console: Console) -> None:
    if not found:
        console.print("Nobody is on the list yet. Add the owner: offhook user add NAME --role owner --phone … --pin …")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title in ("name", "role", "number", "PIN", "id"):
        table.add_column(title)
    for user in found:
        table.add_row(user.name, user.role, user.phone or "-", "set" if user.has_pin else "-", user.user_id)
    console.print(table)


async def _business(database: Database, clock: Clock, business_id: str | None) -> Business:
    businesses = SqlBusinesses(database, clock)
    return await (businesses.get(business_id) if business_id else businesses.default(DESK))
