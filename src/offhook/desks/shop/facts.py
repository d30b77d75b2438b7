"""What a turn at the shop needs to know: names of customers and products, limits, frequent questions.

Names may be a hundred thousand: they are read again only when one of them has changed, and the same objects are given
out until then, so that what understanding has indexed stays good.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, select

from offhook.contracts.business import Business
from offhook.contracts.desk import UnitOfWork
from offhook.desks.shop.lookups import know_ahead
from offhook.desks.shop.model import Origin
from offhook.desks.shop.repository import ShopBook, in_book
from offhook.desks.shop.tables import products, shop_books, shop_customers
from offhook.dialogue.desk import Facts, Work
from offhook.dialogue.faq_search import faq_index
from offhook.store.business_book import BusinessBook
from offhook.store.codec import texts
from offhook.store.prepared import Prepared
from offhook.store.unit_of_work import caches_of
from offhook.store.users import Role, Users
from offhook.understanding.model import DayHours, World

_BUSINESS: BindParameter[str] = bindparam("business")
_VERSION = Prepared(select(shop_books.c.names_version).where(shop_books.c.business_id == _BUSINESS))
_CUSTOMERS = Prepared(
    select(shop_customers.c.customer_id, shop_customers.c.name, shop_customers.c.aliases)
    .where(shop_customers.c.business_id == _BUSINESS, shop_customers.c.active)
    .order_by(shop_customers.c.name)
)
_PRODUCTS = Prepared(
    select(products.c.name, products.c.aliases)
    .where(products.c.business_id == _BUSINESS, products.c.active)
    .order_by(products.c.name)
)
_READER = Origin(now=datetime.min.replace(tzinfo=UTC), day=date.min, turn_id="", via="")
"""Nothing is written here, so nothing tells of it."""
CONTEXT = "context"
"""What a sentence is read with: the names of a shop's customers and products, and the index made of them."""
_KEPT = 64
"""Shops whose names stay in memory; the longest unused goes first."""


@dataclass(frozen=True, slots=True)
class Names:
    customers: tuple[str, ...] = ()
    customer_aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    products: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShopFacts(Facts):
    names: Names = field(default_factory=Names)
    users: dict[str, Role] = field(default_factory=dict)
    """Who may speak to the book: id -> role."""
    limit: int = 25_000
    """Rupees above which an entry is read back, and needs more than a caller id."""

    def world(self, business: Business, now: datetime) -> World:
        return World(
            now=now,
            tz=business.timezone,
            customers=self.names.customers,
            customer_aliases=self.names.customer_aliases,
            products=self.names.products,
            hours=tuple(DayHours(weekday=h.weekday, opens=h.opens, closes=h.closes) for h in business.hours),
            limit=self.limit,
        )


def shop_facts(work: Work) -> ShopFacts:
    return work.facts if isinstance(work.facts, ShopFacts) else ShopFacts()


class ShopFactsReader:
    """`Desk.load_facts` of the shop, with the names of the shops seen lately."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, tuple[int, Names]] = OrderedDict()

    async def __call__(self, uow: UnitOfWork, business: Business) -> ShopFacts:
        kept = self._names.get(uow.business_id)
        caches = caches_of(uow)

        def look(book: ShopBook) -> tuple[int, int, Names]:
            row = book.rows.first(_VERSION, business=book.business_id)
            version = 0 if row is None else int(row.names_version)
            if kept is not None and kept[0] == version:
                return book.shop.confirm_above, version, kept[1]
            people = book.rows.all(_CUSTOMERS, business=book.business_id)
            know_ahead(caches, book.business_id, version, ((one.customer_id, one.name) for one in people))
            return book.shop.confirm_above, version, _names_of(book, people)

        limit, version, names = await in_book(uow, _READER, look)
        caches.count(CONTEXT, hit=kept is not None and names is kept[1])
        self._names[uow.business_id] = (version, names)
        self._names.move_to_end(uow.business_id)
        if len(self._names) > _KEPT:
            self._names.popitem(last=False)
        shared = BusinessBook(uow)
        faq, blocked = faq_index(tuple(await shared.faq())), await shared.blocked()
        users = {user.user_id: user.role for user in await Users(uow).all()}
        return ShopFacts(faq=faq, blocked=blocked, names=names, users=users, limit=limit // 100)


async def shop_names(uow: UnitOfWork) -> Names:
    """Of the unit's business, read anew."""
    return await in_book(
        uow, _READER, lambda book: _names_of(book, book.rows.all(_CUSTOMERS, business=book.business_id))
    )


def _names_of(book: ShopBook, people: Sequence[Row[Any]]) -> Names:
    goods = book.rows.all(_PRODUCTS, business=book.business_id)
    return Names(
        customers=tuple(row.name for row in people),
        customer_aliases={row.name: texts(row.aliases) for row in people if row.aliases != "[]"},
        products={row.name: texts(row.aliases) for row in goods},
    )
