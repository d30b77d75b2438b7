"""Free times, read from the dealership's book: rules, resources, what is occupied, and what is held for others.

`session_id` is whose search it is: times held for that session count as free. `busy` are a calendar's busy times, where
one is known; what is not known is not considered. Whatever the search spans, it costs the same few statements.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Row, Text, bindparam, cast, func, literal_column, select

from offhook.desks.dealership import offers, slots
from offhook.desks.dealership.customers import CustomerBook
from offhook.desks.dealership.model import (
    BookingRules,
    BusySpan,
    FreeSlot,
    Needs,
    NoSlotReason,
    Resource,
    ServiceType,
)
from offhook.desks.dealership.occupancy import Occupancy
from offhook.desks.dealership.tables import appointment_units, resources, service_types, slot_holds
from offhook.kit.money import Money
from offhook.store.busy_times import busy_in
from offhook.store.codec import texts
from offhook.store.prepared import Prepared, Rows

_DAYS_AT_ONCE = 13
"""Nearly always the next free time is within two weeks; only a full book is looked through to its end."""
_BUSINESS: BindParameter[str] = bindparam("business")
_SERVICES = Prepared(
    select(service_types)
    .where(service_types.c.business_id == _BUSINESS, service_types.c.active)
    .order_by(service_types.c.sort)
)
_RESOURCES = Prepared(
    select(resources.c.resource_id, resources.c.name, resources.c.kind)
    .where(resources.c.business_id == _BUSINESS, resources.c.active)
    .order_by(resources.c.sort, resources.c.resource_id)
)
_TAKEN = select(appointment_units.c.resource_id, appointment_units.c.unit).where(
    appointment_units.c.business_id == _BUSINESS,
    appointment_units.c.unit.between(bindparam("first"), bindparam("last")),
)
_SERVICE = Prepared(
    select(service_types).where(
        service_types.c.business_id == _BUSINESS, service_types.c.service_id == bindparam("service")
    )
)
_HELD = Prepared(
    select(
        slot_holds.c.session_id,
        slot_holds.c.resource_id,
        slot_holds.c.technician_id,
        slot_holds.c.first_unit,
        slot_holds.c.last_unit,
    ).where(slot_holds.c.business_id == _BUSINESS, slot_holds.c.expires_at > bindparam("now"))
)


@cache
def _occupied(count: int) -> Prepared:
    """Units of so many resources: thousands of them come as one text for each resource, since rows are what costs."""
    comma: Any = literal_column("','")  # a bound one would be left open in the text
    listed: Any = func.aggregate_strings(cast(appointment_units.c.unit, Text), comma)
    query = select(appointment_units.c.resource_id, listed).where(
        appointment_units.c.business_id == _BUSINESS,
        appointment_units.c.resource_id.in_([bindparam(f"resource{n}") for n in range(count)]),
        appointment_units.c.unit.between(bindparam("first"), bindparam("last")),
    )
    return Prepared(query.group_by(appointment_units.c.resource_id))


class _Rules(msgspec.Struct, frozen=True):
    lead_min: int = BookingRules().lead_min
    horizon_days: int = BookingRules().horizon_days
    cancel_cutoff_min: int = BookingRules().cancel_cutoff_min
    test_drive_min: int = BookingRules().test_drive_min
    test_drive_buffer_min: int = BookingRules().test_drive_buffer_min


class Schedule(CustomerBook):
    async def services(self) -> list[ServiceType]:
        """Those that can be booked, in the business's own order."""
        return [_service(row) for row in await self._all(_SERVICES)]

    async def service_by_name(self, name: str) -> ServiceType | None:
        """By its name or one of its aliases, letter case and outer spaces aside."""
        wanted = name.strip().casefold()
        for service in await self.services():
            if wanted == service.name.casefold() or wanted in service.aliases:
                return service
        return None

    async def service(self, service_id: str) -> ServiceType | None:
        """By id, retired or not: an appointment keeps what it was booked as."""
        found = await self._all(_SERVICE, service=service_id)
        return _service(found[0]) if found else None

    async def rules(self) -> BookingRules:
        """Lead time, horizon and cut-off, from the business's settings ("booking")."""
        return await self._visit(self._rules_in)

    async def resources(self, kind: str = "bay") -> list[Resource]:
        return await self._visit(lambda rows: _resources_in(rows, self.business_id, [kind]))

    async def taken(self, first: datetime, last: date) -> dict[str, set[int]]:
        """Occupied units by resource, from a moment to the end of a day in the business's zone."""
        ends = datetime.combine(last + timedelta(days=2), datetime.min.time(), await self.zone())
        taken: dict[str, set[int]] = {}
        bounds = {"first": slots.unit_of(first), "last": slots.unit_of(ends)}
        for resource_id, unit in await self._sql.execute(_TAKEN, {**self._key, **bounds}):
            taken.setdefault(resource_id, set()).add(unit)
        return taken

    async def needs(self, service: ServiceType) -> Needs:
        """What the service occupies: a resource of its kind, and a technician where it needs one."""
        return await self._visit(lambda rows: self._needs_in(rows, service))

    # -- searching ----------------------------------------------------------------------------------------------------

    async def why_not(
        self,
        service: ServiceType | Needs,
        starts_at: datetime,
        *,
        now: datetime,
        session_id: str | None = None,
        busy: Collection[BusySpan] = (),
    ) -> NoSlotReason | None:
        """Why the service cannot start at that (aware) moment; None when it can."""

        def look(rows: Rows) -> NoSlotReason | None:
            refusal = self._time_refusal_in(rows, service.duration_min, starts_at, now)
            if refusal is not None:
                return refusal
            needs = self._needs_in(rows, service)
            units = slots.units_of(starts_at, needs.duration_min + needs.buffer_min)
            known = self._known_busy_in(rows, slots.moment_of(units[0]), slots.moment_of(units[-1] + 1), now)
            occupancy = self._occupancy_in(rows, needs, units[0], units[-1], now, session_id, [*busy, *known])
            return "taken" if occupancy.pick(needs.groups, units) is None else None

        return await self._visit(look)

    async def free_between(
        self,
        service: ServiceType | Needs,
        first: date,
        last: date,
        *,
        now: datetime,
        step_min: int = 30,
        session_id: str | None = None,
        busy: Collection[BusySpan] = (),
    ) -> list[FreeSlot]:
        """The free starts from the day `first` to `last`, both included, every `step_min` on the clock, in order."""

        def look(rows: Rows) -> list[FreeSlot]:
            zone, rules = self._zone_in(rows), self._rules_in(rows)
            today = now.astimezone(zone).date()
            begin, end = max(first, today), min(last, today + timedelta(days=rules.horizon_days))
            if end < begin:
                return []
            openings = self._hours_in(rows, begin, end)
            if not any(day.ranges for day in openings.values()):
                return []
            needs = self._needs_in(rows, service)
            begins = slots.unit_of(datetime.combine(begin, datetime.min.time(), zone))
            ends = slots.unit_of(datetime.combine(end + timedelta(days=2), datetime.min.time(), zone))
            known = self._known_busy_in(rows, slots.moment_of(begins), slots.moment_of(ends), now)
            occupancy = self._occupancy_in(rows, needs, begins, ends, now, session_id, [*busy, *known])
            return slots.free_between(openings, needs, occupancy, zone=zone, now=now, rules=rules, step_min=step_min)

        return await self._visit(look)

    async def free_slots(
        self,
        service: ServiceType | Needs,
        day: date,
        *,
        now: datetime,
        step_min: int = 30,
        session_id: str | None = None,
    ) -> list[FreeSlot]:
        """The day's free starts; empty when closed, full, past or too far ahead."""
        return await self.free_between(service, day, day, now=now, step_min=step_min, session_id=session_id)

    async def next_free(
        self,
        service: ServiceType | Needs,
        after: datetime,
        n: int,
        *,
        now: datetime,
        step_min: int = 30,
        session_id: str | None = None,
    ) -> list[FreeSlot]:
        """The first free start at or after that moment, within the horizon, and up to `n - 1` soon after it."""
        zone = await self.zone()
        first = max(after, now).astimezone(zone).date()
        last = now.astimezone(zone).date() + timedelta(days=(await self.rules()).horizon_days)
        needs = await self._visit(lambda rows: self._needs_in(rows, service))
        found: list[FreeSlot] = []
        while first <= last and len(found) < n:
            until = min(first + timedelta(days=_DAYS_AT_ONCE), last)
            free = await self.free_between(needs, first, until, now=now, step_min=step_min, session_id=session_id)
            found = offers.soonest(
                [*found, *(slot for slot in free if slot.starts_at.timestamp() >= after.timestamp())], n
            )
            first = until + timedelta(days=1)
        return found

    async def nearest_free(
        self,
        service: ServiceType | Needs,
        wanted: datetime,
        n: int,
        *,
        now: datetime,
        step_min: int = 30,
        session_id: str | None = None,
    ) -> list[FreeSlot]:
        """Up to `n` free starts around a wish: of the same day, or else the next ones after it."""
        zone = await self.zone()
        day = wanted.astimezone(zone).date()
        same_day = await self.free_slots(service, day, now=now, step_min=step_min, session_id=session_id)
        found = offers.nearest(same_day, wanted, n)
        if len(found) < n:
            tomorrow = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
            found += await self.next_free(
                service, tomorrow, n - len(found), now=now, step_min=step_min, session_id=session_id
            )
        return found

    # -- for the classes built on it; these run in the database's thread ----------------------------------------------

    def _rules_in(self, rows: Rows) -> BookingRules:
        settings = msgspec.json.decode(self._settings_in(rows), type=dict[str, msgspec.Raw])
        if "booking" not in settings:
            return BookingRules()
        return BookingRules(**msgspec.structs.asdict(msgspec.json.decode(settings["booking"], type=_Rules)))

    def _known_busy_in(self, rows: Rows, first: datetime, last: datetime, now: datetime) -> list[BusySpan]:
        """What the business's outside calendar is known to have in that time: not offered, but no bar to a booking."""
        found = busy_in(rows, self.business_id, first, last, now=now)
        return [BusySpan(max(part.starts_at, first), min(part.ends_at, last)) for part in found]

    def _needs_in(self, rows: Rows, service: ServiceType | Needs) -> Needs:
        if isinstance(service, Needs):
            return service
        kinds = [service.resource_kind, *([service.technician_kind] if service.technician_kind else [])]
        found = _resources_in(rows, self.business_id, kinds)
        groups = tuple(tuple(one.resource_id for one in found if one.kind == kind) for kind in kinds)
        return Needs(service.duration_min, service.buffer_min, groups)

    def _time_refusal_in(
        self, rows: Rows, duration_min: int, starts_at: datetime, now: datetime
    ) -> NoSlotReason | None:
        zone = self._zone_in(rows)
        day = starts_at.date() if starts_at.tzinfo is zone else starts_at.astimezone(zone).date()
        opening, rules = self._hours_in(rows, day, day)[day], self._rules_in(rows)
        return slots.refusal(starts_at, duration_min, opening=opening, zone=zone, now=now, rules=rules)

    def _occupancy_in(
        self,
        rows: Rows,
        needs: Needs,
        first: int,
        last: int,
        now: datetime,
        session_id: str | None,
        busy: Collection[BusySpan] = (),
    ) -> Occupancy:
        """What appointments, other people's holds and `busy` take of the resources in question, units both included."""
        occupancy = Occupancy(first, last)
        wanted = sorted({resource for group in needs.groups for resource in group})
        if not wanted:
            return occupancy
        named = {f"resource{n}": resource for n, resource in enumerate(wanted)}
        for resource_id, listed in rows.all(_occupied(len(wanted)), **self._key, **named, first=first, last=last):
            occupancy.occupy_listed(resource_id, listed)
        for holder, resource_id, technician_id, begins, ends in rows.all(_HELD, **self._key, now=now):
            for resource in (resource_id, technician_id):
                if resource is not None and holder != session_id:
                    occupancy.occupy(resource, range(begins, ends + 1))
        for span in busy:
            touched = range(slots.unit_of(span.starts_at), math.ceil(span.ends_at.timestamp() / slots.UNIT_S))
            for resource in wanted if span.resource_id is None else (span.resource_id,):
                occupancy.occupy(resource, touched)
        return occupancy


def _resources_in(rows: Rows, business_id: str, kinds: Collection[str]) -> list[Resource]:
    found = rows.all(_RESOURCES, business=business_id)
    return [Resource(row[0], row[1], row[2]) for row in found if row[2] in kinds]


def _service(row: Row[Any]) -> ServiceType:
    return ServiceType(
        service_id=row.service_id,
        name=row.name,
        aliases=texts(row.aliases),
        duration_min=row.duration_min,
        buffer_min=row.buffer_min,
        price_from=None if row.price_from is None else Money(row.price_from, row.currency),
        price_to=None if row.price_to is None else Money(row.price_to, row.currency),
        description=row.description,
        sort=row.sort,
        resource_kind=row.resource_kind,
        technician_kind=row.technician_kind,
    )
