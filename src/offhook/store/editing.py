"""Changing a business's book by hand: what of a resource can be made, changed and closed, and the one way it is done.

Nothing is deleted: closing deactivates or cancels. Each change is one transaction with its row in the audit. A resource
gives the fields that it takes (a struct whose fields may all be left out) and a check that turns them into columns.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol

import msgspec
from sqlalchemy import Table, insert, select, update

from offhook.contracts.business import Business
from offhook.contracts.desk import UnitOfWork
from offhook.contracts.errors import AppError, Invalid, NotFound
from offhook.kit.ids import new_id
from offhook.store.audit import record_change
from offhook.store.codec import to_text
from offhook.store.unit_of_work import sql

Given = dict[str, Any]
"""The fields that were given, by name."""


@dataclass(frozen=True, slots=True)
class Editing:
    """Who changes which business's book, in which transaction (WRITE)."""

    uow: UnitOfWork
    business: Business
    now: datetime
    actor: str

    async def taken(self, table: Table, key: str, own: str | None, **column: object) -> bool:
        """Whether another row of the business than `own` has this value."""
        query = select(table.c[key]).where(
            table.c.business_id == self.business.business_id,
            *(table.c[name] == value for name, value in column.items()),
        )
        return any(row[0] != own for row in await sql(self.uow).execute(query.limit(2)))

    async def exists(self, table: Table, field_name: str, **column: object) -> None:
        """Raises Invalid naming the field when the business has no such row."""
        query = select(table.c.business_id).where(
            table.c.business_id == self.business.business_id,
            *(table.c[name] == value for name, value in column.items()),
        )
        if (await sql(self.uow).execute(query.limit(1))).first() is None:
            raise Invalid("Some fields cannot be used.", {field_name: "is not in the book"})


class Editable(Protocol):
    """A resource that can be changed. Each raises Invalid, Conflict or NotFound; nothing is written then."""

    @property
    def fields(self) -> type[msgspec.Struct]: ...
    @property
    def required(self) -> tuple[str, ...]:
        """Fields that a new one must have."""
        ...

    async def create(self, edit: Editing, given: Given) -> str:
        """The new row's key."""
        ...

    async def change(self, edit: Editing, key: str, given: Given) -> None: ...

    async def close(self, edit: Editing, key: str) -> None:
        """Deactivate or cancel it."""
        ...


def conflict(code: str, field_name: str, problem: str) -> AppError:
    """409, naming the field."""
    return AppError(code, f"The {field_name} {problem}.", status=409, fields={field_name: problem})


Check = Callable[[Editing, Given, str | None], Awaitable[Given]]
"""(editing, the fields given, the row's key or None for a new one) -> columns."""


@dataclass(frozen=True, slots=True)
class Rows:
    """An Editable that is rows of one table."""

    table: Table
    noun: str
    """For the audit: "customer" -> customer.create."""
    key: str
    prefix: str
    """Of new ids."""
    fields: type[msgspec.Struct]
    required: tuple[str, ...]
    check: Check
    defaults: Mapping[str, object] = field(default_factory=dict)
    closed: Mapping[str, object] = field(default_factory=lambda: {"active": False})

    async def create(self, edit: Editing, given: Given) -> str:
        row = {**self.defaults, **await self.check(edit, given, None)}
        for name in ("created_at", "updated_at"):
            if name in self.table.c:
                row[name] = edit.now.astimezone(UTC)
        key = new_id(self.prefix)
        mine = {"business_id": edit.business.business_id, self.key: key}
        await sql(edit.uow).execute(insert(self.table), {**mine, **row})
        await self._audit(edit, "create", key, {})
        return key

    async def change(self, edit: Editing, key: str, given: Given) -> None:
        before = await self._row(edit, key)
        await self._set(edit, key, before, await self.check(edit, given, key), "change")

    async def close(self, edit: Editing, key: str) -> None:
        await self._set(edit, key, await self._row(edit, key), dict(self.closed), "close")

    async def _set(self, edit: Editing, key: str, before: Given, values: Given, verb: str) -> None:
        changed = {name: value for name, value in values.items() if before[name] != value}
        if not changed:
            return
        if "updated_at" in self.table.c:
            changed["updated_at"] = edit.now.astimezone(UTC)
        await sql(edit.uow).execute(
            update(self.table)
            .where(self.table.c.business_id == edit.business.business_id, self.table.c[self.key] == key)
            .values(**changed)
        )
        await self._audit(edit, verb, key, {name: _plain(before[name]) for name in changed})

    async def _row(self, edit: Editing, key: str) -> Given:
        found = await sql(edit.uow).execute(
            select(self.table).where(
                self.table.c.business_id == edit.business.business_id, self.table.c[self.key] == key
            )
        )
        row = found.mappings().one_or_none()
        if row is None:
            raise NotFound(f"This {self.noun}")
        return dict(row)

    async def _audit(self, edit: Editing, verb: str, key: str, before: Given) -> None:
        await record_change(
            sql(edit.uow),
            edit.business.business_id,
            f"{self.noun}.{verb}",
            key,
            actor=edit.actor,
            now=edit.now,
            details={"before": before},
        )


def as_json_list(values: tuple[str, ...] | list[str]) -> str:
    """For a column that holds a JSON list: each text once, without outer spaces and empty ones."""
    return to_text(list(dict.fromkeys(text.strip() for text in values if text.strip())))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime | date) else value
