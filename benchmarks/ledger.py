"""How fast the shop's book writes and answers.

Hypotheses: with commits that wait for the disk (`synchronous=FULL`), commands by 32 sessions at once are posted at 500
a second and more, because those who queue share a commit; one session alone is held up by the disk. In a book of a
million entries a balance is read in 5 ms, because a balance stands on its customer's row; among a million customers
one is found by name in 10 ms, by the index of their words. Controls: one session at a time; the same questions in a
small book.

    python benchmarks/ledger.py [--commands 4000] [--entries 1000000] [--customers 1000000] [--large FILE] [--json FILE]
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
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from sqlalchemy import Table, bindparam, insert, select

from offhook.contracts.desk import Caller, Ok
from offhook.desks.demo import demo_businesses
from offhook.desks.shop import tables
from offhook.desks.shop.check import disagreements
from offhook.desks.shop.invent import catalogue
from offhook.desks.shop.lookups import Lookups
from offhook.desks.shop.names import key_of, words_of
from offhook.desks.shop.repository import ShopBook
from offhook.desks.shop.tools.common import OfCustomer
from offhook.desks.shop.tools.customers import check_balance
from offhook.desks.shop.tools.payments import CreditRequest, PaymentRequest, add_credit, record_payment
from offhook.desks.tables import metadata
from offhook.dialogue.late_writes import LateWrites
from offhook.dialogue.policy import Policy
from offhook.dialogue.tool_runner import ToolRunner, ToolScope
from offhook.kit.clock import SystemClock
from offhook.store import migrate
from offhook.store.caches import Caches
from offhook.store.engine import Database, create_file, open_database
from offhook.store.prepared import Prepared, in_one_visit
from support.shop_book import KOLKATA, SHARMA, OpenShop

SESSIONS = 32
ROUNDS = 400


def summary(values_ms: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values_ms)
    at = lambda part: round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 3)  # noqa: E731
    return {"p50": at(0.5), "p95": at(0.95), "max": round(ordered[-1], 3)}


async def timed(work: Callable[[int], Awaitable[object]], rounds: int = ROUNDS) -> dict[str, float]:
    for n in range(5):
        await work(n)
    taken: list[float] = []
    for n in range(rounds):
        began = time.perf_counter()
        await work(n)
        taken.append((time.perf_counter() - began) * 1000.0)
    return summary(taken)


async def opened(url: str) -> Database:
    database = open_database(url, busy_timeout_ms=20_000)
    create_file(database)
    await migrate.prepare(database, metadata, demo_businesses(SystemClock()))
    return database


class Bench:
    """Commands as a conversation gives them: by the tool runner, each under its own key."""

    def __init__(self, database: Database) -> None:
        self.clock = SystemClock()
        self.shop = OpenShop(database, self.clock)
        late = LateWrites()
        self.runner = ToolRunner(policy=Policy(), uow=self.shop.units, clock=self.clock, late=late)
        self.late = late

    async def scope(self, n: int, session: int = 0) -> ToolScope:
        caller = Caller(f"sess_{session}", "chat")
        return ToolScope(await self.shop.business(), caller, self.clock.now().astimezone(KOLKATA), f"turn_{n}")

    async def command(self, n: int, customer_id: str, session: int) -> None:
        scope = await self.scope(n, session)
        amount = Decimal(1 + n % 900)
        if n % 3:
            outcome: Any = await self.runner.run(
                add_credit, CreditRequest(customer_id=customer_id, amount=amount), scope
            )
        else:
            payment = PaymentRequest(customer_id=customer_id, amount=amount)
            outcome = await self.runner.run(record_payment, payment, scope)
        assert isinstance(outcome, Ok), outcome
        self.late.told(f"sess_{session}")


async def posting(url: str, commands: int, sessions: int) -> dict[str, object]:
    """So many commands, by so many sessions that each wait for their answer."""
    database = await opened(url)
    bench = Bench(database)
    customers = await bench.shop.read(lambda book: [one.customer_id for one in book.dues(limit=50)])
    numbers = iter(range(commands))
    waits: list[float] = []

    async def session(which: int) -> None:
        dice = random.Random(which)  # noqa: S311  # the same every time
        for n in numbers:
            began = time.perf_counter()
            await bench.command(n, dice.choice(customers), which)
            waits.append((time.perf_counter() - began) * 1000.0)

    await bench.command(commands, customers[0], 0)
    cpu, began = time.process_time(), time.perf_counter()
    await asyncio.gather(*(session(which) for which in range(sessions)))
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    wrong = await bench.shop.read(disagreements)
    await database.aclose()
    return {
        "commands": commands,
        "sessions": sessions,
        "per_second": round(commands / took),
        "cpu_ms_each": round(cpu * 1000 / commands, 3),
        "wait_ms": summary(waits),
        "disagreements_in_the_book": len(wrong),
    }


async def add_all(database: Database, table: Table, rows: Sequence[dict[str, object]]) -> None:
    statement = Prepared(insert(table).values({name: bindparam(name) for name in rows[0]}))
    async with database.transaction(write=True, durable=False) as connection:
        await in_one_visit(connection, lambda book: book.many(statement, rows))


async def fill(database: Database, customers: int, entries: int) -> list[tuple[str, str]]:
    """A large book, straight into its tables; returns some (id, name) of it."""
    names, dice = catalogue(), random.Random(7)  # noqa: S311  # the same book every time
    now = datetime.now(UTC)
    known: list[tuple[str, str]] = []
    per_customer = max(1, entries // 2 // customers)
    seq = 100_000
    for first in range(0, customers, 20_000):
        people: list[dict[str, object]] = []
        words: list[dict[str, object]] = []
        posted: list[dict[str, object]] = []
        lines: list[dict[str, object]] = []
        for n in range(first, min(first + 20_000, customers)):
            # Two given names and a surname, as a book of a million people has them.
            name = f"{dice.choice(names.first_names)} {dice.choice(names.first_names)} {dice.choice(names.last_names)}"
            customer_id = f"cust_{n:026d}"
            owed = 0
            if n * per_customer < entries // 2:
                for _ in range(per_customer):
                    seq += 1
                    amount = dice.randrange(1, 500) * 100
                    owed += amount
                    posted.append(_posting(seq, customer_id, amount, now - timedelta(days=seq % 365)))
                    lines += _lines(posted[-1], customer_id, amount, owed)
            people.append(_customer(customer_id, name, owed, now))
            words += [{"business_id": SHARMA, "word": word, "customer_id": customer_id} for word in set(words_of(name))]
            if n % (customers // 500 or 1) == 0:
                known.append((customer_id, name))
        await add_all(database, tables.shop_customers, people)
        await add_all(database, tables.shop_customer_words, words)
        if posted:
            await add_all(database, tables.postings, posted)
            await add_all(database, tables.ledger_entries, lines)
    async with database.transaction(write=True) as connection:
        await connection.exec_driver_sql("ANALYZE")
    return known


async def _known(database: Database) -> list[tuple[str, str]]:
    """Some of the customers of a book that was filled before."""
    query = select(tables.shop_customers.c.customer_id, tables.shop_customers.c.name).where(
        tables.shop_customers.c.business_id == SHARMA, tables.shop_customers.c.customer_id.like("cust_0000000%000")
    )
    async with database.transaction(write=False) as connection:
        return [(row[0], row[1]) for row in await connection.execute(query.limit(500))]


def _customer(customer_id: str, name: str, balance: int, now: datetime) -> dict[str, object]:
    return {
        "business_id": SHARMA, "customer_id": customer_id, "name": name, "name_key": key_of(name), "aliases": "[]",
        "address": "", "balance": balance, "version": 0, "created_at": now,
    }  # fmt: skip


def _posting(seq: int, customer_id: str, amount: int, at: datetime) -> dict[str, object]:
    return {
        "business_id": SHARMA, "posting_id": f"post_{seq:026d}", "seq": seq, "kind": "credit",
        "customer_id": customer_id, "amount": amount, "currency": "INR", "day": at.date(), "note": "",
        "turn_id": "bench", "via": "bench", "recorded_at": at,
    }  # fmt: skip


def _lines(posting: dict[str, object], customer_id: str, amount: int, owed: int) -> list[dict[str, object]]:
    mine = {"business_id": SHARMA, "posting_id": posting["posting_id"], "day": posting["day"]}
    return [
        {**mine, "line": 0, "account": "customer", "customer_id": customer_id, "amount": amount, "balance": owed},
        {**mine, "line": 1, "account": "sales_unbilled", "customer_id": None, "amount": -amount, "balance": None},
    ]


async def reading(url: str, customers: int, entries: int) -> dict[str, object]:
    database = await opened(url)
    bench = Bench(database)
    known = await _known(database) or await fill(database, customers, entries)

    async def balance(n: int) -> None:
        customer_id, _ = known[n * 7 % len(known)]
        outcome = await bench.runner.run(check_balance, OfCustomer(customer_id=customer_id), await bench.scope(n))
        assert isinstance(outcome, Ok), outcome

    async def full_name(n: int) -> None:
        _, name = known[n * 7 % len(known)]
        assert await bench.shop.read(lambda book: book.candidates(name))

    async def first_name(n: int) -> None:
        _, name = known[n * 7 % len(known)]
        assert await bench.shop.read(lambda book: book.candidates(name.split()[0]))

    async def two_words(n: int) -> None:
        _, name = known[n * 7 % len(known)]
        one, _, other = name.split()
        assert await bench.shop.read(lambda book: book.candidates(f"{one} {other}"))

    async def half_known(n: int) -> None:
        _, name = known[n * 7 % len(known)]
        assert not await bench.shop.read(lambda book: book.candidates(f"{name.split()[0]} Quux"))

    async def nobody(n: int) -> None:
        assert not await bench.shop.read(lambda book: book.candidates(f"Xerxes Quux {n}"))

    async def remembered(n: int) -> float:
        """Milliseconds of the search itself, inside its transaction, when it was searched for before."""
        _, name = known[n % 20]

        def look(book: ShopBook) -> float:
            began = time.perf_counter()
            assert Lookups(book, caches).candidates(name)
            return (time.perf_counter() - began) * 1000.0

        return await bench.shop.read(look)

    caches = Caches()
    searched = [await remembered(n) for n in range(ROUNDS)][20:]
    found = {
        "customers": customers,
        "entries": entries,
        "search_remembered_ms": summary(searched),
        "balance_ms": await timed(balance),
        "search_full_name_ms": await timed(full_name),
        "search_first_name_ms": await timed(first_name),
        "search_two_words_ms": await timed(two_words),
        "search_half_known_ms": await timed(half_known),
        "search_nobody_ms": await timed(nobody),
    }
    await database.aclose()
    return found


async def run(commands: int, customers: int, entries: int, large: Path | None) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        return {
            "posting_many": await posting(f"sqlite:///{folder}/many.db", commands, SESSIONS),
            "posting_one": await posting(f"sqlite:///{folder}/one.db", commands // 8, 1),
            "small_book": await reading(f"sqlite:///{folder}/small.db", 1000, 2000),
            "large_book": await reading(f"sqlite:///{large or Path(folder, 'large.db')}", customers, entries),
            "machine": {"python": platform.python_version(), "cores": os.cpu_count(), "processor": platform.machine()},
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--commands", type=int, default=4000)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--large", type=Path, help="file of the large book; one that is there is not filled again")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    result = asyncio.run(run(options.commands, options.customers, options.entries, options.large))
    sys.stdout.write("".join(f"{name:14} {value}\n" for name, value in result.items()))
    if options.json is not None:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
