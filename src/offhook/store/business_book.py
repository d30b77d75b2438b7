"""The part of a business's book that every desk has: opening hours with their exceptions, FAQ, tasks for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import BindParameter, Row, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.desk import UnitOfWork
from offhook.contracts.errors import NotFound
from offhook.kit.ids import new_id
from offhook.store.codec import text_map, texts, to_text, wall_time
from offhook.store.model import BlockedNumber, DayOpening, FaqEntry, OpenRange, Task, TaskPriority, TaskStatus
from offhook.store.prepared import Prepared, Rows, in_one_visit
from offhook.store.schema import blocked_numbers, book_versions, businesses, faq, hours_exceptions, opening_hours, tasks
from offhook.store.unit_of_work import sql

_BUSINESS: BindParameter[str] = bindparam("business")
T = TypeVar("T")

_PROFILE = Prepared(select(businesses.c.timezone, businesses.c.settings).where(businesses.c.business_id == _BUSINESS))
_WEEK = Prepared(
    select(opening_hours.c.weekday, opening_hours.c.opens_min, opening_hours.c.closes_min)
    .where(opening_hours.c.business_id == _BUSINESS)
    .order_by(opening_hours.c.weekday, opening_hours.c.opens_min)
)
_EXCEPTIONS = Prepared(
    select(
        hours_exceptions.c.day, hours_exceptions.c.opens_min, hours_exceptions.c.closes_min, hours_exceptions.c.reason
    )
    .where(
        hours_exceptions.c.business_id == _BUSINESS,
        hours_exceptions.c.day.between(bindparam("first"), bindparam("last")),
    )
    .order_by(hours_exceptions.c.day, hours_exceptions.c.opens_min)
)
_FAQ = (
    select(faq.c.faq_id, faq.c.category, faq.c.question, faq.c.answer, faq.c.keywords)
    .where(faq.c.business_id == _BUSINESS, faq.c.active)
    .order_by(faq.c.sort, faq.c.faq_id)
)


def settings_in(rows: Rows, business_id: str) -> msgspec.Raw:
    """A business's settings as JSON, in the database's thread (store/prepared.py). Raises NotFound."""
    return _profile_in(rows, business_id)[1]


def _profile_in(rows: Rows, business_id: str) -> tuple[ZoneInfo, msgspec.Raw]:
    row = rows.first(_PROFILE, business=business_id)
    if row is None:
        raise NotFound("This business")
    return ZoneInfo(row[0]), msgspec.Raw(row[1].encode())


class BusinessBook:
    """Lives as long as its unit of work; exists for that one business only. Raises Unavailable like the store does."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.business_id = uow.business_id
        self._uow = uow
        self._sql: AsyncConnection = sql(uow)
        self._key = {"business": uow.business_id}
        self._profile: tuple[ZoneInfo, msgspec.Raw] | None = None
        self._week: dict[int, tuple[OpenRange, ...]] | None = None

    async def zone(self) -> ZoneInfo:
        """The business's zone. Raises NotFound when the business does not exist."""
        return await self._visit(self._zone_in) if self._profile is None else self._profile[0]

    async def settings(self) -> msgspec.Raw:
        """The business's settings as JSON."""
        return await self._visit(self._settings_in) if self._profile is None else self._profile[1]

    async def hours(self, day: date) -> DayOpening:
        """When the business is open on that calendar day, exceptions applied."""
        return (await self.hours_between(day, day))[day]

    async def hours_between(self, first: date, last: date) -> dict[date, DayOpening]:
        """The same for each day from `first` to `last`, both included."""
        return await self._visit(lambda rows: self._hours_in(rows, first, last))

    async def version(self) -> int:
        """Another one whenever customers, vehicles or appointments of the business have changed, whoever did it."""
        query = select(book_versions.c.version).where(book_versions.c.business_id == self.business_id)
        return int((await self._sql.execute(query)).scalar_one_or_none() or 0)

    async def faq(self) -> list[FaqEntry]:
        rows = await self._sql.execute(_FAQ, self._key)
        return [FaqEntry(row[0], row[1], row[2], row[3], texts(row[4])) for row in rows]

    async def blocked(self) -> frozenset[str]:
        """Numbers (E.164) that the business does not want to hear from."""
        query = select(blocked_numbers.c.number).where(blocked_numbers.c.business_id == self.business_id)
        return frozenset((await self._sql.execute(query)).scalars())

    async def block_list(self) -> list[BlockedNumber]:
        """The same with when and why, the latest first."""
        columns = (blocked_numbers.c.number, blocked_numbers.c.reason, blocked_numbers.c.created_at)
        query = select(*columns).where(blocked_numbers.c.business_id == self.business_id)
        rows = await self._sql.execute(query.order_by(blocked_numbers.c.created_at.desc(), blocked_numbers.c.number))
        return [BlockedNumber(*row) for row in rows]

    async def block(self, number: str, reason: str, *, now: datetime) -> None:
        """`number` in E.164; one that is blocked stays so, with its first reason."""
        if number not in await self.blocked():
            row = {"business_id": self.business_id, "number": number, "reason": reason}
            await self._sql.execute(insert(blocked_numbers), {**row, "created_at": now.astimezone(UTC)})

    async def unblock(self, number: str) -> bool:
        """False where it was not blocked."""
        mine = (blocked_numbers.c.business_id == self.business_id) & (blocked_numbers.c.number == number)
        return bool((await self._sql.execute(delete(blocked_numbers).where(mine))).rowcount)

    async def create_task(
        self,
        kind: str,
        reason: str,
        *,
        now: datetime,
        session_id: str | None = None,
        customer_name: str | None = None,
        customer_phone: str | None = None,
        priority: TaskPriority = "NORMAL",
        details: dict[str, str] | None = None,
        due_at: datetime | None = None,
    ) -> Task:
        """Leave work for a person (status QUEUED): `kind` such as "callback", "message", "handoff"."""
        task = Task(
            task_id=new_id("task"),
            kind=kind,
            status="QUEUED",
            priority=priority,
            reason=reason,
            session_id=session_id,
            customer_name=customer_name,
            customer_phone=customer_phone,
            details=dict(details or {}),
            created_at=now.astimezone(UTC),
            due_at=None if due_at is None else due_at.astimezone(UTC),
        )
        await self._sql.execute(
            insert(tasks),
            {
                "business_id": self.business_id,
                "task_id": task.task_id,
                "kind": kind,
                "status": task.status,
                "priority": priority,
                "reason": reason,
                "session_id": session_id,
                "customer_name": customer_name,
                "customer_phone": customer_phone,
                "details": to_text(task.details),
                "created_at": task.created_at,
                "updated_at": task.created_at,
                "due_at": task.due_at,
            },
        )
        return task

    async def tasks(
        self, *, status: TaskStatus | None = None, session_id: str | None = None, limit: int = 50
    ) -> list[Task]:
        """Newest first."""
        query = select(tasks).where(tasks.c.business_id == self.business_id)
        if status is not None:
            query = query.where(tasks.c.status == status)
        if session_id is not None:
            query = query.where(tasks.c.session_id == session_id)
        rows = await self._sql.execute(query.order_by(tasks.c.created_at.desc(), tasks.c.task_id.desc()).limit(limit))
        return [_task(row) for row in rows]

    async def task(self, task_id: str) -> Task:
        """Raises NotFound."""
        mine = (tasks.c.business_id == self.business_id) & (tasks.c.task_id == task_id)
        row = (await self._sql.execute(select(tasks).where(mine))).one_or_none()
        if row is None:
            raise NotFound("This task")
        return _task(row)

    async def assign_task(self, task_id: str, name: str, *, now: datetime) -> None:
        """Somebody has taken it: it runs from now on."""
        mine = (tasks.c.business_id == self.business_id) & (tasks.c.task_id == task_id)
        taken = {"status": "RUNNING", "assigned_to": name or None, "updated_at": now.astimezone(UTC)}
        await self._sql.execute(update(tasks).where(mine).values(**taken))

    async def set_task_status(self, task_id: str, status: TaskStatus, *, now: datetime) -> None:
        mine = (tasks.c.business_id == self.business_id) & (tasks.c.task_id == task_id)
        await self._sql.execute(update(tasks).where(mine).values(status=status, updated_at=now.astimezone(UTC)))

    # -- for the classes built on it; `..._in` run in the database's thread (store/prepared.py) ---------------------

    async def _visit(self, work: Callable[[Rows], T]) -> T:
        return await in_one_visit(self._sql, work)

    async def _all(self, statement: Prepared, **parameters: object) -> list[Any]:
        """Of this business; for what nearly every turn reads."""
        return await self._visit(lambda rows: rows.all(statement, **self._key, **parameters))

    def _zone_in(self, rows: Rows) -> ZoneInfo:
        return self._profile_in(rows)[0]

    def _settings_in(self, rows: Rows) -> msgspec.Raw:
        return self._profile_in(rows)[1]

    def _hours_in(self, rows: Rows, first: date, last: date) -> dict[date, DayOpening]:
        if self._week is None:
            week: dict[int, tuple[OpenRange, ...]] = {}
            for weekday, opens, closes in rows.all(_WEEK, **self._key):
                week[weekday] = (*week.get(weekday, ()), OpenRange(wall_time(opens), wall_time(closes)))
            self._week = week
        special: dict[date, DayOpening] = {}
        for day, opens, closes, reason in rows.all(_EXCEPTIONS, **self._key, first=first, last=last):
            ranges = special[day].ranges if day in special else ()
            if opens < closes:
                ranges = (*ranges, OpenRange(wall_time(opens), wall_time(closes)))
            special[day] = DayOpening(ranges, reason)
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return {day: special.get(day) or DayOpening(self._week.get(day.weekday(), ())) for day in days}

    def _profile_in(self, rows: Rows) -> tuple[ZoneInfo, msgspec.Raw]:
        if self._profile is None:
            self._profile = _profile_in(rows, self.business_id)
        return self._profile


