"""An answer to a message cancels the appointment that it was about, and only when it says nothing but that."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from offhook.contracts.business import Business
from offhook.contracts.desk import Effect
from offhook.contracts.jobs import Job, JobContext, ReplyMeaning, Skip
from offhook.contracts.messaging import InboundMessage
from offhook.desks.dealership.follow_up import REMINDER, appointment_booked
from offhook.desks.dealership.jobs import DEALERSHIP_JOBS
from offhook.desks.dealership.replies import meaning_of, reply_received
from offhook.desks.dealership.repository import DealershipRepository
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.schema import jobs, messages, tasks
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock

CHICAGO = ZoneInfo("America/Chicago")
PHONE = "+12025550142"
WEDNESDAY = datetime(2026, 12, 2, 10, 0, tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Cancel", "cancelled"),
        ("NO.", "cancelled"),
        ("please cancel it!", "cancelled"),
        ("I can't come", "cancelled"),
        ("cancel kar do", "cancelled"),
        ("रद्द कर दो", "cancelled"),
        ("नहीं", "cancelled"),
        ("yes", "kept"),
        ("ठीक है", "kept"),
        ("no problem, see you then", "not_understood"),
        ("don't cancel", "not_understood"),
        ("no need to cancel", "not_understood"),
        ("cancel nahi karna", "not_understood"),
        ("can I cancel later?", "not_understood"),
        ("", "not_understood"),
    ],
)
def test_what_an_answer_means(text: str, meaning: ReplyMeaning) -> None:
    assert meaning_of(text) == meaning


class Scene:
    def __init__(self, database: Database, clock: SetClock, business: Business) -> None:
        self.clock = clock
        self.business = business
        self.units = unit_of_work_factory(database, clock)

    async def reminded(self, starts_at: datetime = WEDNESDAY) -> str:
        """An appointment whose customer was written to."""
        now = self.clock.now()
        async with self.units(self.business.business_id, Effect.WRITE) as uow:
            book = DealershipRepository(uow)
            service = await book.service_by_name("Oil change")
            assert service is not None
            made = await book.book(
                service, starts_at, customer_name="Dana", customer_phone=PHONE, now=now, created_via="chat"
            )
            await appointment_booked(uow, self.business, made, now=now)
            query = select(jobs.c.job_id).where(jobs.c.subject == made.appointment_id, jobs.c.kind == REMINDER)
            row = dict.fromkeys([column.name for column in messages.columns], "") | {
                "business_id": self.business.business_id,
                "message_id": f"msg_{made.appointment_id}",
                "job_id": (await sql(uow).execute(query)).scalar_one(),
                "kind": REMINDER,
                "recipient": PHONE,
                "state": "sent",
                "about": made.appointment_id,
                "created_at": now,
                "updated_at": now,
            }
            await sql(uow).execute(insert(messages), row)
        return made.appointment_id

    async def reply(self, text: str, sender: str = PHONE) -> ReplyMeaning:
        async with self.units(self.business.business_id, Effect.WRITE) as uow:
            message = InboundMessage(channel="whatsapp", sender=sender, text=text)
            return await reply_received(uow, self.business, message, self.clock.now())

    async def status(self, appointment_id: str) -> str:
        async with self.units(self.business.business_id, Effect.READ) as uow:
            found = await DealershipRepository(uow).appointment(appointment_id)
        assert found is not None
        return found.status

    async def waiting(self, appointment_id: str) -> set[str]:
        async with self.units(self.business.business_id, Effect.READ) as uow:
            query = select(jobs.c.kind).where(jobs.c.subject == appointment_id, jobs.c.state == "queued")
            return set((await sql(uow).execute(query)).scalars())


@pytest.fixture
async def scene(sqlite_database: Database, clock: SetClock) -> Scene:
    business = await SqlBusinesses(sqlite_database, clock).default("dealership")
    return Scene(sqlite_database, clock, business)


async def test_a_no_cancels_the_appointment_and_what_waits_for_it(scene: Scene) -> None:
    appointment_id = await scene.reminded()
    assert await scene.reply("yes") == "kept"
    assert await scene.reply("no problem") == "not_understood"
    assert await scene.status(appointment_id) == "booked"
    scene.clock.advance(seconds=1)
    assert await scene.reply("No") == "cancelled"
    assert await scene.status(appointment_id) == "cancelled"
    assert await scene.waiting(appointment_id) == {"dealership.calendar"}
    assert await scene.reply("No") == "not_understood"


async def test_only_the_last_appointment_written_of(scene: Scene) -> None:
    first = await scene.reminded()
    scene.clock.advance(seconds=5)
    second = await scene.reminded(WEDNESDAY + timedelta(days=1))
    assert await scene.reply("cancel") == "cancelled"
    assert (await scene.status(first), await scene.status(second)) == ("booked", "cancelled")


async def test_strangers_and_late_answers_cancel_nothing(scene: Scene) -> None:
    appointment_id = await scene.reminded(WEDNESDAY + timedelta(days=12))
    assert await scene.reply("cancel", sender="+12025550199") == "not_understood"
    scene.clock.advance(days=8)
    assert await scene.reply("cancel") == "not_understood"
    assert await scene.status(appointment_id) == "booked"


async def test_too_late_to_cancel_asks_a_person(scene: Scene) -> None:
    appointment_id = await scene.reminded(datetime(2026, 11, 27, 10, 0, tzinfo=CHICAGO))
    scene.clock.advance(days=2, minutes=30)  # half an hour before
    assert await scene.reply("cancel") == "too_late"
    assert await scene.status(appointment_id) == "booked"
    async with scene.units(scene.business.business_id, Effect.READ) as uow:
        task = (await sql(uow).execute(select(tasks))).one()
    assert (task.kind, task.priority, task.customer_name, task.customer_phone) == ("callback", "HIGH", "Dana", PHONE)
    assert task.due_at == scene.clock.now(), "it is open"


async def test_stop_ends_the_messages_and_cancels_nothing(scene: Scene) -> None:
    appointment_id = await scene.reminded()
    assert await scene.reply("STOP") == "stopped"
    assert await scene.status(appointment_id) == "booked"
    async with scene.units(scene.business.business_id, Effect.WRITE) as uow:
        query = select(jobs).where(jobs.c.subject == appointment_id, jobs.c.kind == REMINDER)
        row = (await sql(uow).execute(query)).one()
        job = Job(
            business_id=row.business_id,
            job_id=row.job_id,
            kind=REMINDER,
            key=row.key,
            subject=row.subject,
            payload=json.loads(row.payload),
            run_at=row.run_at,
            attempt=1,
        )
        due = row.run_at.astimezone(CHICAGO)
        context = JobContext(job=job, business=scene.business, now=due, uow=uow)
        assert await DEALERSHIP_JOBS[REMINDER].handle(context) == Skip("the customer wants no messages")
