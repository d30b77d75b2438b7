"""The dealership's book: services, customers, free times, appointments.

Every method works inside the unit of work that the repository was made with, for its business only, and never commits.
`now` is always given: the book has no clock. Errors: Unavailable from the store; BookingRefused from `book`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import BindParameter, Row, and_, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from offhook.desks.dealership import slots
from offhook.desks.dealership.model import (
    Appointment,
    AppointmentKind,
    AppointmentStatus,
    BookingRules,
    Customer,
    FreeSlot,
    NoSlotReason,
    OutsideHours,
    Resource,
    ServiceType,
    SlotTaken,
    Vehicle,
)
from offhook.desks.dealership.tables import (
    appointment_units,
    appointments,
    customer_phones,
    customers,
    resources,
    service_types,
    vehicles,
)
from offhook.kit.ids import new_id
from offhook.kit.money import Money
from offhook.store.business_book import BusinessBook
from offhook.store.codec import texts

_BUSINESS: BindParameter[str] = bindparam("business")
_SERVICES = select(service_types).where(service_types.c.business_id == _BUSINESS).order_by(service_types.c.sort)
_RESOURCES = (
    select(resources.c.resource_id, resources.c.name, resources.c.kind)
    .where(resources.c.business_id == _BUSINESS, resources.c.kind == bindparam("kind"))
    .order_by(resources.c.sort)
)
_TAKEN = select(appointment_units.c.resource_id, appointment_units.c.unit).where(
    appointment_units.c.business_id == _BUSINESS,
    appointment_units.c.unit.between(bindparam("first"), bindparam("last")),
)
_CUSTOMER = select(customers).where(customers.c.business_id == _BUSINESS, customers.c.active)
_OF_FURTHER_PHONE = select(customer_phones.c.customer_id).where(
    customer_phones.c.business_id == _BUSINESS, customer_phones.c.phone == bindparam("phone")
)
_APPOINTMENTS = select(appointments, resources.c.name.label("resource_name")).join(
    resources,
    and_(resources.c.business_id == appointments.c.business_id, resources.c.resource_id == appointments.c.resource_id),
)


class _Rules(msgspec.Struct, frozen=True):
    lead_min: int = BookingRules().lead_min
    horizon_days: int = BookingRules().horizon_days


class _Room(NamedTuple):
    resources: Sequence[Resource]
    taken: dict[str, set[int]]


class DealershipRepository(BusinessBook):
    """Adds to BusinessBook (hours, FAQ, tasks) what a dealership books."""

    async def services(self) -> list[ServiceType]:
        """In the business's own order."""
        return [_service(row) for row in await self._sql.execute(_SERVICES, self._key)]

    async def service_by_name(self, name: str) -> ServiceType | None:
        """By its name or one of its aliases, letter case and outer spaces aside."""
        wanted = name.strip().casefold()
        for service in await self.services():
            if wanted == service.name.casefold() or wanted in service.aliases:
                return service
        return None

    async def customer_by_phone(self, phone: str) -> Customer | None:
        """By the number in use or a further one; `phone` in E.164."""
        row = (await self._sql.execute(_CUSTOMER.where(customers.c.phone == phone), self._key)).one_or_none()
        if row is None:
            further = _CUSTOMER.where(customers.c.customer_id == _OF_FURTHER_PHONE.scalar_subquery())
            row = (await self._sql.execute(further, {**self._key, "phone": phone})).one_or_none()
        return None if row is None else _customer(row)

    async def upsert_customer(self, phone: str, name: str, *, now: datetime, language: str = "en") -> Customer:
        """The customer with this phone, made when there is none. A stored name is kept: another name on the same phone
        may be another person, and people are never merged silently."""
        known = await self.customer_by_phone(phone)
        if known is not None:
            return known
        customer = Customer(customer_id=new_id("cust"), phone=phone, name=name, language=language)
        await self._sql.execute(
            insert(customers),
            {
                "business_id": self.business_id,
                "customer_id": customer.customer_id,
                "phone": phone,
                "name": name,
                "email": None,
                "language": language,
                "notes": "",
                "created_at": now,
            },
        )
        return customer

    async def vehicles(self, customer_id: str) -> list[Vehicle]:
        rows = await self._sql.execute(
            select(vehicles)
            .where(vehicles.c.business_id == self.business_id, vehicles.c.customer_id == customer_id)
            .order_by(vehicles.c.vehicle_id)
        )
        return [
            Vehicle(
                vehicle_id=row.vehicle_id,
                customer_id=row.customer_id,
                make=row.make,
                model=row.model,
                year=row.year,
                registration=row.registration,
                vin=row.vin,
            )
            for row in rows
        ]

    async def rules(self) -> BookingRules:
        """Lead time and horizon, from the business's settings ("booking")."""
        settings = msgspec.json.decode(await self.settings(), type=dict[str, msgspec.Raw])
        if "booking" not in settings:
            return BookingRules()
        rules = msgspec.json.decode(settings["booking"], type=_Rules)
        return BookingRules(rules.lead_min, rules.horizon_days)

    async def resources(self, kind: str = "bay") -> list[Resource]:
        rows = await self._sql.execute(_RESOURCES, {**self._key, "kind": kind})
        return [Resource(row[0], row[1], row[2]) for row in rows]

    async def taken(self, first: datetime, last: date) -> dict[str, set[int]]:
        """Occupied units by resource, from a moment to the end of a day in the business's zone."""
        ends = datetime.combine(last + timedelta(days=2), datetime.min.time(), await self.zone())
        return await self._taken(slots.unit_of(first), slots.unit_of(ends))

    async def why_not(self, service: ServiceType, starts_at: datetime, *, now: datetime) -> NoSlotReason | None:
        """Why the service cannot start at that (aware) moment; None when it can."""
        refusal = await self._time_refusal(service, starts_at, now)
        if refusal is not None:
            return refusal
        units = slots.units_of(starts_at, service.duration_min + service.buffer_min)
        room = await self._room(service, units[0], units[-1])
        free = slots.free_resource(units, [resource.resource_id for resource in room.resources], room.taken)
        return "taken" if free is None else None

    async def free_slots(self, service: ServiceType, day: date, *, now: datetime, step_min: int = 30) -> list[FreeSlot]:
        """The day's free starts, every `step_min` on the clock; empty when closed, full, past or too far ahead."""
        return await self._free_between(service, day, day, now, step_min)

    async def next_free(
        self, service: ServiceType, after: datetime, n: int, *, now: datetime, step_min: int = 30
    ) -> list[FreeSlot]:
        """The first `n` free starts at or after that moment, within the horizon."""
        zone = await self.zone()
        first = max(after, now).astimezone(zone).date()
        last_day = now.astimezone(zone).date() + timedelta(days=(await self.rules()).horizon_days)
        found: list[FreeSlot] = []
        while first <= last_day and len(found) < n:
            last = min(first + timedelta(days=6), last_day)
            free = await self._free_between(service, first, last, now, step_min)
            found += [slot for slot in free if slot.starts_at.timestamp() >= after.timestamp()]
            first = last + timedelta(days=1)
        return found[:n]

    async def nearest_free(
        self, service: ServiceType, wanted: datetime, n: int, *, now: datetime, step_min: int = 30
    ) -> list[FreeSlot]:
        """The `n` free starts nearest to a wish: of the same day, filled up from the days after it."""
        zone = await self.zone()
        local = wanted.astimezone(zone)
        same_day = await self.free_slots(service, local.date(), now=now, step_min=step_min)
        found = slots.nearest(same_day, wanted, n)
        if len(found) < n:
            tomorrow = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), zone)
            found += await self.next_free(service, tomorrow, n - len(found), now=now, step_min=step_min)
        return found

    async def book(
        self,
        service: ServiceType,
        starts_at: datetime,
        *,
        customer_name: str,
        customer_phone: str | None,
        now: datetime,
        created_via: str,
        session_id: str | None = None,
        notes: str = "",
        kind: AppointmentKind = "service",
    ) -> Appointment:
        """Book the service at an aware moment on the first free resource; needs a WRITE unit of work.

        With a phone (E.164) the customer is found or made. Raises SlotTaken, OutsideHours (with `reason`): nothing is
        written then, even if the unit of work goes on.
        """
        refusal = await self._time_refusal(service, starts_at, now)
        if refusal is not None:
            raise OutsideHours(refusal)
        units = slots.units_of(starts_at, service.duration_min + service.buffer_min)
        await self._lock_resources(service)
        room = await self._room(service, units[0], units[-1])
        names = {resource.resource_id: resource.name for resource in room.resources}
        resource_id = slots.free_resource(units, list(names), room.taken)
        if resource_id is None:
            raise SlotTaken
        zone = await self.zone()
        starts_utc = starts_at.astimezone(UTC)
        async with self._sql.begin_nested():  # all of it or nothing, whatever the tool does with the exception
            customer = None
            if customer_phone is not None:
                customer = await self.upsert_customer(customer_phone, customer_name, now=now)
            appointment = Appointment(
                appointment_id=new_id("appt"),
                kind=kind,
                status="booked",
                service_id=service.service_id,
                service_name=service.name,
                resource_id=resource_id,
                resource_name=names[resource_id],
                starts_at=starts_utc.astimezone(zone),
                ends_at=(starts_utc + timedelta(minutes=service.duration_min)).astimezone(zone),
                customer_id=None if customer is None else customer.customer_id,
                customer_name=customer_name,
                customer_phone=customer_phone,
                notes=notes,
                created_via=created_via,
                session_id=session_id,
                created_at=now.astimezone(zone),
            )
            await self._store(appointment, units)
        return appointment

    async def appointment(self, appointment_id: str) -> Appointment | None:
        found = await self._appointments(appointments.c.appointment_id == appointment_id, limit=1)
        return found[0] if found else None

    async def appointments(
        self,
        *,
        phone: str | None = None,
        customer_id: str | None = None,
        first: datetime | None = None,
        last: datetime | None = None,
        status: AppointmentStatus | None = None,
        limit: int = 50,
    ) -> list[Appointment]:
        """By start, ascending; `first` and `last` bound it, both included."""
        wanted = [
            *([appointments.c.customer_phone == phone] if phone is not None else []),
            *([appointments.c.customer_id == customer_id] if customer_id is not None else []),
            *([appointments.c.starts_at >= first] if first is not None else []),
            *([appointments.c.starts_at <= last] if last is not None else []),
            *([appointments.c.status == status] if status is not None else []),
        ]
        return await self._appointments(*wanted, limit=limit)

    async def count_appointments(self) -> int:
        query = select(func.count()).select_from(appointments).where(appointments.c.business_id == self.business_id)
        return int((await self._sql.execute(query)).scalar_one())

    async def _appointments(self, *wanted: Any, limit: int) -> list[Appointment]:
        query = _APPOINTMENTS.where(appointments.c.business_id == self.business_id, *wanted)
        rows = await self._sql.execute(query.order_by(appointments.c.starts_at).limit(limit))
        zone = await self.zone()
        return [
            Appointment(
                appointment_id=row.appointment_id,
                kind=row.kind,
                status=row.status,
                service_id=row.service_id,
                service_name=row.service_name,
                resource_id=row.resource_id,
                resource_name=row.resource_name,
                starts_at=row.starts_at.astimezone(zone),
                ends_at=row.ends_at.astimezone(zone),
                customer_id=row.customer_id,
                customer_name=row.customer_name,
                customer_phone=row.customer_phone,
                notes=row.notes,
                created_via=row.created_via,
                session_id=row.session_id,
                created_at=row.created_at.astimezone(zone),
            )
            for row in rows.all()
        ]

    async def _store(self, appointment: Appointment, units: range) -> None:
        values = {field: getattr(appointment, field) for field in Appointment.__slots__ if field != "resource_name"}
        await self._sql.execute(insert(appointments), {"business_id": self.business_id, **values})
        occupied = [
            {
                "business_id": self.business_id,
                "resource_id": appointment.resource_id,
                "unit": unit,
                "appointment_id": appointment.appointment_id,
            }
            for unit in units
        ]
        try:
            await self._sql.execute(insert(appointment_units), occupied)
        except IntegrityError:
            raise SlotTaken from None

    async def _time_refusal(self, service: ServiceType, starts_at: datetime, now: datetime) -> NoSlotReason | None:
        zone = await self.zone()
        day = starts_at.date() if starts_at.tzinfo is zone else starts_at.astimezone(zone).date()
        return slots.refusal(
            starts_at,
            service.duration_min,
            opening=await self.hours(day),
            zone=zone,
            now=now,
            rules=await self.rules(),
        )

    async def _free_between(
        self, service: ServiceType, first: date, last: date, now: datetime, step_min: int
    ) -> list[FreeSlot]:
        zone, rules = await self.zone(), await self.rules()
        opening = await self.hours_between(first, last)
        if not any(day.ranges for day in opening.values()):
            return []
        begins = datetime.combine(first, datetime.min.time(), zone)
        ends = datetime.combine(last + timedelta(days=2), datetime.min.time(), zone)
        room = await self._room(service, slots.unit_of(begins), slots.unit_of(ends))
        ids = [resource.resource_id for resource in room.resources]
        return [
            slot
            for day in opening
            for slot in slots.free_slots(
                day,
                service.duration_min,
                service.buffer_min,
                opening=opening[day],
                zone=zone,
                now=now,
                rules=rules,
                resources=ids,
                taken=room.taken,
                step_min=step_min,
            )
        ]

    async def _room(self, service: ServiceType, first_unit: int, last_unit: int) -> _Room:
        return _Room(await self.resources(service.resource_kind), await self._taken(first_unit, last_unit))

    async def _taken(self, first_unit: int, last_unit: int) -> dict[str, set[int]]:
        taken: dict[str, set[int]] = {}
        rows = await self._sql.execute(_TAKEN, {**self._key, "first": first_unit, "last": last_unit})
        for resource_id, unit in rows:
            taken.setdefault(resource_id, set()).add(unit)
        return taken

    async def _lock_resources(self, service: ServiceType) -> None:
        """Bookings of one business queue here on PostgreSQL; on SQLite the write lock is held already."""
        await self._sql.execute(_RESOURCES.with_for_update(of=resources), {**self._key, "kind": service.resource_kind})


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
    )


def _customer(row: Row[Any]) -> Customer:
    return Customer(
        customer_id=row.customer_id,
        phone=row.phone,
        name=row.name,
        email=row.email,
        language=row.language,
        notes=row.notes,
    )
