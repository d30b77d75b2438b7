"""The outbox: work that follows from a transaction, written in that same transaction, delivered by the worker later.

A desk calls `enqueue` where it writes the appointment, and `cancel` where it takes it back. The key names the
occurrence ("reminder:appt_…:2026-11-27T15:00Z"): one job per key, ever, however often it is asked for. A cancel works
until the worker has marked the job `sending`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, select, update

from offhook.contracts.desk import UnitOfWork
from offhook.kit.ids import new_id
from offhook.store.prepared import Prepared, Rows, adding, in_one_visit
from offhook.store.schema import jobs
from offhook.store.unit_of_work import sql

_KNOWN = Prepared(
    select(jobs.c.job_id, jobs.c.state).where(
        jobs.c.business_id == bindparam("business"), jobs.c.key == bindparam("job_key")
    )
)
_ADD = adding(jobs)
_AGAIN = Prepared(
    update(jobs)
    .where(jobs.c.business_id == bindparam("business"), jobs.c.key == bindparam("job_key"))
    .values(state="queued", run_at=bindparam("due"), attempt=jobs.c.attempt + 1, reason="", updated_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class NewJob:
    kind: str
    """What the desk registered a handler for: "dealership.reminder"."""
    key: str
    payload: Mapping[str, str]
    """Ids and other plain texts; personal data stays in its own tables."""
    run_at: datetime
    """Due from then on (aware)."""
    subject: str = ""
    """What `cancel_about` finds it by, such as the appointment's id."""


async def enqueue(uow: UnitOfWork, job: NewJob, *, now: datetime) -> str:
    """Write the job; needs a WRITE unit of work. Returns its id.

    A key that is known keeps its job: one that was cancelled is queued again, every other stays as it is.
    """
    return await in_one_visit(sql(uow), lambda rows: enqueue_in(rows, uow.business_id, job, now=now))


def enqueue_in(rows: Rows, business_id: str, job: NewJob, *, now: datetime) -> str:
    """`enqueue`, in the database's thread (store/prepared.py)."""
    known = rows.first(_KNOWN, business=business_id, job_key=job.key)
    if known is None:
        job_id = new_id("job")
        rows.run(
            _ADD,
            business_id=business_id,
            job_id=job_id,
            kind=job.kind,
            key=job.key,
            subject=job.subject,
            payload=msgspec.json.encode(dict(job.payload)).decode(),
            state="queued",
            run_at=job.run_at,
            attempt=0,
            worker_id=None,
            reason="",
            created_at=now,
            updated_at=now,
        )
        return job_id
    if known.state == "cancelled":
        rows.run(_AGAIN, business=business_id, job_key=job.key, due=job.run_at, now=now)
    return str(known.job_id)


async def cancel(uow: UnitOfWork, key: str, *, now: datetime) -> bool:
    """Take back the job with that key. False when there is none that waits: unknown, being sent, or over."""
    return bool(await _cancel(uow, now, jobs.c.key == key))


async def cancel_about(uow: UnitOfWork, subject: str, *, now: datetime, kinds: tuple[str, ...] = ()) -> int:
    """Take back every waiting job about `subject` (of those kinds, if any are named); returns how many."""
    return await _cancel(uow, now, jobs.c.subject == subject, *([jobs.c.kind.in_(kinds)] if kinds else []))


async def _cancel(uow: UnitOfWork, now: datetime, *which: object) -> int:
    done = await sql(uow).execute(
        update(jobs)
        .where(jobs.c.business_id == uow.business_id, jobs.c.state == "queued", *which)  # type: ignore[arg-type]
        .values(state="cancelled", updated_at=now)
    )
    return done.rowcount
