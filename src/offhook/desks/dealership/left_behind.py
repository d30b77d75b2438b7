"""What a session left in the dealership's book, for scenarios."""

from __future__ import annotations

from offhook.contracts.desk import UnitOfWork
from offhook.desks.dealership.repository import DealershipRepository
from offhook.dialogue.scenario import AppointmentLeft, Ending


async def left_behind(uow: UnitOfWork, session_id: str) -> Ending:
    book = DealershipRepository(uow)
    appointments = [one for one in await book.appointments(limit=1000) if one.session_id == session_id]
    return Ending(
        appointments=tuple(
            AppointmentLeft(
                service=one.service_name,
                starts=f"{one.starts_at:%Y-%m-%dT%H:%M}",
                name=one.customer_name,
                phone=one.customer_phone,
            )
            for one in appointments
            if one.status == "booked"
        ),
        tasks=len(await book.tasks(session_id=session_id)),
    )
