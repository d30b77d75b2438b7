"""What carriers report of messages later: delivered, read, failed. Reports come late, twice and out of order."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update

from offhook.contracts.desk import UnitOfWork
from offhook.contracts.messaging import MessageState
from offhook.store.schema import jobs, messages
from offhook.store.unit_of_work import sql

_RANK: dict[str, int] = {"queued": 0, "sending": 0, "unknown": 0, "sent": 1, "delivered": 2, "read": 3, "failed": 4}
"""A report counts when it tells more than is known; failed is final."""


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
