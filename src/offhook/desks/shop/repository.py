"""The shop's book, whole: customers (people.py), products (goods.py), postings (ledger.py), bills (invoicing.py), sums
(summaries.py). `in_book` opens it inside a unit of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec
from sqlalchemy import bindparam, select

from offhook.contracts.desk import UnitOfWork
from offhook.contracts.errors import NotFound
from offhook.contracts.webhooks import DomainEvent
from offhook.desks.shop.model import Origin, SettingsFile, ShopSettings
from offhook.desks.shop.summaries import Summaries
from offhook.store.prepared import Prepared, Rows, in_one_visit
from offhook.store.schema import businesses
from offhook.store.unit_of_work import sql
from offhook.store.webhooks import publish

_SETTINGS = Prepared(select(businesses.c.settings).where(businesses.c.business_id == bindparam("business")))
T = TypeVar("T")


class ShopBook(Summaries):
    _shop: ShopSettings | None = None

    @property
    def shop(self) -> ShopSettings:
        """What the shop decided for itself. Raises NotFound for an unknown business."""
        if self._shop is None:
            row = self.rows.first(_SETTINGS, business=self.business_id)
            if row is None:
                raise NotFound("This business")
            self._shop = msgspec.json.decode(row.settings, type=SettingsFile).shop
        return self._shop


async def in_book(uow: UnitOfWork, origin: Origin, work: Callable[[ShopBook], T]) -> T:
    """Run `work` on the book of the unit's business, in the database's thread: it awaits nothing. Raises what it
    raises (Refused, mostly); the unit must be left by an exception then."""

    happened: list[DomainEvent] = []

    def opened(rows: Rows) -> T:
        book = ShopBook(rows, uow.business_id, origin)
        result = work(book)
        happened.extend(book.happened)
        return result

    result = await in_one_visit(sql(uow), opened)
    for event in happened:
        await publish(uow, event, now=origin.now)
    return result
