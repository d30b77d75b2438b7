"""Fills a dealership's book: the demo business of demo.yaml, a new business's services, invented data by the number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from importlib import resources as package_files
from types import MappingProxyType

import msgspec
from sqlalchemy import Table, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.business import Business
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect, UnitOfWork
from offhook.contracts.errors import Conflict, Invalid
from offhook.desks.dealership import tables
from offhook.desks.dealership.invent import Counts, Invented, Opened, Row, invent
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.stock import Condition
from offhook.store.business_book import insert_closed_days, insert_faq
from offhook.store.businesses import insert_business
from offhook.store.engine import Database
from offhook.store.model import FaqEntry
from offhook.store.schema import businesses
from offhook.store.seeding import SeedBusiness, SeedFaq, SeedIds, insert_demo_business
from offhook.store.unit_of_work import sql, unit_of_work_factory

BAY = "bay"
TECHNICIAN = "technician"
BAYS = 4
"""Of a new dealership for which no number is given: without any nothing could be booked."""
_ROWS_PER_INSERT = 1000


class SeedService(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A service as demo.yaml and `offhook init` give it. Prices in minor units of the business's currency."""

    name: str
    aliases: list[str] = []
    duration_min: int = 60
    buffer_min: int = 15
    price_from: int | None = None
    price_to: int | None = None
    description: str = ""
    technician_kind: str | None = None
    """Kind of the resource that it occupies beside a bay."""


