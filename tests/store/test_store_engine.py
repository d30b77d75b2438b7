from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from offhook.contracts.desk import Effect
from offhook.contracts.errors import AppError, Unavailable
from offhook.desks.demo import demo_businesses
from offhook.desks.tables import metadata
from offhook.store import migrate
from offhook.store.business_book import BusinessBook
from offhook.store.businesses import SqlBusinesses
from offhook.store.calls import SqlCallLog
from offhook.store.engine import Database, create_file, open_database
from offhook.store.sessions import SqlSessionStore
from offhook.store.unit_of_work import unit_of_work_factory
from support.postgres_server import NoPostgres, make_server
from support.set_clock import SetClock
from support.stored_rows import stored_rows

BUSINESS = "biz_01KDV00000000000000000000A"


def path_of(database: Database) -> Path:
    assert database.path is not None
    return database.path


async def pragma(database: Database, name: str, *, write: bool, durable: bool = True) -> object:
    async with database.transaction(write=write, durable=durable) as connection:
        return (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()


async def test_sqlite_connections_are_set_up(sqlite_database: Database) -> None:
    assert await pragma(sqlite_database, "journal_mode", write=False) == "wal"
    assert await pragma(sqlite_database, "foreign_keys", write=False) == 1
    assert await pragma(sqlite_database, "synchronous", write=True, durable=True) == 2
    assert await pragma(sqlite_database, "synchronous", write=True, durable=False) == 1


async def test_the_file_is_for_its_owner_only(sqlite_database: Database) -> None:
    assert path_of(sqlite_database).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "url",
    ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x", "nonsense", "", "postgresql+psycopg2:/broken"],
)
def test_a_url_that_cannot_be_used_is_named(url: str) -> None:
    with pytest.raises(AppError, match="OFFHOOK_DATABASE_URL"):
        open_database(url)


async def test_the_label_hides_the_password() -> None:
    database = open_database("postgresql://user:hush@127.0.0.1:1/x")
    assert "hush" not in database.label
    assert "127.0.0.1" in database.label
    await database.aclose()


async def test_a_reader_sees_one_snapshot(database: Database, clock: SetClock) -> None:
    open_unit = unit_of_work_factory(database, clock)
    async with open_unit(BUSINESS, Effect.READ) as reader:
        assert await BusinessBook(reader).tasks() == []
        async with open_unit(BUSINESS, Effect.WRITE) as writer:
            await BusinessBook(writer).create_task("callback", "meanwhile", now=clock.now())
        assert await BusinessBook(reader).tasks() == []


async def test_writers_of_this_process_wait_for_each_other(database: Database, clock: SetClock) -> None:
    open_unit = unit_of_work_factory(database, clock)

    async def write(n: int) -> None:
        async with open_unit(BUSINESS, Effect.WRITE) as uow:
            book = BusinessBook(uow)
            count = len(await book.tasks())
            await book.create_task("callback", f"{n} after {count}", now=clock.now())

    await asyncio.gather(*(write(n) for n in range(12)))
    rows = await stored_rows(database, "tasks", business_id=BUSINESS)
    assert len(rows) == 12


