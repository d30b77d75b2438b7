"""One database, by URL: SQLite (aiosqlite) or PostgreSQL (asyncpg), and its transactions.

SQLite runs in WAL with foreign keys on. A transaction that writes begins with `BEGIN IMMEDIATE`: it owns the write lock
before it reads, so nothing it decided on can change under it. Writers of this process queue for the lock in order of
arrival (SQLite's own waiting is a sleep-and-retry loop that starves); writers of other processes are met by the busy
timeout. Durable transactions commit with `synchronous=FULL`, the rest with NORMAL: a power cut may cost the last
moments of a conversation, never a committed write to the book. PostgreSQL gets the same by `synchronous_commit`.
Units of work that queue for the writer share a commit (commit_group.py).

The file must exist before connections are made (`create_file`), and must stay the one that was opened: a connection
to a removed file would accept writes and lose them, so each transaction looks at the path first.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from enum import Enum
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from offhook.contracts.errors import AppError
from offhook.store.commit_group import CommitGroup
from offhook.store.errors import busy, gone, translated
from offhook.store.sqlite_driver import READING, OneHopConnection
from offhook.store.sqlite_driver import connect as open_connection

SQLITE_CONNECTIONS = 4
"""Each is a thread that fights for the interpreter's lock: more are slower, not faster. One at a time writes."""
POSTGRES_CONNECTIONS = 8
_BEGIN = "offhook_begin"

T = TypeVar("T")


class _Begin(Enum):
    """How a transaction on SQLite begins."""

    NOTHING = "nothing"
    """One statement is a transaction of its own."""
    DEFERRED = "deferred"
    IMMEDIATE = "immediate"
    DURABLE = "durable"


class Database:
    """Owns the connection pool. Make it with `open_database`, end it with `aclose`."""

    def __init__(self, engine: AsyncEngine, *, path: Path | None, busy_timeout_ms: int) -> None:
        self.engine = engine
        self.path = path
        """The file of a SQLite database, else None."""
        self._busy_timeout_s = busy_timeout_ms / 1000
        self._writer = asyncio.Lock()
        self._queued = 0
        """How many wait for the writer's turn."""
        self._group: CommitGroup | None = None
        self._inode: int | None = None
        self._visits = {write: _Visits() for write in (False, True)}

    @property
    def is_sqlite(self) -> bool:
        return self.path is not None

    @property
    def label(self) -> str:
        """The database for people, without its password."""
        return str(self.path) if self.path is not None else self.engine.url.render_as_string(hide_password=True)

    def transaction(
        self, *, write: bool, durable: bool = True, snapshot: bool = True
    ) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        `write` takes the write lock at once. `durable` asks for a commit that survives a power cut.
        A reading transaction sees one moment of the database; without `snapshot` (enough for a single statement)
        each statement sees its own. Raises Unavailable (database_busy, database_gone, database_full) and Conflict.
        """
        return self._transaction(write, durable, snapshot)

    @asynccontextmanager
    async def _transaction(self, write: bool, durable: bool, snapshot: bool) -> AsyncIterator[AsyncConnection]:
        self._assert_file()
        async with self._turn_to(write), self._translating(), self.engine.connect() as connection:
            await self._begin(connection, write, durable, snapshot)
            yield connection
            await connection.commit()

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[AsyncConnection]:
        """A durable transaction that writes; on SQLite its commit may be shared with those who queue behind it. Over
        when it is committed. Raises as `transaction`."""
        if not self.is_sqlite:
            async with self._transaction(True, True, True) as connection:
                yield connection
            return
        self._assert_file()
        async with self._translating():
            async with self._turn_to(True, joining=True):
                group = self._group
                if group is None:
                    group = self._group = await self._open_group()
                try:
                    async with group.unit() as connection:
                        yield connection
                finally:
                    if group.over or group.full or not self._queued:
                        await asyncio.shield(self._end_group())
            if not group.over:
                await asyncio.shield(self._end_later(group))
            group.check()

    async def _open_group(self) -> CommitGroup:
        connection = await self.engine.connect()
        try:
            await self._begin(connection, True, True, True)
            driver = (await connection.get_raw_connection()).driver_connection
        except BaseException:
            await connection.close()
            raise
        assert isinstance(driver, OneHopConnection)
        return CommitGroup(connection, driver)

    async def _end_group(self) -> None:
        """By who has the writer's turn."""
        group, self._group = self._group, None
        if group is not None:
            await group.commit()

    async def _end_later(self, group: CommitGroup) -> None:
        """Queue again, behind those who waited meanwhile; the first to come back commits for all."""
        async with self._writer:
            if not group.over:
                await self._end_group()

    @asynccontextmanager
    async def _turn_to(self, write: bool, *, joining: bool = False) -> AsyncIterator[None]:
        """On SQLite writers of this process wait here for each other; who does not join a group ends it first.
        Raises Unavailable (database_busy)."""
        if not (write and self.is_sqlite):
            yield
            return
        self._queued += 1
        try:
            async with asyncio.timeout(self._busy_timeout_s):
                await self._writer.acquire()
        except TimeoutError:
            raise busy() from None
        finally:
            self._queued -= 1
        try:
            if not joining:
                await asyncio.shield(self._end_group())
            yield
        finally:
            self._writer.release()

    async def _begin(self, connection: AsyncConnection, write: bool, durable: bool, snapshot: bool) -> None:
        if self.is_sqlite:
            if write:
                kind = _Begin.DURABLE if durable else _Begin.IMMEDIATE
            else:
                kind = _Begin.DEFERRED if snapshot else _Begin.NOTHING
            await connection.execution_options(**{_BEGIN: kind})
            await connection.begin()
        else:
            if snapshot and not write:
                await connection.execution_options(isolation_level="REPEATABLE READ")  # one snapshot, as on SQLite
            await connection.begin()
            if write and not durable:
                await connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")

    @asynccontextmanager
    async def _translating(self) -> AsyncIterator[None]:
        try:
            yield
        except Exception as error:
            meaning = translated(error)
            if meaning is None:
                raise
            raise meaning from None  # the cause shows parameters, which may be personal data

    async def visit(self, work: Callable[[sqlite3.Connection], T], *, write: bool) -> T:
        """SQLite only: run all of `work` in one visit to a connection's thread; `write` makes it a transaction of its
        own (not durable by itself). For paths where SQLAlchemy's cost per statement shows. Raises as `transaction`.
        """
        self._assert_file()
        at = self._visits[write]
        async with self._turn_to(write), self._translating(), at.lock:
            connection = await at.connection(self.path, round(self._busy_timeout_s * 1000))
            return await connection.visit(work, write=write)

    def _assert_file(self) -> None:
        """Raises Unavailable when the file is not the one that was opened first."""
        if self.path is None:
            return
        try:
            inode = self.path.stat().st_ino
        except OSError:
            raise gone("its file was removed or cannot be reached") from None
        if self._inode is None:
            self._inode = inode
        elif inode != self._inode:
            raise gone("its file was replaced while in use; restart the server")

    async def ping(self) -> None:
        """Raises Unavailable unless the database answers."""
        async with self.transaction(write=False) as connection:
            await connection.exec_driver_sql("SELECT 1")

    async def aclose(self) -> None:
        for visits in self._visits.values():
            await visits.aclose()
        await self.engine.dispose()


