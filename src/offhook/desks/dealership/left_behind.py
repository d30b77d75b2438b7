"""What a session left in the dealership's book, for scenarios."""

from __future__ import annotations

from datetime import datetime

from offhook.contracts.desk import UnitOfWork
from offhook.desks.dealership.model import Appointment, Waiting
from offhook.desks.dealership.repository import DealershipRepository
from offhook.dialogue.scenario import AppointmentLeft, Ending, WaitingLeft


async def left_behind(uow: UnitOfWork, session_id: str, now: datetime) -> Ending:
    book = DealershipRepository(uow)
    booked = await book.appointments(status="booked", limit=1000)
    others = [one for one in booked if one.session_id != session_id and one.customer_phone is not None]
    waiting = [one for one in await book.waiting(now=now) if one.session_id == session_id]
    return Ending(
        waiting=tuple([await _waiting_left(book, one) for one in waiting]),
        appointments=tuple(_left(one) for one in booked if one.session_id == session_id),
        others=tuple(map(_left, others)),
        tasks=len(await book.tasks(session_id=session_id)),
    )


def _left(one: Appointment) -> AppointmentLeft:
    return AppointmentLeft(
        service=one.service_name,
        starts=f"{one.starts_at:%Y-%m-%dT%H:%M}",
        name=one.customer_name,
        phone=one.customer_phone,
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
