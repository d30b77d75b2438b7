"""What a session left in the dealership's book, for scenarios."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from offhook.contracts.desk import UnitOfWork
from offhook.desks.dealership.model import Appointment, Waiting
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tables import vehicles
from offhook.dialogue.scenario import AppointmentLeft, Ending, WaitingLeft
from offhook.dialogue.tools.request_human import OWNER_NOTICE
from offhook.store.schema import jobs
from offhook.store.unit_of_work import sql


async def left_behind(uow: UnitOfWork, session_id: str, now: datetime) -> Ending:
    book = DealershipRepository(uow)
    booked = await book.appointments(status="booked", limit=1000)
    others = [one for one in booked if one.session_id != session_id and one.customer_phone is not None]
    waiting = [one for one in await book.waiting(now=now) if one.session_id == session_id]
    tasks = [one.task_id for one in await book.tasks(session_id=session_id)]
    notices = select(func.count()).where(
        jobs.c.business_id == uow.business_id, jobs.c.kind == OWNER_NOTICE, jobs.c.subject.in_(tasks)
    )
    cars = await _registrations(uow, booked)
    return Ending(
        waiting=tuple([await _waiting_left(book, one) for one in waiting]),
        appointments=tuple(_left(one, cars) for one in booked if one.session_id == session_id),
        others=tuple(_left(one, cars) for one in others),
        tasks=len(tasks),
        owner_told=int((await sql(uow).execute(notices)).scalar_one()),
    )


async def _registrations(uow: UnitOfWork, booked: list[Appointment]) -> dict[str | None, str]:
    wanted = {one.vehicle_id for one in booked if one.vehicle_id is not None}
    rows = await sql(uow).execute(
        select(vehicles.c.vehicle_id, vehicles.c.registration).where(
            vehicles.c.business_id == uow.business_id, vehicles.c.vehicle_id.in_(wanted)
        )
    )
    return {row.vehicle_id: row.registration or "" for row in rows.all()}


def _left(one: Appointment, cars: dict[str | None, str]) -> AppointmentLeft:
    return AppointmentLeft(
        service=one.service_name,
        starts=f"{one.starts_at:%Y-%m-%dT%H:%M}",
        name=one.customer_name,
        phone=one.customer_phone,
        registration=cars.get(one.vehicle_id, ""),
    )


async def _waiting_left(book: DealershipRepository, one: Waiting) -> WaitingLeft:
    service = await book.service(one.service_id)
    return WaitingLeft(
        service="" if service is None else service.name,
        first=f"{one.starts_from:%Y-%m-%dT%H:%M}",
        last=f"{one.starts_to:%Y-%m-%dT%H:%M}",
        name=one.customer_name,
        phone=one.customer_phone,
    )