class _Visits:
    """The connection behind `Database.visit`; one visitor at a time, so that it is one thread."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self._connection: OneHopConnection | None = None

    async def connection(self, path: Path | None, busy_timeout_ms: int) -> OneHopConnection:
        if self._connection is None:
            assert path is not None, "visits are for SQLite"
            opened = open_connection(_uri(path), busy_timeout_ms=busy_timeout_ms)
            await opened
            self._connection = opened
        return self._connection

    async def aclose(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


def _uri(path: Path) -> str:
    return f"{path.as_uri()}?mode=rw"


def open_database(url: str, *, busy_timeout_ms: int = 2000, pool_size: int | None = None) -> Database:
    """A Database by its URL: `sqlite:///relative.db`, `sqlite:////absolute.db`, `postgresql://user:pw@host/name`.

    Connects to nothing yet. Raises AppError where the URL cannot be used.
    """
    try:
        parsed = make_url(url)
    except Exception:  # lint: broad-except: whatever the parser raises, the URL is told to be unreadable
        raise _bad_url("it cannot be read") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(parsed, busy_timeout_ms, pool_size or SQLITE_CONNECTIONS)
    if backend in ("postgresql", "postgres"):
        return _open_postgres(parsed, busy_timeout_ms, pool_size or POSTGRES_CONNECTIONS)
    raise _bad_url(f"{backend} is not supported")


def create_file(database: Database) -> None:
    """Make the empty file of a SQLite database where none is; readable by its owner only."""
    if database.path is None or database.path.exists():
        return
    try:
        database.path.parent.mkdir(parents=True, exist_ok=True)
        database.path.touch(mode=0o600)
    except OSError as error:
        raise gone(f"its file cannot be created ({error.strerror})") from None


def _open_sqlite(url: URL, busy_timeout_ms: int, pool_size: int) -> Database:
    if not url.database or url.database == ":memory:":
        raise _bad_url("SQLite needs a file; a database in memory would not be shared by connections")
    if sqlite3.sqlite_version_info < (3, 35):
        raise AppError("database_version", f"SQLite 3.35 or newer is needed, this Python has {sqlite3.sqlite_version}.")
    path = Path(url.database).absolute()

    async def connect() -> OneHopConnection:
        connection = open_connection(_uri(path), busy_timeout_ms=busy_timeout_ms)
        await connection
        return connection

    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        async_creator=connect,
        pool_size=pool_size,
        max_overflow=2,
        pool_timeout=busy_timeout_ms / 1000,
        query_cache_size=500,
    )

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        kind = connection.get_execution_options().get(_BEGIN, _Begin.IMMEDIATE)
        if kind is _Begin.NOTHING:
            return
        if kind is not _Begin.DEFERRED:
            level = "FULL" if kind is _Begin.DURABLE else "NORMAL"
            if connection.info.get("synchronous", "NORMAL") != level:
                connection.exec_driver_sql(f"PRAGMA synchronous={level}")
                connection.info["synchronous"] = level
        connection.exec_driver_sql(READING if kind is _Begin.DEFERRED else "BEGIN IMMEDIATE")

    return Database(engine, path=path, busy_timeout_ms=busy_timeout_ms)


def _open_postgres(url: URL, busy_timeout_ms: int, pool_size: int) -> Database:
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=busy_timeout_ms / 1000,
        pool_pre_ping=True,  # a restarted server costs a reconnect, not a failed turn
        connect_args={
            "timeout": 3,
            "command_timeout": 30,
            "server_settings": {
                "application_name": "offhook",
                "timezone": "UTC",
                "lock_timeout": str(busy_timeout_ms),
                "idle_in_transaction_session_timeout": "60000",
            },
        },
        query_cache_size=500,
    )
    return Database(engine, path=None, busy_timeout_ms=busy_timeout_ms)


def _bad_url(why: str) -> AppError:
    return AppError(
        "database_url",
        f"OFFHOOK_DATABASE_URL: {why}. Use sqlite:////path/to/offhook.db or postgresql://user:password@host/name.",
    )


__all__ = ["Database", "create_file", "open_database"]
