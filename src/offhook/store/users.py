"""The people who work for a business: found by their number or their PIN, each with a role.

A caller's number is what the carrier says, and can be forged: it is enough for everyday work. A PIN proves more. Failed
PINs are counted in the audit, for all callers of a business together, so that trying again by a new call does not help.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import BindParameter, ColumnElement, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.desk import UnitOfWork
from offhook.contracts.errors import AppError, NotFound
from offhook.kit.ids import new_id
from offhook.store.audit import record_change
from offhook.store.schema import audit, businesses, users
from offhook.store.unit_of_work import sql

Role = Literal["owner", "staff"]
PIN_FAILED = "pin.failed"
"""The audit's action."""
FAILURES_PER_HOUR = 9
"""Wrong PINs of an hour after which a business takes none; three callers with three tries each."""

_BUSINESS: BindParameter[str] = bindparam("business")
_USERS = select(users.c.user_id, users.c.name, users.c.role, users.c.phone, users.c.pin_hash.is_not(None)).where(
    users.c.business_id == _BUSINESS, users.c.active
)
_BY_PHONE = _USERS.where(users.c.phone == bindparam("phone"))
_BY_PIN = _USERS.where(users.c.pin_hash == bindparam("pin_hash"))
_BY_ID = _USERS.where(users.c.user_id == bindparam("user_id"))
_FAILURES = select(func.count()).where(
    audit.c.business_id == _BUSINESS, audit.c.action == PIN_FAILED, audit.c.created_at > bindparam("since")
)


class User(msgspec.Struct, frozen=True, kw_only=True):
    user_id: str
    name: str
    role: Role
    phone: str | None = None
    has_pin: bool = False


class Users:
    """Lives as long as its unit of work; exists for that one business only."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._business = uow.business_id
        self._sql: AsyncConnection = sql(uow)

    async def all(self) -> list[User]:
        rows = await self._sql.execute(_USERS.order_by(users.c.created_at, users.c.user_id), self._key())
        return [_user(row) for row in rows]

    async def by_id(self, user_id: str) -> User | None:
        return await self._one(_BY_ID, user_id=user_id)

    async def by_phone(self, e164: str) -> User | None:
        return await self._one(_BY_PHONE, phone=e164)

    async def by_pin(self, hashed: bytes) -> User | None:
        """`hashed` as kit/pin.py makes it."""
        return await self._one(_BY_PIN, pin_hash=hashed)

    async def any_pin(self) -> bool:
        """Whether anybody could prove themselves by a PIN."""
        return any(user.has_pin for user in await self.all())

    async def add(self, name: str, role: Role, phone: str | None, pin: bytes | None, now: datetime) -> User:
        """Raises AppError user_exists (409) when somebody has that number or that PIN already."""
        await self._free(users.c.phone == phone, "phone", "this number is another user's", phone)
        await self._free(users.c.pin_hash == pin, "pin", "choose another PIN", pin)
        user = User(user_id=new_id("user"), name=name, role=role, phone=phone, has_pin=pin is not None)
        await self._sql.execute(
            insert(users),
            {
                "business_id": self._business,
                "user_id": user.user_id,
                "name": name,
                "role": role,
                "phone": phone,
                "pin_hash": pin,
                "active": True,
                "created_at": now,
                "updated_at": now,
            },
        )
        return user

    async def deactivate(self, user_id: str, now: datetime) -> None:
        """The person may speak to the book no more; number and PIN are free again. Raises NotFound."""
        changed = await self._sql.execute(
            update(users)
            .where(users.c.business_id == self._business, users.c.user_id == user_id, users.c.active)
            .values(active=False, phone=None, pin_hash=None, updated_at=now)
        )
        if changed.rowcount != 1:
            raise NotFound("This user")

    async def one_at_a_time(self) -> None:
        """Whoever tries a PIN waits for those before: tries at the same time are counted, too."""
        query = select(businesses.c.business_id).where(businesses.c.business_id == self._business)
        await self._sql.execute(query.with_for_update())

    async def pins_closed(self, now: datetime) -> bool:
        """Whether so many wrong PINs were given of late that none is taken."""
        since = now.astimezone(UTC) - timedelta(hours=1)
        failures = (await self._sql.execute(_FAILURES, self._key(since=since))).scalar_one()
        return bool(failures >= FAILURES_PER_HOUR)

    async def pin_failed(self, session_id: str, now: datetime) -> None:
        await record_change(self._sql, self._business, PIN_FAILED, session_id, actor="a caller", now=now, details={})

    # -- inside ---------------------------------------------------------------------------------------------------

    def _key(self, **more: object) -> dict[str, Any]:
        return {"business": self._business, **more}

    async def _one(self, query: Any, **by: object) -> User | None:
        row = (await self._sql.execute(query, self._key(**by))).first()
        return None if row is None else _user(row)

    async def _free(self, same: ColumnElement[bool], field: str, problem: str, value: object) -> None:
        if value is None:
            return
        taken = await self._sql.execute(select(users.c.user_id).where(users.c.business_id == self._business, same))
        if taken.first() is not None:
            raise AppError("user_exists", "Another user has this already.", status=409, fields={field: problem})


def _user(row: Any) -> User:  # a row of _USERS
    return User(user_id=row[0], name=row[1], role=row[2], phone=row[3], has_pin=bool(row[4]))
