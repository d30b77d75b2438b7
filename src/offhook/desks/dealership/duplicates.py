"""The same person twice in the book: found, merged on somebody's word, and taken apart again.

Nothing is merged by itself. A merge moves what belonged to one entry to the other, keeps the number as a further one,
puts the entry out of use, and writes down what it moved (`audit`), so that it can be undone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
from rapidfuzz import fuzz
from sqlalchemy import Table, delete, insert, select, update

from offhook.contracts.errors import Conflict, Invalid, NotFound
from offhook.desks.dealership.tables import (
    appointments,
    customer_phones,
    customers,
    service_history,
    vehicles,
    waitlist,
)
from offhook.kit.phone import phone_or_none
from offhook.kit.vin import BadVin, decode
from offhook.store.audit import record_change
from offhook.store.business_book import BusinessBook
from offhook.store.schema import audit

_BELONGINGS: tuple[tuple[Table, str], ...] = (
    (vehicles, "vehicle_id"),
    (appointments, "appointment_id"),
    (service_history, "history_id"),
    (waitlist, "waitlist_id"),
    (customer_phones, "phone"),
)
_SAME_NAME = 92
"""rapidfuzz's token_sort_ratio from which two names are the same one, written otherwise."""
_MERGE = "customer.merge"

FindingKind = Literal["same_email", "same_registration", "same_name", "bad_phone", "bad_vin", "doubtful_vin"]


@dataclass(frozen=True, slots=True)
class Finding:
    kind: FindingKind
    ids: tuple[str, ...]
    """Customers or, for a VIN, the vehicle."""
    detail: str


class _Moved(msgspec.Struct, frozen=True):
    kept: str
    merged: str
    rows: dict[str, list[str]]
    """Table -> ids of the rows that changed hands."""
    email: str | None = None
    """The address that the kept customer had none of before."""


class DuplicatesBook(BusinessBook):
    """Inside the unit of work that it was made with."""

    async def check(self, this_year: int) -> list[Finding]:
        """What looks like one person twice, and numbers that cannot be right."""
        people = (
            await self._sql.execute(
                select(customers.c.customer_id, customers.c.name, customers.c.phone, customers.c.email)
                .where(customers.c.business_id == self.business_id, customers.c.active)
                .order_by(customers.c.created_at, customers.c.customer_id)
            )
        ).all()
        cars = (
            await self._sql.execute(
                select(vehicles.c.vehicle_id, vehicles.c.customer_id, vehicles.c.registration, vehicles.c.vin).where(
                    vehicles.c.business_id == self.business_id, vehicles.c.active
                )
            )
        ).all()
        found = [*_same("same_email", ((one.email, one.customer_id) for one in people))]
        found += _same("same_registration", ((car.registration, car.customer_id) for car in cars))
        found += _same_names([(one.customer_id, one.name, one.phone) for one in people])
        found += [
            Finding("bad_phone", (one.customer_id,), one.phone)
            for one in people
            if phone_or_none(one.phone) != one.phone
        ]
        return found + [each for car in cars if car.vin for each in _of_vin(car.vehicle_id, car.vin, this_year)]

    async def merge(self, kept_id: str, merged_id: str, *, actor: str, now: datetime) -> str:
        """Make one customer of two; returns the id of the audit entry that `undo` takes. Raises NotFound, Invalid."""
        if kept_id == merged_id:
            raise Invalid("A customer cannot be merged with itself.", {"customer_id": "give two different ones"})
        kept, merged = await self._customer(kept_id), await self._customer(merged_id)
        rows: dict[str, list[str]] = {}
        for table, key in _BELONGINGS:
            mine = (table.c.business_id == self.business_id) & (table.c.customer_id == merged_id)
            ids = [row[0] for row in await self._sql.execute(select(table.c[key]).where(mine))]
            if ids:
                await self._sql.execute(update(table).where(mine).values(customer_id=kept_id))
                rows[table.name] = ids
        await self._sql.execute(
            insert(customer_phones).values(business_id=self.business_id, phone=merged.phone, customer_id=kept_id)
        )
        values: dict[str, Any] = {"email": kept.email or merged.email}
        await self._sql.execute(update(customers).where(self._is(kept_id)).values(**values))
        await self._sql.execute(update(customers).where(self._is(merged_id)).values(active=False))
        taken = merged.email if kept.email is None else None
        return await record_change(
            self._sql,
            self.business_id,
            _MERGE,
            kept_id,
            actor=actor,
            now=now,
            details={"kept": kept_id, "merged": merged_id, "rows": rows, "email": taken},
        )

    async def undo(self, audit_id: str, *, now: datetime) -> tuple[str, str]:
        """Take a merge back; returns (kept, merged again on its own). What the kept customer got since stays with it.
        Raises NotFound, Conflict (taken back already)."""
        mine = (audit.c.business_id == self.business_id) & (audit.c.audit_id == audit_id) & (audit.c.action == _MERGE)
        entry = (await self._sql.execute(select(audit).where(mine))).one_or_none()
        if entry is None:
            raise NotFound("This merge")
        if entry.undone_at is not None:
            raise Conflict("undone_already", "This merge was taken back already.")
        moved = msgspec.json.decode(entry.details, type=_Moved)
        phone = (await self._sql.execute(select(customers.c.phone).where(self._is(moved.merged)))).scalar_one()
        await self._sql.execute(
            delete(customer_phones).where(
                customer_phones.c.business_id == self.business_id, customer_phones.c.phone == phone
            )
        )
        for table, key in _BELONGINGS:
            ids = moved.rows.get(table.name, [])
            if ids:
                theirs = (table.c.business_id == self.business_id) & table.c[key].in_(ids)
                await self._sql.execute(
                    update(table).where(theirs, table.c.customer_id == moved.kept).values(customer_id=moved.merged)
                )
        if moved.email is not None:
            still = self._is(moved.kept) & (customers.c.email == moved.email)
            await self._sql.execute(update(customers).where(still).values(email=None))
        await self._sql.execute(update(customers).where(self._is(moved.merged)).values(active=True))
        await self._sql.execute(update(audit).where(mine).values(undone_at=now))
        return moved.kept, moved.merged

    def _is(self, customer_id: str) -> Any:
        return (customers.c.business_id == self.business_id) & (customers.c.customer_id == customer_id)

    async def _customer(self, customer_id: str) -> Any:
        query = select(customers).where(
            customers.c.business_id == self.business_id, customers.c.customer_id == customer_id, customers.c.active
        )
        row = (await self._sql.execute(query)).one_or_none()
        if row is None:
            raise NotFound(f"The customer {customer_id}")
        return row


