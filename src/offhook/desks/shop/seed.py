"""The demo shop of demo.yaml, and invented years for any shop (`offhook seed --desk shop`).

Both write through the book itself: what they leave is what a shopkeeper's own commands would have left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import resources as package_files
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Conflict, Invalid
from offhook.desks.shop import rules
from offhook.desks.shop.invent import Person, Thing, Year, invent
from offhook.desks.shop.model import Customer, Method, Origin, Product, Refused
from offhook.desks.shop.repository import ShopBook, in_book
from offhook.kit.pin import pin_hash
from offhook.store.business_book import BusinessBook
from offhook.store.engine import Database
from offhook.store.seeding import SeedBusiness, SeedFaq, SeedIds, insert_demo_business
from offhook.store.unit_of_work import SqlUnitOfWork, unit_of_work_factory
from offhook.store.users import Role, Users

MOST_CUSTOMERS = 20_000
MOST_ENTRIES = 200_000
_OPENED_DAYS_AGO = 60
"""When the demo's customers and stock came into its book."""


class _Owed(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    days: int
    amount: Decimal
    due: int | None = None


class _Paid(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    days: int
    amount: Decimal
    method: Method


class _Customer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: str
    phone: str
    opening: Decimal
    aliases: list[str] = []
    credit: list[_Owed]
    paid: list[_Paid]


class _Person(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: str
    role: Role
    phone: str
    pin: str


class SeedProduct(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: str
    unit: str
    price: Decimal
    """Rupees per unit."""
    gst: Decimal
    """Percent."""
    hsn: str
    stock: Decimal
    low: Decimal
    aliases: list[str] = []


class _DemoFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    business: SeedBusiness
    faq: list[SeedFaq]
    people: list[_Person]
    customers: list[_Customer]
    products: list[SeedProduct]


@dataclass(frozen=True, slots=True)
class Counts:
    customers: int
    products: int
    entries: int


async def insert_demo(connection: AsyncConnection, clock: Clock) -> str:
    """Inside an open transaction; returns its id. Raises Conflict when it is there already."""
    text = package_files.files(__package__).joinpath("demo.yaml").read_bytes()
    demo = msgspec.yaml.decode(text, type=_DemoFile)
    await insert_demo_business(connection, demo.business, demo.faq, clock=clock)
    business_id = demo.business.business_id
    now = clock.now().astimezone(ZoneInfo(demo.business.timezone))
    origin = _origin(now, SeedIds(f"{business_id}-book").new, demo.business.currency)
    uow = SqlUnitOfWork(connection, business_id, clock.now())
    for person in demo.people:
        await Users(uow).add(person.name, person.role, person.phone, pin_hash(person.pin, business_id), clock.now())
    await in_book(uow, origin, lambda book: _fill_demo(book, demo, now))
    return business_id


async def seed(
    database: Database,
    clock: Clock,
    *,
    business_id: str,
    seed: int = 1,
    customers: int = 200,
    products: int = 300,
    entries: int = 6000,
) -> Counts:
    """Add invented customers, products and a year of entries to a shop, in one transaction.

    Raises Conflict when the same seed was used for this business before, Invalid for counts that cannot be had,
    NotFound for an unknown business.
    """
    if not (0 < customers <= MOST_CUSTOMERS and products > 0 and 0 <= entries <= MOST_ENTRIES):
        raise Invalid(
            "That much cannot be invented.",
            {"customers": f"1 to {MOST_CUSTOMERS}", "entries": f"0 to {MOST_ENTRIES}"},
        )
    try:
        async with unit_of_work_factory(database, clock)(business_id, Effect.WRITE) as uow:
            now = clock.now().astimezone(await BusinessBook(uow).zone())
            year = invent(f"{business_id}-{seed}", now, customers=customers, products=products, entries=entries)
            origin = _origin(now, SeedIds(f"{business_id}-{seed}").new, "INR")
            return await in_book(uow, origin, lambda book: _fill_year(book, year))
    except Conflict:
        text = f"The customers of seed {seed} are in this book already; give another --seed for other ones."
        raise Conflict("seeded_already", text) from None


def add_product(book: ShopBook, product: SeedProduct) -> None:
    book.create_product(
        product.name,
        product.unit,
        price=int(product.price * 100),
        gst_rate=int(product.gst * 100),
        hsn=product.hsn,
        aliases=product.aliases,
        stock=int(product.stock * 1000),
        low_at=int(product.low * 1000),
    )


def _origin(now: datetime, ids: Callable[[str], str], currency: str) -> Origin:
    return Origin(now=now, day=now.date(), turn_id="seed", via="seed", currency=currency, ids=ids)


def _fill_demo(book: ShopBook, demo: _DemoFile, now: datetime) -> None:
    _at(book, now - timedelta(days=_OPENED_DAYS_AGO))
    for product in demo.products:
        add_product(book, product)
    made = [
        book.create_customer(one.name, phone=one.phone, aliases=one.aliases, opening_balance=int(one.opening * 100))
        for one in demo.customers
    ]
    events: list[tuple[int, str, _Owed | _Paid]] = []
    for one, known in zip(demo.customers, made, strict=True):
        events += [(owed.days, known.customer_id, owed) for owed in one.credit]
        events += [(paid.days, known.customer_id, paid) for paid in one.paid]
    for days, customer_id, event in sorted(events, key=lambda one: -one[0]):
        _at(book, now - timedelta(days=days))
        paise = int(event.amount * 100)
        if isinstance(event, _Paid):
            lines = rules.payment(paise, event.method)
            book.post("payment", lines, amount=paise, customer_id=customer_id, method=event.method)
        else:
            due = None if event.due is None else now.date() + timedelta(days=event.due)
            book.post("credit", rules.credit(paise), amount=paise, customer_id=customer_id, due_date=due)


def _at(book: ShopBook, moment: datetime) -> None:
    book.origin = replace(book.origin, now=moment, day=moment.date())


def _fill_year(book: ShopBook, year: Year) -> Counts:
    _at(book, year.opened)
    products = [_product(book, thing) for thing in year.products]
    customers = [_customer(book, person) for person in year.customers]
    written = 0
    for event in year.events:
        _at(book, event.at)
        customer_id = customers[event.who].customer_id
        match event.kind:
            case "invoice":
                items = [products[n].sold(qty) for n, qty in event.items]
                drafted = book.draft(book.customer(customer_id), items, book.shop, due_date=event.due)
                book.issue(drafted.invoice_id, book.shop)
            case "credit":
                lines = rules.credit(event.amount)
                book.post("credit", lines, amount=event.amount, customer_id=customer_id, due_date=event.due)
            case "payment":
                owed = book.customer(customer_id).balance
                if owed <= 0:
                    continue
                amount = min(event.amount, owed) if event.amount else owed
                lines = rules.payment(amount, event.method)
                book.post("payment", lines, amount=amount, customer_id=customer_id, method=event.method)
            case "stock":
                book.add_stock(products[event.items[0][0]], event.items[0][1])
        written += 1
    return Counts(len(customers), len(products), written)


def _product(book: ShopBook, thing: Thing) -> Product:
    """The book's own of that name, where it has one."""
    try:
        return book.create_product(
            thing.name, thing.unit, price=thing.price, gst_rate=thing.gst_rate, hsn=thing.hsn, aliases=thing.aliases,
            stock=thing.stock, low_at=thing.low_at,
        )  # fmt: skip
    except Refused:
        return book.product(thing.name)


def _customer(book: ShopBook, person: Person) -> Customer:
    """A namesake of somebody in the book gets a number."""
    name, n = person.name, 1
    while True:
        try:
            return book.create_customer(name, phone=person.phone, opening_balance=person.opening)
        except Refused:
            n += 1
            name = f"{person.name} {n}"
