"""Who wants a time that is not free; and when one becomes free, the message and the call-back that it is worth.

Nobody is booked from the waiting list by itself: what becomes free is written to one person, the one who has waited
longest among those whom it suits, and makes a task for people, who ring and ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, insert, select, update

from offhook.desks.dealership import slots
from offhook.desks.dealership.follow_up import slot_freed
from offhook.desks.dealership.holds import Holds
from offhook.desks.dealership.model import UNIT_MIN, FreeSlot, ServiceType, Task, Waiting
from offhook.desks.dealership.tables import waitlist
from offhook.dialogue.tools.opening_hours import call_back_due
from offhook.kit.ids import new_id
from offhook.store.prepared import Prepared, Rows

CALLBACK = "callback"
_CONSIDERED = 50
"""Entries looked at, longest waiting first, when a time becomes free."""
_BOOKED = Prepared(
    update(waitlist)
    .where(
        waitlist.c.business_id == bindparam("business"),
        waitlist.c.status.in_([bindparam("waiting", "waiting"), bindparam("offered", "offered")]),
        waitlist.c.service_id == bindparam("service"),
        waitlist.c.customer_phone == bindparam("phone"),
        waitlist.c.starts_from <= bindparam("at"),
        waitlist.c.starts_to >= bindparam("at"),
    )
    .values(status="booked")
)


class Waitlist(Holds):
    async def wait_for(
        self,
        service: ServiceType,
        starts_from: datetime,
        starts_to: datetime,
        *,
        customer_name: str,
        customer_phone: str | None,
        now: datetime,
        session_id: str | None = None,
    ) -> Waiting:
        """Note that somebody wants a start between two aware moments; needs a WRITE unit of work. What the same session
        waited for with the same service is replaced."""
        await self._lock()
        customer = await self.customer_by_phone(customer_phone) if customer_phone is not None else None
        if session_id is not None:
            await self._sql.execute(
                update(waitlist)
                .where(
                    waitlist.c.business_id == self.business_id,
                    waitlist.c.status == "waiting",
                    waitlist.c.session_id == session_id,
                    waitlist.c.service_id == service.service_id,
                )
                .values(status="closed")
            )
        zone = await self.zone()
        waiting = Waiting(
            waitlist_id=new_id("wait"),
            service_id=service.service_id,
            customer_id=None if customer is None else customer.customer_id,
            customer_name=customer_name,
            customer_phone=customer_phone,
            starts_from=starts_from.astimezone(zone),
            starts_to=starts_to.astimezone(zone),
            session_id=session_id,
        )
        values = {field: getattr(waiting, field) for field in Waiting.__slots__}
        await self._sql.execute(
            insert(waitlist),
            {"business_id": self.business_id, **values, "status": "waiting", "created_at": now.astimezone(UTC)},
        )
        return waiting

    async def waiting(self, *, now: datetime, limit: int = _CONSIDERED) -> list[Waiting]:
        """Those still waiting for a time to come, longest first."""
        query = (
            select(waitlist)
            .where(
                waitlist.c.business_id == self.business_id,
                waitlist.c.status == "waiting",
                waitlist.c.starts_to > now.astimezone(UTC),
            )
            .order_by(waitlist.c.created_at, waitlist.c.waitlist_id)
            .limit(limit)
        )
        zone = await self.zone()
        return [_waiting(row, zone) for row in await self._sql.execute(query)]

    async def offered_to(self, waitlist_id: str) -> Waiting | None:
        """The entry, if a freed time was offered to it and nothing has come of that yet."""
        query = select(waitlist).where(
            waitlist.c.business_id == self.business_id,
            waitlist.c.waitlist_id == waitlist_id,
            waitlist.c.status == "offered",
        )
        row = (await self._sql.execute(query)).one_or_none()
        return None if row is None else _waiting(row, await self.zone())

    async def wait_on(self, waitlist_id: str) -> None:
        """What was offered is gone again: its turn will come."""
        await self._mark(waitlist_id, "waiting")

    # -- for the classes built on it ----------------------------------------------------------------------------------

    async def _mark(self, waitlist_id: str, status: str) -> None:
        mine = (waitlist.c.business_id == self.business_id) & (waitlist.c.waitlist_id == waitlist_id)
        await self._sql.execute(update(waitlist).where(mine).values(status=status))

    def _waits_no_more_in(self, rows: Rows, service_id: str, phone: str, starts_at: datetime) -> None:
        """Who has booked a time like the one that they waited for."""
        rows.run(_BOOKED, **self._key, service=service_id, phone=phone, at=starts_at)

    async def _tell_waiting(self, freed: range, *, now: datetime) -> Task | None:
        """These units have become free: a call-back for the first whom a start in them suits. Under the book's lock."""
        for one in await self.waiting(now=now):
            service = await self.service(one.service_id)
            if service is None:
                continue
            slot = await self._suiting(one, service, freed, now)
            if slot is None:
                continue
            await self._mark(one.waitlist_id, "offered")
            await slot_freed(self._uow, one.waitlist_id, slot.starts_at, now=now)
            when = slot.starts_at.isoformat(timespec="minutes")
            return await self.create_task(
                CALLBACK,
                f"Waiting list: {service.name} has become free on {slot.starts_at:%d %B at %H:%M}.",
                now=now,
                session_id=one.session_id,
                customer_name=one.customer_name,
                customer_phone=one.customer_phone,
                priority="HIGH",
                details={"waitlist_id": one.waitlist_id, "service": service.name, "starts_at": when},
                due_at=await call_back_due(self, now),
            )
        return None

    async def _suiting(self, one: Waiting, service: ServiceType, freed: range, now: datetime) -> FreeSlot | None:
        """The first free start that touches the freed units and lies within what was waited for."""
        zone = await self.zone()
        length = service.duration_min + service.buffer_min
        begins = datetime.fromtimestamp(freed.start * UNIT_MIN * 60 - length * 60, zone)
        ends = datetime.fromtimestamp(freed.stop * UNIT_MIN * 60, zone)
        if one.starts_to < begins or one.starts_from > ends:
            return None
        free: Sequence[FreeSlot] = await self.free_between(
            service, begins.date(), ends.date(), now=now, step_min=UNIT_MIN
        )
        for slot in free:
            units = slots.units_of(slot.starts_at, length)
            touches = units.start < freed.stop and freed.start < units.stop
            wanted = one.starts_from.timestamp() <= slot.starts_at.timestamp() <= one.starts_to.timestamp()
            if touches and wanted:
                return slot
        return None


def _waiting(row: Row[Any], zone: ZoneInfo) -> Waiting:
    return Waiting(
        waitlist_id=row.waitlist_id,
        service_id=row.service_id,
        customer_id=row.customer_id,
        customer_name=row.customer_name,
        customer_phone=row.customer_phone,
        starts_from=row.starts_from.astimezone(zone),
        starts_to=row.starts_to.astimezone(zone),
        session_id=row.session_id,
    )
