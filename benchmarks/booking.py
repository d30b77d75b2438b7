"""How long free times and bookings take in a full book.

Hypothesis: the free times of 30 days, of a service that needs a bay and a technician, are found in 10 ms with 8 bays, 6
technicians and 8,000 appointments; and that hardly depends on how many appointments there are. Control: the same search
in an empty book, which is what the statements and the opening hours cost.

    python benchmarks/booking.py [--appointments 8000] [--rounds 200] [--url postgresql://…] [--json out.json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from sqlalchemy import insert

from offhook.contracts.desk import Ok
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.slots import units_of
from offhook.desks.dealership.tables import appointment_units, appointments
from offhook.desks.dealership.tools.find_slots import SlotWish, find_slots
from offhook.desks.demo import demo_businesses
from offhook.desks.tables import metadata
from offhook.store import migrate
from offhook.store.engine import Database, create_file, open_database
from support.dealership_book import (
    CHICAGO,
    LAKESIDE,
    OpenBook,
    add_technicians,
    booked,
    opener,
    run_tool,
    service_of,
)
from support.set_clock import SetClock

TECHNICIANS = 6
DAYS = 30
MINUTES = 60
"""An oil change and the buffer after it."""
FULL = 0.85
"""Of the bays' time in the searched days; the other appointments are past."""


def summary(values_ms: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values_ms)
    at = lambda part: round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 2)  # noqa: E731
    return {"min": round(ordered[0], 2), "p50": at(0.5), "p95": at(0.95), "max": round(ordered[-1], 2)}


async def timed(work: Callable[[], Awaitable[object]], rounds: int) -> dict[str, float]:
    """Wall-clock times, and the CPU that one round takes in all threads: the part that other work cannot disturb."""
    for _ in range(5):
        await work()  # compiles statements
    taken: list[float] = []
    cpu_began = time.process_time()
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - began) * 1000.0)
    return {**summary(taken), "cpu": round((time.process_time() - cpu_began) * 1000.0 / rounds, 2)}


async def fill(database: Database, open_book: OpenBook, clock: SetClock, count: int) -> int:
    """Appointments that no two of overlap: the coming days first, then the past; returns how many in the coming."""
    async with open_book() as book:
        bays = [one.resource_id for one in await book.resources()]
        technicians = [one.resource_id for one in await book.resources("technician")]
        oil = await service_of(book)
    dice = random.Random(1)  # noqa: S311  # the same book every time
    today = clock.now().astimezone(CHICAGO).replace(hour=0, minute=0)
    rows: list[dict[str, object]] = []
    units: list[dict[str, object]] = []
    coming = 0
    offsets = [*range(1, DAYS + 1), *range(-1, -2000, -1)]
    for offset in offsets:
        day = today + timedelta(days=offset)
        for hour in range(8, 18):
            for n, bay in enumerate(bays):
                if len(rows) >= count or day.weekday() > 4 or dice.random() > FULL:
                    continue
                technician = technicians[n] if n < len(technicians) else None
                starts = day.replace(hour=hour)
                appointment_id = f"appt_{len(rows)}"
                rows.append(_row(appointment_id, oil.service_id, bay, technician, starts, clock.now()))
                units += [
                    {"business_id": LAKESIDE, "resource_id": one, "unit": unit, "appointment_id": appointment_id}
                    for one in (bay, technician)
                    if one is not None
                    for unit in units_of(starts, MINUTES)
                ]
                coming += offset > 0
    async with database.transaction(write=True) as connection:
        for table, found in ((appointments, rows), (appointment_units, units)):
            for start in range(0, len(found), 1000):
                await connection.execute(insert(table), found[start : start + 1000])
        await connection.exec_driver_sql("ANALYZE")
    return coming


def _row(
    appointment_id: str, service_id: str, bay: str, technician: str | None, starts: datetime, now: datetime
) -> dict[str, object]:
    return {
        "business_id": LAKESIDE,
        "appointment_id": appointment_id,
        "kind": "service",
        "status": "booked",
        "service_id": service_id,
        "service_name": "Oil change",
        "resource_id": bay,
        "technician_id": technician,
        "starts_at": starts,
        "ends_at": starts + timedelta(minutes=45),
        "customer_name": "Ann Lee",
        "notes": "",
        "created_via": "benchmark",
        "created_at": now,
    }


async def measure(database: Database, rounds: int, count: int) -> dict[str, object]:
    clock = SetClock()
    await migrate.prepare(database, metadata, demo_businesses(clock))
    await add_technicians(database, TECHNICIANS)
    open_book = opener(database, clock)
    first = clock.now().astimezone(CHICAGO).date()

    async with open_book() as book:
        oil = await service_of(book)

    async def search() -> int:
        async with open_book() as book:
            return len(await book.free_between(oil, first, first + timedelta(days=DAYS - 1), now=clock.now()))

    async def tool() -> None:
        wish = SlotWish(service="oil change", daypart="morning")
        assert isinstance(await run_tool(database, clock, find_slots, wish), Ok)

    free_at = iter(range(10_000))

    async def change(book: DealershipRepository) -> None:
        made = await booked(book, await _free(book, next(free_at)), clock.now(), service="Tire rotation")
        await book.cancel(made.appointment_id, now=clock.now(), actor="benchmark")

    async def write() -> None:
        async with open_book(write=True) as book:
            await change(book)

    async def _free(book: DealershipRepository, n: int) -> datetime:
        rotation = await service_of(book, "Tire rotation")
        free = await book.free_slots(rotation, first + timedelta(days=40 + n % 5), now=clock.now())
        return free[n % len(free)].starts_at if free else clock.now() + timedelta(days=41)

    empty = await timed(search, rounds)
    coming = await fill(database, open_book, clock, count)
    return {
        "free_slots_30_days_empty_ms": empty,
        "free_slots_30_days_ms": await timed(search, rounds),
        "get_available_slots_ms": await timed(tool, rounds),
        "book_and_cancel_ms": await timed(write, rounds),
        "slots_found": await search(),
        "appointments": {"all": count, "in_the_30_days": coming},
        "bays": 8,
        "technicians": TECHNICIANS,
        "database": "sqlite" if database.is_sqlite else "postgresql",
        "machine": {"python": platform.python_version(), "cores": os.cpu_count(), "processor": platform.machine()},
    }


async def run(url: str | None, rounds: int, count: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(url or f"sqlite:///{folder}/offhook.db")
        create_file(database)
        try:
            return await measure(database, rounds, count)
        finally:
            await database.aclose()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--appointments", type=int, default=8000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--url", help="an empty PostgreSQL database in place of a SQLite file")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = asyncio.run(run(options.url, options.rounds, options.appointments))
    sys.stdout.write("".join(f"{name:30} {value}\n" for name, value in result.items()))
    if options.json is not None:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
