"""What the shared tables hold of one person, found by number and e-mail address: to hand it out, or to erase it.

Erasing takes away what names the person or quotes them; that a call or a message was, and when, stays for the books.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Table, delete, or_, select, update

from offhook.contracts.desk import UnitOfWork
from offhook.contracts.store import CallRecord
from offhook.store.codec import to_text
from offhook.store.schema import (
    audit,
    calls,
    commands,
    domain_events,
    jobs,
    messages,
    metadata,
    session_events,
    session_turns,
    sessions,
    tasks,
)
from offhook.store.unit_of_work import sql

_BOOKS = ("customers", "customer_phones", "appointments", "shop_customers", "users", "blocked_numbers")
"""Tables whose rows of a person belong to bookings, money and the business's own lists, and stay."""
_SECRET = frozenset({"pin_hash"})
_AT_ONCE = 500


class PersonRows:
    """Lives as long as its unit of work (WRITE to erase); exists for that one business only."""

    def __init__(self, uow: UnitOfWork, phone: str | None, email: str | None) -> None:
        """`phone` in E.164. One of both is needed."""
        self._business = uow.business_id
        self._sql = sql(uow)
        self._ways = [way for way in (phone, email) if way]
        self._phone = phone

    async def export(self) -> dict[str, list[dict[str, Any]]]:
        return {
            "tasks": await self._rows(tasks, tasks.c.customer_phone.in_(self._ways)),
            "messages": await self._rows(messages, messages.c.recipient.in_(self._ways)),
            "calls": await self._rows(calls, self._called()),
            "sessions": await self._rows(sessions, self._spoke()),
            "waitlist": [] if (waits := self._waits()) is None else await self._rows(*waits),
            **await self._kept(),
        }

    async def left(self) -> dict[str, int]:
        """How many rows of bookings and ledgers name the person, and are not erased."""
        return {name: len(rows) for name, rows in (await self._kept()).items()}

    async def _kept(self) -> dict[str, list[dict[str, Any]]]:
        """The rows of bookings, ledgers and lists that name the person, by table; secrets left out."""
        found: dict[str, list[dict[str, Any]]] = {}
        for name in _BOOKS:
            table = metadata.tables.get(name)
            if table is None:
                continue
            columns = [table.c[one] for one in ("phone", "email", "customer_phone", "number") if one in table.c]
            rows = await self._rows(table, or_(*(column.in_(self._ways) for column in columns)))
            shown = [{key: value for key, value in row.items() if key not in _SECRET} for row in rows]
            found |= {name: shown} if rows else {}
            invoices = metadata.tables.get("invoices") if name == "shop_customers" else None
            if rows and invoices is not None:
                billed = invoices.c.customer_id.in_([row["customer_id"] for row in rows])
                bills = await self._rows(invoices, billed)
                found |= {"invoices": bills} if bills else {}
        return found

    async def erase(self, subjects: Collection[str] = ()) -> dict[str, int]:
        """`subjects`: ids of the desk's own rows that were erased; what was told and planned of them goes, too."""
        told = await self._rows(calls, self._called())
        turns: list[str] = []
        for row in told:
            record = msgspec.json.decode(row["record"], type=CallRecord)
            turns += [turn.turn_id for turn in record.turns]
            bare = msgspec.structs.replace(record, from_number=None, to_number=None, turns=[])
            mine = (calls.c.business_id == self._business) & (calls.c.call_id == row["call_id"])
            values = {"from_number": None, "to_number": None, "record": to_text(bare)}
            await self._sql.execute(update(calls).where(mine).values(**values))
        gone = [row["session_id"] for row in await self._rows(sessions, self._spoke())]
        talked = session_turns.c.session_id.in_(gone)
        turns += [row["turn_id"] for row in await self._rows(session_turns, talked)]
        for table in (session_turns, session_events, sessions):
            await self._sql.execute(
                delete(table).where(table.c.business_id == self._business, table.c.session_id.in_(gone))
            )
        erased = {"calls": len(told), "sessions": len(gone), "commands": await self._forget_outcomes(turns)}
        nobody = {"customer_name": None, "customer_phone": None, "details": "{}"}
        erased["tasks"] = await self._set(tasks, tasks.c.customer_phone.in_(self._ways), nobody)
        written = [row["job_id"] for row in await self._rows(messages, messages.c.recipient.in_(self._ways))]
        silent = {"recipient": "", "recipient_name": "", "subject": "", "text": ""}
        erased["messages"] = await self._set(messages, messages.c.recipient.in_(self._ways), silent)
        if (waits := self._waits()) is not None:
            given_up = {"customer_name": "", "customer_phone": None, "customer_id": None, "status": "closed"}
            erased["waitlist"] = await self._set(*waits, given_up)
        about = [*subjects, *(row["call_id"] for row in told)]
        await self._sql.execute(
            delete(domain_events).where(
                domain_events.c.business_id == self._business,
                or_(domain_events.c.subject.in_(about), self._named(domain_events.c.body)),
            )
        )
        await self._set(audit, audit.c.subject.in_(about), {"details": "{}"})
        of_person = or_(jobs.c.subject.in_(about), jobs.c.job_id.in_(written), self._named(jobs.c.payload))
        erased["jobs"] = await self._set(jobs, of_person & (jobs.c.state == "queued"), {"state": "cancelled"})
        await self._set(jobs, self._named(jobs.c.payload), {"payload": "{}"})
        return erased

    async def _forget_outcomes(self, turns: Sequence[str]) -> int:
        """What the turns' commands came to, which repeats their values. Their session is gone: none is asked again."""
        count = 0
        for at in range(0, len(turns), _AT_ONCE):
            some = commands.c.turn_id.in_(turns[at : at + _AT_ONCE])
            done = await self._sql.execute(delete(commands).where(commands.c.business_id == self._business, some))
            count += done.rowcount
        return count

    def _called(self) -> ColumnElement[bool]:
        return or_(calls.c.from_number == (self._phone or ""), calls.c.to_number == (self._phone or ""))

    def _spoke(self) -> ColumnElement[bool]:
        """Sessions that hold the number or the address, as we write it."""
        return self._named(sessions.c.state)

    def _named(self, json_text: ColumnElement[str]) -> ColumnElement[bool]:
        return or_(*(json_text.contains(f'"{way}"', autoescape=True) for way in self._ways))

    def _waits(self) -> tuple[Table, ColumnElement[bool]] | None:
        table = metadata.tables.get("waitlist")
        return None if table is None else (table, table.c.customer_phone.in_(self._ways))

    async def _rows(self, table: Table, which: ColumnElement[bool]) -> list[dict[str, Any]]:
        query = select(table).where(table.c.business_id == self._business, which)
        return [dict(row) for row in (await self._sql.execute(query)).mappings()]

    async def _set(self, table: Table, which: ColumnElement[bool], values: dict[str, Any]) -> int:
        done = await self._sql.execute(
            update(table).where(table.c.business_id == self._business, which).values(**values)
        )
        return done.rowcount