class _SeedVehicle(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    make: str
    model: str
    year: int
    registration: str


class _SeedCustomer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: str
    phone: str
    vehicles: list[_SeedVehicle] = []


class SeedCar(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A car for sale. Price in minor units of the business's currency."""

    stock_number: str
    make: str
    model: str
    year: int
    color: str
    fuel: str
    transmission: str
    condition: Condition
    price: int
    variant: str = ""
    odometer_km: int | None = None


class _DemoFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    business: SeedBusiness
    bays: list[str]
    services: list[SeedService]
    customers: list[_SeedCustomer]
    faq: list[SeedFaq]
    cars: list[SeedCar]


def demo_file() -> _DemoFile:
    text = package_files.files(__package__).joinpath("demo.yaml").read_bytes()
    return msgspec.yaml.decode(text, type=_DemoFile)


async def insert_demo(connection: AsyncConnection, clock: Clock) -> str:
    """The demo dealership, inside an open transaction; returns its id. Raises Conflict when it is there already."""
    demo = demo_file()
    business_id = demo.business.business_id
    ids = SeedIds(business_id)
    await insert_demo_business(connection, demo.business, demo.faq, clock=clock)
    await insert_resources(connection, business_id, demo.bays, ids)
    await insert_services(connection, business_id, demo.services, demo.business.currency, ids)
    await insert_cars(connection, business_id, demo.cars, demo.business.currency, ids, now=clock.now())
    found = Invented(
        customers=[
            {
                "customer_id": ids.new("cust"),
                "phone": customer.phone,
                "name": customer.name,
                "created_at": clock.now(),
            }
            for customer in demo.customers
        ]
    )
    for customer, row in zip(demo.customers, found.customers, strict=True):
        found.vehicles += [
            {
                "vehicle_id": ids.new("veh"),
                "customer_id": row["customer_id"],
                **msgspec.to_builtins(car),
            }
            for car in customer.vehicles
        ]
    await _insert_invented(connection, business_id, found)
    return business_id


async def insert_resources(
    connection: AsyncConnection, business_id: str, names: Sequence[str], ids: SeedIds, *, kind: str = BAY
) -> None:
    rows = [
        {
            "resource_id": ids.new("res"),
            "name": name,
            "kind": kind,
            "sort": position,
        }
        for position, name in enumerate(names)
    ]
    await _insert_all(connection, tables.resources, business_id, rows)


async def insert_services(
    connection: AsyncConnection, business_id: str, services: Sequence[SeedService], currency: str, ids: SeedIds
) -> None:
    """Raises Invalid for a service that cannot be booked."""
    wrong = {service.name: "needs a name and a duration" for service in services if not _is_bookable(service)}
    if wrong:
        raise Invalid("Some services cannot be stored as given.", wrong)
    rows = [
        {
            "service_id": ids.new("svc"),
            "name": service.name.strip(),
            "aliases": msgspec.json.encode([alias.strip().casefold() for alias in service.aliases]).decode(),
            "duration_min": service.duration_min,
            "buffer_min": service.buffer_min,
            "resource_kind": BAY,
            "technician_kind": service.technician_kind,
            "price_from": service.price_from,
            "price_to": service.price_to,
            "currency": currency,
            "description": service.description,
            "sort": position,
        }
        for position, service in enumerate(services)
    ]
    await _insert_all(connection, tables.service_types, business_id, rows)


async def insert_cars(
    connection: AsyncConnection,
    business_id: str,
    cars: Sequence[SeedCar],
    currency: str,
    ids: SeedIds,
    *,
    now: datetime,
) -> None:
    rows = [
        {
            "stock_id": ids.new("car"),
            **msgspec.to_builtins(car),
            "currency": currency,
            "status": "available",
            "updated_at": now,
        }
        for car in cars
    ]
    await _insert_all(connection, tables.inventory, business_id, rows)


async def create_dealership(
    database: Database,
    clock: Clock,
    business: Business,
    *,
    services: Sequence[SeedService] = (),
    bays: int = BAYS,
    technicians: int = 0,
    closed: Mapping[date, str] = MappingProxyType({}),
    faq: Sequence[FaqEntry] = (),
) -> None:
    """A business of one's own, whole or not at all; with technicians, each of its services needs one. Raises Conflict
    (id or number in use), Invalid (field names).
    """
    business_id = business.business_id
    if technicians:
        services = [msgspec.structs.replace(service, technician_kind=TECHNICIAN) for service in services]
    ids = SeedIds(business_id)
    async with database.transaction(write=True) as connection:
        await insert_business(connection, business, clock=clock)
        await insert_closed_days(connection, business_id, closed)
        await insert_resources(connection, business_id, numbered("Bay", bays), ids)
        await insert_resources(connection, business_id, numbered("Technician", technicians), ids, kind=TECHNICIAN)
        await insert_services(connection, business_id, services, business.currency, ids)
        await insert_faq(connection, business_id, faq)


def numbered(name: str, count: int) -> list[str]:
    return [f"{name} {n}" for n in range(1, count + 1)]


async def seed(
    database: Database,
    clock: Clock,
    *,
    business_id: str,
    seed: int = 1,
    customers: int = 100,
    vehicles: int = 150,
    appointments: int = 80,
    cars: int = 0,
) -> Counts:
    """Add invented customers, vehicles, appointments (past and ahead, with what was done) and cars for sale to a
    dealership, in one transaction.

    Returns what was added: fewer appointments than asked for when the book is full. Raises Conflict when the same seed
    was used for this business before, Invalid when the counts cannot be had, NotFound for an unknown business.
    """
    wanted = Counts(customers, vehicles, appointments, cars)
    now = clock.now()
    async with unit_of_work_factory(database, clock)(business_id, Effect.WRITE) as uow:
        book = DealershipRepository(uow)
        zone, rules = await book.zone(), await book.rules()
        today = now.astimezone(zone).date()
        first, last = Opened.first_day(today), Opened.last_day(today, rules)
        opened = Opened(
            zone=zone,
            rules=rules,
            openings=await book.hours_between(first, last),
            services=tuple(await book.services()),
            bays=tuple(resource.resource_id for resource in await book.resources()),
            taken=await book.taken(datetime.combine(first, time(), zone), last),
            currency=await _currency(uow),
        )
        found = invent(opened, wanted, seed=f"{business_id}-{seed}", now=now)
        try:
            await _insert_invented(sql(uow), business_id, found)
        except IntegrityError:
            text = f"The people of seed {seed} are in this book already; give another --seed for other ones."
            raise Conflict("seeded_already", text) from None
    return Counts(len(found.customers), len(found.vehicles), len(found.appointments), len(found.cars))


def _is_bookable(service: SeedService) -> bool:
    return bool(service.name.strip()) and service.duration_min > 0 and service.buffer_min >= 0


async def _insert_invented(connection: AsyncConnection, business_id: str, found: Invented) -> None:
    people = [{"email": None, "language": "en", "notes": "", **row} for row in found.customers]
    await _insert_all(connection, tables.customers, business_id, people)
    await _insert_all(connection, tables.vehicles, business_id, [{"vin": None, **row} for row in found.vehicles])
    await _insert_all(connection, tables.inventory, business_id, found.cars)
    await _insert_all(connection, tables.appointments, business_id, found.appointments)
    await _insert_all(connection, tables.appointment_units, business_id, found.units)
    await _insert_all(connection, tables.service_history, business_id, found.history)


async def _currency(uow: UnitOfWork) -> str:
    query = select(businesses.c.currency).where(businesses.c.business_id == uow.business_id)
    return str((await sql(uow).execute(query)).scalar_one())


async def _insert_all(connection: AsyncConnection, table: Table, business_id: str, rows: Sequence[Row]) -> None:
    for start in range(0, len(rows), _ROWS_PER_INSERT):
        batch = [{"business_id": business_id, **row} for row in rows[start : start + _ROWS_PER_INSERT]]
        await connection.execute(insert(table), batch)
