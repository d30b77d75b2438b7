"""Databases for tests: SQLite in a temporary file, PostgreSQL on a server that is started once per run."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from offhook.desks.demo import demo_businesses
from offhook.desks.tables import metadata
from offhook.store import migrate
from offhook.store.engine import Database, open_database
from support.js_clients import NoNode, js_clients
from support.livekit_server import LiveKitServer, NoLiveKit, prepared_livekit
from support.postgres_server import NoPostgres, PostgresServer, make_server
from support.redis_server import NoRedis, RedisServer, make_redis
from support.set_clock import SetClock

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def clock() -> SetClock:
    """Wednesday, 25 November 2026, 09:00 in Chicago."""
    return SetClock()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    try:
        server = make_server()
    except NoPostgres as reason:
        pytest.skip(str(reason))
    yield server
    server.remove()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """A migrated database with the demo businesses; copying it is much quicker than migrating again."""

    async def make() -> None:
        await _execute(postgres_server.url, "CREATE DATABASE offhook_template")
        database = open_database(_named(postgres_server, "offhook_template"))
        await migrate.prepare(database, metadata, demo_businesses(SetClock()))
        await database.aclose()

    _run(make())
    return "offhook_template"


@pytest.fixture(scope="session")
def js_folder() -> Path:
    """Where Node finds the official JavaScript clients."""
    try:
        return js_clients()
    except NoNode as reason:
        pytest.skip(str(reason))


@pytest.fixture
def livekit_server() -> Iterator[LiveKitServer]:
    """With its ports chosen; the test starts it."""
    try:
        server = prepared_livekit()
    except NoLiveKit as reason:
        pytest.skip(str(reason))
    yield server
    server.remove()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    try:
        server = make_redis()
    except NoRedis as reason:
        pytest.skip(str(reason))
    yield server
    server.remove()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """A Redis server that holds nothing; tests of one process share it one after the other."""
    with socket.create_connection(("127.0.0.1", redis_server.port)) as line:
        line.sendall(b"FLUSHALL\r\n")
        assert line.recv(64).startswith(b"+OK")
    return redis_server.url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty place for a SQLite database."""
    return f"sqlite:///{tmp_path}/offhook.db"


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database on either kind of server."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
    else:
        yield from _postgres_database(request.getfixturevalue("postgres_server"), "template0")


@pytest.fixture
def fresh_postgres(postgres_server: PostgresServer, postgres_template: str) -> Iterator[Callable[[], str]]:
    """Makes a database with the demo businesses each time it is called."""
    opened: list[Iterator[str]] = []

    def make() -> str:
        opened.append(_postgres_database(postgres_server, postgres_template))
        return next(opened[-1])

    yield make
    for one in opened:
        next(one, None)


@pytest.fixture(params=BOTH)
def seeded_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database with the three demo businesses, on either kind of server."""
    if request.param == "sqlite":
        url = request.getfixturevalue("sqlite_url")

        async def make() -> None:
            database = open_database(url)
            await migrate.prepare(database, metadata, demo_businesses(SetClock()))
            await database.aclose()

        _run(make())
        yield url
    else:
        template = request.getfixturevalue("postgres_template")
        yield from _postgres_database(request.getfixturevalue("postgres_server"), template)


@pytest.fixture
async def empty_database(empty_url: str) -> AsyncIterator[Database]:
    opened = open_database(empty_url)
    yield opened
    await opened.aclose()


@pytest.fixture
async def database(seeded_url: str) -> AsyncIterator[Database]:
    opened = open_database(seeded_url)
    yield opened
    await opened.aclose()


@pytest.fixture
async def sqlite_database(sqlite_url: str, clock: SetClock) -> AsyncIterator[Database]:
    """A seeded one on SQLite alone, for tests whose subject is not the database."""
    opened = open_database(sqlite_url)
    await migrate.prepare(opened, metadata, demo_businesses(clock))
    yield opened
    await opened.aclose()


def _postgres_database(server: PostgresServer, template: str) -> Iterator[str]:
    name = f"t_{uuid4().hex}"
    _run(_execute(server.url, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield _named(server, name)
    _run(_execute(server.url, f"DROP DATABASE {name} WITH (FORCE)"))


def _named(server: PostgresServer, name: str) -> str:
    return f"{server.url.rpartition('/')[0]}/{name}"


async def _execute(url: str, statement: str) -> None:
    engine = create_async_engine(url.replace("postgresql", "postgresql+asyncpg", 1), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run to its end from a synchronous fixture, whether or not the test's loop runs already."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
