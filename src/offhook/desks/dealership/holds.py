"""Times held for callers who are deciding, and the lock that every change of the book is made under.

A hold keeps a time from being offered or given to others for HOLD_S; it ends by the clock, by the booking, or by the
same caller's next hold. It promises, it does not guard: that two bookings never overlap is the units' key (tables.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, insert, or_, select

from offhook.desks.dealership import slots
from offhook.desks.dealership.model import BusySpan, Hold, Needs, OutsideHours, ServiceType, SlotTaken
from offhook.desks.dealership.schedule import Schedule
from offhook.desks.dealership.tables import slot_holds
from offhook.kit.ids import new_id
from offhook.store.schema import businesses

HOLD_S = 90
_LOCK = (
    select(businesses.c.business_id)
    .where(businesses.c.business_id == bindparam("business"))
    .with_for_update(key_share=True)
)
_OWN = select(slot_holds.c.resource_id, slot_holds.c.technician_id).where(
    slot_holds.c.business_id == bindparam("business"),
    slot_holds.c.session_id == bindparam("session"),
    slot_holds.c.first_unit == bindparam("first"),
    slot_holds.c.expires_at > bindparam("now"),
)


class Holds(Schedule):
    async def hold(
        self,
        service: ServiceType | Needs,
        starts_at: datetime,
        *,
        session_id: str,
        now: datetime,
        busy: Collection[BusySpan] = (),
    ) -> Hold:
        """Keep that (aware) moment for this session, in place of what it held before; needs a WRITE unit of work.

        Raises SlotTaken, OutsideHours; the session's earlier hold stands then.
        """
        await self._lock()
        needs = await self._needs(service)
        units, picked = await self._picked(needs, starts_at, now, session_id, busy)
        return await self._keep(units, picked, starts_at, session_id, now)

    async def release(self, session_id: str, *, now: datetime) -> None:
        """Drop what the session holds; holds of anybody that have run out are swept on the way."""
        await self._sql.execute(
            delete(slot_holds).where(
                slot_holds.c.business_id == self.business_id,
                or_(slot_holds.c.session_id == session_id, slot_holds.c.expires_at <= now.astimezone(UTC)),
            )
        )

    # -- for the classes built on it ----------------------------------------------------------------------------------

    async def _keep(
        self, units: range, picked: Sequence[str], starts_at: datetime, session_id: str, now: datetime
    ) -> Hold:
        await self.release(session_id, now=now)
        zone = await self.zone()
        hold = Hold(
            hold_id=new_id("hold"),
            session_id=session_id,
            starts_at=starts_at.astimezone(zone),
            resource_id=picked[0],
            technician_id=picked[1] if len(picked) > 1 else None,
            expires_at=(now.astimezone(UTC) + timedelta(seconds=HOLD_S)).astimezone(zone),
        )
        await self._sql.execute(
            insert(slot_holds),
            {
                "business_id": self.business_id,
                "hold_id": hold.hold_id,
                "session_id": session_id,
                "resource_id": hold.resource_id,
                "technician_id": hold.technician_id,
                "first_unit": units[0],
                "last_unit": units[-1],
                "expires_at": hold.expires_at,
            },
        )
        return hold

    async def _lock(self) -> None:
        """Changes of one business's book queue here on PostgreSQL, where each statement then sees what the one before
        committed; on SQLite the write lock is held already. One row for everything: no two locks, no deadlock."""
        await self._sql.execute(_LOCK, self._key)

    async def _picked(
        self,
        needs: Needs,
        starts_at: datetime,
        now: datetime,
        session_id: str | None,
        busy: Collection[BusySpan] = (),
        prefer: Collection[str] = (),
    ) -> tuple[range, tuple[str, ...]]:
        """The units, and a free resource of each group: the ones that the session holds or that are preferred, where
        they are free. Raises SlotTaken, OutsideHours."""
        refusal = await self._time_refusal(needs.duration_min, starts_at, now)
        if refusal is not None:
            raise OutsideHours(refusal)
        units = slots.units_of(starts_at, needs.duration_min + needs.buffer_min)
        occupancy = await self._occupancy(needs, units[0], units[-1], now, session_id, busy)
        liked = {*prefer, *(await self._held_by(session_id, units[0], now) if session_id else ())}
        groups = [sorted(group, key=lambda one: one not in liked) for group in needs.groups]
        picked = occupancy.pick(groups, units)
        if picked is None:
            raise SlotTaken
        return units, picked

    async def _held_by(self, session_id: str, first_unit: int, now: datetime) -> set[str]:
        key = {**self._key, "session": session_id, "first": first_unit, "now": now.astimezone(UTC)}
        return {one for row in await self._sql.execute(_OWN, key) for one in row if one is not None}
