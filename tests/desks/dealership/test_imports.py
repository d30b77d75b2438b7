"""Files that people bring: good lines in, bad ones told by line and reason, nobody merged."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from offhook.contracts.desk import Effect
from offhook.desks.dealership.imports import Imported, ImportKind, import_csv
from offhook.desks.dealership.tables import customers, inventory, vehicles
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock


async def take(database: Database, clock: SetClock, kind: ImportKind, text: str | bytes) -> Imported:
    business = await SqlBusinesses(database, clock).default("dealership")
    content = text if isinstance(text, bytes) else text.encode()
    async with unit_of_work_factory(database, clock)(business.business_id, Effect.WRITE) as uow:
        return await import_csv(uow, business, kind, content, clock.now())


async def test_customers(database: Database, clock: SetClock) -> None:
    report = await take(
        database,
        clock,
        "customers",
        "Name,Phone,Email\n"
        "Nina Ortiz,(202) 555-0171,nina@example.com\n"
        "Omar Bell,12345,\n"
        "Nina Again,+1 202 555 0171,\n"
        "Pia Lund,202-555-0172,pia at example\n"
        "=HYPERLINK(1),202-555-0173,\n"
        ",202-555-0174,\n",
    )
    assert (report.added, report.updated) == (1, 0)
    told = [(problem.line, problem.problem) for problem in report.problems]
    assert [line for line, _ in told] == [3, 4, 5, 6, 7]
    for (_, text), word in zip(told, ("no number of US", "as line 2", "email", "formula", "no name"), strict=True):
        assert word in text
    async with database.transaction(write=False) as connection:
        stored = (await connection.execute(select(customers).where(customers.c.name == "Nina Ortiz"))).one()
    assert (stored.phone, stored.email, stored.active) == ("+12025550171", "nina@example.com", True)

    again = await take(database, clock, "customers", "name,phone\nSomebody,2025550171\n")
    assert again.added == 0
    assert "in the book already" in again.problems[0].problem


async def test_vehicles(database: Database, clock: SetClock) -> None:
    await take(database, clock, "customers", "name,phone\nNina Ortiz,2025550171\n")
    report = await take(
        database,
        clock,
        "vehicles",
        "owner_phone,make,model,year,registration,vin,fuel\n"
        "2025550171,Honda,Accord,2003,ab-12345,1HGCM82633A004352,gas\n"
        "2025550171,Honda,Accord,2003,,1HGCM82633A004353,\n"
        "2025550171,Honda,Accord,,AB 12345,,\n"
        "2025550171,Honda,Accord,2003,,1HGCM82633A00435O,\n"
        "2025550199,Honda,Accord,2003,,,\n"
        "2025550171,Honda,Accord,1700,,,\n",
    )
    assert report.added == 2
    assert [(warning.line, "check digit" in warning.problem) for warning in report.warnings] == [(3, True)]
    assert [problem.line for problem in report.problems] == [4, 5, 6, 7]
    async with database.transaction(write=False) as connection:
        stored = (await connection.execute(select(vehicles).where(vehicles.c.vin == "1HGCM82633A004352"))).one()
    assert (stored.registration, stored.fuel) == ("AB12345", "petrol")


async def test_cars_for_sale_are_brought_up_to_date(database: Database, clock: SetClock) -> None:
    head = "stock_number,make,model,year,color,fuel,transmission,condition,price,status\n"
    first = await take(database, clock, "inventory", head + 'Z1,Kia,Sportage,2026,Red,petrol,auto,new,"27,990.50",\n')
    second = await take(
        database,
        clock,
        "inventory",
        head + "z1,Kia,Sportage,2026,Red,petrol,auto,new,26000,sold\nZ2,Kia,Rio,2026,Red,steam,auto,new,1,\n",
    )
    assert ((first.added, first.updated), (second.added, second.updated)) == ((1, 0), (0, 1))
    assert "steam" in second.problems[0].problem
    async with database.transaction(write=False) as connection:
        stored = (await connection.execute(select(inventory).where(inventory.c.stock_number == "Z1"))).one()
    assert (stored.price, stored.status, stored.transmission) == (2_600_000, "sold", "automatic")


@pytest.mark.parametrize("price", ["free", "-1", "12.345", "1e400", "NaN", ""])
async def test_what_is_no_price(sqlite_database: Database, clock: SetClock, price: str) -> None:
    head = "stock_number,make,model,year,color,fuel,transmission,condition,price\n"
    report = await take(sqlite_database, clock, "inventory", f"{head}Z1,Kia,Rio,2026,red,petrol,manual,used,{price}\n")
    assert report.added == 0
    assert "price" in report.problems[0].problem


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=200) | st.text('name,phone"\n=+;x 2025550171', max_size=120).map(str.encode))
async def test_nothing_breaks_it(sqlite_database: Database, clock: SetClock, content: bytes) -> None:
    report = await take(sqlite_database, clock, "customers", b"name,phone\n" + content)
    assert report.added >= 0
