"""A courier on a real database, with a messenger that does what it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from offhook.contracts.calendar import CalendarChange
from offhook.contracts.desk import Effect
from offhook.contracts.jobs import JobContext, JobKind, Prepared
from offhook.contracts.messaging import Delivered, Delivery, MessageChannel, OutgoingMessage, Recipient
from offhook.jobs.delivery import Courier
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.job_queue import JobQueue
from offhook.store.outbox import NewJob, enqueue
from offhook.store.schema import jobs, messages
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock


@dataclass
class ToldMessenger:
    name: str = "told"
    channel: MessageChannel = "sms"
    answers: list[Delivery | Exception] = field(default_factory=list)
    """In order; after the last, everything is delivered."""
    sent: list[OutgoingMessage] = field(default_factory=list)

    def address(self, recipient: Recipient) -> str | None:
        return recipient.phone

    async def send(self, message: OutgoingMessage, message_id: str) -> Delivery:
        self.sent.append(message)
        answer = self.answers.pop(0) if self.answers else Delivered(f"ref-{len(self.sent)}")
        if isinstance(answer, Exception):
            raise answer
        return answer


class Rig:
    def __init__(self, database: Database, clock: SetClock, business_id: str) -> None:
        self.database = database
        self.clock = clock
        self.business_id = business_id
        self.queue = JobQueue(database, clock, clock)
        self.units = unit_of_work_factory(database, clock)
        self.messenger = ToldMessenger()
        self.prepared: list[Prepared | Exception] = []
        """What the handler of "note" answers; after the last, a message."""
        self.changes: list[CalendarChange] = []
        self.change_answers: list[Delivery | Exception] = []
        self.contexts: list[JobContext] = []
        self.courier = self.courier_of("worker_a")

    def courier_of(self, worker_id: str, **more: Any) -> Courier:
        kinds: Mapping[str, JobKind] = {"note": JobKind(self._note), "entry": JobKind(self._entry, repeatable=True)}
        return Courier(
            self.queue,
            kinds,
            SqlBusinesses(self.database, self.clock),
            self.clock,
            worker_id=worker_id,
            **{
                "messengers": [self.messenger],
                "change_calendar": self._change,
                "with_calendar": [self.business_id],
                **more,
            },
        )

    async def put(self, key: str = "k", *, kind: str = "note", in_s: float = 0.0, subject: str = "") -> str:
        async with self.units(self.business_id, Effect.WRITE) as uow:
            run_at = self.clock.now() + timedelta(seconds=in_s)
            return await enqueue(uow, NewJob(kind, key, {"k": key}, run_at, subject=subject), now=self.clock.now())

    async def deliver(self, job_id: str, attempt: int = 1) -> str:
        return await self.courier.deliver(self.business_id, job_id, attempt)

    async def crash_while_sending(self, job_id: str) -> None:
        """The worker marks the row, and dies before the send is over."""

        class Died(BaseException):
            pass

        self.messenger.answers.append(Died())  # type: ignore[arg-type]  # not an Exception: nothing handles it
        doomed = self.courier_of("worker_dead")
        original = self.messenger.send

        async def die(message: OutgoingMessage, message_id: str) -> Delivery:
            raise Died

        self.messenger.send = die  # type: ignore[method-assign]
        self.messenger.answers.clear()
        with pytest.raises(Died):
            await doomed.deliver(self.business_id, job_id, 1)
        self.messenger.send = original  # type: ignore[method-assign]

    async def row(self, job_id: str) -> dict[str, Any]:
        return (await self.rows(select(jobs).where(jobs.c.job_id == job_id)))[0]

    async def message(self, job_id: str) -> dict[str, Any]:
        return (await self.rows(select(messages).where(messages.c.job_id == job_id)))[0]

    async def rows(self, query: Any) -> list[dict[str, Any]]:
        async with self.database.transaction(write=False) as connection:
            return [dict(row) for row in (await connection.execute(query)).mappings()]

    async def _note(self, ctx: JobContext) -> Prepared:
        self.contexts.append(ctx)
        answer = self.prepared.pop(0) if self.prepared else a_message()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _entry(self, ctx: JobContext) -> Prepared:
        return CalendarChange(business_id=ctx.business.business_id, event_id="event", event=None)

    async def _change(self, change: CalendarChange) -> Delivery:
        self.changes.append(change)
        answer = self.change_answers.pop(0) if self.change_answers else Delivered()
        if isinstance(answer, Exception):
            raise answer
        return answer


def a_message(phone: str | None = "+12025550142") -> OutgoingMessage:
    return OutgoingMessage(recipient=Recipient(name="Dana", phone=phone), language="en", text="See you tomorrow.")


def later(clock: SetClock, seconds: float) -> datetime:
    return clock.now() + timedelta(seconds=seconds)


@pytest.fixture
async def rig(database: Database, clock: SetClock) -> Rig:
    business = await SqlBusinesses(database, clock).default("dealership")
    return Rig(database, clock, business.business_id)
