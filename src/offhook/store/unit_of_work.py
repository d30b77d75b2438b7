"""One transaction of one business, for repositories and tools (contracts/desk.py: UnitOfWork)."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect, UnitOfWork, UnitOfWorkFactory
from offhook.contracts.errors import CommandReused, Conflict
from offhook.store.caches import Caches
from offhook.store.engine import Database
from offhook.store.prepared import Prepared, adding, in_one_visit
from offhook.store.schema import commands

_RECALL = Prepared(
    select(commands.c.outcome, commands.c.payload).where(
        commands.c.business_id == bindparam("business"),
        commands.c.turn_id == bindparam("turn"),
        commands.c.command == bindparam("command"),
    )
)
_REMEMBER = adding(commands)


class SqlUnitOfWork:
    """Carries the connection of an open transaction. Commit and rollback are the factory's business."""

    __slots__ = ("_business_id", "_opened_at", "caches", "connection")

    def __init__(
        self, connection: AsyncConnection, business_id: str, opened_at: datetime, caches: Caches | None = None
    ) -> None:
        self.connection = connection
        self.caches = caches or Caches()
        """The process's, for transactions that only read."""
        self._business_id = business_id
        self._opened_at = opened_at

    @property
    def business_id(self) -> str:
        return self._business_id

    @property
    def opened_at(self) -> datetime:
        return self._opened_at

    async def recall(self, turn_id: str, command: str, payload: str | None = None) -> bytes | None:
        row = await in_one_visit(
            self.connection,
            lambda rows: rows.first(_RECALL, business=self._business_id, turn=turn_id, command=command),
        )
        if row is None:
            return None
        if payload is not None and row.payload is not None and payload != row.payload:
            raise CommandReused
        outcome: bytes = row.outcome
        return outcome

    async def remember(self, turn_id: str, command: str, outcome: bytes, payload: str | None = None) -> None:
        """Store the outcome in this transaction.

        Raises Conflict("duplicate_command") when a twin committed it first; the transaction must then be left by that
        exception, so that nothing of it is written.
        """
        try:
            await in_one_visit(
                self.connection,
                lambda rows: rows.run(
                    _REMEMBER,
                    business_id=self._business_id,
                    turn_id=turn_id,
                    command=command,
                    outcome=outcome,
                    created_at=self._opened_at,
                    payload=payload,
                ),
            )
        except (IntegrityError, sqlite3.IntegrityError):
            raise Conflict("duplicate_command", "This command of this turn was carried out already.") from None


def sql(uow: UnitOfWork) -> AsyncConnection:
    """The connection of a unit of work, for repositories only. Raises TypeError for one that is not the store's."""
    if not isinstance(uow, SqlUnitOfWork):
        raise TypeError(f"repositories need a unit of work of the store, not {type(uow).__name__}")
    return uow.connection


def caches_of(uow: UnitOfWork) -> Caches:
    """What the process keeps between transactions. Raises TypeError for a unit of work that is not the store's."""
    if not isinstance(uow, SqlUnitOfWork):
        raise TypeError(f"caches belong to a unit of work of the store, not to {type(uow).__name__}")
    return uow.caches


def opened_at(uow: UnitOfWork) -> datetime:
    """When the transaction began. Raises TypeError for a unit of work that is not the store's."""
    if not isinstance(uow, SqlUnitOfWork):
        raise TypeError(f"only a unit of work of the store knows when it began, not {type(uow).__name__}")
    return uow.opened_at


def unit_of_work_factory(database: Database, clock: Clock, caches: Caches | None = None) -> UnitOfWorkFactory:
    """READ transactions see one snapshot; WRITE ones own the write lock from the start and commit durably."""
    kept = caches or Caches()

    @asynccontextmanager
    async def open_unit(business_id: str, effect: Effect) -> AsyncIterator[UnitOfWork]:
        opened = database.unit() if effect is Effect.WRITE else database.transaction(write=False)
        async with opened as connection:
            yield SqlUnitOfWork(connection, business_id, clock.now(), kept)

    return open_unit
