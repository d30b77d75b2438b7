"""The demo business of the sales desk, from demo.yaml, and invented enquiries."""

from __future__ import annotations

from importlib import resources as package_files

import msgspec
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.clock import Clock
from offhook.contracts.desk import Effect
from offhook.contracts.errors import Conflict, Invalid
from offhook.desks.sales.invent import MOST, enquiries
from offhook.desks.sales.quoting import price_of
from offhook.desks.sales.repository import SalesBook
from offhook.desks.sales.tables import catalogue
from offhook.store.codec import to_text
from offhook.store.engine import Database
from offhook.store.seeding import SeedBusiness, SeedFaq, SeedIds, insert_demo_business
from offhook.store.unit_of_work import unit_of_work_factory


class SeedItem(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    name: str
    kind: str = "product"
    aliases: list[str] = []
    price_from: int | None = None
    """Minor units."""
    price_to: int | None = None
    unit: str = ""
    period: str = ""
    description: str = ""
    features: list[str] = []


class _DemoFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    business: SeedBusiness
    products: list[SeedItem]
    faq: list[SeedFaq]


async def insert_demo(connection: AsyncConnection, clock: Clock) -> str:
    """Inside an open transaction; returns its id. Raises Conflict when it is there already."""
    text = package_files.files(__package__).joinpath("demo.yaml").read_bytes()
    demo = msgspec.yaml.decode(text, type=_DemoFile)
    await insert_demo_business(connection, demo.business, demo.faq, clock=clock)
    ids = SeedIds(f"{demo.business.business_id}-items")
    for place, item in enumerate(demo.products):
        row = msgspec.structs.asdict(item)
        row |= {"aliases": to_text(item.aliases), "features": to_text(item.features)}
        await connection.execute(
            insert(catalogue),
            {
                **row,
                "business_id": demo.business.business_id,
                "item_id": ids.new("item"),
                "currency": demo.business.currency,
                "sort": place,
                "active": True,
            },
        )
    return demo.business.business_id


async def seed(database: Database, clock: Clock, *, business_id: str, seed: int = 1, leads: int = 40) -> int:
    """Add invented enquiries, in one transaction; how many. Nobody is written to about them.

    Raises Conflict when the same seed was used for this business before, Invalid for a number that cannot be had.
    """
    if not 0 < leads <= MOST:
        raise Invalid("That much cannot be invented.", {"leads": f"1 to {MOST}"})
    async with unit_of_work_factory(database, clock)(business_id, Effect.WRITE) as uow:
        book = SalesBook(uow)
        if await book.lead_of_session(f"seed:{seed}:0") is not None:
            text = f"The enquiries of seed {seed} are in this book already; give another --seed for other ones."
            raise Conflict("seeded_already", text)
        items, settings = await book.items(), await book.sales_settings()
        currency = items[0].price_from.currency if items and items[0].price_from else "INR"
        prices = {item.name: item for item in items}
        invented = enquiries(f"{business_id}-{seed}", items, leads, clock.now())
        for number, (told, at) in enumerate(invented):
            item = prices.get(told.product or "")
            price = None if item is None else price_of(item, told.qty, settings)
            session = f"seed:{seed}:{number}"
            await book.keep(
                told, session_id=session, channel="chat", language="en", currency=currency, price=price, now=at
            )
    return leads
