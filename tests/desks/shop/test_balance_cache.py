"""No balance is told that is older than a write that was acknowledged, whichever process wrote it."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path

from offhook.desks.shop.tools.customers import check_balance
from offhook.desks.shop.tools.payments import record_payment
from offhook.store.caches import Caches
from offhook.store.engine import open_database
from support.set_clock import SetClock
from support.shop_book import OpenShop

TELLER = Path(__file__).parents[2] / "support" / "balance_teller.py"
NAME = "Zubin Irani"
ROUNDS = 60


class Teller:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @staticmethod
    async def start(url: str) -> Teller:
        environment = {**os.environ, "PYTHONPATH": str(TELLER.parents[1])}
        pipe = asyncio.subprocess.PIPE
        return Teller(
            await asyncio.create_subprocess_exec(
                sys.executable, str(TELLER), url, env=environment, stdin=pipe, stdout=pipe
            )
        )

    async def say(self, *words: str) -> int:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write("|".join(words).encode() + b"\n")
        return int(await self._process.stdout.readline())

    async def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()


async def test_two_processes_never_tell_a_balance_older_than_an_acknowledged_write(seeded_url: str) -> None:
    database = open_database(seeded_url, busy_timeout_ms=30_000)
    results: list[tuple[str, str]] = []
    clock = SetClock()
    shop = OpenShop(database, clock, caches=Caches(lambda cache, result: results.append((cache, result))))
    await shop.customer(NAME)
    teller, dice = await Teller.start(seeded_url), random.Random(11)  # the same order every time
    for paid in range(1, ROUNDS + 1):
        if dice.random() < 0.5:
            await shop.done(record_payment, customer=NAME, amount=1)
        else:
            assert await teller.say("pay", NAME, "1") == -paid * 100
        for _ in range(dice.randrange(3)):
            if dice.random() < 0.3:  # from here on what is remembered has to be confirmed
                clock.advance(seconds=31)
                await teller.say("wait", "31")
            assert await teller.say("tell", NAME) == -paid * 100
            assert (await shop.done(check_balance, customer=NAME)).balance.amount == -paid * 100
    await teller.stop()
    await database.aclose()
    assert ("balance", "hit") in results, "the cache was asked, and answered"