def _task(row: Row[Any]) -> Task:
    return Task(
        task_id=row.task_id,
        kind=row.kind,
        status=row.status,
        priority=row.priority,
        reason=row.reason,
        session_id=row.session_id,
        customer_name=row.customer_name,
        customer_phone=row.customer_phone,
        details=text_map(row.details),
        created_at=row.created_at,
        due_at=row.due_at,
    )


async def insert_faq(connection: AsyncConnection, business_id: str, entries: Sequence[FaqEntry]) -> None:
    """Add FAQ entries in the order given (seeds and imports)."""
    if entries:
        await connection.execute(
            insert(faq),
            [
                {
                    "business_id": business_id,
                    "faq_id": entry.faq_id,
                    "category": entry.category,
                    "question": entry.question,
                    "answer": entry.answer,
                    "keywords": to_text(entry.keywords),
                    "sort": position,
                }
                for position, entry in enumerate(entries)
            ],
        )


async def insert_closed_days(connection: AsyncConnection, business_id: str, days: Mapping[date, str]) -> None:
    """Days on which the business is closed, with the reason that callers hear."""
    if days:
        closed = [{"day": day, "opens_min": 0, "closes_min": 0, "reason": reason} for day, reason in days.items()]
        await connection.execute(insert(hours_exceptions), [{"business_id": business_id, **row} for row in closed])
