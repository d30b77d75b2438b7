from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from offhook.contracts.errors import Invalid
from offhook.store.errors import translated

SECRET = "+12025550123"


def sqlite_error(name: str, message: str = "") -> DBAPIError:
    cause = sqlite3.OperationalError(message)
    cause.sqlite_errorcode = getattr(sqlite3, name)
    return DBAPIError("SELECT :phone", {"phone": SECRET}, cause)


class PgError(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__(SECRET)
        self.sqlstate = sqlstate


def pg_error(sqlstate: str) -> DBAPIError:
    return DBAPIError("SELECT :phone", {"phone": SECRET}, PgError(sqlstate))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (sqlite_error("SQLITE_BUSY"), "database_busy"),
        (sqlite_error("SQLITE_BUSY_SNAPSHOT"), "database_busy"),
        (sqlite_error("SQLITE_LOCKED"), "database_busy"),
        (sqlite_error("SQLITE_FULL"), "database_full"),
        (sqlite_error("SQLITE_READONLY"), "database_gone"),
        (sqlite_error("SQLITE_IOERR"), "database_gone"),
        (sqlite_error("SQLITE_CORRUPT"), "database_gone"),
        (sqlite_error("SQLITE_CANTOPEN"), "database_gone"),
        (sqlite_error("SQLITE_ERROR", "no such table: faq"), "database_gone"),
        (pg_error("55P03"), "database_busy"),
        (pg_error("40P01"), "database_busy"),
        (pg_error("53100"), "database_full"),
        (pg_error("42P01"), "database_gone"),
        (pg_error("57P01"), "database_gone"),
        (PoolTimeout("no connection is free"), "database_busy"),
        (TimeoutError(), "database_gone"),
        (ConnectionRefusedError(111, SECRET), "database_gone"),
        (InvalidRequestError(SECRET), "database_gone"),
        (IntegrityError("INSERT", {"phone": SECRET}, PgError("23505")), "database_conflict"),
    ],
)
def test_failures_get_a_code_and_show_no_data(error: Exception, code: str) -> None:
    meaning = translated(error)
    assert meaning is not None
    assert meaning.code == code
    assert meaning.retryable == (code != "database_conflict")
    assert SECRET not in str(meaning)


@pytest.mark.parametrize("error", [ZeroDivisionError(), KeyError("x"), Invalid("no")])
def test_what_is_no_failure_of_the_database_passes(error: Exception) -> None:
    assert translated(error) is None
