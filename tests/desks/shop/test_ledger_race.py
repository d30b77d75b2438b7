"""Several processes write to one shop's book, some are killed in the middle and give all their commands again: nothing
is lost, doubled or out of balance, and bills are numbered 1 to n. On SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from pathlib import Path

from offhook.desks.shop.check import disagreements
from offhook.store.engine import open_database
from support.set_clock import SetClock
from support.shop_book import SHARMA, OpenShop
from support.stored_rows import stored_rows

RACER = Path(__file__).parents[2] / "support" / "ledger_racer.py"
PROCESSES = 3
SESSIONS = 6
"""In each process."""
COMMANDS = int(os.environ.get("OFFHOOK_LEDGER_COMMANDS", "56"))
"""Of each session: a thousand in all."""
KILLS = int(os.environ.get("OFFHOOK_LEDGER_KILLS", "4"))


async def start(url: str, log: Path, seed: str) -> asyncio.subprocess.Process:
    arguments = [url, str(log), seed, str(SESSIONS), str(COMMANDS)]
    environment = {**os.environ, "PYTHONPATH": str(RACER.parents[1])}
    return await asyncio.create_subprocess_exec(sys.executable, str(RACER), *arguments, env=environment)


def acknowledged(log: Path) -> set[str]:
    return set(log.read_text(encoding="utf-8").split()) if log.exists() else set()


async def judge(url: str, log: Path) -> Counter[str]:
    """Kinds of what was written, once the book was found whole and true to what was acknowledged."""
    database = open_database(url)
    assert await OpenShop(database, SetClock()).read(disagreements) == []
    rows = [
        row for row in await stored_rows(database, "postings", business_id=SHARMA, limit=100_000)
        if row["turn_id"] != "seed"
    ]  # fmt: skip
    await database.aclose()
    written = Counter(str(row["turn_id"]).rpartition(":")[2] for row in rows)
    assert max(written.values()) == 1, "a command was carried out twice"
    assert set(written) == acknowledged(log), "a command was lost, or never acknowledged"
    return Counter(str(row["kind"]) for row in rows)


async def test_nothing_is_lost_doubled_or_unbalanced_whoever_is_killed(seeded_url: str, tmp_path: Path) -> None:
    log = tmp_path / "acknowledged"
    dice = random.Random(5)  # when somebody is killed
    racers = {f"r{n}": await start(seeded_url, log, f"r{n}") for n in range(PROCESSES)}
    killed = 0
    whole = PROCESSES * SESSIONS * COMMANDS
    for n in range(KILLS):
        enough = (n + 1) * whole // (KILLS + 2) - dice.randrange(20)
        while len(acknowledged(log)) < enough:  # noqa: ASYNC110  # others write it
            await asyncio.sleep(0.005)
        seed = dice.choice(sorted(racers))
        if racers[seed].returncode is None:
            racers[seed].send_signal(signal.SIGKILL)
        killed += await racers[seed].wait() == -signal.SIGKILL
        racers[seed] = await start(seeded_url, log, seed)
    assert [await racer.wait() for racer in racers.values()] == [0] * PROCESSES
    assert killed >= KILLS // 2
    kinds = await judge(seeded_url, log)
    assert min(kinds[kind] for kind in ("credit", "payment", "invoice", "reversal")) > 10
    assert sum(kinds.values()) >= whole * 9 // 10, "hardly any command is declined"
