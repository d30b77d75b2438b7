"""`offhook messages`: what was written to people, and what waits to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from offhook.desks.tables import metadata
from offhook.ops.settings import Settings
from offhook.store.engine import open_database
from offhook.store.migrate import prepare
from offhook.store.schema import jobs, messages


@dataclass(frozen=True, slots=True)
class Outbox:
    messages: list[dict[str, Any]]
    """Newest first."""
    waiting: list[dict[str, Any]]
    """Jobs, soonest first."""

    def as_data(self) -> dict[str, Any]:
        return {"messages": _plain(self.messages), "waiting": _plain(self.waiting)}


async def read(settings: Settings, *, business_id: str | None, limit: int) -> Outbox:
    """Raises AppError."""
    database = open_database(settings.database_url())
    try:
        await prepare(database, metadata)
        only = [] if business_id is None else [messages.c.business_id == business_id]
        written = select(messages).where(*only).order_by(messages.c.created_at.desc()).limit(limit)
        mine = [] if business_id is None else [jobs.c.business_id == business_id]
        columns = (jobs.c.business_id, jobs.c.job_id, jobs.c.kind, jobs.c.subject, jobs.c.run_at, jobs.c.reason)
        queued = select(*columns).where(jobs.c.state == "queued", *mine).order_by(jobs.c.run_at).limit(limit)
        async with database.transaction(write=False) as connection:
            return Outbox(
                [dict(row) for row in (await connection.execute(written)).mappings()],
                [dict(row) for row in (await connection.execute(queued)).mappings()],
            )
    finally:
        await database.aclose()


def show(found: Outbox, console: Console) -> None:
    table = Table("when", "to", "by", "state", "text", title="Messages")
    for row in found.messages:
        to = f"{row['recipient_name']} {row['recipient']}".strip()
        table.add_row(_when(row["created_at"]), to, row["channel"], row["state"], row["text"])
    console.print(table if found.messages else "No messages yet.")
    waiting = Table("due", "what", "about", "", title="Waiting")
    for row in found.waiting:
        waiting.add_row(_when(row["run_at"]), row["kind"], row["subject"], row["reason"])
    if found.waiting:
        console.print(waiting)


def _when(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
        for row in rows
    ]
