"""The book itself, on both databases: append-only, whole, in the shop's own days, its limits under concurrency."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import delete, update

from offhook.contracts.errors import Conflict, Unavailable
from offhook.desks.shop import rules
from offhook.desks.shop.check import disagreements
from offhook.desks.shop.model import Item, Refused, ShopSettings
from offhook.desks.shop.repository import ShopBook
from offhook.desks.shop.tables import APPEND_ONLY, invoices
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from support.shop_book import SHARMA, OpenShop


@pytest.mark.parametrize("table", APPEND_ONLY, ids=lambda table: table.name)
async def test_the_database_itself_keeps_what_happened(shop: OpenShop, database: Database, table: object) -> None:
    customer = await shop.customer("Zubin Irani", opening_balance=100)
    sugar = await shop.read(lambda book: book.product("sugar"))
    await shop.write(lambda book: _billed(book, customer.customer_id, sugar.sold(1000)))
    await shop.write(lambda book: _credited(book, customer.customer_id))
    key = table.primary_key.columns.values()[1]  # type: ignore[attr-defined]
    for change in (
        update(table).where(table.c.business_id == SHARMA).values({key.name: key}),  # type: ignore[arg-type,attr-defined]
        delete(table).where(table.c.business_id == SHARMA),  # type: ignore[arg-type,attr-defined]
    ):
        with pytest.raises((Conflict, Unavailable)):
            async with database.transaction(write=True) as connection:
                await connection.execute(change)
    assert await shop.read(disagreements) == []


def _billed(book: ShopBook, customer_id: str, item: Item) -> None:
    drafted = book.draft(book.customer(customer_id), [item], book.shop)
    book.issue(drafted.invoice_id, book.shop)


def _credited(book: ShopBook, customer_id: str) -> None:
    book.post("payment", rules.payment(500, "cash"), amount=500, customer_id=customer_id, method="cash")


async def test_a_failed_bill_takes_its_number_back(shop: OpenShop) -> None:
    customer = await shop.customer("Zubin Irani")
    sugar = await shop.read(lambda book: book.product("sugar"))

    def fails(book: ShopBook) -> None:
        _billed(book, customer.customer_id, sugar.sold(1000))
        raise Refused("late", "after the number was given")

    def works(book: ShopBook) -> None:
        _billed(book, customer.customer_id, sugar.sold(1000))

    await shop.write(works)
    with pytest.raises(Refused):
        await shop.write(fails)
    await asyncio.gather(*(shop.write(works) for _ in range(12)))
    numbers = await shop.read(lambda book: [one.invoice_no for one in book.invoices_of(customer, 50)])
    assert sorted(numbers) == [f"S/2627/{n:06d}" for n in range(1, 14)]  # type: ignore[type-var]
    assert await shop.read(disagreements) == []


async def test_gst_is_split_by_the_customers_state(shop: OpenShop, database: Database) -> None:
    here = await shop.customer("Zubin Irani")
    away = await shop.customer("Yamini Nag", gstin="27AAPFU0939F1ZV")
    surf = await shop.read(lambda book: book.product("surf"))
    for customer in (here, away):
        await shop.write(lambda book, customer=customer: _billed(book, customer.customer_id, surf.sold(2000)))  # type: ignore[misc]
    bills = [(await shop.read(lambda book, who=who: book.invoices_of(who)))[0] for who in (here, away)]  # type: ignore[misc]
    assert [(one.cgst, one.sgst, one.igst, one.total) for one in bills] == [(1144, 1144, 0, 15000), (0, 0, 2288, 15000)]
    assert [one.place_of_supply for one in bills] == ["08", "27"]
    unregistered = ShopSettings()
    plain = await shop.write(lambda book: book.draft(here, [surf.sold(1000)], unregistered))
    assert (plain.with_gst, plain.cgst, plain.total, plain.status) == (False, 0, 7500, "draft")
    cancelled = await shop.write(lambda book: (book.cancel(plain), book.invoice(plain.invoice_id))[1])
    assert cancelled.status == "cancelled"
    assert await shop.read(disagreements) == []
    assert invoices.name == "invoices"


async def test_one_opening_balance_for_a_customer(shop: OpenShop) -> None:
    customer = await shop.customer("Zubin Irani", opening_balance=100)

    def again(book: ShopBook) -> None:
        book.post("opening", rules.opening(50), amount=50, customer_id=customer.customer_id)

    with pytest.raises(Conflict):
        await shop.write(again)
    assert await shop.balance(customer) == 100


@pytest.mark.parametrize(
    ("zone", "moments"),
    [
        # The clocks go forward on 8 March 2026 in Chicago, back on 1 November.
        ("America/Chicago", ["03-08T05:59:59", "03-08T06:00:00", "03-09T04:59:59", "03-09T05:00:00"]),
        ("America/Chicago", ["11-01T04:59:59", "11-01T05:00:00", "11-02T05:59:59", "11-02T06:00:00"]),
        ("Asia/Kolkata", ["11-25T18:29:59", "11-25T18:30:00", "11-26T18:29:59", "11-26T18:30:00"]),
    ],
)
async def test_an_entry_counts_for_one_local_day_also_when_clocks_change(
    shop: OpenShop, zone: str, moments: list[str]
) -> None:
    customer = await shop.customer("Zubin Irani")
    local = [datetime.fromisoformat(f"2026-{at}+00:00").astimezone(ZoneInfo(zone)) for at in moments]
    days = sorted({at.date() for at in local})

    def credit_of(day: date) -> Callable[[ShopBook], int]:
        return lambda book: book.summary(day, day).credit

    def post_at(at: datetime) -> Callable[[ShopBook], object]:
        def post(book: ShopBook) -> object:
            book.origin = replace(book.origin, now=at.astimezone(UTC), day=at.date())
            return book.post("credit", rules.credit(100), amount=100, customer_id=customer.customer_id)

        return post

    before = [await shop.read(credit_of(day)) for day in days]
    for at in local:
        await shop.write(post_at(at))
    after = [await shop.read(credit_of(day)) for day in days]
    assert [now - then for now, then in zip(after, before, strict=True)] == [100, 200, 100]


async def test_a_large_book_of_one_customer_stays_whole(shop: OpenShop) -> None:
    customer = await shop.customer("Zubin Irani")

    def many(book: ShopBook) -> None:
        for n in range(1, 150):
            book.post("credit", rules.credit(n), amount=n, customer_id=customer.customer_id)
        book.post("payment", rules.payment(11_000, "cash"), amount=11_000, customer_id=customer.customer_id)

    await shop.write(many)
    assert await shop.balance(customer) == 175
    first: Callable[[ShopBook], str | None] = lambda book: book.last_posting()  # noqa: E731
    payment = await shop.read(first)
    assert payment is not None
    await shop.write(lambda book: book.undo(payment))
    assert await shop.balance(customer) == 11_175
    assert await shop.read(disagreements) == []


async def test_a_book_is_opened_by_whoever_comes_first(database: Database, shop: OpenShop) -> None:
    """Two at once write the first line of a shop that has none."""
    ours = await shop.business()
    new = msgspec.structs.replace(ours, business_id="biz_new", name="New Shop", phone="+919999900099")
    await SqlBusinesses(database, shop.clock).create(new)
    other = OpenShop(database, shop.clock, "biz_new")
    made = await asyncio.gather(*(other.customer(name) for name in ("Zubin Irani", "Yamini Nag", "Xenia Rao")))
    assert len({one.customer_id for one in made}) == 3
    assert await other.read(disagreements) == []
    assert await other.read(lambda book: book.versions()) == (0, 3)
    assert [one.name for one in await shop.read(lambda book: book.candidates("Zubin"))] == []
