"""The demo dealership's book in tests: opened as a repository, with the rows that a test needs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import insert, update

from offhook.contracts.clock import Clock
from offhook.contracts.desk import Caller, Effect, Ok, Tool, ToolContext, ToolOutcome
from offhook.desks.dealership.model import Appointment, ServiceType
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tables import inventory, resources, service_types, vehicles
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory

LAKESIDE = "biz_01KDV00000000000000000000A"
CHICAGO = ZoneInfo("America/Chicago")
FRIDAY_10 = datetime(2026, 11, 27, 10, 0, tzinfo=CHICAGO)
MARIA = "+12025550141"
"""A customer of the demo book with one car."""

OpenBook = Callable[..., AbstractAsyncContextManager[DealershipRepository]]


def opener(database: Database, clock: Clock) -> OpenBook:
    """`async with book() as repository`: a READ unit; `book(write=True)`: a WRITE one."""

    @asynccontextmanager
    async def opened(*, write: bool = False) -> AsyncIterator[DealershipRepository]:
        effect = Effect.WRITE if write else Effect.READ
        async with unit_of_work_factory(database, clock)(LAKESIDE, effect) as uow:
            yield DealershipRepository(uow)

    return opened


async def service_of(repository: DealershipRepository, name: str = "Oil change") -> ServiceType:
    found = await repository.service_by_name(name)
    assert found is not None
    return found


async def booked(
    repository: DealershipRepository,
    starts_at: datetime,
    now: datetime,
    *,
    service: str = "Oil change",
    name: str = "Ann Lee",
    phone: str | None = "+12025550177",
    session_id: str | None = None,
) -> Appointment:
    return await repository.book(
        await service_of(repository, service),
        starts_at,
        customer_name=name,
        customer_phone=phone,
        now=now,
        created_via="chat",
        session_id=session_id,
    )


async def add_technicians(database: Database, count: int, *, service: str = "Oil change") -> list[str]:
    """So many people of kind "technician", whom the service needs from now on."""
    ids = [f"res_tech{n}" for n in range(count)]
    async with database.transaction(write=True) as connection:
        for n, resource_id in enumerate(ids):
            row = {"business_id": LAKESIDE, "resource_id": resource_id, "name": f"Technician {n}", "sort": n}
            await connection.execute(insert(resources), {**row, "kind": "technician"})
        await connection.execute(
            update(service_types)
            .where(service_types.c.business_id == LAKESIDE, service_types.c.name == service)
            .values(technician_kind="technician")
        )
    return ids


async def keep_bays(database: Database, count: int) -> None:
    """Retire all bays but the first `count`."""
    async with database.transaction(write=True) as connection:
        await connection.execute(
            update(resources)
            .where(resources.c.business_id == LAKESIDE, resources.c.kind == "bay", resources.c.sort >= count)
            .values(active=False)
        )


async def add_car(database: Database, number: str, *, model: str = "Aurora", status: str = "available") -> str:
    stock_id = f"stk_{number}"
    row: dict[str, object] = {
        "business_id": LAKESIDE,
        "stock_id": stock_id,
        "stock_number": number,
        "make": "Toyota",
        "model": model,
        "variant": "SE",
        "year": 2026,
        "color": "blue",
        "fuel": "petrol",
        "transmission": "automatic",
        "condition": "new",
        "price": 2_950_000,
        "currency": "USD",
        "status": status,
        "updated_at": datetime(2026, 11, 1, tzinfo=CHICAGO),
    }
    async with database.transaction(write=True) as connection:
        await connection.execute(insert(inventory), row)
    return stock_id


async def add_vehicle(database: Database, customer_id: str, registration: str) -> str:
    vehicle_id = f"veh_{registration}"
    row = {"business_id": LAKESIDE, "vehicle_id": vehicle_id, "customer_id": customer_id, "registration": registration}
    async with database.transaction(write=True) as connection:
        await connection.execute(insert(vehicles), {**row, "make": "Toyota", "model": "Corolla"})
    return vehicle_id


A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)


class _Declined(Exception):
    """Rolls the unit of work back, as the tool runner does."""


async def run_tool(
    database: Database, clock: Clock, tool: Tool[A, R], arguments: A, caller: Caller | None = None
) -> ToolOutcome[R]:
    """Run a tool as the tool runner would: what does not end Ok leaves nothing behind."""
    business = await SqlBusinesses(database, clock).default("dealership")
    outcome: ToolOutcome[R] | None = None
    try:
        async with unit_of_work_factory(database, clock)(business.business_id, tool.effect) as uow:
            who = caller or Caller("sess_1", "chat")
            ctx = ToolContext(business, who, clock.now().astimezone(CHICAGO), "turn_1", tool.name, uow)
            outcome = await tool.run(ctx, arguments)
            if not isinstance(outcome, Ok):
                raise _Declined
    except _Declined:
        pass
    assert outcome is not None
    return outcome
