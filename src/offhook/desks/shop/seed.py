"""The demo business of the shop desk, from demo.yaml."""

from __future__ import annotations

from importlib import resources as package_files

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.clock import Clock
from offhook.store.seeding import SeedBusiness, SeedFaq, insert_demo_business


class _DemoFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    business: SeedBusiness
    faq: list[SeedFaq]


async def insert_demo(connection: AsyncConnection, clock: Clock) -> str:
    """Inside an open transaction; returns its id. Raises Conflict when it is there already."""
    text = package_files.files(__package__).joinpath("demo.yaml").read_bytes()
    demo = msgspec.yaml.decode(text, type=_DemoFile)
    await insert_demo_business(connection, demo.business, demo.faq, clock=clock)
    return demo.business.business_id
