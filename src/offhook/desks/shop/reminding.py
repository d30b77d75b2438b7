"""The shop's reminders: written with the jobs that send them, taken back until the send, continued by each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.desk import UnitOfWork
from offhook.contracts.messaging import MessageChannel
from offhook.desks.shop.reminder_tables import reminders
from offhook.desks.shop.tables import shop_customers
from offhook.kit.ids import new_id
from offhook.store.message_rules import stamp
from offhook.store.outbox import NewJob, cancel_about, enqueue
from offhook.store.schema import jobs
from offhook.store.unit_of_work import sql

REMINDER = "shop.reminder"
"""The kind of its jobs."""
_NEWEST = 100
_R = reminders.c


@dataclass(frozen=True, slots=True)
class Reminder:
    reminder_id: str
    customer_id: str
    customer: str
    status: str
    channel: MessageChannel | None
    recurrence: str
    at: str
    next_at: datetime | None


class Reminders:
    """Lives as long as its unit of work; exists for that one business only."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._business = uow.business_id
        self._sql: AsyncConnection = sql(uow)

    async def schedule(
        self,
        customer_id: str,
        first: datetime,
        *,
        recurrence: str,
        at: str,
        channel: MessageChannel | None,
        session_id: str | None,
        now: datetime,
    ) -> str:
        """Write the reminder and the job of its first occurrence. Returns its id."""
        reminder_id = new_id("rem")
        await self._sql.execute(
            insert(reminders),
            {
                "business_id": self._business,
                "reminder_id": reminder_id,
                "customer_id": customer_id,
                "status": "waiting",
                "channel": channel,
                "recurrence": recurrence,
                "at": at,
                "next_at": first,
                "session_id": session_id,
                "created_at": now,
                "updated_at": now,
            },
        )
        await self._enqueue(reminder_id, first, now)
        return reminder_id

    async def goes_on(self, reminder: Reminder, following: datetime | None, *, now: datetime) -> None:
        """An occurrence was dealt with: the next one waits, or the reminder is over."""
        status = "waiting" if following is not None else "done"
        await self._change(reminder.reminder_id, now, status=status, next_at=following)
        if following is not None:
            await self._enqueue(reminder.reminder_id, following, now)

    async def cancel(self, customer_id: str, *, now: datetime) -> int:
        """Take back all that wait for this customer, and what could not be sent yet; returns how many."""
        query = self._query().where(_R.customer_id == customer_id, _R.status != "cancelled")
        rows = await self._sql.execute(query.order_by(_R.created_at.desc()).limit(_NEWEST))
        count = 0
        for reminder in [_reminder(row) for row in rows]:
            if await cancel_about(self._uow, reminder.reminder_id, now=now) or reminder.status == "waiting":
                await self._change(reminder.reminder_id, now, status="cancelled", next_at=None)
                count += 1
        return count

    async def cancel_one(self, reminder_id: str, *, now: datetime) -> bool:
        """False where it was over, taken back already, or has been sent."""
        found = await self.get(reminder_id)
        if found is None or found.status == "cancelled":
            return False
        if not (await cancel_about(self._uow, reminder_id, now=now) or found.status == "waiting"):
            return False
        await self._change(reminder_id, now, status="cancelled", next_at=None)
        return True

    async def get(self, reminder_id: str) -> Reminder | None:
        row = (await self._sql.execute(self._query().where(_R.reminder_id == reminder_id))).first()
        return None if row is None else _reminder(row)

    async def waiting(self, *, before: datetime | None = None, limit: int = 100) -> list[Reminder]:
        """Those that are still to come, soonest first."""
        query = self._query().where(_R.status == "waiting").order_by(_R.next_at, _R.reminder_id).limit(limit)
        if before is not None:
            query = query.where(_R.next_at < before.astimezone(UTC))
        return [_reminder(row) for row in await self._sql.execute(query)]

    async def of_day(self, now: datetime) -> frozenset[str]:
        """Customers to whom a reminder went out today (by `now`'s zone), or is about to."""
        begins = now.replace(hour=0, minute=0, second=0, microsecond=0)
        same = (jobs.c.business_id == _R.business_id) & (jobs.c.subject == _R.reminder_id)
        query = (
            select(_R.customer_id)
            .join_from(reminders, jobs, same)
            .where(
                _R.business_id == self._business,
                jobs.c.kind == REMINDER,
                jobs.c.state.in_(("queued", "sending", "sent", "unknown")),
                jobs.c.run_at.between(begins, now),
            )
        )
        return frozenset((await self._sql.execute(query)).scalars())

    # -- inside ---------------------------------------------------------------------------------------------------

    def _query(self) -> Any:
        return (
            select(
                _R.reminder_id,
                _R.customer_id,
                shop_customers.c.name,
                _R.status,
                _R.channel,
                _R.recurrence,
                _R["at"],
                _R.next_at,
            )
            .join_from(
                reminders,
                shop_customers,
                (shop_customers.c.business_id == _R.business_id) & (shop_customers.c.customer_id == _R.customer_id),
            )
            .where(_R.business_id == self._business)
        )

    async def _change(self, reminder_id: str, now: datetime, **values: object) -> None:
        mine = (_R.business_id == self._business, _R.reminder_id == reminder_id)
        await self._sql.execute(update(reminders).where(*mine).values(**values, updated_at=now))

    async def _enqueue(self, reminder_id: str, due: datetime, now: datetime) -> None:
        payload = {"reminder_id": reminder_id, "due": stamp(due)}
        key = f"{REMINDER}:{reminder_id}:{payload['due']}"
        await enqueue(self._uow, NewJob(REMINDER, key, payload, due, subject=reminder_id), now=now)


def _reminder(row: Any) -> Reminder:
    return Reminder(*row)
