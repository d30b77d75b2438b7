"""One demo business per desk: what an empty database is given."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.clock import Clock
from offhook.desks.dealership import seed as dealership
from offhook.desks.sales import seed as sales
from offhook.desks.shop import seed as shop
from offhook.store.migrate import Seed


def demo_businesses(clock: Clock) -> Seed:
    """The seeding callback of `store.migrate.prepare`."""

    async def insert_all(connection: AsyncConnection) -> None:
        for desk in (dealership, shop, sales):
            await desk.insert_demo(connection, clock)

    return insert_all
