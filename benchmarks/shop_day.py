"""How much of a day at the shop's counter is answered from memory.

A day of 140 visits at a kirana with 212 customers, in the words of a shopkeeper, through the whole dialogue on a clock
that follows the visits. Few families come often. What is counted are the requests to each cache, as
`offhook_cache_requests_total` has them: `customer` (who is meant), `balance` (what they owe), `context` (the names and
goods that a sentence is read with). Hypothesis: a visit looks several times for one customer, so 85 % of searches and
70 % of balances are remembered, and 95 % of sentences are read with names that were read before. What bounds it: a
visit's first look is always a new one when the customer was not here in the last five minutes (searches) or 30 seconds
(balances); names are read anew when one of them has changed.

    python benchmarks/shop_day.py [--seed 1] [--customers 200] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from offhook.contracts.desk import Effect
from offhook.desks.demo import demo_businesses
from offhook.desks.registry import build_desks
from offhook.desks.shop.seed import seed as fill
from offhook.desks.tables import metadata
from offhook.dialogue.engine import DialogueEngine
from offhook.kit.pin import pin_hash
from offhook.store import migrate
from offhook.store.businesses import SqlBusinesses
from offhook.store.caches import SWEEP_S, Caches
from offhook.store.engine import open_database
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.store.users import Users
from support.set_clock import SetClock
from support.shop_book import OpenShop
from support.talk import Talk

VISITS = 140
OWNER = "+919999912347"
OPENS = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
"""Eight in the morning in India."""
VISITS_LIKE = (
    (30, ("{n} ka balance batao", "{n} ne {a} rupaye diye cash mein", "{n} ka ab kitna baki hai")),
    (25, ("{n} ko {a} udhaar diya", "{n} ka balance kitna hai")),
    (15, ("{n} ka balance batao", "uska phone number batao")),
    (15, ("do kilo cheeni ka bill {n} ke naam", "{n} ka balance batao")),
    (15, ("cheeni kitni bachi hai", "aaj ki bikri kitni hui")),
)
"""(share, sentences) of a visit."""


async def day(seed: int, customers: int) -> dict[str, object]:
    dice, asked = random.Random(seed), Counter[tuple[str, str]]()  # noqa: S311  # the same day every time
    clock = SetClock(OPENS)
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{folder}/offhook.db")
        await migrate.prepare(database, metadata, demo_businesses(clock))
        business = await SqlBusinesses(database, clock).default("shop")
        await fill(database, clock, business_id=business.business_id, customers=customers)
        caches = Caches(lambda cache, result: asked.update([(cache, result)]))
        units = unit_of_work_factory(database, clock, caches)
        async with units(business.business_id, Effect.WRITE) as uow:
            await Users(uow).add("Meena Sharma", "owner", OWNER, pin_hash("4071", business.business_id), clock.now())
        owing = await OpenShop(database, clock).read(lambda book: book.dues(limit=max(100, customers // 2)))
        names = [one.name for one in owing if one.name.replace(" ", "").isalpha()]
        often = names[: len(names) // 5]
        engine = DialogueEngine(build_desks(), units, clock, brain="rules")
        talk = Talk(engine, business, caller=OWNER, session_id="sess_day")
        await talk.greeting()
        turns, swept_at = 0, clock.mono_ms()
        for _ in range(VISITS):
            name = dice.choice(often if dice.random() < 0.6 else names)
            sentences = dice.choices([one for _, one in VISITS_LIKE], [share for share, _ in VISITS_LIKE])[0]
            for sentence in sentences:
                await talk.say(sentence.format(n=name, a=dice.randrange(2, 40) * 10), confidence=0.95)
                turns += 1
                clock.advance(seconds=dice.uniform(4, 10))
            clock.advance(seconds=dice.uniform(30, 600))
            if clock.mono_ms() - swept_at >= SWEEP_S * 1000.0:
                caches.sweep(clock.now().timestamp() * 1000.0)
                swept_at = clock.mono_ms()
        await engine.aclose()
        await database.aclose()
    rates = {}
    for cache in sorted({name for name, _ in asked}):
        hits, misses = asked[cache, "hit"], asked[cache, "miss"]
        rates[cache] = {"requests": hits + misses, "hit_percent": round(100 * hits / (hits + misses), 1)}
    return {"visits": VISITS, "turns": turns, "customers": len(names), **rates}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--customers", type=int, default=200, help="invented ones, beside the demo's")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = asyncio.run(day(options.seed, options.customers))
    sys.stdout.write("".join(f"{name:10} {value}\n" for name, value in result.items()))
    if options.json is not None:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
