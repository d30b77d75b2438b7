"""What a business's outside calendar says is busy, as the worker read it last. Offers look here, never at the network.

What was read more than `KNOWN_FOR` ago is unknown: then the business's own book decides alone, as it always does for
the booking itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, insert, select

from offhook.contracts.calendar import Busy
from offhook.contracts.desk import UnitOfWork
from offhook.store.prepared import Prepared, Rows
from offhook.store.schema import calendar_busy, calendar_reads
from offhook.store.unit_of_work import sql

KNOWN_FOR = timedelta(minutes=15)

_FRESH = and_(
    calendar_reads.c.business_id == bindparam("business"),
    calendar_reads.c.read_at >= bindparam("since"),
)
_BUSY = Prepared(
    select(calendar_busy.c.starts_at, calendar_busy.c.ends_at)
    .join(calendar_reads, calendar_reads.c.business_id == calendar_busy.c.business_id)
    .where(
        _FRESH,
        calendar_busy.c.business_id == bindparam("business"),
        calendar_busy.c.starts_at < bindparam("last"),
        calendar_busy.c.ends_at > bindparam("first"),
    )
    .order_by(calendar_busy.c.starts_at)
)


def busy_in(rows: Rows, business_id: str, first: datetime, last: datetime, *, now: datetime) -> list[Busy]:
    """What is known to be busy in that time; nothing where nothing is known. In the database's thread."""
    found = rows.all(_BUSY, business=business_id, since=now - KNOWN_FOR, first=first, last=last)
    return [Busy(row[0], row[1]) for row in found]


async def keep_busy(uow: UnitOfWork, first: datetime, last: datetime, busy: Sequence[Busy], *, now: datetime) -> None:
    """What the calendar has just said of that time, in place of all that it said before."""
    connection = sql(uow)
    for table in (calendar_busy, calendar_reads):
        await connection.execute(delete(table).where(table.c.business_id == uow.business_id))
    read = {"business_id": uow.business_id, "known_from": first, "known_until": last, "read_at": now}
    await connection.execute(insert(calendar_reads), read)
    rows = {(part.starts_at, part.ends_at) for part in busy if part.starts_at < part.ends_at}
    if rows:
        await connection.execute(
            insert(calendar_busy),
            [{"business_id": uow.business_id, "starts_at": starts, "ends_at": ends} for starts, ends in sorted(rows)],
        )