async def test_a_lock_held_elsewhere_is_reported_and_nothing_is_written(
    sqlite_database: Database, clock: SetClock
) -> None:
    impatient = open_database(f"sqlite:///{path_of(sqlite_database)}", busy_timeout_ms=50)
    other = sqlite3.connect(path_of(sqlite_database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(Unavailable) as failure:
            async with unit_of_work_factory(impatient, clock)(BUSINESS, Effect.WRITE) as uow:
                await BusinessBook(uow).create_task("callback", "please", now=clock.now())
        assert failure.value.code == "database_busy"
        assert failure.value.retryable
        assert await SqlBusinesses(impatient, clock).get(BUSINESS), "reading goes on"
    finally:
        other.execute("ROLLBACK")
        other.close()

    assert await stored_rows(impatient, "tasks", business_id=BUSINESS) == []
    async with unit_of_work_factory(impatient, clock)(BUSINESS, Effect.WRITE) as uow:
        await BusinessBook(uow).create_task("callback", "again", now=clock.now())
    assert len(await stored_rows(impatient, "tasks", business_id=BUSINESS)) == 1
    await impatient.aclose()


async def test_a_writer_that_never_ends_is_reported_to_the_next(sqlite_url: str, clock: SetClock) -> None:
    database = open_database(sqlite_url, busy_timeout_ms=50)
    await migrate.prepare(database, metadata, demo_businesses(clock))
    async with database.transaction(write=True):
        with pytest.raises(Unavailable) as failure:
            async with database.transaction(write=True):
                raise AssertionError("two writers at once")
    assert failure.value.code == "database_busy"
    await database.aclose()


@pytest.mark.parametrize("happening", ["removed", "replaced"])
async def test_a_file_that_is_gone_is_reported_by_every_door(
    sqlite_database: Database, clock: SetClock, happening: str
) -> None:
    await sqlite_database.ping()
    path = path_of(sqlite_database)
    path.rename(path.with_name("elsewhere.db"))
    if happening == "replaced":
        path.touch()

    await assert_every_door_says(sqlite_database, clock, "database_gone")
    assert happening == "replaced" or not path.exists(), "no empty file in its place"

    path.unlink(missing_ok=True)
    path.with_name("elsewhere.db").rename(path)
    await sqlite_database.ping()


async def test_a_file_that_is_not_a_database_is_reported(tmp_path: Path, clock: SetClock) -> None:
    path = tmp_path / "offhook.db"
    path.write_bytes(b"this is a shopping list, not a database" * 100)
    database = open_database(f"sqlite:///{path}")
    await assert_every_door_says(database, clock, "database_gone")
    await database.aclose()


async def test_a_database_without_tables_is_reported(empty_database: Database, clock: SetClock) -> None:
    create_file(empty_database)
    with pytest.raises(Unavailable, match="offhook db check"):
        await SqlBusinesses(empty_database, clock).get(BUSINESS)


async def test_a_row_locked_by_another_server_is_reported(seeded_url: str, clock: SetClock) -> None:
    ours, theirs = open_database(seeded_url, busy_timeout_ms=50), open_database(seeded_url)
    statement = text("UPDATE businesses SET name = 'x' WHERE business_id = :id")
    async with theirs.transaction(write=True) as holder:
        await holder.execute(statement, {"id": BUSINESS})
        with pytest.raises(Unavailable) as failure:
            async with ours.transaction(write=True) as connection:
                await connection.execute(statement, {"id": BUSINESS})
    assert failure.value.code == "database_busy"
    await ours.aclose()
    await theirs.aclose()


async def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = open_database(f"sqlite:///{tmp_path}/file/offhook.db")
    with pytest.raises(Unavailable) as failure:
        await migrate.prepare(database, metadata)
    assert failure.value.code == "database_gone"
    await database.aclose()


@pytest.mark.postgres
async def test_a_server_that_stops_is_reported_and_used_again_when_back(clock: SetClock) -> None:
    try:
        server = await asyncio.to_thread(make_server)
    except NoPostgres as reason:
        pytest.skip(str(reason))
    database = open_database(server.url)
    try:
        await migrate.prepare(database, metadata, demo_businesses(clock))
        with pytest.raises(Unavailable) as failure:
            async with unit_of_work_factory(database, clock)(BUSINESS, Effect.WRITE) as uow:
                await BusinessBook(uow).create_task("callback", "please", now=clock.now())
                await asyncio.to_thread(server.stop)
                await BusinessBook(uow).tasks()
        assert failure.value.code == "database_gone"
        await assert_every_door_says(database, clock, "database_gone")

        await asyncio.to_thread(server.start)
        assert await stored_rows(database, "tasks", business_id=BUSINESS) == []
    finally:
        await database.aclose()
        await asyncio.to_thread(server.remove)


async def assert_every_door_says(database: Database, clock: SetClock, code: str) -> None:
    open_unit = unit_of_work_factory(database, clock)

    async def read() -> None:
        async with open_unit(BUSINESS, Effect.READ) as uow:
            await BusinessBook(uow).faq()

    async def write() -> None:
        async with open_unit(BUSINESS, Effect.WRITE) as uow:
            await BusinessBook(uow).create_task("callback", "please", now=clock.now())

    doors = {
        "read": read,
        "write": write,
        "ping": database.ping,
        "business": lambda: SqlBusinesses(database, clock).get(BUSINESS),
        "number": lambda: SqlBusinesses(database, clock).by_number("+12025550110"),
        "default": lambda: SqlBusinesses(database, clock).default(),
        "session": lambda: SqlSessionStore(database, clock).load("sess_x"),
        "turn": lambda: SqlSessionStore(database, clock).stored_turn("sess_x", "turn"),
        "events": lambda: SqlSessionStore(database, clock).events_after("sess_x", 0),
        "expire": lambda: SqlSessionStore(database, clock).expire(clock.now()),
        "call": lambda: SqlCallLog(database, clock).get("call_x"),
        "check": lambda: migrate.check(database, metadata),
    }
    for name, door in doors.items():
        with pytest.raises(Unavailable) as failure:
            await door()
        assert (name, failure.value.code) == (name, code)
