"""No two bookings ever overlap on a bay or a technician, and none that was told to a customer is lost: 64 bookers in
four processes on a thousand times, on SQLite and on PostgreSQL, and with processes killed in the middle."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from offhook.desks.dealership.slots import units_of
from offhook.store.engine import Database, open_database
from support.booking_racer import BAYS, hours
from support.dealership_book import LAKESIDE, add_technicians
from support.stored_rows import stored_rows

RACER = Path(__file__).parents[2] / "support" / "booking_racer.py"
PROCESSES = 4
BOOKERS = 16
"""In each process."""
MINUTES = 60
"""An oil change and the buffer after it."""


async def start(url: str, log: Path, mode: str, share: int, seed: str = "a") -> asyncio.subprocess.Process:
    arguments = [url, str(log), f"{seed}{share}", str(BOOKERS), mode, str(share), str(PROCESSES)]
    environment = {**os.environ, "PYTHONPATH": str(RACER.parents[1])}
    return await asyncio.create_subprocess_exec(sys.executable, str(RACER), *arguments, env=environment)


async def finished(racers: Sequence[asyncio.subprocess.Process]) -> None:
    assert [await racer.wait() for racer in racers] == [0] * len(racers)


def told(log: Path) -> dict[str, list[tuple[str, str, datetime]]]:
    """appointment -> (word, status, start) of each line about it, in order."""
    found: dict[str, list[tuple[str, str, datetime]]] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        word, appointment_id, status, at = line.split()
        found.setdefault(appointment_id, []).append((word, status, datetime.fromisoformat(at)))
    return found


async def judge(url: str, log: Path) -> Counter[str]:
    """How many appointments ended as what, once the book was found whole and true to what was told."""
    database = open_database(url)
    rows = {row["appointment_id"]: row for row in await everything(database, "appointments")}
    units = await everything(database, "appointment_units")
    await database.aclose()

    expected: set[tuple[str, int, str]] = set()
    for appointment_id, row in rows.items():
        if row["status"] == "booked":
            resources = [one for one in (row["resource_id"], row["technician_id"]) if one is not None]
            expected |= {
                (one, unit, appointment_id) for one in resources for unit in units_of(row["starts_at"], MINUTES)
            }
    stored = [(row["resource_id"], row["unit"], row["appointment_id"]) for row in units]
    assert set(stored) == expected
    assert len(stored) == len(expected)
    assert max(Counter((resource, unit) for resource, unit, _ in expected).values()) == 1, "two on one resource"

    for appointment_id, lines in told(log).items():
        row = rows[appointment_id]
        # Killed between the wish and its answer, either may be true.
        ends = {line[1:] for line in (lines[-2:] if lines[-1][0] == "want" else lines[-1:])}
        assert any(row["status"] == status and row["starts_at"] == at for status, at in ends), appointment_id
    return Counter(str(row["status"]) for row in rows.values())


async def everything(database: Database, table: str) -> list[dict[str, object]]:
    return await stored_rows(database, table, business_id=LAKESIDE, limit=100_000)


def changes(log: Path) -> int:
    """How many were told to customers so far."""
    return log.read_text(encoding="utf-8").count("have") if log.exists() else 0


async def with_two_killed(url: str, log: Path, mode: str, *, every: int) -> None:
    """Run the race; two of its processes are killed, the first when `every` changes were told, and others go on."""
    racers = [await start(url, log, mode, share) for share in range(PROCESSES)]
    for n, victim in enumerate(racers[:2]):
        while changes(log) < every * (n + 1):  # noqa: ASYNC110  # others write it
            await asyncio.sleep(0.01)
        victim.send_signal(signal.SIGKILL)
        assert await victim.wait() == -signal.SIGKILL
        racers.append(await start(url, log, mode, n, seed="b"))
    await finished(racers[2:])


async def test_64_bookers_fill_a_thousand_times_exactly(seeded_url: str, tmp_path: Path) -> None:
    log = tmp_path / "told"
    await finished([await start(seeded_url, log, "fill", share) for share in range(PROCESSES)])
    assert len(hours()) * BAYS == 1000
    assert await judge(seeded_url, log) == {"booked": 1000}
    assert len(told(log)) == 1000, "each was told to whom it was booked for"


async def test_a_thousand_times_are_filled_exactly_although_bookers_are_killed(seeded_url: str, tmp_path: Path) -> None:
    log = tmp_path / "told"
    await with_two_killed(seeded_url, log, "fill", every=100)
    assert await judge(seeded_url, log) == {"booked": 1000}, "none twice, none lost"


async def test_whoever_is_killed_loses_and_doubles_nothing(seeded_url: str, tmp_path: Path) -> None:
    log = tmp_path / "told"
    database = open_database(seeded_url)
    await add_technicians(database, 3)
    await database.aclose()
    await with_two_killed(seeded_url, log, "mix", every=40)
    ended = await judge(seeded_url, log)
    assert ended["booked"] and ended["cancelled"]
