"""Answers from memory are never older than an acknowledged write, whichever process wrote."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest
from sqlalchemy import update

from offhook.contracts.desk import Effect, Failed, Ok, Retry
from offhook.desks.shop.tables import shop_customers
from offhook.desks.shop.tools.customers import check_balance, create_customer, customer_info, find_customers
from offhook.desks.shop.tools.payments import add_credit
from offhook.store.caches import Caches
from offhook.store.engine import Database, open_database
from support.set_clock import SetClock
from support.shop_book import OpenShop

NAMES = ("Priya Verma", "Geeta Rani", "Imran Khan")


async def test_a_balance_is_remembered_until_somebody_writes_to_its_customer(
    database: Database, clock: SetClock
) -> None:
    told: Counter[tuple[str, str]] = Counter()
    shop = OpenShop(database, clock, caches=Caches(lambda cache, result: told.update([(cache, result)])))

    async def balance(name: str) -> int:
        return (await shop.done(check_balance, customer=name)).balance.amount

    first = [await balance(name) for name in NAMES]
    assert [await balance(name) for name in NAMES] == first
    assert told == {("customer", "miss"): 3, ("customer", "hit"): 3, ("balance", "miss"): 3, ("balance", "hit"): 3}
    await shop.done(add_credit, customer=NAMES[0], amount=5)
    assert [await balance(name) for name in NAMES] == [first[0] + 500, *first[1:]]
    assert told["balance", "miss"] == 3, "the entry left its balance behind"
    await OpenShop(database, clock).done(add_credit, customer=NAMES[0], amount=5)
    assert [await balance(name) for name in NAMES] == [first[0] + 1000, *first[1:]]
    assert told["balance", "miss"] == 4, "another process wrote, to that customer alone"
    assert isinstance(await shop.run(add_credit, customer=NAMES[1], amount=10**7), Retry)
    assert (await shop.done(customer_info, customer=NAMES[1])).phone == "+919999910009"
    assert told["balance", "miss"] == 4
    clock.advance(minutes=4)
    await balance(NAMES[1])
    assert told["balance", "miss"] == 4, "held against the customer's row, which is as it was"
    assert told["customer", "miss"] == 3
    clock.advance(minutes=2)
    await balance(NAMES[1])
    assert told["customer", "miss"] == 4
    clock.advance(hours=12)
    await balance(NAMES[1])
    assert told["balance", "miss"] == 5, "nobody asked for half a day"


async def test_what_was_changed_behind_the_books_back_is_told_after_half_a_minute(
    database: Database, clock: SetClock
) -> None:
    shop = OpenShop(database, clock)
    owed = (await shop.done(check_balance, customer=NAMES[0])).balance.amount
    async with database.engine.begin() as connection:
        await connection.execute(
            update(shop_customers).where(shop_customers.c.name == NAMES[0]).values(balance=owed + 100)
        )
    clock.advance(seconds=29)
    assert (await shop.done(check_balance, customer=NAMES[0])).balance.amount == owed
    clock.advance(seconds=2)
    assert (await shop.done(check_balance, customer=NAMES[0])).balance.amount == owed + 100


async def test_a_namesake_is_asked_about_as_soon_as_there_is_one(database: Database, clock: SetClock) -> None:
    shop = OpenShop(database, clock)
    assert isinstance(await shop.run(check_balance, customer="Priya"), Ok)
    other = OpenShop(database, clock)
    await other.done(create_customer, name="Priya Nair")
    assert await shop.run(check_balance, customer="Priya") == Failed(
        "customer_ambiguous", ("Priya Verma", "Priya Nair")
    )
    assert len((await shop.done(find_customers, customer="Priya")).customers) == 2


async def test_no_balance_is_older_than_a_write_of_another_process(seeded_url: str, clock: SetClock) -> None:
    """Three databases opened apart, as three processes have them, each with its own memory."""
    databases = [open_database(seeded_url, busy_timeout_ms=20_000) for _ in range(3)]
    shops = [OpenShop(database, clock) for database in databases]
    owed = {name: (await shops[0].done(check_balance, customer=name)).balance.amount for name in NAMES}
    dice = random.Random(11)

    async def somebody(which: int) -> None:
        """Only gives credit, so that an older balance is a smaller one."""
        for _ in range(40):
            shop, name = shops[which], dice.choice(NAMES)
            clock.advance(seconds=dice.choice((0, 0, 40)))
            if dice.random() < 0.3:
                told = await shop.done(add_credit, customer=name, amount=7)
                owed[name] = max(owed[name], told.balance.amount)
            else:
                acknowledged = owed[name]
                told = await shop.done(check_balance, customer=name)
                assert told.balance.amount >= acknowledged, "older than what was acknowledged"

    await asyncio.gather(*(somebody(n % 3) for n in range(6)))
    for shop in shops:
        for name in NAMES:
            assert (await shop.done(check_balance, customer=name)).balance.amount == owed[name]
    for database in databases:
        await database.aclose()


async def test_what_was_not_committed_is_told_to_nobody(database: Database, clock: SetClock) -> None:
    shop = OpenShop(database, clock)
    owed = (await shop.done(check_balance, customer=NAMES[0])).balance.amount
    with pytest.raises(ZeroDivisionError):
        async with shop.units(shop.business_id, Effect.WRITE) as uow:
            assert isinstance(await shop.in_unit(uow, add_credit, customer=NAMES[0], amount=5), Ok)
            raise ZeroDivisionError
    assert (await shop.done(check_balance, customer=NAMES[0])).balance.amount == owed
    await OpenShop(database, clock).done(add_credit, customer=NAMES[0], amount=9)
    assert (await shop.done(check_balance, customer=NAMES[0])).balance.amount == owed + 900
    await shop.done(add_credit, customer=NAMES[0], amount=1)
    await OpenShop(database, clock).done(add_credit, customer=NAMES[0], amount=2)
    assert (await shop.done(check_balance, customer=NAMES[0])).balance.amount == owed + 1200
