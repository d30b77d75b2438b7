"""The shop's book, whole: customers (people.py), products (goods.py), postings (ledger.py), bills (invoicing.py), sums
(summaries.py). `in_book` opens it inside a unit of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from offhook.contracts.desk import UnitOfWork
from offhook.desks.shop.model import Origin, SettingsFile, ShopSettings
from offhook.desks.shop.summaries import Summaries
from offhook.store.business_book import settings_in
from offhook.store.prepared import Rows, in_one_visit
from offhook.store.unit_of_work import sql
from offhook.store.webhooks import publish_in

T = TypeVar("T")


class ShopBook(Summaries):
    _shop: ShopSettings | None = None

    @property
    def shop(self) -> ShopSettings:
        """What the shop decided for itself. Raises NotFound for an unknown business."""
        if self._shop is None:
            self._shop = msgspec.json.decode(settings_in(self.rows, self.business_id), type=SettingsFile).shop
        return self._shop


async def in_book(uow: UnitOfWork, origin: Origin, work: Callable[[ShopBook], T]) -> T:
    """Run `work` on the book of the unit's business, in the database's thread: it awaits nothing. Raises what it
    raises (Refused, mostly); the unit must be left by an exception then."""

    def opened(rows: Rows) -> T:
        book = ShopBook(rows, uow.business_id, origin)
        result = work(book)
        for event in book.happened:
            publish_in(rows, uow.business_id, event, now=origin.now)
        return result

    return await in_one_visit(sql(uow), opened)
