"""What a driver's failure means to the rest of the system.

Nothing above the store knows SQLAlchemy, aiosqlite or asyncpg: every transaction passes through `Database.transaction`,
which turns their errors into `Unavailable("database_busy" | "database_full" | "database_gone")` or `Conflict`. Messages
carry no statement and no parameter: those may hold personal data.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from offhook.contracts.errors import AppError, Conflict, Unavailable

_SQLITE_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_PG_BUSY = frozenset({"55P03", "40001", "40P01", "57014"})
"""lock_not_available, serialization_failure, deadlock_detected, query_canceled (statement or lock timeout)."""
_PG_FULL = frozenset({"53100"})
_PG_SCHEMA = frozenset({"42P01", "42703"})
"""undefined_table, undefined_column."""


def busy() -> Unavailable:
    return Unavailable("database_busy", "The database is locked by another writer; try again in a moment.")


def gone(why: str = "it does not answer") -> Unavailable:
    return Unavailable(
        "database_gone",
        f"The database cannot be used: {why}. Check OFFHOOK_DATABASE_URL, the file and its permissions or the server.",
    )


def full() -> Unavailable:
    return Unavailable("database_full", "The database cannot grow: no space is left on its disk.")


def translated(error: BaseException) -> AppError | None:
    """The AppError for a failure of the database or the way to it; None where it is none."""
    if isinstance(error, AppError):
        return None
    if isinstance(error, IntegrityError):
        return Conflict("database_conflict", "Something else was stored under the same key meanwhile.")
    if isinstance(error, PoolTimeout):
        return busy()
    if isinstance(error, DBAPIError):
        return _driver_error(error.orig)
    if isinstance(error, sqlite3.IntegrityError):
        return Conflict("database_conflict", "Something else was stored under the same key meanwhile.")
    if isinstance(error, sqlite3.Error):
        return _driver_error(error)
    if isinstance(error, SQLAlchemyError):
        return gone("the connection was closed under it")
    if isinstance(error, TimeoutError):
        return gone("it did not answer in time")
    if isinstance(error, OSError):
        return gone("it cannot be reached")
    if type(error).__module__.startswith("asyncpg"):
        return gone("the server refused the connection")
    return None


def _driver_error(cause: BaseException | None) -> AppError:
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if code in _SQLITE_BUSY:
            return busy()
        if code == sqlite3.SQLITE_FULL:
            return full()
        if code == sqlite3.SQLITE_READONLY:
            return gone("the file may only be read")
        if code == sqlite3.SQLITE_ERROR and "no such" in str(cause):
            return gone("a table or column is missing; run `offhook db check`")
        return gone("the file cannot be opened or read")
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    if state in _PG_BUSY:
        return busy()
    if state in _PG_FULL:
        return full()
    if state in _PG_SCHEMA:
        return gone("a table or column is missing; run `offhook db check`")
    return gone("the connection was lost or refused")
