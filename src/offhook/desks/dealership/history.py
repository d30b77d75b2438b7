"""What was done to which car, and when: written as appointments are completed, told to the car's owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select

from offhook.desks.dealership.model import Appointment
from offhook.desks.dealership.schedule import Schedule
from offhook.desks.dealership.tables import service_history, vehicles
from offhook.kit.ids import new_id
from offhook.store.schema import businesses


@dataclass(frozen=True, slots=True)
class Done:
    """The latest work on one car."""

    car: str
    """ "Honda Civic"."""
    service: str
    done_on: date


class ServiceHistory(Schedule):
    async def note_done(self, appointment: Appointment, now: datetime) -> None:
        """A completed service goes into its car's history; needs a WRITE unit of work. Where the book does not know for
        which of the customer's cars it was, nothing is written. The price only where the service has one price."""
        vehicle_id = appointment.vehicle_id
        if vehicle_id is None and appointment.customer_id is not None:
            cars = await self.vehicles(appointment.customer_id)
            vehicle_id = cars[0].vehicle_id if len(cars) == 1 else None
        if appointment.kind != "service" or vehicle_id is None:
            return
        service = await self.service(appointment.service_id) if appointment.service_id is not None else None
        fixed = service is not None and service.price_to in (None, service.price_from)
        price = service.price_from if service is not None and fixed else None
        currency = select(businesses.c.currency).where(businesses.c.business_id == self.business_id)
        row = {
            "business_id": self.business_id,
            "history_id": new_id("hist"),
            "vehicle_id": vehicle_id,
            "customer_id": appointment.customer_id,
            "appointment_id": appointment.appointment_id,
            "service_name": appointment.service_name,
            "done_on": min(appointment.starts_at, now.astimezone(appointment.starts_at.tzinfo)).date(),
            "price": None if price is None else price.amount,
            "currency": str((await self._sql.execute(currency)).scalar_one()),
            "notes": "",
        }
        await self._sql.execute(insert(service_history), row)

    async def last_done(self, customer_id: str) -> list[Done]:
        """Of each of the customer's cars the latest work, the latest first."""
        same = (vehicles.c.business_id == service_history.c.business_id) & (
            vehicles.c.vehicle_id == service_history.c.vehicle_id
        )
        rows = await self._sql.execute(
            select(
                vehicles.c.vehicle_id,
                vehicles.c.make,
                vehicles.c.model,
                service_history.c.service_name,
                service_history.c.done_on,
            )
            .join_from(vehicles, service_history, same)
            .where(vehicles.c.business_id == self.business_id, vehicles.c.customer_id == customer_id, vehicles.c.active)
            .order_by(service_history.c.done_on.desc(), service_history.c.history_id.desc())
        )
        latest: dict[str, Done] = {}
        for row in rows.all():
            latest.setdefault(row.vehicle_id, Done(f"{row.make} {row.model}", row.service_name, row.done_on))
        return list(latest.values())
