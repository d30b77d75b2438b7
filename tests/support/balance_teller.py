"""A process of its own that tells balances and takes payments, with caches of its own; commands on standard input.

    python tests/support/balance_teller.py URL

"tell NAME" answers the balance in paise, "pay NAME RUPEES" answers the balance once the payment is committed.
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
    shop = OpenShop(database, SetClock(), caches=Caches())
    while line := await asyncio.to_thread(sys.stdin.readline):
        word, name, *rupees = line.rstrip("\n").split("|")
        if word == "pay":
            await shop.done(record_payment, customer=name, amount=rupees[0])
        told = await shop.done(check_balance, customer=name)
        sys.stdout.write(f"{told.balance.amount}\n")
        sys.stdout.flush()
    await database.aclose()


if __name__ == "__main__":
    asyncio.run(teller(sys.argv[1]))
