"""What people wish of a business's messages: none any more, or again; and when they last wrote to it.

Messages come late and out of order, so the newest wish counts by when it was written, not by when it came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from offhook.contracts.desk import UnitOfWork
from offhook.store.schema import contact_wishes
from offhook.store.unit_of_work import sql

FREE_TEXT = timedelta(hours=24)
"""How long after a person's last message WhatsApp carries plain text to them."""
_W = contact_wishes.c


class ContactWishes:
    """Lives as long as its unit of work; exists for that one business only."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._business = uow.business_id
        self._sql = sql(uow)

    async def opted_out(self, phones: Sequence[str]) -> frozenset[str]:
        """Which of these numbers want no messages."""
        query = select(_W.phone).where(
            _W.business_id == self._business, _W.phone.in_(phones), _W.opted_out_at.is_not(None)
        )
        return frozenset((await self._sql.execute(query)).scalars())

    async def wrote_lately(self, phone: str, now: datetime) -> bool:
        query = select(_W.wrote_at).where(_W.business_id == self._business, _W.phone == phone)
        wrote_at = (await self._sql.execute(query)).scalar_one_or_none()
        return wrote_at is not None and wrote_at > now - FREE_TEXT

    async def heard_from(self, phone: str, *, at: datetime, stop: bool | None = None) -> bool:
        """A person wrote to us at that moment; `stop`: they want no messages (False: they do again).

        False when a wish is older than the one that is known: it changes nothing.
        """
        mine = (_W.business_id == self._business, _W.phone == phone)
        known = (await self._sql.execute(select(_W.wrote_at, _W.wished_at).where(*mine))).one_or_none()
        late = stop is not None and known is not None and known.wished_at is not None and at < known.wished_at
        values: dict[str, object] = {}
        if known is None or known.wrote_at is None or at > known.wrote_at:
            values["wrote_at"] = at
        if stop is not None and not late:
            values |= {"opted_out_at": at if stop else None, "wished_at": at}
        if known is None:
            await self._sql.execute(insert(contact_wishes), {"business_id": self._business, "phone": phone, **values})
        elif values:
            await self._sql.execute(update(contact_wishes).where(*mine).values(**values))
        return not late
