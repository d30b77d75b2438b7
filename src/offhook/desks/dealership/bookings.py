"""Appointments: read, booked, moved, cancelled, done. Each change is whole or not at all, and leaves an audit row.

That two never overlap on a resource is the units' key; the lock and the look before it only make refusals polite. A
moved appointment keeps its id: its old units are given back and the new ones taken inside one savepoint.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import and_, bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from offhook.desks.dealership.drives import Drivable, Drives
from offhook.desks.dealership.history import ServiceHistory
from offhook.desks.dealership.model import (
    Appointment,
    AppointmentKind,
    AppointmentStatus,
    BusySpan,
    ChangeRefused,
    Customer,
    Needs,
    ServiceType,
    SlotTaken,
    Task,
)
from offhook.desks.dealership.tables import appointment_units, appointments, resources, vehicles
from offhook.desks.dealership.waitlist import Waitlist
from offhook.kit.ids import new_id
from offhook.store.audit import record_change
from offhook.store.prepared import Prepared, Rows, adding

_APPOINTMENTS = select(appointments, resources.c.name.label("resource_name")).join(
    resources,
    and_(resources.c.business_id == appointments.c.business_id, resources.c.resource_id == appointments.c.resource_id),
)
_UNSET = ("progress", "ready_at", "calendar_event_id", "updated_at")
"""What a new appointment does not have."""
_ADD = adding(appointments, *_UNSET)
_TAKE = adding(appointment_units)
_FREE = Prepared(
    delete(appointment_units).where(
        appointment_units.c.business_id == bindparam("business"),
        appointment_units.c.appointment_id == bindparam("appointment"),
    )
)
_CARS = Prepared(
    select(vehicles.c.vehicle_id, vehicles.c.registration, vehicles.c.make, vehicles.c.model).where(
        vehicles.c.business_id == bindparam("business"), vehicles.c.customer_id == bindparam("customer")
    )
)


@dataclass(frozen=True, slots=True)
class Booker:
    """For whom, and through what, an appointment is made."""

    name: str
    phone: str | None
    """E.164; with one the customer is found or made."""
    via: str
    session_id: str | None = None
    notes: str = ""
    language: str = "en"
    email: str | None = None
    """Both go to a customer that is made; one who is in the book keeps theirs."""
    registration: str | None = None
    """Of the customer's car, upper case without spaces; a car that is not in the book stays out of it."""
    car: str | None = None
    """Model or make of it, as said: enough where the customer has one such car."""


