"""Making, checking and upgrading a database.

A server starts only on a database that is whole: an empty one is created, migrated and given its first businesses in
one transaction (all of it or nothing, also when two servers start at once), one that was migrated and is bare gets them
likewise; one that holds something else, or an older or half-made schema, is left untouched and the error lists what is
missing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.errors import AppError
from offhook.store import schema
from offhook.store.engine import Database, create_file

Seed = Callable[[AsyncConnection], Awaitable[None]]
"""Fills a new database, inside the transaction that creates it."""

_PG_LOCK = 0x6F66_6668
"""Advisory lock under which one process at a time changes the schema of a PostgreSQL database."""


@dataclass(frozen=True, slots=True)
class Prepared:
    created: bool
    """The database was empty and has been made."""
    revision: str


class SchemaOutdated(AppError):
    """The database is not what this program needs. `missing` lists it line by line."""

    def __init__(self, label: str, missing: list[str], mend: str) -> None:
        listed = "".join(f"\n  - {line}" for line in missing)
        super().__init__("database_outdated", f"The database {label} is not ready:{listed}\n{mend}", status=503)
        self.missing = missing


async def prepare(database: Database, metadata: MetaData, seed: Seed | None = None) -> Prepared:
    """Make an empty database whole; accept a whole one; raise SchemaOutdated for anything else, Unavailable if gone."""
    create_file(database)
    async with database.transaction(write=True) as connection:
        await _lock_schema(connection)
        if await connection.run_sync(_is_empty):
            await connection.run_sync(_run_upgrade)
            if seed is not None:
                await seed(connection)
            return Prepared(created=True, revision=_head())
    missing = await check(database, metadata)
    if missing:
        raise SchemaOutdated(database.label, missing, _mend(missing))
    if seed is not None:
        await _seed_bare(database, seed)
    return Prepared(created=False, revision=_head())


async def _seed_bare(database: Database, seed: Seed) -> None:
    """Give a database that was only migrated (`offhook db upgrade`) its first businesses, too."""
    async with database.transaction(write=False) as connection:
        if not await _is_bare(connection):
            return
    async with database.transaction(write=True) as connection:
        await _lock_schema(connection)
        if await _is_bare(connection):
            await seed(connection)


async def _is_bare(connection: AsyncConnection) -> bool:
    return (await connection.execute(select(schema.businesses.c.business_id).limit(1))).first() is None


async def check(database: Database, metadata: MetaData) -> list[str]:
    """What the database lacks against `metadata` (tables, columns, indexes, keys) and the newest revision; [] if whole.

    What it has beyond that does no harm and is not listed.
    """
    async with database.transaction(write=False) as connection:
        return await connection.run_sync(_differences, metadata)


async def upgrade(database: Database, to: str = "head") -> list[str]:
    """Run the revisions that the database lacks up to `to`, all or none; returns their ids. Raises SchemaOutdated where
    a database that holds other tables has no revision of ours, or has one that this program does not know."""
    create_file(database)
    async with database.transaction(write=True) as connection:
        await _lock_schema(connection)
        return await connection.run_sync(_upgrade_from, database.label, to)


async def _lock_schema(connection: AsyncConnection) -> None:
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_PG_LOCK})")


def _upgrade_from(connection: Connection, label: str, to: str) -> list[str]:
    revision = _revision(connection)
    known = [script.revision for script in _scripts().walk_revisions()]
    if revision is None and not _is_empty(connection):
        raise SchemaOutdated(label, ["it holds tables that are not ours"], "Point OFFHOOK_DATABASE_URL at another one.")
    if revision is not None and revision not in known:
        raise SchemaOutdated(label, [f"its revision {revision} is newer than this program"], "Update offhook.")
    _run_upgrade(connection, to)
    oldest_first = [*reversed(known)]
    last = oldest_first.index(_revision(connection) or "")
    return oldest_first[0 if revision is None else oldest_first.index(revision) + 1 : last + 1]


def _run_upgrade(connection: Connection, to: str = "head") -> None:
    config = Config()
    config.set_main_option("script_location", "offhook.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", "offhook.store:migrations")
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def _head() -> str:
    return _scripts().get_current_head() or ""


def _is_empty(connection: Connection) -> bool:
    return not inspect(connection).get_table_names()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _mend(missing: list[str]) -> str:
    if any("newer than this program" in line for line in missing):
        return "Update offhook, or restore a backup made by this version."
    return "Run `offhook db upgrade`; if the list stays, restore a backup or point OFFHOOK_DATABASE_URL at another one."


def _differences(connection: Connection, metadata: MetaData) -> list[str]:
    revision, head = _revision(connection), _head()
    missing: list[str] = []
    if revision is None:
        missing.append(f"no revision is recorded; this program needs {head}")
    elif revision not in {script.revision for script in _scripts().walk_revisions()}:
        missing.append(f"its revision {revision} is newer than this program ({head})")
    elif revision != head:
        missing.append(f"its revision is {revision}; this program needs {head}")
    found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata)
    single = [part for entry in found for part in (entry if isinstance(entry, list) else [entry])]
    absent = {difference[1].name for difference in single if difference[0] == "add_table"}
    said = (_say(difference, absent) for difference in single)
    return missing + [line for line in said if line is not None]


def _say(difference: tuple[Any, ...], absent: set[str]) -> str | None:
    kind = difference[0]
    if kind == "add_table":
        return f"table {difference[1].name} is missing"
    if kind == "add_column":
        return f"column {difference[2]}.{difference[3].name} is missing"
    if kind == "add_index" and difference[1].table.name not in absent:
        return f"index {difference[1].name} on {difference[1].table.name} is missing"
    if kind in ("add_constraint", "add_fk") and difference[1].table.name not in absent:
        return f"constraint {difference[1].name} on {difference[1].table.name} is missing"
    if kind in ("modify_nullable", "modify_type"):
        what = "type" if kind == "modify_type" else "NOT NULL"
        return f"column {difference[2]}.{difference[3]} has another {what}: {difference[5]} instead of {difference[6]}"
    return None
