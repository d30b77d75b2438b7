"""A process of its own that tells balances and takes payments, with caches of its own; commands on standard input.

    python tests/support/balance_teller.py URL

"tell NAME" answers the balance in paise, "pay NAME RUPEES" answers the balance once the payment is committed, "wait
SECONDS" moves the process's clock and answers them.
"""

from __future__ import annotations

import asyncio
import sys

from offhook.desks.shop.tools.customers import check_balance
from offhook.desks.shop.tools.payments import record_payment
from offhook.store.caches import Caches
from offhook.store.engine import open_database
from support.set_clock import SetClock
from support.shop_book import OpenShop


async def teller(url: str) -> None:
    database = open_database(url, busy_timeout_ms=30_000)
    clock = SetClock()
    shop = OpenShop(database, clock, caches=Caches())
    while line := await asyncio.to_thread(sys.stdin.readline):
        word, first, *rupees = line.rstrip("\n").split("|")
        if word == "wait":
            clock.advance(seconds=int(first))
            answer = int(first)
        else:
            if word == "pay":
                await shop.done(record_payment, customer=first, amount=rupees[0])
            answer = (await shop.done(check_balance, customer=first)).balance.amount
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    await database.aclose()


if __name__ == "__main__":
    asyncio.run(teller(sys.argv[1]))