class Bookings(Drives, Waitlist, ServiceHistory):
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
        language: str = "en",
        email: str | None = None,
        registration: str | None = None,
        car: str | None = None,
        busy: Collection[BusySpan] = (),
    ) -> Appointment:
        """Book the service at an aware moment, on what the session holds or the first free resources; needs a WRITE
        unit of work. Raises SlotTaken, OutsideHours (with `reason`): nothing is written then, even if the unit of work
        goes on.
        """
        booker = Booker(
            customer_name, customer_phone, created_via, session_id, notes, language, email, registration, car
        )

        def write(rows: Rows) -> Appointment:
            self._lock_in(rows)
            needs = self._needs_in(rows, service)
            units, picked = self._picked_in(rows, needs, starts_at, now, session_id, busy)
            return self._book_in(
                rows, "service", service.name, service.service_id, needs, starts_at, units, picked, booker, now
            )

        return await self._visit(write)

    async def book_drive(
        self,
        drivable: Drivable,
        starts_at: datetime,
        *,
        customer_name: str,
        customer_phone: str | None,
        now: datetime,
        created_via: str,
        session_id: str | None = None,
        notes: str = "",
        language: str = "en",
        email: str | None = None,
    ) -> Appointment:
        """Book a drive of one of the cars at an aware moment; otherwise as `book`."""
        booker = Booker(customer_name, customer_phone, created_via, session_id, notes, language, email)
        needs, title = drivable.needs, f"Test drive {drivable.title}"

        def write(rows: Rows) -> Appointment:
            self._lock_in(rows)
            units, picked = self._picked_in(rows, needs, starts_at, now, session_id)
            self._as_resource_in(rows, drivable, picked[0])
            car = drivable.stock.get(picked[0])
            stock_id = None if car is None else car.stock_id
            return self._book_in(
                rows, "test_drive", title, None, needs, starts_at, units, picked, booker, now, stock_id
            )

        return await self._visit(write)

    async def reschedule(
        self,
        appointment_id: str,
        starts_at: datetime,
        *,
        now: datetime,
        actor: str,
        session_id: str | None = None,
        busy: Collection[BusySpan] = (),
    ) -> Appointment:
        """Move an appointment to an aware moment; on the resource that it has, where that is free. Needs a WRITE unit
        of work. Raises ChangeRefused, SlotTaken, OutsideHours: nothing has changed then.
        """
        await self._lock()
        before = await self._active(appointment_id, now)
        if starts_at.timestamp() == before.starts_at.timestamp():
            raise ChangeRefused("same_time")
        needs = await self.needs_of(before)
        freed = await self._units_of(appointment_id)
        zone = await self.zone()

        def retake(rows: Rows) -> Appointment:
            self._free_units_in(rows, appointment_id)
            liked = {before.resource_id, *([before.technician_id] if before.technician_id else [])}
            units, picked = self._picked_in(rows, needs, starts_at, now, session_id, busy, prefer=liked)
            starts_utc = starts_at.astimezone(UTC)
            self._take_units_in(rows, appointment_id, picked, units)
            return replace(
                before,
                starts_at=starts_utc.astimezone(zone),
                ends_at=(starts_utc + timedelta(minutes=needs.duration_min)).astimezone(zone),
                resource_id=picked[0],
                resource_name=self._resource_name_in(rows, picked[0]) or "",
                technician_id=picked[1] if len(picked) > 1 else None,
            )

        async with self._sql.begin_nested():
            after = await self._visit(retake)
            changed = {
                field: getattr(after, field) for field in ("starts_at", "ends_at", "resource_id", "technician_id")
            }
            await self._update(appointment_id, now, **changed)
        if session_id is not None:
            await self.release(session_id, now=now)
        await self._audit("appointment.reschedule", before, actor, now, to=after.starts_at.isoformat())
        await self._tell_waiting_of(freed, now)
        return after

    async def cancel(
        self, appointment_id: str, *, now: datetime, actor: str, by_staff: bool = False
    ) -> tuple[Appointment, Task | None]:
        """Cancel it; needs a WRITE unit of work. Callers may until the business's cut-off, staff always. The task is
        the call-back to who waits for the freed time, if anybody does. Raises ChangeRefused: nothing has changed then.
        """
        await self._lock()
        before = await self._active(appointment_id, now, started_too=by_staff)
        cutoff_s = (await self.rules()).cancel_cutoff_min * 60
        if not by_staff and before.starts_at.timestamp() - now.timestamp() < cutoff_s:
            raise ChangeRefused("cut_off")
        freed = await self._units_of(appointment_id)
        await self._visit(lambda rows: self._free_units_in(rows, appointment_id))
        await self._update(appointment_id, now, status="cancelled")
        await self._audit("appointment.cancel", before, actor, now)
        return replace(before, status="cancelled"), await self._tell_waiting_of(freed, now)

    async def close(
        self, appointment_id: str, status: Literal["completed", "no_show"], *, now: datetime, actor: str
    ) -> Appointment:
        """It has taken place, and the car's history tells of it, or the customer did not come; what is left of its time
        is free again. Raises ChangeRefused."""
        await self._lock()
        before = await self._active(appointment_id, now, started_too=True)
        await self._visit(lambda rows: self._free_units_in(rows, appointment_id))
        await self._update(appointment_id, now, status=status)
        if status == "completed":
            await self.note_done(before, now)
        await self._audit(f"appointment.{status}", before, actor, now)
        return replace(before, status=status)

    # -- reading ------------------------------------------------------------------------------------------------------

    async def appointment(self, appointment_id: str) -> Appointment | None:
        found = await self._appointments(appointments.c.appointment_id == appointment_id, limit=1)
        return found[0] if found else None

    async def appointments(
        self,
        *,
        phone: str | None = None,
        customer_id: str | None = None,
        session_id: str | None = None,
        first: datetime | None = None,
        last: datetime | None = None,
        status: AppointmentStatus | None = None,
        limit: int = 50,
    ) -> list[Appointment]:
        """By start, ascending; `first` and `last` bound it, both included."""
        wanted = [
            *([appointments.c.customer_phone == phone] if phone is not None else []),
            *([appointments.c.customer_id == customer_id] if customer_id is not None else []),
            *([appointments.c.session_id == session_id] if session_id is not None else []),
            *([appointments.c.starts_at >= first] if first is not None else []),
            *([appointments.c.starts_at <= last] if last is not None else []),
            *([appointments.c.status == status] if status is not None else []),
        ]
        return await self._appointments(*wanted, limit=limit)

    async def _appointments(self, *wanted: Any, limit: int) -> list[Appointment]:
        query = _APPOINTMENTS.where(appointments.c.business_id == self.business_id, *wanted)
        rows = await self._sql.execute(query.order_by(appointments.c.starts_at).limit(limit))
        zone = await self.zone()
        moments = ("starts_at", "ends_at", "created_at")
        found: list[Appointment] = []
        for row in rows.all():
            values = {field: getattr(row, field) for field in Appointment.__slots__}
            found.append(Appointment(**values | {name: values[name].astimezone(zone) for name in moments}))
        return found

    # -- inside -------------------------------------------------------------------------------------------------------

    def _book_in(
        self,
        rows: Rows,
        kind: AppointmentKind,
        title: str,
        service_id: str | None,
        needs: Needs,
        starts_at: datetime,
        units: range,
        picked: Sequence[str],
        booker: Booker,
        now: datetime,
        stock_id: str | None = None,
    ) -> Appointment:
        """In the database's thread."""
        zone = self._zone_in(rows)
        starts_utc = starts_at.astimezone(UTC)
        with rows.whole():  # all of it or nothing, whatever the tool does with the exception
            customer = None
            if booker.phone is not None:
                customer = self._customer_for_in(rows, booker.phone, booker.name, now, booker.language, booker.email)
            customer_id = None if customer is None else customer.customer_id
            appointment = Appointment(
                appointment_id=new_id("appt"),
                kind=kind,
                status="booked",
                service_id=service_id,
                service_name=title,
                resource_id=picked[0],
                resource_name=self._resource_name_in(rows, picked[0]) or "",
                starts_at=starts_utc.astimezone(zone),
                ends_at=(starts_utc + timedelta(minutes=needs.duration_min)).astimezone(zone),
                customer_id=customer_id,
                customer_name=booker.name,
                customer_phone=booker.phone,
                notes=_notes(booker, customer),
                created_via=booker.via,
                session_id=booker.session_id,
                created_at=now.astimezone(zone),
                technician_id=picked[1] if len(picked) > 1 else None,
                vehicle_id=self._vehicle_id_in(rows, customer_id, booker),
                stock_id=stock_id,
            )
            values = {field: getattr(appointment, field) for field in Appointment.__slots__ if field != "resource_name"}
            rows.run(_ADD, business_id=self.business_id, **values)
            self._take_units_in(rows, appointment.appointment_id, picked, units)
            if service_id is not None and booker.phone is not None:
                self._waits_no_more_in(rows, service_id, booker.phone, starts_utc)
        if booker.session_id is not None:
            self._release_in(rows, booker.session_id, now)
        return appointment

    async def _active(self, appointment_id: str, now: datetime, *, started_too: bool = False) -> Appointment:
        found = await self.appointment(appointment_id)
        if found is None:
            raise ChangeRefused("unknown")
        if found.status != "booked":
            raise ChangeRefused("not_active")
        if not started_too and found.starts_at.timestamp() <= now.timestamp():
            raise ChangeRefused("started")
        return found

    async def needs_of(self, appointment: Appointment) -> Needs:
        """What the appointment occupies where it is moved to: the same car, or any resource of its service's kind."""
        service = await self.service(appointment.service_id) if appointment.service_id is not None else None
        if service is not None:
            return await self.needs(service)
        minutes = round((appointment.ends_at.timestamp() - appointment.starts_at.timestamp()) / 60)
        buffer = (await self.rules()).test_drive_buffer_min if appointment.kind == "test_drive" else 0
        return Needs(minutes, buffer, ((appointment.resource_id,),))

    async def _units_of(self, appointment_id: str) -> range:
        bounds = select(func.min(appointment_units.c.unit), func.max(appointment_units.c.unit)).where(
            appointment_units.c.business_id == self.business_id, appointment_units.c.appointment_id == appointment_id
        )
        first, last = (await self._sql.execute(bounds)).one()
        return range(0) if first is None else range(first, last + 1)

    def _free_units_in(self, rows: Rows, appointment_id: str) -> None:
        rows.run(_FREE, **self._key, appointment=appointment_id)

    def _take_units_in(self, rows: Rows, appointment_id: str, picked: Sequence[str], units: range) -> None:
        """Raises SlotTaken when another has one of them: the surrounding savepoint must be left by it."""
        key = {"business_id": self.business_id, "appointment_id": appointment_id}
        try:
            rows.many(_TAKE, [{**key, "resource_id": resource, "unit": unit} for resource in picked for unit in units])
        except (IntegrityError, sqlite3.IntegrityError):
            raise SlotTaken from None

    async def _update(self, appointment_id: str, now: datetime, **values: object) -> None:
        await self._sql.execute(
            update(appointments)
            .where(appointments.c.business_id == self.business_id, appointments.c.appointment_id == appointment_id)
            .values(**values, updated_at=now.astimezone(UTC))
        )

    async def _audit(self, action: str, before: Appointment, actor: str, now: datetime, **more: str) -> None:
        details = {
            "starts_at": before.starts_at.isoformat(),
            "resource_id": before.resource_id,
            "technician_id": before.technician_id,
            "status": before.status,
            **more,
        }
        subject = before.appointment_id
        await record_change(self._sql, self.business_id, action, subject, actor=actor, now=now, details=details)

    async def _tell_waiting_of(self, freed: range, now: datetime) -> Task | None:
        return await self._tell_waiting(freed, now=now) if freed else None

    def _vehicle_id_in(self, rows: Rows, customer_id: str | None, booker: Booker) -> str | None:
        if customer_id is None or not (booker.registration or booker.car):
            return None
        theirs = rows.all(_CARS, **self._key, customer=customer_id)
        if booker.registration:
            found = [str(row[0]) for row in theirs if row[1] == booker.registration]
        else:
            said = (booker.car or "").casefold()
            found = [
                str(row[0])
                for row in theirs
                if said in {name.casefold() for name in (row[2], row[3], f"{row[2]} {row[3]}")}
            ]
        return found[0] if len(found) == 1 else None


def _notes(booker: Booker, customer: Customer | None) -> str:
    """With the e-mail that was given and is not the customer's: a caller's word changes no address in the book."""
    if booker.email is None or (customer is not None and customer.email == booker.email):
        return booker.notes
    return "; ".join(part for part in (booker.notes, f"email: {booker.email}") if part)
