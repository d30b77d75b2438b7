"""What follows from a lead: who is told, when, and who is left alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from offhook.contracts.business import Business
from offhook.contracts.desk import Effect
from offhook.contracts.jobs import Job, JobContext, Prepared, Skip, Wait
from offhook.contracts.messaging import OutgoingMessage
from offhook.desks.sales.follow_up import lead_changed, lead_kept
from offhook.desks.sales.jobs import SALES_JOBS
from offhook.desks.sales.quoting import quote_for
from offhook.desks.sales.repository import Kept, SalesBook, Told
from offhook.store.businesses import SqlBusinesses
from offhook.store.contact_wishes import ContactWishes
from offhook.store.engine import Database
from offhook.store.schema import businesses, jobs
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock

ZONE = ZoneInfo("Asia/Kolkata")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=ZONE)
FRIDAY = datetime(2026, 11, 27, 16, 0, tzinfo=ZONE)
OWNER = (
    '{"messages": {"owner_name": "Owner", "owner_phone": "+919999900199"},'
    ' "sales": {"tax_name": "GST", "tax_rate": 1800}}'
)
PHONE = "+919999900011"


class Desk:
    def __init__(self, database: Database, clock: SetClock, business: Business) -> None:
        self.database = database
        self.units = unit_of_work_factory(database, clock)
        self.business = business

    async def keep(self, **told: object) -> Kept:
        async with self.units(self.business.business_id, Effect.WRITE) as uow:
            book = SalesBook(uow)
            if told.pop("quoted", False):
                item = await book.item("Payroll")
                assert item is not None
                told["quote"] = quote_for(item, 20, await book.sales_settings())
            kept = await book.keep(
                Told(**{"name": "Priya Nair", "phone": PHONE, "product": "Payroll", "qty": 20, **told}),  # type: ignore[arg-type]
                session_id="sess_1",
                channel="chat",
                language="en",
                currency="INR",
                price=None,
                now=NOW,
            )
            await lead_kept(uow, kept, self.business, now=NOW)
            return kept

    async def waiting(self) -> dict[str, datetime]:
        """Kind -> when it is due, of the jobs that wait."""
        async with self.database.transaction(write=False) as connection:
            rows = await connection.execute(select(jobs.c.kind, jobs.c.run_at).where(jobs.c.state == "queued"))
            return {row.kind: row.run_at.astimezone(ZONE) for row in rows}

    async def run(self, kind: str, now: datetime = NOW) -> Prepared:
        async with self.database.transaction(write=False) as connection:
            query = select(jobs).where(jobs.c.kind == kind, jobs.c.state == "queued")
            row = (await connection.execute(query)).mappings().one()
        async with self.units(self.business.business_id, Effect.WRITE) as uow:
            lead_id, due = row["subject"], row["payload"].partition('"due":"')[2].partition('"')[0]
            payload = {"lead_id": lead_id, "due": due}
            job = Job(
                business_id=self.business.business_id,
                job_id=row["job_id"],
                kind=kind,
                key=row["key"],
                subject=lead_id,
                payload=payload,
                run_at=row["run_at"],
                attempt=1,
            )
            return await SALES_JOBS[kind].handle(JobContext(job, self.business, now, uow))

    async def change(self, lead_id: str, **values: object) -> None:
        async with self.units(self.business.business_id, Effect.WRITE) as uow:
            await SalesBook(uow).change(lead_id, values, actor="test", now=NOW)
            await lead_changed(uow, lead_id, self.business, now=NOW)


@pytest.fixture
async def desk(sqlite_database: Database, clock: SetClock) -> Desk:
    business = await SqlBusinesses(sqlite_database, clock).default("sales")
    async with sqlite_database.transaction(write=True) as connection:
        mine = businesses.c.business_id == business.business_id
        await connection.execute(update(businesses).where(mine).values(settings=OWNER))
    return Desk(sqlite_database, clock, business)


def text_of(prepared: Prepared) -> str:
    assert isinstance(prepared, OutgoingMessage), prepared
    return prepared.text


async def test_the_owner_hears_of_a_lead_at_once_and_at_the_agreed_time(desk: Desk) -> None:
    await desk.keep(asked="call_back", next_at=FRIDAY)
    assert await desk.waiting() == {"sales.owner_new": NOW, "sales.owner_due": FRIDAY}
    new = await desk.run("sales.owner_new")
    assert isinstance(new, OutgoingMessage)
    assert new.recipient.phone == "+919999900199"
    assert all(part in new.text for part in ("Priya Nair", "Payroll, 20", PHONE, "Friday"))
    assert "Priya Nair" in text_of(await desk.run("sales.owner_due", FRIDAY))


async def test_another_time_takes_the_reminder_along(desk: Desk) -> None:
    kept = await desk.keep(asked="call_back", next_at=FRIDAY)
    later = FRIDAY + timedelta(days=3)
    await desk.change(kept.lead.lead_id, next_at=later)
    assert (await desk.waiting())["sales.owner_due"] == later
    await desk.change(kept.lead.lead_id, status="lost")
    assert "sales.owner_due" not in await desk.waiting()
    assert isinstance(await desk.run("sales.owner_new"), Skip)


async def test_the_quote_goes_out_exactly_as_it_was_told(desk: Desk) -> None:
    await desk.keep(asked="quote", quoted=True)
    told = text_of(await desk.run("sales.quote"))
    assert all(part in told for part in ("₹1,980", "₹356.40", "₹2,336.40", "GST"))


async def test_a_word_before_a_demo(desk: Desk) -> None:
    await desk.keep(asked="demo", next_at=FRIDAY)
    due = (await desk.waiting())["sales.demo_reminder"]
    assert due == FRIDAY - timedelta(hours=1)
    assert "4 PM" in text_of(await desk.run("sales.demo_reminder", due))
    assert isinstance(await desk.run("sales.demo_reminder", FRIDAY), Skip)


async def test_who_wants_it_later_is_written_to_then_and_not_at_night(desk: Desk) -> None:
    await desk.keep(timing_from=date(2027, 5, 25))
    due = (await desk.waiting())["sales.nurture"]
    assert due == datetime(2027, 5, 18, 10, 0, tzinfo=ZONE)
    assert "STOP" in text_of(await desk.run("sales.nurture", due))
    night = await desk.run("sales.nurture", due.replace(hour=22))
    assert night == Wait(datetime(2027, 5, 19, 8, 0, tzinfo=ZONE))


async def test_who_said_stop_or_was_entered_by_staff_is_not_written_to(desk: Desk) -> None:
    kept = await desk.keep(timing_from=date(2027, 5, 25), asked="nurture")
    due = (await desk.waiting())["sales.nurture"]
    async with desk.units(desk.business.business_id, Effect.WRITE) as uow:
        await ContactWishes(uow).heard_from(PHONE, at=NOW, stop=True)
    assert isinstance(await desk.run("sales.nurture", due), Skip)
    await desk.change(kept.lead.lead_id, consent_at=None)
    assert "sales.nurture" not in await desk.waiting()
