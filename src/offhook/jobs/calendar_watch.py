"""Reads the businesses' outside calendars once a minute and keeps what they say for the offers of free times.

A calendar that does not answer leaves what it said last; after a while that counts for nothing (store/busy_times.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta

from offhook.contracts.calendar import Calendar, CalendarChange, CalendarUnknown
from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect, UnitOfWorkFactory
from offhook.contracts.errors import AppError
from offhook.contracts.messaging import Delivery, Refused
from offhook.store.busy_times import keep_busy

READ_EVERY_S = 60.0
AHEAD = timedelta(days=62)
"""Beyond the booking horizon; calendars limit how far they tell in one answer."""


class CalendarWatch:
    def __init__(
        self,
        calendars: Mapping[str, Calendar],
        units: UnitOfWorkFactory,
        clock: Clock,
        *,
        on_unknown: Callable[[str], None] = lambda reason: None,
    ) -> None:
        """`calendars`: business id -> its calendar. `on_unknown` hears why one could not be read."""
        self._calendars = calendars
        self._units = units
        self._clock = clock
        self._on_unknown = on_unknown

    async def run(self) -> None:
        while self._calendars:
            await self.read()
            await asyncio.sleep(READ_EVERY_S)

    async def read(self) -> None:
        """One look at each calendar."""
        first = self._clock.now()
        last = first + AHEAD
        for business_id, calendar in self._calendars.items():
            try:
                busy = await calendar.busy(first, last)
                async with self._units(business_id, Effect.WRITE) as uow:
                    await keep_busy(uow, first, last, busy, now=self._clock.now())
            except CalendarUnknown as unknown:
                self._on_unknown(str(unknown))
            except AppError as error:
                self._on_unknown(error.code)

    async def change(self, change: CalendarChange) -> Delivery:
        """For the courier."""
        calendar = self._calendars.get(change.business_id)
        if calendar is None:
            return Refused("this business has no calendar")
        return await (calendar.remove(change.event_id) if change.event is None else calendar.put(change.event))
