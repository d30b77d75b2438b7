"""What recurs: every business's desk is asked what it wants done next, and enqueues it under the occurrence's key."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect, UnitOfWorkFactory
from offhook.contracts.jobs import Planner
from offhook.store.businesses import SqlBusinesses


class Planning:
    def __init__(
        self, businesses: SqlBusinesses, units: UnitOfWorkFactory, clock: Clock, planners: Mapping[str, Planner]
    ) -> None:
        """`planners`: desk -> its planner."""
        self._businesses = businesses
        self._units = units
        self._clock = clock
        self._planners = planners

    async def plan(self) -> None:
        """Raises Unavailable."""
        for business in await self._businesses.all():
            planner = self._planners.get(business.desk)
            if planner is not None:
                now = self._clock.now().astimezone(ZoneInfo(business.timezone))
                async with self._units(business.business_id, Effect.WRITE) as uow:
                    await planner(uow, business, now)
