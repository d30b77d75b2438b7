"""Units of work that queue for SQLite's one writer, made durable by one commit.

A durable commit waits for the disk, many times longer than a unit's own work. So a unit that ends while others wait
for the writer leaves the transaction open to them: each works behind a savepoint, and takes only its own changes back
when it fails. A unit is over only when the group's commit is: nothing is acknowledged before it is on the disk.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.store.errors import busy
from offhook.store.sqlite_driver import OneHopConnection

MOST_UNITS = 128
"""In one commit; bounds how long the first waits for the last."""


class CommitGroup:
    """One open transaction. Whoever uses it holds the writer's turn."""

    def __init__(self, connection: AsyncConnection, driver: OneHopConnection) -> None:
        self.connection = connection
        self._driver = driver
        self._units = 0
        self._over = False
        self._error: BaseException | None = None

    @property
    def over(self) -> bool:
        """Committed or lost: no place for another unit."""
        return self._over

    @property
    def full(self) -> bool:
        return self._units >= MOST_UNITS

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[AsyncConnection]:
        """One unit's part of the transaction. What raises out of it is taken back."""
        self._driver.ahead("SAVEPOINT unit")
        try:
            yield self.connection
        except BaseException:
            await asyncio.shield(self._take_back())
            raise
        self._driver.ahead("RELEASE unit")
        self._units += 1

    async def commit(self) -> None:
        """Make it durable, if it is not over. Never raises; `check` tells."""
        if self._over:
            return
        self._over = True
        try:
            if self._units:
                await self.connection.commit()
        except (SQLAlchemyError, sqlite3.Error) as error:
            self._error = error
        await self._close()

    def check(self) -> None:
        """Raises what kept the group from being committed."""
        if self._error is not None:
            raise self._error

    async def _take_back(self) -> None:
        try:
            await self._driver.within(_roll_back)
        except (SQLAlchemyError, sqlite3.Error, ValueError):
            # SQLite gave up the whole transaction (a full disk), or a cancelled statement took the connection along.
            self._over = True
            self._error = busy()
            await self._close()

    async def _close(self) -> None:
        try:
            await self.connection.close()
        except (SQLAlchemyError, sqlite3.Error) as error:
            self._error = self._error or error


def _roll_back(connection: sqlite3.Connection) -> None:
    connection.execute("ROLLBACK TO unit").close()
    connection.execute("RELEASE unit").close()
