"""The session store's statements on SQLite, several in one visit to the connection's thread.

A turn of a live call reads its session and commits it. Each visit to the thread costs more than the statements that it
makes, and SQLAlchemy's way through them more again, so on SQLite both take this path. The statements are the same ones
(`sessions.py`), written out once. Everything here runs in the connection's thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.elements import ClauseElement

from offhook.store.types import Moment

_DIALECT = sqlite.dialect(paramstyle="named")


def written(statement: ClauseElement) -> tuple[str, dict[str, Any]]:
    """The statement's text with `:name` parameters, and the constants among these."""
    compiled = statement.compile(dialect=_DIALECT)
    return str(compiled), {name: value for name, value in compiled.params.items() if value is not None}


def _moment_writer() -> Callable[[datetime], str]:
    write = Moment().dialect_impl(_DIALECT).bind_processor(_DIALECT)
    assert write is not None
    return write


moment = _moment_writer()
"""A moment as SQLAlchemy stores it."""


@dataclass(frozen=True, slots=True)
class Swap:
    """What one commit writes, ready to be executed."""

    values: dict[str, Any]
    turn: dict[str, Any] | None
    events: Callable[[int], Sequence[dict[str, Any]]]
    """last_seq after the swap -> the rows of the events."""
    forget: Callable[[int], dict[str, Any] | None]
    """last_seq -> parameters of the deletion of old events, None for none."""


class Missing(Exception):
    """No session of that id and business."""


class Lost(Exception):
    """Another commit came first, or the turn is stored already."""


class SessionStatements:
    """Statements as text, made from SQLAlchemy's own."""

    def __init__(
        self,
        *,
        resume: ClauseElement,
        swap: ClauseElement,
        exists: ClauseElement,
        insert_turn: ClauseElement,
        insert_event: ClauseElement,
        forget: ClauseElement,
    ) -> None:
        self._resume, _ = written(resume)
        self._swap, self._swap_constants = written(swap)
        self._exists, _ = written(exists)
        self._insert_turn, _ = written(insert_turn)
        self._insert_event, _ = written(insert_event)
        self._forget, _ = written(forget)

    def resume(self, connection: sqlite3.Connection, session_id: str, turn_id: str) -> tuple[Any, ...] | None:
        """(state, status, version, turn)"""
        row: tuple[Any, ...] | None = connection.execute(
            self._resume, {"session": session_id, "turn": turn_id}
        ).fetchone()
        return row

    def commit(self, connection: sqlite3.Connection, swap: Swap) -> int:
        """The session's last_seq. Runs in a transaction of the caller's. Raises Missing, Lost."""
        row = connection.execute(self._swap, {**self._swap_constants, **swap.values}).fetchone()
        if row is None:
            raise Lost if connection.execute(self._exists, swap.values).fetchone() else Missing
        last_seq = int(row[0])
        if swap.turn is not None:
            try:
                connection.execute(self._insert_turn, swap.turn)
            except sqlite3.IntegrityError:
                raise Lost from None
        rows = swap.events(last_seq)
        if rows:
            connection.executemany(self._insert_event, rows)
        old = swap.forget(last_seq)
        if old is not None:
            connection.execute(self._forget, old)
        return last_seq
