"""What a caller may see and change: what this session made, and their own once a second fact has proved them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from offhook.contracts.desk import Caller, Failed, Ok, Retry
from offhook.desks.dealership.model import Appointment
from offhook.desks.dealership.tools.appointment_status import StatusAnswer, StatusQuestion, appointment_status
from offhook.desks.dealership.tools.cancel_appointment import CancelRequest, cancel_appointment
from offhook.desks.dealership.tools.reschedule_appointment import Moved, MoveRequest, reschedule_appointment
from offhook.store.engine import Database
from support.dealership_book import FRIDAY_10, MARIA, booked, keep_bays, opener, run_tool
from support.set_clock import SetClock

STRANGER = Caller("sess_stranger", "phone")
SECOND_FACT = Failed("needs_second_fact")
UNKNOWN = Failed("appointment_unknown")


@pytest.fixture
async def marias(sqlite_database: Database, clock: SetClock) -> Appointment:
    """An appointment that Maria made last week."""
    async with opener(sqlite_database, clock)(write=True) as book:
        return await booked(book, FRIDAY_10, clock.now(), name="Maria Lopez", phone=MARIA, session_id="sess_old")


@pytest.fixture
def maria(marias: Appointment) -> Caller:
    """Greeted by her number; nothing is proved."""
    return Caller("sess_new", "phone", MARIA, marias.customer_id)


def move(appointment: Appointment, day: str = "2026-11-27", at: str = "15:00") -> MoveRequest:
    return MoveRequest(appointment_id=appointment.appointment_id, date=day, time=at)


async def test_caller_id_alone_only_greets(
    sqlite_database: Database, clock: SetClock, marias: Appointment, maria: Caller
) -> None:
    cancel = CancelRequest(appointment_id=marias.appointment_id)
    assert await run_tool(sqlite_database, clock, appointment_status, StatusQuestion(), maria) == SECOND_FACT
    assert await run_tool(sqlite_database, clock, cancel_appointment, cancel, maria) == SECOND_FACT
    assert await run_tool(sqlite_database, clock, reschedule_appointment, move(marias), maria) == SECOND_FACT
    async with opener(sqlite_database, clock)() as book:
        assert await book.appointment(marias.appointment_id) == marias


async def test_others_appointments_do_not_exist(
    sqlite_database: Database, clock: SetClock, marias: Appointment
) -> None:
    someone = Caller("sess_x", "phone", "+12025550199", "cust_other", verified=True)
    cancel = CancelRequest(appointment_id=marias.appointment_id)
    for caller in (someone, STRANGER, replace(STRANGER, verified=True)):
        assert await run_tool(sqlite_database, clock, cancel_appointment, cancel, caller) == UNKNOWN
        assert await run_tool(sqlite_database, clock, reschedule_appointment, move(marias), caller) == UNKNOWN
    answer = await run_tool(sqlite_database, clock, appointment_status, StatusQuestion(), someone)
    assert answer == Ok(StatusAnswer())
    nowhere = CancelRequest(appointment_id="appt_nowhere")
    assert await run_tool(sqlite_database, clock, cancel_appointment, nowhere, someone) == UNKNOWN


async def test_a_proved_customer_sees_moves_and_cancels(
    sqlite_database: Database, clock: SetClock, marias: Appointment, maria: Caller
) -> None:
    proved = replace(maria, verified=True)
    seen = await run_tool(sqlite_database, clock, appointment_status, StatusQuestion(), proved)
    assert isinstance(seen, Ok)
    assert [one.appointment_id for one in seen.value.appointments] == [marias.appointment_id]
    moved = await run_tool(sqlite_database, clock, reschedule_appointment, move(marias), proved)
    assert moved == Ok(
        Moved(
            appointment_id=marias.appointment_id,
            service="Oil change",
            starts_at="2026-11-27T15:00-06:00",
            moved_from="2026-11-27T10:00-06:00",
            name="Maria Lopez",
        )
    )
    again = await run_tool(sqlite_database, clock, reschedule_appointment, move(marias), proved)
    assert again == Failed("same_time")
    cancel = CancelRequest(appointment_id=marias.appointment_id)
    assert isinstance(await run_tool(sqlite_database, clock, cancel_appointment, cancel, proved), Ok)
    assert await run_tool(sqlite_database, clock, cancel_appointment, cancel, proved) == Failed("appointment_over")
    left = await run_tool(sqlite_database, clock, appointment_status, StatusQuestion(), proved)
    assert left == Ok(StatusAnswer())


async def test_what_this_session_made_is_open_to_it(
    sqlite_database: Database, clock: SetClock, marias: Appointment
) -> None:
    here = Caller("sess_old", "chat")
    seen = await run_tool(sqlite_database, clock, appointment_status, StatusQuestion(), here)
    assert isinstance(seen, Ok)
    assert len(seen.value.appointments) == 1
    assert isinstance(await run_tool(sqlite_database, clock, reschedule_appointment, move(marias), here), Ok)


async def test_a_refused_move_tells_why_and_what_else(
    sqlite_database: Database, clock: SetClock, marias: Appointment
) -> None:
    await keep_bays(sqlite_database, 1)
    async with opener(sqlite_database, clock)(write=True) as book:
        await booked(book, FRIDAY_10 + timedelta(hours=5), clock.now())
    here = Caller("sess_old", "chat")

    async def moved(day: str, at: str) -> object:
        return await run_tool(sqlite_database, clock, reschedule_appointment, move(marias, day, at), here)

    assert await moved("2026-11-27", "15:00") == Failed(
        "refused.taken", ("2026-11-27T13:00", "2026-11-27T14:00", "2026-11-27T16:00")
    )
    assert await moved("2026-11-29", "10:00") == Failed(
        "refused.closed_day", ("2026-11-30T08:00", "2026-11-30T09:00", "2026-11-30T10:00")
    )
    assert await moved("2026-11-20", "10:00") == Failed("refused.past")
    assert isinstance(await moved("2026-06-31", "10:00"), Retry)
    assert isinstance(await moved("2026-11-27", "25:00"), Retry)
    clock.advance(seconds=(FRIDAY_10 - clock.now()).total_seconds() - 59 * 60)
    cancel = CancelRequest(appointment_id=marias.appointment_id)
    assert await run_tool(sqlite_database, clock, cancel_appointment, cancel, here) == Failed("cancel_too_late")
