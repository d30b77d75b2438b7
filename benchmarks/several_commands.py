"""How long three independent commands of one sentence take, against the same three one after the other.

Hypothesis: at most 40 % where each of them takes 100 ms. The shop's own desk, understanding and tools on its demo book;
every unit of work is made to take 100 ms longer, as a slow database would. Control: the same without the 100 ms, where
what is common to a turn counts most.

    python benchmarks/several_commands.py [--rounds 20] [--json out.json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import msgspec

from offhook.contracts.conversation import MEMORY_OPERATOR
from offhook.contracts.desk import Effect, UnitOfWork, UnitOfWorkFactory
from offhook.desks.demo import demo_businesses
from offhook.desks.registry import build_desks
from offhook.desks.tables import metadata
from offhook.dialogue.engine import DialogueEngine
from offhook.store import migrate
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database, create_file, open_database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock
from support.talk import Talk

MOST = 0.40
ONE_BY_ONE = ("Priya Verma ka balance batao", "cheeni ka stock kitna hai", "aaj ka hisab batao")
TOGETHER = " aur ".join(ONE_BY_ONE)


def slower(units: UnitOfWorkFactory, by_s: float) -> UnitOfWorkFactory:
    @asynccontextmanager
    async def opened(business_id: str, effect: Effect) -> AsyncIterator[UnitOfWork]:
        async with units(business_id, effect) as uow:
            await asyncio.sleep(by_s)
            yield uow

    return opened


async def timed(database: Database, by_s: float, rounds: int) -> dict[str, object]:
    clock = SetClock()
    units = slower(unit_of_work_factory(database, clock), by_s)
    engine = DialogueEngine(build_desks(), units, clock, brain="rules")
    business = await SqlBusinesses(database, clock).default("shop")
    talk = Talk(engine, business, caller=None, channel="chat")
    talk.state = msgspec.structs.replace(talk.state, desk_memory={MEMORY_OPERATOR: ""})
    apart_ms, together_ms = [], []
    for n in range(rounds + 2):  # the first ones compile statements and fill caches
        began = time.perf_counter()
        for text in ONE_BY_ONE:
            await talk.say(text)
        middle = time.perf_counter()
        await talk.say(TOGETHER)
        ended = time.perf_counter()
        if len(talk.last.parts) != len(ONE_BY_ONE):
            raise SystemExit(f"{TOGETHER!r} was read as {talk.last.commands}")
        if n >= 2:
            apart_ms.append((middle - began) * 1000)
            together_ms.append((ended - middle) * 1000)
    await engine.aclose()
    one_by_one, together = statistics.median(apart_ms), statistics.median(together_ms)
    ratio = round(together / one_by_one, 3)
    return {"one_by_one_ms": round(one_by_one, 1), "together_ms": round(together, 1), "ratio": ratio}


async def run(rounds: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/offhook.db")
        create_file(database)
        try:
            await migrate.prepare(database, metadata, demo_businesses(SetClock()))
            return {"of_100_ms": await timed(database, 0.1, rounds), "control": await timed(database, 0.0, rounds)}
        finally:
            await database.aclose()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = asyncio.run(run(given.rounds))
    text = json.dumps({**found, "most": MOST}, indent=1) + "\n"
    if given.json is not None:
        given.json.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    slow = found["of_100_ms"]
    return 0 if isinstance(slow, dict) and slow["ratio"] <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
