"""What a booking leaves in the outbox, and what becomes of it when the appointment changes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from offhook.contracts.business import Business
from offhook.contracts.calendar import CalendarChange
from offhook.contracts.desk import Effect
from offhook.contracts.jobs import Job, JobContext, Prepared, Skip, Wait
from offhook.contracts.messaging import OutgoingMessage
from offhook.desks.dealership.follow_up import (
    CALENDAR,
    CONFIRMATION,
    DIGEST,
    REMINDER,
    SLOT_FREED,
    appointment_booked,
    appointment_cancelled,
    appointment_moved,
    reminder_moment,
)
from offhook.desks.dealership.jobs import DEALERSHIP_JOBS, event_id_of, plan_dealership
from offhook.desks.dealership.model import Appointment
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.dealership.tables import appointments, customers
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.message_rules import MessageRules, after_quiet
from offhook.store.schema import businesses, jobs
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.dealership_book import keep_bays, service_of
from support.set_clock import SetClock

CHICAGO = ZoneInfo("America/Chicago")
PHONE = "+12025550142"


class Scene:
    def __init__(self, database: Database, clock: SetClock, business: Business) -> None:
        self.database = database
        self.clock = clock
        self.business = business
        self.units = unit_of_work_factory(database, clock)

    @property
    def now(self) -> datetime:
        return self.clock.now().astimezone(CHICAGO)

    async def book(
        self, starts_at: datetime, *, phone: str | None = PHONE, language: str = "en", email: str | None = None
    ) -> Appointment:
        async with self.units(self.business.business_id, Effect.WRITE) as uow:
            book = DealershipRepository(uow)
            service = await book.service_by_name("Oil change")
            assert service is not None
            made = await book.book(
                service,
                starts_at,
                customer_name="Dana",
                customer_phone=phone,
                now=self.now,
                created_via="chat",
                language=language,
                email=email,
            )
            await appointment_booked(uow, self.business, made, now=self.now)
        return made

    async def jobs(self) -> list[tuple[str, str, datetime]]:
        async with self.units(self.business.business_id, Effect.READ) as uow:
            rows = await sql(uow).execute(select(jobs).order_by(jobs.c.created_at, jobs.c.kind))
            return [(row.kind, row.state, row.run_at) for row in rows]

    async def handle(self, kind: str) -> Prepared:
        """What the newest job of that kind wants done now."""
        async with self.units(self.business.business_id, Effect.WRITE) as uow:
            query = select(jobs).where(jobs.c.kind == kind).order_by(jobs.c.job_id.desc()).limit(1)
            row = (await sql(uow).execute(query)).one()
            job = Job(
                business_id=row.business_id,
                job_id=row.job_id,
                kind=kind,
                key=row.key,
                subject=row.subject,
                payload=json.loads(row.payload),
                run_at=row.run_at,
                attempt=1,
            )
            return await DEALERSHIP_JOBS[kind].handle(JobContext(job, self.business, self.now, uow))

    async def change(self, appointment: Appointment, **values: object) -> None:
        async with self.units(self.business.business_id, Effect.WRITE) as uow:
            await sql(uow).execute(
                update(appointments).where(appointments.c.appointment_id == appointment.appointment_id).values(**values)
            )


@pytest.fixture
async def scene(sqlite_database: Database, clock: SetClock) -> AsyncIterator[Scene]:
    """Wednesday, 25 November 2026, 09:00 in Chicago."""
    business = await SqlBusinesses(sqlite_database, clock).default("dealership")
    yield Scene(sqlite_database, clock, business)


FRIDAY_TEN = datetime(2026, 11, 27, 10, 0, tzinfo=CHICAGO)


async def test_a_booking_is_confirmed_now_and_reminded_of_the_day_before(scene: Scene) -> None:
    await scene.book(datetime(2026, 12, 2, 10, 0, tzinfo=CHICAGO))
    assert sorted(await scene.jobs()) == [
        (CALENDAR, "queued", scene.clock.now()),
        (CONFIRMATION, "queued", scene.clock.now()),
        (REMINDER, "queued", datetime(2026, 12, 1, 17, 0, tzinfo=CHICAGO).astimezone(UTC)),
    ]


async def test_a_booking_for_tomorrow_made_in_the_evening_gets_no_reminder(scene: Scene) -> None:
    scene.clock.advance(hours=9)  # 18:00
    await scene.book(FRIDAY_TEN)
    scene.clock.advance(hours=24)
    assert [kind for kind, _, _ in await scene.jobs() if kind == REMINDER] == [REMINDER]
    await scene.book(datetime(2026, 11, 27, 11, 0, tzinfo=CHICAGO))
    assert [kind for kind, _, _ in await scene.jobs() if kind == REMINDER] == [REMINDER]


async def test_without_a_number_nobody_is_written_to(scene: Scene) -> None:
    await scene.book(datetime(2026, 12, 2, 10, 0, tzinfo=CHICAGO), phone=None)
    assert [kind for kind, _, _ in await scene.jobs()] == [CALENDAR]


async def test_a_cancel_takes_the_reminder_back(scene: Scene) -> None:
    made = await scene.book(datetime(2026, 12, 2, 10, 0, tzinfo=CHICAGO))
    async with scene.units(scene.business.business_id, Effect.WRITE) as uow:
        await appointment_cancelled(uow, made, now=scene.now + timedelta(seconds=1))
    states = {(kind, state) for kind, state, _ in await scene.jobs()}
    assert states == {
        (CONFIRMATION, "cancelled"),
        (REMINDER, "cancelled"),
        (CALENDAR, "cancelled"),
        (CALENDAR, "queued"),
    }


async def test_a_move_reminds_of_the_new_time_only(scene: Scene) -> None:
    made = await scene.book(datetime(2026, 12, 2, 10, 0, tzinfo=CHICAGO))
    starts_at = datetime(2026, 12, 3, 9, 0, tzinfo=CHICAGO)
    moved = Appointment(
        **{field: getattr(made, field) for field in Appointment.__slots__}
        | {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=45)}
    )
    async with scene.units(scene.business.business_id, Effect.WRITE) as uow:
        await appointment_moved(uow, scene.business, moved, now=scene.now)
    waiting = [(kind, at) for kind, state, at in await scene.jobs() if kind == REMINDER and state == "queued"]
    assert waiting == [(REMINDER, datetime(2026, 12, 2, 17, 0, tzinfo=CHICAGO).astimezone(UTC))]


async def test_the_confirmation_in_the_customers_language(scene: Scene) -> None:
    await scene.book(datetime(2026, 12, 2, 10, 0, tzinfo=CHICAGO))
    message = await scene.handle(CONFIRMATION)
    assert isinstance(message, OutgoingMessage)
    assert message.recipient.phone == PHONE
    assert "Oil change" in message.text and "Wednesday, December 2nd at 10 AM" in message.text
    assert message.template is not None
    assert message.template.values == ("Dana", "Oil change", "Wednesday, December 2nd at 10 AM")
    (invitation,) = message.attachments
    assert "DTSTART:20261202T160000Z\r\n" in invitation.content
    async with scene.units(scene.business.business_id, Effect.WRITE) as uow:
        await sql(uow).execute(update(customers).values(language="hi", email="dana@example.com"))
    message = await scene.handle(CONFIRMATION)
    assert isinstance(message, OutgoingMessage)
    assert "बुधवार, 2 दिसंबर को 10 AM" in message.text
    assert (message.language, message.recipient.email) == ("hi", "dana@example.com")


async def test_no_message_for_an_appointment_that_does_not_stand(scene: Scene) -> None:
    made = await scene.book(datetime(2026, 12, 2, 10, 0, tzinfo=CHICAGO))
    await scene.change(made, starts_at=datetime(2026, 12, 2, 10, 15, tzinfo=CHICAGO))
    assert await scene.handle(REMINDER) == Skip("the appointment was moved")
    await scene.change(made, status="cancelled")
    assert await scene.handle(REMINDER) == Skip("the appointment does not stand")
    await scene.change(made, status="booked", starts_at=made.starts_at)
    scene.clock.advance(days=8)
    assert await scene.handle(REMINDER) == Skip("the appointment is over")


async def test_a_late_reminder_waits_for_the_end_of_the_quiet_hours(scene: Scene) -> None:
    await scene.book(datetime(2026, 11, 27, 10, 0, tzinfo=CHICAGO))
    scene.clock.advance(hours=38)  # Thursday, 23:00
    assert await scene.handle(REMINDER) == Wait(datetime(2026, 11, 27, 8, 0, tzinfo=CHICAGO))


async def test_the_calendar_gets_what_is_true_now(scene: Scene) -> None:
    made = await scene.book(datetime(2026, 12, 2, 10, 0, tzinfo=CHICAGO))
    change = await scene.handle(CALENDAR)
    assert isinstance(change, CalendarChange) and change.event is not None
    assert change.event.title == "Oil change: Dana"
    assert change.event_id == event_id_of(made.appointment_id)
    assert set(change.event_id) <= set("0123456789abcdefghijklmnopqrstuv")
    await scene.change(made, status="cancelled")
    change = await scene.handle(CALENDAR)
    assert isinstance(change, CalendarChange) and change.event is None


async def test_the_owners_digest_once_a_day(scene: Scene) -> None:
    async with scene.units(scene.business.business_id, Effect.WRITE) as uow:
        for _ in range(2):
            await plan_dealership(uow, scene.business, scene.now)
        await DealershipRepository(uow).create_task("callback", "asked for Ravi", now=scene.now)
    assert await scene.jobs() == [(DIGEST, "queued", datetime(2026, 11, 26, 8, 0, tzinfo=CHICAGO).astimezone(UTC))]
    assert await scene.handle(DIGEST) == Skip("its day is over")
    await scene.book(FRIDAY_TEN)
    scene.clock.advance(days=1)
    message = await scene.handle(DIGEST)
    assert isinstance(message, OutgoingMessage)
    assert message.text.splitlines()[1:] == [
        "Bookings today: 0.",
        "People waiting for a call: 1.",
        "Calls missed since yesterday: 0.",
    ]


QUIET = MessageRules(quiet_from="21:00", quiet_until="08:00")


@pytest.mark.parametrize(
    ("hour", "expected"), [(20, (25, 20)), (21, (26, 8)), (23, (26, 8)), (3, (25, 8)), (8, (25, 8)), (12, (25, 12))]
)
def test_quiet_hours_over_midnight(hour: int, expected: tuple[int, int]) -> None:
    moment = datetime(2026, 11, 25, hour, 0, tzinfo=CHICAGO)
    assert after_quiet(moment, QUIET, CHICAGO) == datetime(2026, 11, expected[0], expected[1], 0, tzinfo=CHICAGO)


def test_a_reminder_time_that_the_clock_change_skips_is_an_hour_later() -> None:
    rules = MessageRules(reminder_at="02:30", quiet_from="00:00", quiet_until="00:00")
    after = reminder_moment(datetime(2026, 3, 9, 10, 0, tzinfo=CHICAGO), rules, CHICAGO)
    assert after.isoformat() == "2026-03-08T03:30:00-05:00"


async def test_a_freed_time_is_written_to_the_first_who_waits_for_it(scene: Scene) -> None:
    await keep_bays(scene.database, 1)
    made = await scene.book(FRIDAY_TEN)
    async with scene.units(scene.business.business_id, Effect.WRITE) as uow:
        book = DealershipRepository(uow)
        service = await service_of(book)
        for n, name in enumerate(("Ann Lee", "Bob Stone")):
            await book.wait_for(
                service,
                FRIDAY_TEN,
                FRIDAY_TEN,
                customer_name=name,
                customer_phone=f"+1202555018{n}",
                now=scene.now + timedelta(seconds=n),
            )
        await book.cancel(made.appointment_id, now=scene.now, actor="staff", by_staff=True)
    assert [kind for kind, _, _ in await scene.jobs() if kind == SLOT_FREED] == [SLOT_FREED]
    message = await scene.handle(SLOT_FREED)
    assert isinstance(message, OutgoingMessage)
    assert (message.recipient.name, message.recipient.phone) == ("Ann Lee", "+12025550180")
    assert message.text == (
        "Lakeside Motors: a time has become free for your Oil change, Friday, November 27th at 10 AM. "
        "To take it, call +12025550110; it is open to others until then."
    )
    scene.clock.advance(hours=13)  # 22:00: quiet
    assert await scene.handle(SLOT_FREED) == Wait(datetime(2026, 11, 26, 8, 0, tzinfo=CHICAGO))
    await scene.book(FRIDAY_TEN, phone="+12025550180")
    assert await scene.handle(SLOT_FREED) == Skip("nobody waits for it any more"), "she has booked it"


async def test_who_hears_too_late_of_a_freed_time_waits_on(scene: Scene) -> None:
    await keep_bays(scene.database, 1)
    made = await scene.book(FRIDAY_TEN)
    async with scene.units(scene.business.business_id, Effect.WRITE) as uow:
        book = DealershipRepository(uow)
        await book.wait_for(
            await service_of(book),
            FRIDAY_TEN,
            FRIDAY_TEN,
            customer_name="Ann",
            customer_phone="+12025550180",
            now=scene.now,
        )
        await book.cancel(made.appointment_id, now=scene.now, actor="staff", by_staff=True)
        assert await book.waiting(now=scene.now) == []
    await scene.book(FRIDAY_TEN)
    assert await scene.handle(SLOT_FREED) == Skip("the time is taken again")
    async with scene.units(scene.business.business_id, Effect.READ) as uow:
        assert [one.customer_name for one in await DealershipRepository(uow).waiting(now=scene.now)] == ["Ann"]


async def test_a_new_customer_is_written_to_in_their_language_by_email_too(scene: Scene) -> None:
    await scene.book(FRIDAY_TEN, phone="+12025550178", language="hi", email="dana@example.com")
    message = await scene.handle(CONFIRMATION)
    assert isinstance(message, OutgoingMessage)
    assert (message.language, message.recipient.email) == ("hi", "dana@example.com")
    assert [one.filename for one in message.attachments] == ["appointment.ics"]


async def test_a_business_may_remind_by_telephone(scene: Scene) -> None:
    await scene.book(datetime(2026, 12, 2, 10, 0, tzinfo=CHICAGO))
    scene.clock.advance(days=6, hours=8)  # the day before, 17:00
    written = await scene.handle(REMINDER)
    assert isinstance(written, OutgoingMessage) and (written.prefer, written.call) == (None, None)
    async with scene.units(scene.business.business_id, Effect.WRITE) as uow:
        mine = businesses.c.business_id == scene.business.business_id
        known = json.loads((await sql(uow).execute(select(businesses.c.settings).where(mine))).scalar_one())
        known["messages"] = {**known.get("messages", {}), "reminder_by": "call"}
        await sql(uow).execute(update(businesses).where(mine).values(settings=json.dumps(known)))
    said = await scene.handle(REMINDER)
    assert isinstance(said, OutgoingMessage) and (said.prefer, said.text) == ("call", written.text)
    assert said.call is not None and (said.call.to_number, said.call.about) == (PHONE, "reminder")
