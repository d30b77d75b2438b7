"""Many statements in one visit to the database: for work whose statements are many and small.

On SQLite each statement that SQLAlchemy carries costs ten times what the database needs for it, and a hop to the
connection's thread besides. Here a plain function does all its reading and writing in that thread, in the transaction
of its unit of work, with statements that were compiled once; on PostgreSQL the same function runs over SQLAlchemy.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any, Protocol, TypeVar

from sqlalchemy import BindParameter, Connection, Select, Table, bindparam, insert
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import ClauseElement, TextClause
from sqlalchemy.types import TypeEngine

from offhook.store.sqlite_driver import OneHopConnection

_SQLITE = sqlite.dialect(paramstyle="named")
Convert = Callable[[Any], Any] | None
T = TypeVar("T")


class Prepared:
    """A statement with named parameters, compiled for SQLite once; its values keep the types of their columns."""

    def __init__(self, statement: Select[Any] | UpdateBase | TextClause) -> None:
        self.statement = statement

    @cached_property
    def text(self) -> str:
        return self._compiled[0]

    @cached_property
    def _compiled(self) -> tuple[str, dict[str, Any], dict[str, Convert]]:
        element: ClauseElement = self.statement
        compiled = element.compile(dialect=_SQLITE)
        binds = compiled.binds  # type: ignore[attr-defined]  # of SQLCompiler
        fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
        kinds = {name: bind.type.dialect_impl(_SQLITE).bind_processor(_SQLITE) for name, bind in binds.items()}
        return str(compiled), fixed, {name: kind for name, kind in kinds.items() if kind is not None}

    @cached_property
    def _results(self) -> tuple[type[Any], tuple[tuple[int, Convert], ...]] | None:
        columns = getattr(self.statement, "selected_columns", None)
        if columns is None:
            columns = getattr(self.statement, "_returning", ()) or ()
        if not columns:
            return None
        names = [column.key for column in columns]
        converts = [_result_processor(column.type) for column in columns]
        row = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # its fields are the columns
        return row, tuple((n, convert) for n, convert in enumerate(converts) if convert is not None)

    def parameters(self, given: Mapping[str, Any]) -> dict[str, Any]:
        _, fixed, converts = self._compiled
        values = {**fixed, **given}
        for name, convert in converts.items():
            if convert is not None:
                values[name] = convert(values[name])
        return values

    def rows(self, found: Iterable[tuple[Any, ...]]) -> list[Any]:
        assert self._results is not None, "the statement brings no rows"
        row, converts = self._results
        if not converts:
            return [row._make(one) for one in found]
        made = []
        for one in found:
            values = list(one)
            for n, convert in converts:
                if convert is not None:
                    values[n] = convert(values[n])
            made.append(row._make(values))
        return made


def adding(table: Table, *without: str) -> Prepared:
    """An INSERT of all columns of the table but those, each from the parameter of its name."""
    values: dict[str, BindParameter[Any]] = {
        column.name: bindparam(column.name) for column in table.c if column.name not in without
    }
    return Prepared(insert(table).values(values))


def _result_processor(kind: TypeEngine[Any]) -> Convert:
    processor: Convert = kind.dialect_impl(_SQLITE).result_processor(_SQLITE, None)
    return processor


class Rows(Protocol):
    """The database, to a function in its thread. Failures come as the driver's own errors; the transaction's owner
    translates them."""

    def all(self, statement: Prepared, /, **parameters: Any) -> list[Any]:
        """Rows with the columns' names."""
        ...

    def first(self, statement: Prepared, /, **parameters: Any) -> Any | None: ...

    def run(self, statement: Prepared, /, **parameters: Any) -> int:
        """How many rows it changed."""
        ...

    def many(self, statement: Prepared, rows: Sequence[Mapping[str, Any]], /) -> None: ...

    def whole(self) -> AbstractContextManager[object]:
        """What is written within is taken back when an exception leaves it; the transaction goes on."""
        ...


class _SqliteRows:
    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def all(self, statement: Prepared, /, **parameters: Any) -> list[Any]:
        cursor = self._connection.execute(statement.text, statement.parameters(parameters))
        try:
            return statement.rows(cursor.fetchall())
        finally:
            cursor.close()

    def first(self, statement: Prepared, /, **parameters: Any) -> Any | None:
        found = self.all(statement, **parameters)
        return found[0] if found else None

    def run(self, statement: Prepared, /, **parameters: Any) -> int:
        cursor = self._connection.execute(statement.text, statement.parameters(parameters))
        try:
            return cursor.rowcount
        finally:
            cursor.close()

    def many(self, statement: Prepared, rows: Sequence[Mapping[str, Any]], /) -> None:
        if rows:
            self._connection.executemany(statement.text, [statement.parameters(row) for row in rows]).close()

    @contextmanager
    def whole(self) -> Iterator[None]:
        self._connection.execute("SAVEPOINT whole").close()
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:  # SQLite may have given it up (a full disk)
                self._connection.execute("ROLLBACK TO whole").close()
                self._connection.execute("RELEASE whole").close()
            raise
        self._connection.execute("RELEASE whole").close()


class _SharedRows:
    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, statement: Prepared, /, **parameters: Any) -> list[Any]:
        return list(self._connection.execute(statement.statement, parameters))

    def first(self, statement: Prepared, /, **parameters: Any) -> Any | None:
        return self._connection.execute(statement.statement, parameters).first()

    def run(self, statement: Prepared, /, **parameters: Any) -> int:
        return self._connection.execute(statement.statement, parameters).rowcount

    def many(self, statement: Prepared, rows: Sequence[Mapping[str, Any]], /) -> None:
        if rows:
            self._connection.execute(statement.statement, [dict(row) for row in rows])

    def whole(self) -> AbstractContextManager[object]:
        return self._connection.begin_nested()


async def in_one_visit(connection: AsyncConnection, work: Callable[[Rows], T]) -> T:
    """Run `work` in the connection's transaction; it must await nothing and keep nothing of what it is given."""
    if connection.dialect.name != "sqlite":
        return await connection.run_sync(lambda synchronous: work(_SharedRows(synchronous)))
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, OneHopConnection)
    return await driver.within(lambda opened: work(_SqliteRows(opened)))
