"""`offhook seed`: an invented past for a business, by its desk."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from offhook.contracts.business import BusinessDirectory
from offhook.contracts.clock import Clock
from offhook.desks.dealership.seed import seed as seed_dealership
from offhook.desks.sales.seed import seed as seed_sales
from offhook.desks.shop.seed import seed as seed_shop
from offhook.store.engine import Database

Added = dict[str, object]
"""business_id, and how many of what."""


@dataclass(frozen=True, slots=True)
class Book:
    """Whose book is filled; without a business, the first of the desk."""

    database: Database
    clock: Clock
    businesses: BusinessDirectory
    business_id: str | None
    seed: int

    async def of(self, desk: str) -> str:
        return self.business_id or (await self.businesses.default(desk)).business_id


async def dealership(book: Book, customers: int | None, vehicles: int, appointments: int, cars: int) -> Added:
    chosen = await book.of("dealership")
    counts = await seed_dealership(
        book.database,
        book.clock,
        business_id=chosen,
        seed=book.seed,
        customers=100 if customers is None else customers,
        vehicles=vehicles,
        appointments=appointments,
        cars=cars,
    )
    return {"business_id": chosen, **dataclasses.asdict(counts)}


async def shop(book: Book, customers: int | None, products: int, entries: int) -> Added:
    chosen = await book.of("shop")
    counts = await seed_shop(
        book.database,
        book.clock,
        business_id=chosen,
        seed=book.seed,
        customers=200 if customers is None else customers,
        products=products,
        entries=entries,
    )
    return {"business_id": chosen, **dataclasses.asdict(counts)}


async def sales(book: Book, leads: int) -> Added:
    chosen = await book.of("sales")
    made = await seed_sales(book.database, book.clock, business_id=chosen, seed=book.seed, leads=leads)
    return {"business_id": chosen, "leads": made}
