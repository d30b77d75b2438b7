"""Codes that let somebody into a session from another channel: short, for ten minutes, once.

A code is kept as a keyed hash only: whoever reads the database has no code, and cannot try all of them either, because
the key is not in it. A session has one code at a time. Whoever comes with a code does not say which business it is of.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.contracts.clock import Clock
from offhook.contracts.desk import UnitOfWork
from offhook.store.engine import Database
from offhook.store.schema import join_codes
from offhook.store.unit_of_work import sql

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Nothing that is read as something else: no 0, O, 1, I, L."""
LENGTH = 8
"""31^8: at 120 tries a minute, ten minutes and a thousand codes at once, the chance of a hit is one in 700,000."""
GOOD_FOR = timedelta(minutes=10)
_PURPOSE = b"offhook:join-code"


@dataclass(frozen=True, slots=True)
class JoinCode:
    code: str
    """As it is shown: two groups of four."""
    expires_at: datetime


class JoinCodes:
    """`key`: the server's signing secret; all servers of one database share it."""

    def __init__(self, database: Database, clock: Clock, key: bytes) -> None:
        self._database = database
        self._clock = clock
        self._key = hmac.digest(key, _PURPOSE, hashlib.sha256)

    async def make(self, business_id: str, session_id: str) -> JoinCode:
        """A new code; one that the session had before is good no more."""
        async with self._database.transaction(write=True) as connection:
            return await self._made(connection, business_id, session_id)

    async def make_in(self, uow: UnitOfWork, session_id: str) -> JoinCode:
        """The same, in a WRITE unit of work: the code is there when what tells of it is."""
        return await self._made(sql(uow), uow.business_id, session_id)

    async def _made(self, connection: AsyncConnection, business_id: str, session_id: str) -> JoinCode:
        now = self._clock.now()
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        mine = join_codes.c.business_id == business_id
        old = or_(join_codes.c.session_id == session_id, join_codes.c.expires_at < now)
        await connection.execute(delete(join_codes).where(mine, old))
        await connection.execute(
            insert(join_codes),
            {
                "business_id": business_id,
                "session_id": session_id,
                "code_hash": self._hash(code),
                "expires_at": now + GOOD_FOR,
                "used_at": None,
            },
        )
        return JoinCode(f"{code[:4]}-{code[4:]}", now + GOOD_FOR)

    async def spend(self, given: str) -> str | None:
        """The session that the code opens, once; None for any other text."""
        code = normal(given)
        if code is None:
            return None
        now = self._clock.now()
        async with self._database.transaction(write=True) as connection:
            fresh = (join_codes.c.used_at.is_(None), join_codes.c.expires_at > now)
            # lint: tenant-scope: whoever has a code does not know its business; the answer is a session of one
            spending = update(join_codes).where(join_codes.c.code_hash == self._hash(code), *fresh).values(used_at=now)
            found: str | None = (
                await connection.execute(spending.returning(join_codes.c.session_id))
            ).scalar_one_or_none()
        return found

    def _hash(self, code: str) -> str:
        return hmac.digest(self._key, code.encode(), hashlib.sha256).hex()


def normal(given: str) -> str | None:
    """A code as people type it (small letters, spaces, dashes), as it was made; None when it cannot be one."""
    code = "".join(c for c in given.upper() if c not in " -\u2010\u2011\u2013")
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None
