"""`offhook db`: what the database lacks, and bringing it up to date."""

from __future__ import annotations

from offhook.desks.tables import metadata
from offhook.ops.settings import Settings
from offhook.store.engine import open_database
from offhook.store.migrate import check, upgrade


async def upgrade_database(settings: Settings) -> list[str]:
    """Run what is missing; the revisions that were run, oldest first. Raises SchemaOutdated, Unavailable."""
    database = open_database(settings.database_url())
    try:
        return await upgrade(database)
    finally:
        await database.aclose()


async def check_database(settings: Settings) -> list[str]:
    """What is missing, line by line; nothing is changed or made. Raises Unavailable."""
    database = open_database(settings.database_url())
    try:
        if database.path is not None and not database.path.exists():
            return [f"there is no database at {database.path}; `offhook serve` or `offhook db upgrade` makes it"]
        return await check(database, metadata)
    finally:
        await database.aclose()
