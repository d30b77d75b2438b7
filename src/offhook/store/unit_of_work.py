"""One transaction of one business, for repositories and tools (contracts/desk.py: UnitOfWork)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect, UnitOfWork, UnitOfWorkFactory
from offhook.contracts.errors import Conflict
from offhook.store.engine import Database
from offhook.store.schema import commands

_RECALL = select(commands.c.outcome).where(
    commands.c.business_id == bindparam("business"),
    commands.c.turn_id == bindparam("turn"),
    commands.c.command == bindparam("command"),
)


class SqlUnitOfWork:
    """Carries the connection of an open transaction. Commit and rollback are the factory's business."""

    __slots__ = ("_business_id", "_opened_at", "connection")

    def __init__(self, connection: AsyncConnection, business_id: str, opened_at: datetime) -> None:
        self.connection = connection
        self._business_id = business_id
        self._opened_at = opened_at

    @property
    def business_id(self) -> str:
        return self._business_id

    async def recall(self, turn_id: str, command: str) -> bytes | None:
        row = await self.connection.execute(
            _RECALL, {"business": self._business_id, "turn": turn_id, "command": command}
        )
        outcome: bytes | None = row.scalar_one_or_none()
        return outcome

    async def remember(self, turn_id: str, command: str, outcome: bytes) -> None:
        """Store the outcome in this transaction.

        Raises Conflict("duplicate_command") when a twin committed it first; the transaction must then be left by that
        exception, so that nothing of it is written.
        """
        try:
            await self.connection.execute(
                insert(commands),
                {
                    "business_id": self._business_id,
                    "turn_id": turn_id,
                    "command": command,
                    "outcome": outcome,
                    "created_at": self._opened_at,
                },
            )
        except IntegrityError:
            raise Conflict("duplicate_command", "This command of this turn was carried out already.") from None


def sql(uow: UnitOfWork) -> AsyncConnection:
    """The connection of a unit of work, for repositories only. Raises TypeError for one that is not the store's."""
    if not isinstance(uow, SqlUnitOfWork):
        raise TypeError(f"repositories need a unit of work of the store, not {type(uow).__name__}")
    return uow.connection


def unit_of_work_factory(database: Database, clock: Clock) -> UnitOfWorkFactory:
    """READ transactions see one snapshot; WRITE ones own the write lock from the start and commit durably."""

    @asynccontextmanager
    async def open_unit(business_id: str, effect: Effect) -> AsyncIterator[UnitOfWork]:
        async with database.transaction(write=effect is Effect.WRITE) as connection:
            yield SqlUnitOfWork(connection, business_id, clock.now())

    return open_unit
