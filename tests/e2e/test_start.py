"""What `offhook serve` makes of the database it finds."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from chats import up_to_read_back
from e2e_server import QUICK, ServerProcess, serving
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from wire_call import http

from support.postgres_server import PostgresServer

pytestmark = pytest.mark.e2e


def test_an_empty_folder_gets_a_database_with_a_business_for_each_desk(folder: Path) -> None:
    with serving(folder, QUICK) as server:
        businesses = server.rows("select desk, demo from businesses order by desk")
        assert "loopback_trust" in server.log(), "a server that trusts its machine says so"
    assert [(row["desk"], bool(row["demo"])) for row in businesses] == [
        ("dealership", True),
        ("sales", True),
        ("shop", True),
    ]


def test_production_refuses_demo_data_and_an_empty_book_with_a_sentence(folder: Path) -> None:
    with serving(folder, QUICK):
        pass
    production = QUICK | {"OFFHOOK_ENV": "production", "OFFHOOK_NOW": ""}
    for where, expected in ((folder, "demo_data: "), (folder.parent / "new", "no_business: ")):
        code, said = ServerProcess(where, **production).run_to_end()
        assert code not in (0, None)
        assert expected in said
        assert "offhook init" in said
        assert "Traceback" not in said


def test_an_incomplete_database_stops_the_start_with_the_list_and_the_command(folder: Path) -> None:
    with serving(folder, QUICK) as server:
        pass
    with closing(sqlite3.connect(server.book)) as book:
        book.execute("drop table appointment_units")
        book.execute("alter table customers drop column notes")
        book.commit()
    code, said = ServerProcess(folder, **QUICK).run_to_end()
    assert code not in (0, None)
    for part in ("table appointment_units is missing", "column customers.notes is missing", "offhook db"):
        assert part in said
    assert "Traceback" not in said


def test_an_outdated_database_stops_the_start_and_is_left_as_it_is(folder: Path) -> None:
    folder.mkdir()
    with closing(sqlite3.connect(folder / "offhook.db")) as book:
        book.execute("create table alembic_version (version_num varchar(32) not null)")
        book.execute("create table businesses (business_id text primary key)")
        book.execute("insert into businesses values ('mine')")
        book.commit()
    before = _dump(folder / "offhook.db")
    code, said = ServerProcess(folder, **QUICK).run_to_end()
    assert code not in (0, None)
    assert "table appointments is missing" in said
    assert "Run `offhook db upgrade`" in said
    assert _dump(folder / "offhook.db") == before


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty database."""
    name = "e2e_start"
    asyncio.run(_execute(postgres_server.url, f"CREATE DATABASE {name}"))
    yield f"{postgres_server.url.rpartition('/')[0]}/{name}"
    asyncio.run(_execute(postgres_server.url, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.mark.postgres
def test_postgresql_by_url_takes_a_booking(postgres_url: str, folder: Path) -> None:
    with serving(folder, QUICK | {"OFFHOOK_DATABASE_URL": postgres_url}) as server:
        asyncio.run(_book(server, "+12025550186"))
        assert not server.book.exists()
    rows = asyncio.run(_execute(postgres_url, "SELECT service_name, starts_at, customer_phone FROM appointments"))
    (row,) = [row for row in rows if row[2] == "+12025550186"]
    assert (row[0], f"{row[1]:%Y-%m-%d %H:%M}") == ("Oil change", "2026-11-19 16:00")


async def _book(server: ServerProcess, phone: str) -> None:
    async with http(server.url) as client:
        chat = await up_to_read_back(client, phone)
        first = await chat.say("yes", "the-yes")
        assert "booked" in first["reply"]
        assert (await chat.say("yes", "the-yes"))["reply"] == first["reply"]


async def _execute(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_async_engine(url.replace("postgresql", "postgresql+asyncpg", 1), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        result = await connection.execute(text(statement))
        rows = [tuple(row) for row in result] if result.returns_rows else []
    await engine.dispose()
    return rows


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as book:
        return list(book.iterdump())
