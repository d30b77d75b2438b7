"""The worker's side of the outbox: what is due, marking it, noting how it ended; which workers are alive.

`attempt` counts how often a row was begun and is part of its workflow's id; a row moves only from the state and attempt
that the mover has seen, so a worker that was thought dead cannot overwrite what came after it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Row, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.clock import Clock
from offhook.contracts.desk import UnitOfWork
from offhook.contracts.jobs import Job, JobState
from offhook.contracts.messaging import MessageState, OutgoingMessage
from offhook.kit.ids import new_id
from offhook.store.engine import Database
from offhook.store.schema import jobs, messages, workers
from offhook.store.unit_of_work import SqlUnitOfWork, sql

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Due:
    business_id: str
    job_id: str
    attempt: int
    """Attempts that were begun before."""
    sending_by: str | None
    """The worker that marked it and is gone; None for a row that waits."""


class JobQueue:
    """Raises Unavailable like the store does."""

    def __init__(self, database: Database, clock: Clock, wall: Clock) -> None:
        """`wall` tells the machine's own time, by which workers are alive; `clock` may be a demonstration's."""
        self._database = database
        self._clock = clock
        self._wall = wall

    # -- rows -----------------------------------------------------------------------------------------------------

    async def due(self, limit: int) -> list[Due]:
        """Rows whose time has come, and rows that a vanished worker left `sending`; oldest first."""
        alive = select(workers.c.worker_id)
        query = (
            select(jobs.c.business_id, jobs.c.job_id, jobs.c.attempt, jobs.c.state, jobs.c.worker_id)
            .where(
                or_(
                    and_(jobs.c.state == "queued", jobs.c.run_at <= self._clock.now()),
                    and_(jobs.c.state == "sending", jobs.c.worker_id.not_in(alive)),
                )
            )
            .order_by(jobs.c.run_at, jobs.c.job_id)
            .limit(limit)
        )
        async with self._database.transaction(write=False, snapshot=False) as connection:
            rows = (await connection.execute(query)).all()
        return [Due(r.business_id, r.job_id, r.attempt, r.worker_id if r.state == "sending" else None) for r in rows]

    @asynccontextmanager
    async def opened(self, business_id: str, job_id: str) -> AsyncIterator[tuple[UnitOfWork, Job, JobState] | None]:
        """A durable WRITE transaction around one row, locked; None when there is no such row."""
        query = select(jobs).where(jobs.c.business_id == business_id, jobs.c.job_id == job_id)
        async with self._database.transaction(write=True) as connection:
            row = (await connection.execute(query.with_for_update())).one_or_none()
            if row is None:
                yield None
                return
            yield SqlUnitOfWork(connection, business_id, self._clock.now()), _job(row), row.state

    async def mark(
        self,
        uow: UnitOfWork,
        job: Job,
        state: JobState,
        *,
        reason: str = "",
        run_at: datetime | None = None,
        worker_id: str | None = None,
        begun: bool = False,
    ) -> None:
        """Move the row inside its `opened` transaction. `begun` counts an attempt; `run_at` is when a queued row is due
        again."""
        values: dict[str, object] = {"state": state, "reason": reason[:500], "updated_at": self._clock.now()}
        values["worker_id"] = worker_id
        if run_at is not None:
            values["run_at"] = run_at
        if begun:
            values["attempt"] = jobs.c.attempt + 1
        mine = (jobs.c.business_id == job.business_id, jobs.c.job_id == job.job_id)
        await sql(uow).execute(update(jobs).where(*mine).values(**values))

    async def skip_attempt(self, row: Due) -> None:
        """Its workflow is over and the row did not move: the next attempt gets a workflow of its own."""
        where = (jobs.c.business_id == row.business_id, jobs.c.job_id == row.job_id, jobs.c.attempt == row.attempt)
        async with self._database.transaction(write=True) as connection:
            await connection.execute(update(jobs).where(*where).values(attempt=row.attempt + 1))

    async def counts(self) -> list[tuple[str, str, int]]:
        """(kind, state, how many), for metrics."""
        # lint: tenant-scope: the server's own metrics, of all businesses
        query = select(jobs.c.kind, jobs.c.state, func.count()).group_by(jobs.c.kind, jobs.c.state)
        async with self._database.transaction(write=False, snapshot=False) as connection:
            return [(row[0], row[1], row[2]) for row in await connection.execute(query)]

    # -- messages -------------------------------------------------------------------------------------------------

    async def message_begun(
        self, uow: UnitOfWork, job: Job, message: OutgoingMessage, *, channel: str, provider: str, address: str
    ) -> str:
        """The message's row, `sending`; a later attempt of the same job takes the same row. Returns its id."""
        connection, now = sql(uow), self._clock.now()
        mine = (messages.c.business_id == job.business_id, messages.c.job_id == job.job_id)
        values = {
            "channel": channel,
            "provider": provider,
            "recipient": address,
            "recipient_name": message.recipient.name,
            "language": message.language,
            "subject": message.subject,
            "text": message.text if message.kept is None or channel == "outbox" else message.kept,
            "state": "sending",
            "reason": "",
            "updated_at": now,
        }
        known = (await connection.execute(select(messages.c.message_id).where(*mine))).scalar_one_or_none()
        if known is not None:
            await connection.execute(update(messages).where(*mine).values(**values))
            return str(known)
        message_id = new_id("msg")
        keys = {"business_id": job.business_id, "message_id": message_id, "job_id": job.job_id, "kind": job.kind}
        made = {"about": job.subject, "reference": None, "created_at": now}
        await connection.execute(insert(messages), {**values, **keys, **made})
        return message_id

    async def message_rerouted(self, uow: UnitOfWork, job: Job, *, channel: str, provider: str, address: str) -> None:
        """Another carrier takes the message that is being sent."""
        await sql(uow).execute(
            update(messages)
            .where(messages.c.business_id == job.business_id, messages.c.job_id == job.job_id)
            .values(channel=channel, provider=provider, recipient=address, updated_at=self._clock.now())
        )

    async def message_ended(
        self, uow: UnitOfWork, job: Job, state: MessageState, *, reason: str = "", reference: str | None = None
    ) -> None:
        """Nothing happens for a job without a message, or where the carrier has reported more than `sent` already."""
        values: dict[str, object] = {"state": state, "reason": reason[:500], "updated_at": self._clock.now()}
        if reference:
            values["reference"] = reference
        await sql(uow).execute(
            update(messages)
            .where(
                messages.c.business_id == job.business_id,
                messages.c.job_id == job.job_id,
                messages.c.state.not_in(("delivered", "read")),
            )
            .values(**values)
        )

    # -- workers --------------------------------------------------------------------------------------------------

    async def beat(self, worker_id: str) -> None:
        """Say that the worker lives."""
        now = self._wall.now()
        async with self._database.transaction(write=True, durable=False) as connection:
            await _beat(connection, worker_id, now)

    async def vanished(self, before: datetime) -> list[str]:
        """Workers whose last beat is older; by the machine's clock."""
        # lint: tenant-scope: workers serve all businesses
        query = select(workers.c.worker_id).where(workers.c.beat_at < before)
        async with self._database.transaction(write=False, snapshot=False) as connection:
            return [str(row[0]) for row in await connection.execute(query)]

    async def retire(self, worker_id: str) -> None:
        """The worker ends: whoever looks next takes over what it had under way."""
        async with self._database.transaction(write=True, durable=False) as connection:
            await _beat(connection, worker_id, _LONG_AGO)

    async def forget(self, worker_id: str) -> None:
        """The worker is gone: the rows that it left `sending` are due now."""
        async with self._database.transaction(write=True, durable=False) as connection:
            # lint: tenant-scope: workers serve all businesses
            await connection.execute(delete(workers).where(workers.c.worker_id == worker_id))


async def _beat(connection: AsyncConnection, worker_id: str, now: datetime) -> None:
    # lint: tenant-scope: workers serve all businesses
    done = await connection.execute(update(workers).where(workers.c.worker_id == worker_id).values(beat_at=now))
    if not done.rowcount:
        await connection.execute(insert(workers), {"worker_id": worker_id, "beat_at": now})


def _job(row: Row[tuple[object, ...]]) -> Job:
    return Job(
        business_id=row.business_id,
        job_id=row.job_id,
        kind=row.kind,
        key=row.key,
        subject=row.subject,
        payload=msgspec.json.decode(row.payload, type=dict[str, str]),
        run_at=row.run_at,
        attempt=row.attempt,
    )
