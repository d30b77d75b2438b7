from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.errors import AppError
from offhook.desks.demo import demo_businesses
from offhook.desks.tables import metadata
from offhook.store import migrate
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database, create_file, open_database
from offhook.store.migrate import SchemaOutdated
from support.set_clock import SetClock


async def execute(database: Database, *statements: str) -> None:
    async with database.transaction(write=True) as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)


async def test_an_empty_database_is_made_whole(empty_database: Database, clock: SetClock) -> None:
    prepared = await migrate.prepare(empty_database, metadata, demo_businesses(clock))

    assert prepared.created
    assert await migrate.check(empty_database, metadata) == [], "the revisions make what the program describes"
    businesses = await SqlBusinesses(empty_database, clock).all()
    assert sorted(business.desk for business in businesses) == ["dealership", "sales", "shop"]


async def test_a_whole_database_is_taken_as_it_is(database: Database, clock: SetClock) -> None:
    async def no_seed(_: AsyncConnection) -> None:
        raise AssertionError("seeded twice")

    prepared = await migrate.prepare(database, metadata, no_seed)
    assert not prepared.created
    assert await migrate.upgrade(database) == []


async def test_a_database_that_was_only_migrated_is_given_its_businesses(
    empty_database: Database, clock: SetClock
) -> None:
    await migrate.upgrade(empty_database)
    assert not (await migrate.prepare(empty_database, metadata, demo_businesses(clock))).created
    assert len(await SqlBusinesses(empty_database, clock).all()) == 3


async def test_a_failed_seed_leaves_an_empty_database(empty_database: Database, clock: SetClock) -> None:
    async def failing(connection: AsyncConnection) -> None:
        await demo_businesses(clock)(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await migrate.prepare(empty_database, metadata, failing)

    assert (await migrate.prepare(empty_database, metadata)).created


async def test_two_servers_that_start_at_once_make_it_once(empty_url: str, clock: SetClock) -> None:
    servers = [open_database(empty_url, busy_timeout_ms=20_000) for _ in range(2)]
    prepared = await asyncio.gather(*(migrate.prepare(server, metadata, demo_businesses(clock)) for server in servers))
    assert sorted(each.created for each in prepared) == [False, True]
    assert len(await SqlBusinesses(servers[0], clock).all()) == 3
    for server in servers:
        await server.aclose()


async def test_what_is_missing_is_listed(database: Database) -> None:
    await execute(
        database,
        "DROP TABLE appointment_units",
        "DROP INDEX ix_calls_call_sid",
        "ALTER TABLE tasks DROP COLUMN details",
    )
    with pytest.raises(SchemaOutdated, match="offhook db upgrade") as refusal:
        await migrate.prepare(database, metadata)
    assert sorted(refusal.value.missing) == [
        "column tasks.details is missing",
        "index ix_calls_call_sid on calls is missing",
        "table appointment_units is missing",
    ]


async def test_a_database_of_somebody_else_is_left_alone(empty_database: Database) -> None:
    create_file(empty_database)
    await execute(empty_database, "CREATE TABLE recipes (id INTEGER PRIMARY KEY)")

    with pytest.raises(SchemaOutdated, match="no revision is recorded"):
        await migrate.prepare(empty_database, metadata)
    with pytest.raises(SchemaOutdated, match="not ours"):
        await migrate.upgrade(empty_database)

    await execute(empty_database, "INSERT INTO recipes VALUES (1)")


async def test_a_newer_database_is_left_alone(database: Database) -> None:
    await execute(database, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaOutdated, match=r"newer than this program[^$]*Update offhook"):
        await migrate.prepare(database, metadata)
    with pytest.raises(SchemaOutdated, match="newer than this program"):
        await migrate.upgrade(database)


async def test_upgrade_makes_an_empty_database_without_businesses(empty_database: Database, clock: SetClock) -> None:
    assert await migrate.upgrade(empty_database) == [f"{number:04}" for number in range(1, 12)]
    assert await migrate.check(empty_database, metadata) == []
    assert await SqlBusinesses(empty_database, clock).all() == []


async def test_a_book_of_the_first_version_keeps_its_rows(empty_database: Database) -> None:
    now = "'2026-03-02 15:00:00+00:00'"
    assert await migrate.upgrade(empty_database, "0001") == ["0001"]
    await execute(
        empty_database,
        "INSERT INTO businesses VALUES ('biz', 'Garage', 'dealership', 'UTC', 'US', 'USD', '[]', 'Sophie', '', NULL,"
        f" true, NULL, '{{}}', false, {now}, {now})",
        f"INSERT INTO customers VALUES ('biz', 'cust', '+12025550123', 'Dana', NULL, 'en', '', {now})",
        "INSERT INTO resources VALUES ('biz', 'bay', 'Bay 1', 'bay', 1)",
        "INSERT INTO service_types VALUES ('biz', 'svc', 'Oil change', '[]', 45, 15, 'bay', 4900, NULL, 'USD', '', 1)",
        "INSERT INTO vehicles VALUES ('biz', 'veh', 'cust', 'Honda', 'Civic', 2020, 'ABC1234', NULL)",
        "INSERT INTO appointments VALUES ('biz', 'appt', 'service', 'booked', 'svc', 'Oil change', 'bay',"
        f" {now}, '2026-03-02 15:45:00+00:00', 'cust', 'Dana', '+12025550123', '', 'chat', NULL, {now})",
        "INSERT INTO appointment_units VALUES ('biz', 'bay', 1, 'appt'), ('biz', 'bay', 2, 'appt')",
        f"INSERT INTO tasks VALUES ('biz', 'task', 'callback', 'QUEUED', 'NORMAL', '', NULL, NULL, NULL, '{{}}',"
        f" {now}, {now})",
    )

    assert await migrate.upgrade(empty_database) == [f"{number:04}" for number in range(2, 12)]

    assert await migrate.check(empty_database, metadata) == []
    async with empty_database.transaction(write=False) as connection:
        for query, expected in (
            ("SELECT count(*) FROM appointment_units WHERE appointment_id = 'appt'", 2),
            ("SELECT name FROM customers WHERE active", "Dana"),
            ("SELECT count(*) FROM appointments WHERE progress IS NULL AND customer_id = 'cust'", 1),
            ("SELECT count(*) FROM tasks WHERE due_at IS NULL", 1),
        ):
            assert (await connection.exec_driver_sql(query)).scalar_one() == expected
    with pytest.raises(AppError):
        await execute(empty_database, "DELETE FROM appointments")
