"""What carriers report of messages later: delivered, read, failed. Reports come late, twice and out of order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, or_, select, update

from offhook.contracts.desk import UnitOfWork
from offhook.contracts.messaging import MessageState
from offhook.store.engine import Database
from offhook.store.schema import jobs, messages
from offhook.store.unit_of_work import sql

_RANK: dict[str, int] = {"queued": 0, "sending": 0, "unknown": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}
"""A report counts when it tells more than is known; failed is final."""
_MOST = 50
"""Businesses that share a number and have written to one person."""


async def message_reported(
    uow: UnitOfWork, state: MessageState, *, now: datetime, reference: str = "", message_id: str = "", reason: str = ""
) -> bool:
    """Note a carrier's report of the message with that id (ours or the carrier's); needs a WRITE unit of work.

    An `unknown` message, and its job, are settled by it. False when it is no news, or the message is not known.
    """
    connection = sql(uow)
    mine = messages.c.business_id == uow.business_id
    which = (
        or_(messages.c.message_id == message_id, messages.c.reference == reference)
        if reference
        else (messages.c.message_id == message_id)
    )
    row = (await connection.execute(select(messages).where(mine, which).limit(1))).one_or_none()
    if row is None or _RANK[state] <= _RANK[row.state]:
        return False
    values: dict[str, object] = {"state": state, "reason": reason[:500], "updated_at": now}
    if reference:
        values["reference"] = reference
    await connection.execute(update(messages).where(mine, messages.c.message_id == row.message_id).values(**values))
    await connection.execute(
        update(jobs)
        .where(jobs.c.business_id == uow.business_id, jobs.c.job_id == row.job_id, jobs.c.state == "unknown")
        .values(
            state="failed" if state == "failed" else "sent", reason="settled by the carrier's report", updated_at=now
        )
    )
    return True


class MessageFinder:
    """Whose message it is, for carriers who know only the message or the person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def business_of(self, message_id: str, reference: str) -> str | None:
        """By our id or, where that did not come back, by the carrier's."""
        which = messages.c.message_id == message_id if message_id else messages.c.reference == reference
        # lint: tenant-scope: the carrier does not know our businesses; the answer is the business
        return await self._one(select(messages.c.business_id).where(which).limit(1))

    async def wrote_to(self, address: str) -> list[str]:
        """The businesses that wrote to this address, the last one first: one number of ours may serve several."""
        last = func.max(messages.c.created_at)
        # lint: tenant-scope: as above
        query = select(messages.c.business_id).where(messages.c.recipient == address)
        query = query.group_by(messages.c.business_id).order_by(last.desc()).limit(_MOST)
        async with self._database.transaction(write=False, snapshot=False) as connection:
            return [str(one) for one in (await connection.execute(query)).scalars()]

    async def _one(self, query: Select[tuple[str]]) -> str | None:
        async with self._database.transaction(write=False, snapshot=False) as connection:
            found = (await connection.execute(query)).scalar_one_or_none()
        return None if found is None else str(found)
