"""Times held for callers who are deciding, and the lock that every change of the book is made under.

A hold keeps a time from being offered or given to others for HOLD_S; it ends by the clock, by the booking, or by the
same caller's next hold. It promises, it does not guard: that two bookings never overlap is the units' key (tables.py).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, or_, select

from offhook.desks.dealership import slots
from offhook.desks.dealership.model import BusySpan, Hold, Needs, OutsideHours, ServiceType, SlotTaken
from offhook.desks.dealership.schedule import Schedule
from offhook.desks.dealership.tables import slot_holds
from offhook.kit.ids import new_id
from offhook.store.prepared import Prepared, Rows, adding
from offhook.store.schema import businesses

HOLD_S = 90
_LOCK = Prepared(
    select(businesses.c.business_id)
    .where(businesses.c.business_id == bindparam("business"))
    .with_for_update(key_share=True)
)
_OWN = Prepared(
    select(slot_holds.c.resource_id, slot_holds.c.technician_id).where(
        slot_holds.c.business_id == bindparam("business"),
        slot_holds.c.session_id == bindparam("session"),
        slot_holds.c.first_unit == bindparam("first"),
        slot_holds.c.expires_at > bindparam("now"),
    )
)
_RELEASE = Prepared(
    delete(slot_holds).where(
        slot_holds.c.business_id == bindparam("business"),
        or_(slot_holds.c.session_id == bindparam("session"), slot_holds.c.expires_at <= bindparam("now")),
    )
)
_HOLD = adding(slot_holds)


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

        def write(rows: Rows) -> Hold:
            self._lock_in(rows)
            needs = self._needs_in(rows, service)
            units, picked = self._picked_in(rows, needs, starts_at, now, session_id, busy)
            return self._keep_in(rows, units, picked, starts_at, session_id, now)

        return await self._visit(write)

    async def release(self, session_id: str, *, now: datetime) -> None:
        """Drop what the session holds; holds of anybody that have run out are swept on the way."""
        await self._visit(lambda rows: self._release_in(rows, session_id, now))

    # -- for the classes built on it; `..._in` run in the database's thread -------------------------------------------

    def _release_in(self, rows: Rows, session_id: str, now: datetime) -> None:
        rows.run(_RELEASE, **self._key, session=session_id, now=now)

    def _keep_in(
        self, rows: Rows, units: range, picked: Sequence[str], starts_at: datetime, session_id: str, now: datetime
    ) -> Hold:
        self._release_in(rows, session_id, now)
        zone = self._zone_in(rows)
        hold = Hold(
            hold_id=new_id("hold"),
            session_id=session_id,
            starts_at=starts_at.astimezone(zone),
            resource_id=picked[0],
            technician_id=picked[1] if len(picked) > 1 else None,
            expires_at=(now.astimezone(UTC) + timedelta(seconds=HOLD_S)).astimezone(zone),
        )
        rows.run(
            _HOLD,
            business_id=self.business_id,
            hold_id=hold.hold_id,
            session_id=session_id,
            resource_id=hold.resource_id,
            technician_id=hold.technician_id,
            first_unit=units[0],
            last_unit=units[-1],
            expires_at=hold.expires_at,
        )
        return hold

    async def _lock(self) -> None:
        await self._visit(self._lock_in)

    def _lock_in(self, rows: Rows) -> None:
        """Changes of one business's book queue here on PostgreSQL, where each statement then sees what the one before
        committed; on SQLite the write lock is held already. One row for everything: no two locks, no deadlock."""
        rows.first(_LOCK, **self._key)

    def _picked_in(
        self,
        rows: Rows,
        needs: Needs,
        starts_at: datetime,
        now: datetime,
        session_id: str | None,
        busy: Collection[BusySpan] = (),
        prefer: Collection[str] = (),
    ) -> tuple[range, tuple[str, ...]]:
        """The units, and a free resource of each group: the ones that the session holds or that are preferred, where
        they are free. Raises SlotTaken, OutsideHours."""
        refusal = self._time_refusal_in(rows, needs.duration_min, starts_at, now)
        if refusal is not None:
            raise OutsideHours(refusal)
        units = slots.units_of(starts_at, needs.duration_min + needs.buffer_min)
        occupancy = self._occupancy_in(rows, needs, units[0], units[-1], now, session_id, busy)
        liked = {*prefer, *(self._held_by_in(rows, session_id, units[0], now) if session_id else ())}
        groups = [sorted(group, key=lambda one: one not in liked) for group in needs.groups]
        picked = occupancy.pick(groups, units)
        if picked is None:
            raise SlotTaken
        return units, picked

    def _held_by_in(self, rows: Rows, session_id: str, first_unit: int, now: datetime) -> set[str]:
        found = rows.all(_OWN, **self._key, session=session_id, first=first_unit, now=now)
        return {one for row in found for one in row if one is not None}
