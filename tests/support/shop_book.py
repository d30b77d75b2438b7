"""The demo shop's book in tests: opened as the tools open it, and the tools themselves run as the tool runner would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from offhook.contracts.business import Business
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Caller, Effect, Ok, Tool, ToolContext, ToolOutcome, UnitOfWork
from offhook.desks.shop.model import Customer, Origin
from offhook.desks.shop.repository import ShopBook, in_book
from offhook.store.businesses import SqlBusinesses
from offhook.store.caches import Caches
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory

SHARMA = "biz_01KDV00000000000000000000B"
KOLKATA = ZoneInfo("Asia/Kolkata")
T = TypeVar("T")
A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)


class Declined(Exception):
    """Rolls the unit of work back, as the tool runner does."""


class OpenShop:
    """One shop on one database, at a clock that tests move."""

    def __init__(
        self, database: Database, clock: Clock, business_id: str = SHARMA, caches: Caches | None = None
    ) -> None:
        self.database = database
        self.clock = clock
        self.business_id = business_id
        self.units = unit_of_work_factory(database, clock, caches)
        self._turn = 0
        self._business: Business | None = None

    async def business(self) -> Business:
        if self._business is None:
            self._business = await SqlBusinesses(self.database, self.clock).get(self.business_id)
        return self._business

    def now(self) -> datetime:
        return self.clock.now().astimezone(KOLKATA)

    def origin(self, session_id: str | None = "sess_1") -> Origin:
        self._turn += 1
        now = self.now()
        return Origin(now=now, day=now.date(), turn_id=f"turn_{self._turn}", via="chat", session_id=session_id)

    async def write(self, work: Callable[[ShopBook], T], *, session_id: str | None = "sess_1") -> T:
        async with self.units(self.business_id, Effect.WRITE) as uow:
            return await in_book(uow, self.origin(session_id), work)

    async def read(self, work: Callable[[ShopBook], T]) -> T:
        async with self.units(self.business_id, Effect.READ) as uow:
            return await in_book(uow, self.origin(), work)

    async def customer(self, name: str, **given: object) -> Customer:
        return await self.write(lambda book: book.create_customer(name, **given))  # type: ignore[arg-type]

    async def balance(self, customer: Customer) -> int:
        return (await self.read(lambda book: book.customer(customer.customer_id))).balance

    async def run(
        self, tool: Tool[A, R], *, confirmed: bool = False, session_id: str = "sess_1", **arguments: object
    ) -> ToolOutcome[R]:
        """Arguments as a form or a model sends them; what does not end Ok leaves nothing behind."""
        outcome: ToolOutcome[R] | None = None
        try:
            async with self.units(self.business_id, tool.effect) as uow:
                outcome = await self.in_unit(uow, tool, confirmed=confirmed, session_id=session_id, **arguments)
                if not isinstance(outcome, Ok):
                    raise Declined
        except Declined:
            pass
        assert outcome is not None
        return outcome

    async def in_unit(
        self,
        uow: UnitOfWork,
        tool: Tool[A, R],
        *,
        confirmed: bool = False,
        session_id: str = "sess_1",
        **arguments: object,
    ) -> ToolOutcome[R]:
        self._turn += 1
        caller, turn_id = Caller(session_id, "chat", proven=True), f"turn_{self._turn}"
        ctx = ToolContext(await self.business(), caller, self.now(), turn_id, tool.name, uow, confirmed)
        return await tool.run(ctx, msgspec.convert(arguments, tool.arguments, strict=False))

    async def done(self, tool: Tool[A, R], *, confirmed: bool = False, **arguments: object) -> R:
        """The result of a tool that must not decline."""
        outcome = await self.run(tool, confirmed=confirmed, **arguments)
        assert isinstance(outcome, Ok), outcome
        return outcome.value
