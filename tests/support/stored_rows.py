"""Rows as the database holds them: what was really stored."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from offhook.store.engine import Database
from offhook.store.schema import metadata


async def stored_rows(
    database: Database, table: str, *, business_id: str, limit: int = 20, **where: object
) -> list[dict[str, Any]]:
    """Rows of one business whose columns equal `where`, in the order of the primary key. Raises KeyError for an unknown
    table or column: both are named by programs, not by people."""
    columns = metadata.tables[table].c
    query = select(metadata.tables[table]).where(columns["business_id"] == business_id)
    for name, value in where.items():
        query = query.where(columns[name] == value)
    async with database.transaction(write=False) as connection:
        found = await connection.execute(query.order_by(*metadata.tables[table].primary_key.columns).limit(limit))
        return [dict(row) for row in found.mappings()]
