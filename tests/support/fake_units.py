"""A unit of work in memory: outcomes are kept on commit, dropped on rollback; it can be made to fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from offhook.contracts.desk import Effect, UnitOfWork
from offhook.contracts.errors import AppError, Conflict


class FakeUnits:
    """`open` is the UnitOfWorkFactory."""

    def __init__(self) -> None:
        self.outcomes: dict[tuple[str, str, str], bytes] = {}
        self.committed = 0
        self.rolled_back = 0
        self.opened: list[Effect] = []
        self.fails: AppError | None = None
        """Raised whenever a unit is opened."""

    @asynccontextmanager
    async def open(self, business_id: str, effect: Effect) -> AsyncIterator[UnitOfWork]:
        if self.fails is not None:
            raise self.fails
        self.opened.append(effect)
        unit = _FakeUnit(self, business_id)
        try:
            yield unit
        except BaseException:
            self.rolled_back += 1
            raise
        for key, outcome in unit.new.items():
            if key in self.outcomes:
                raise Conflict("duplicate_command", "It was carried out already.")
            self.outcomes[key] = outcome
        self.committed += 1


class _FakeUnit:
    def __init__(self, units: FakeUnits, business_id: str) -> None:
        self._units = units
        self._business_id = business_id
        self.new: dict[tuple[str, str, str], bytes] = {}

    @property
    def business_id(self) -> str:
        return self._business_id

    async def recall(self, turn_id: str, command: str, payload: str | None = None) -> bytes | None:
        return self._units.outcomes.get((self._business_id, turn_id, command))

    async def remember(self, turn_id: str, command: str, outcome: bytes, payload: str | None = None) -> None:
        self.new[(self._business_id, turn_id, command)] = outcome
