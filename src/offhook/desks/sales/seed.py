"""The demo business of the sales desk, from demo.yaml, and invented enquiries."""

from __future__ import annotations

from importlib import resources as package_files

import msgspec
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.clock import Clock
from offhook.desks.sales.tables import catalogue
from offhook.store.codec import to_text
from offhook.store.seeding import SeedBusiness, SeedFaq, SeedIds, insert_demo_business


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
