"""What /health tells of a running server's parts."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text

from offhook.channels.livekit.rooms import LiveKitRooms
from offhook.contracts.store import SessionStore
from offhook.ops.health import Check, PartHealth
from offhook.store.engine import Database
from offhook.store.sessions_redis import RedisSessionStore


def provider_check(part: str, name: str, trouble: Mapping[str, str]) -> Check:
    """`trouble`: part -> why it could not be warmed."""

    async def check() -> PartHealth:
        if part in trouble:
            return PartHealth("degraded", trouble[part], "See the message; `offhook doctor` checks each part.")
        return PartHealth("ok", name)

    return check


def database_check(database: Database) -> Check:
    async def check() -> PartHealth:
        async with database.transaction(write=False) as connection:
            await connection.execute(text("select 1"))
        return PartHealth("ok", database.label)

    return check


def sessions_check(store: SessionStore) -> dict[str, Check]:
    """Where sessions are not in the database, they are a part of their own."""
    if not isinstance(store, RedisSessionStore):
        return {}

    async def check() -> PartHealth:
        await store.ping()
        return PartHealth("ok", store.label)

    return {"sessions": check}


def livekit_check(rooms: LiveKitRooms | None) -> dict[str, Check]:
    if rooms is None:
        return {}

    async def check() -> PartHealth:
        trouble = await rooms.trouble()
        if trouble is not None:
            return PartHealth("degraded", *trouble)
        return PartHealth("ok", f"{rooms.rooms} rooms")

    return {"livekit": check}
