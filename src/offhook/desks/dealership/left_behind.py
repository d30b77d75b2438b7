"""What a session left in the dealership's book, for scenarios."""

from __future__ import annotations

from offhook.contracts.desk import UnitOfWork
from offhook.desks.dealership.model import Appointment
from offhook.desks.dealership.repository import DealershipRepository
from offhook.dialogue.scenario import AppointmentLeft, Ending


async def left_behind(uow: UnitOfWork, session_id: str) -> Ending:
    book = DealershipRepository(uow)
    booked = await book.appointments(status="booked", limit=1000)
    others = [one for one in booked if one.session_id != session_id and one.customer_phone is not None]
    return Ending(
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
