"""One of several processes that fight for the same times of the demo dealership; may be killed at any moment.

    python tests/support/booking_racer.py URL LOG SEED BOOKERS fill|mix SHARE OF

`fill`: every (hour, bay) of HOURS is asked for, and a tenth more. `mix`: books, holds, moves and cancels as dice fall.
Before each change a line "want" goes to LOG, and after its commit one "have", each written at once: what was told to a
customer survives whoever told it.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from offhook.contracts.desk import Effect
from offhook.contracts.errors import Unavailable
from offhook.desks.dealership.model import Appointment, BookingRefused, ChangeRefused
from offhook.desks.dealership.repository import DealershipRepository
from offhook.store.engine import Database, open_database
from offhook.store.unit_of_work import unit_of_work_factory
from support.dealership_book import CHICAGO, LAKESIDE, booked, service_of
from support.set_clock import SetClock

BAYS = 8
MIX_STEPS = 8
"""Changes that each booker tries in `mix`."""
T = TypeVar("T")


def hours() -> list[datetime]:
    """125 starts that one bay can take one after the other: with eight bays, a thousand times."""
    found: list[datetime] = []
    day = datetime(2026, 11, 30, tzinfo=CHICAGO)
    while len(found) < 125:
        if day.weekday() < 5:
            found += [day.replace(hour=hour) for hour in range(8, 18)]
        day += timedelta(days=1)
    return found[:125]


class Racer:
    def __init__(self, database: Database, log: int, seed: str) -> None:
        self._units = unit_of_work_factory(database, SetClock())
        self._now = SetClock().now()
        self._log = log
        self._dice = random.Random(seed)  # repeatable on purpose
        self._mine: dict[str, datetime] = {}
        self._session = f"sess_{seed}"

    async def fill(self, starts: list[datetime]) -> None:
        for start in starts:
            await self._book(start)

    async def mix(self, starts: list[datetime]) -> None:
        for _ in range(MIX_STEPS):
            start = self._dice.choice(starts)
            action = self._dice.choice(("book", "book", "hold", "move", "move", "cancel"))
            if action == "book" or not self._mine:
                await self._book(start)
            elif action == "hold":
                await self._try(lambda book, at=start: self._hold(book, at))
            else:
                appointment_id = self._dice.choice(sorted(self._mine))
                await (self._move(appointment_id, start) if action == "move" else self._cancel(appointment_id))

    async def _book(self, start: datetime) -> None:
        made = await self._try(lambda book: booked(book, start, self._now, phone=None, session_id=self._session))
        if made is not None:
            self._mine[made.appointment_id] = start
            self._say("have", made.appointment_id, "booked", start)

    async def _hold(self, book: DealershipRepository, start: datetime) -> None:
        await book.hold(await service_of(book), start, session_id=self._session, now=self._now)

    async def _move(self, appointment_id: str, start: datetime) -> None:
        self._say("want", appointment_id, "booked", start)
        moved: Appointment | None = await self._try(
            lambda book: book.reschedule(appointment_id, start, now=self._now, actor="race", session_id=self._session)
        )
        if moved is not None:
            self._mine[appointment_id] = start
        self._say("have", appointment_id, "booked", self._mine[appointment_id])

    async def _cancel(self, appointment_id: str) -> None:
        start = self._mine.pop(appointment_id)
        self._say("want", appointment_id, "cancelled", start)
        await self._try(lambda book: book.cancel(appointment_id, now=self._now, actor="race"))
        self._say("have", appointment_id, "cancelled", start)

    async def _try(self, change: Callable[[DealershipRepository], Awaitable[T]]) -> T | None:
        """In a transaction of its own; None where the book refuses. A database that is busy is asked again."""
        while True:
            try:
                async with self._units(LAKESIDE, Effect.WRITE) as uow:
                    return await change(DealershipRepository(uow))
            except (BookingRefused, ChangeRefused):
                return None
            except Unavailable as busy:
                if busy.code != "database_busy":
                    raise
                await asyncio.sleep(0.01)

    def _say(self, word: str, appointment_id: str, status: str, start: datetime) -> None:
        os.write(self._log, f"{word} {appointment_id} {status} {start.isoformat()}\n".encode())


async def race(url: str, log: str, seed: str, bookers: int, mode: str, share: int, of: int) -> None:
    database = open_database(url, busy_timeout_ms=30_000)
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    racers = [Racer(database, handle, f"{seed}_{n}") for n in range(bookers)]
    starts = hours()
    if mode == "mix":
        await asyncio.gather(*(racer.mix(starts) for racer in racers))
    else:
        dice = random.Random("fill")  # the same list in every process
        wanted = starts * BAYS + dice.choices(starts, k=len(starts) * BAYS // 10)
        dice.shuffle(wanted)
        mine = wanted[share::of]
        await asyncio.gather(*(racer.fill(mine[n::bookers]) for n, racer in enumerate(racers)))
    await database.aclose()


if __name__ == "__main__":
    url, log, seed, bookers, mode, share, of = sys.argv[1:]
    asyncio.run(race(url, log, seed, int(bookers), mode, int(share), int(of)))