def _same(kind: FindingKind, pairs: Iterable[tuple[str | None, str]]) -> list[Finding]:
    """Findings of values that several customers have."""
    by_value: dict[str, list[str]] = {}
    for value, customer_id in pairs:
        if value:
            owners = by_value.setdefault(value.casefold(), [])
            if customer_id not in owners:
                owners.append(customer_id)
    return [Finding(kind, tuple(owners), value) for value, owners in by_value.items() if len(owners) > 1]


def _same_names(people: Iterable[tuple[str, str, str]]) -> list[Finding]:
    """Names alike whose numbers differ in one or two digits: a slip of the pen rather than a namesake."""
    found: list[Finding] = []
    by_start: dict[str, list[tuple[str, str, str]]] = {}
    for person in people:
        by_start.setdefault(person[2][:-4], []).append(person)
        by_start.setdefault(person[2][:2] + person[2][-4:], []).append(person)
    seen: set[tuple[str, str]] = set()
    for group in by_start.values():
        for at, (one_id, one_name, one_phone) in enumerate(group):
            for other_id, other_name, other_phone in group[at + 1 :]:
                if one_id == other_id or (one_id, other_id) in seen or not _slip(one_phone, other_phone):
                    continue
                if fuzz.token_sort_ratio(one_name.casefold(), other_name.casefold()) >= _SAME_NAME:
                    seen.add((one_id, other_id))
                    found.append(Finding("same_name", (one_id, other_id), f"{one_name} / {other_name}"))
    return found


def _slip(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) <= 2


def _of_vin(vehicle_id: str, vin: str, this_year: int) -> list[Finding]:
    try:
        told = decode(vin, this_year)
    except BadVin as error:
        return [Finding("bad_vin", (vehicle_id,), f"{vin}: {error}")]
    if told.check_digit_required and not told.check_digit_right:
        return [Finding("doubtful_vin", (vehicle_id,), f"{vin}: its check digit is wrong")]
    return []
