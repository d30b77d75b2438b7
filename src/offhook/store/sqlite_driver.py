"""aiosqlite with one thread hop per statement.

Each hop to a connection's thread and back costs more than the statement itself (a point query takes microseconds), and
SQLAlchemy's adapter makes four per statement: open a cursor, execute, fetch, close. Here a cursor executes and fetches
everything in one hop, a BEGIN goes along with the first statement behind it, a commit or rollback without a
transaction makes none, and nobody waits for the end of one that has only read. SQLAlchemy takes it as `async_creator`.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeVar

import aiosqlite

_PRAGMAS = ("foreign_keys=ON", "synchronous=NORMAL", "temp_store=MEMORY")
_ASK_AGAIN_S = 0.01
READING = "BEGIN"
"""Begins a transaction that takes no lock to write."""

T = TypeVar("T")


class OneHopCursor:
    """What SQLAlchemy's adapter asks of an asynchronous cursor. Rows are fetched with the execution, never streamed."""

    arraysize = 1

    def __init__(self, connection: OneHopConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> OneHopCursor:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> OneHopCursor:
        if operation.startswith("BEGIN"):
            self._connection.ahead(operation)
            return self
        await self._connection.hop(partial(self._execute, operation, parameters))
        return self

    async def executemany(self, operation: str, parameters: Iterable[Sequence[Any]]) -> OneHopCursor:
        await self._connection.hop(partial(self._execute_many, operation, parameters))
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    def _execute(self, operation: str, parameters: Sequence[Any]) -> None:
        self._finish(self._connection.begun().execute(operation, parameters))

    def _execute_many(self, operation: str, parameters: Iterable[Sequence[Any]]) -> None:
        self._finish(self._connection.begun().executemany(operation, parameters))

    def _finish(self, cursor: sqlite3.Cursor) -> None:
        """In the connection's thread."""
        try:
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount = cursor.rowcount
            self.lastrowid = cursor.lastrowid
        finally:
            cursor.close()


class OneHopConnection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors are OneHopCursors."""

    _ahead: tuple[str, ...] = ()
    _unchanged: int | None = None
    """Within a transaction that may only read: `total_changes` when it began."""
    _ending = False
    """The end of such a one is on its way to the thread, before whatever is asked of it next."""

    def cursor(self) -> OneHopCursor:  # type: ignore[override]  # the adapter enters whatever it is given
        return OneHopCursor(self)

    def ahead(self, statement: str) -> None:
        """Let the next statement take that one along: a BEGIN (nothing is read before it, so its lock is early enough),
        the marks of a savepoint."""
        self._ahead = (*self._ahead, statement)

    async def hop(self, work: Callable[[], None]) -> None:
        """Run in the connection's thread."""
        await self._execute(work)  # type: ignore[no-untyped-call]  # aiosqlite does not annotate it

    def begun(self) -> sqlite3.Connection:
        """In the connection's thread: the connection, in the transaction that was asked for."""
        ahead, self._ahead = self._ahead, ()
        for statement in ahead:
            if statement.startswith("BEGIN"):
                self._unchanged = self._conn.total_changes if statement == READING else None
                self._ending = False
            self._conn.execute(statement).close()
        return self._conn

    async def within(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in the connection's thread, in the transaction that is open or was asked for."""
        result: T = await self._execute(lambda: work(self.begun()))  # type: ignore[no-untyped-call]  # not annotated
        return result

    async def visit(self, work: Callable[[sqlite3.Connection], T], *, write: bool) -> T:
        """Run `work` in the connection's thread; `write` begins a transaction before it and ends it after it."""

        def run() -> T:
            connection = self._conn
            if not write:
                return work(connection)
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(connection)
                connection.execute("COMMIT")
                return result
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

        result: T = await self._execute(run)  # type: ignore[no-untyped-call]  # aiosqlite does not annotate it
        return result

    async def commit(self) -> None:
        self._ahead = ()
        if self._conn.in_transaction and not self._ended_reading():
            await super().commit()

    async def rollback(self) -> None:
        self._ahead = ()
        if self._conn.in_transaction and not self._ended_reading():
            await super().rollback()

    def _ended_reading(self) -> bool:
        """Let go of a snapshot in which nothing was changed, without waiting for it. False where that is not all."""
        if self._unchanged is None or self._unchanged != self._conn.total_changes:
            return False
        if not self._ending:
            self._ending = True
            self._tx.put_nowait((None, self._conn.rollback))
        return True


def connect(database: str, *, busy_timeout_ms: int) -> OneHopConnection:
    """A connection to an existing file (a `file:` URI) in WAL with foreign keys on, in driver autocommit: transactions
    are begun by statements.

    Await it to open it. Its thread does not keep the process alive.
    """

    def open_file() -> sqlite3.Connection:
        opened = sqlite3.connect(
            database,
            uri=True,
            isolation_level=None,
            timeout=busy_timeout_ms / 1000,
            cached_statements=256,
            check_same_thread=False,  # `in_transaction` is read between statements
        )
        try:
            _set_up(opened, busy_timeout_ms / 1000)
        except BaseException:
            opened.close()
            raise
        return opened

    connection = OneHopConnection(open_file, iter_chunk_size=64)
    connection._thread.daemon = True
    return connection


def _set_up(connection: sqlite3.Connection, patience_s: float) -> None:
    """In the connection's thread. A new file's way into WAL is not covered by the busy timeout: SQLite refuses at once
    where two connections ask for it at the same moment, so it is asked again."""
    until_s = time.monotonic() + patience_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            break
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= until_s:
                raise
            time.sleep(_ASK_AGAIN_S)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()
