"""Reminders from the tool that sets them to the message that goes out, on both databases."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import select, update

from offhook.contracts.desk import Effect, Failed, Retry
from offhook.contracts.jobs import Job, JobContext, Prepared, Skip, Wait
from offhook.contracts.messaging import InboundMessage, OutgoingMessage
from offhook.desks.jobs import reply_handlers
from offhook.desks.shop.jobs import SHOP_JOBS
from offhook.desks.shop.reminding import REMINDER
from offhook.desks.shop.tools.bills import cancel_invoice, create_invoice
from offhook.desks.shop.tools.payments import add_credit, record_payment
from offhook.desks.shop.tools.reminders import cancel_reminder, list_reminders, remind_all, schedule_reminder
from offhook.desks.shop.tools.send_invoice import INVOICE, send_invoice
from offhook.desks.shop.upi import upi_link
from offhook.kit.money import Money
from offhook.store.engine import Database
from offhook.store.schema import businesses, jobs
from offhook.store.unit_of_work import sql
from support.set_clock import SetClock
from support.shop_book import OpenShop

PHONE = "+919999944401"
KOLKATA = ZoneInfo("Asia/Kolkata")


class Desk(OpenShop):
    async def due(self, kind: str = REMINDER) -> list[Job]:
        """The jobs that wait, soonest first."""
        async with self.units(self.business_id, Effect.READ) as uow:
            query = select(jobs).where(jobs.c.kind == kind, jobs.c.state == "queued").order_by(jobs.c.run_at)
            return [
                Job(
                    business_id=row.business_id,
                    job_id=row.job_id,
                    kind=row.kind,
                    key=row.key,
                    subject=row.subject,
                    payload=json.loads(row.payload),
                    run_at=row.run_at,
                    attempt=1,
                )
                for row in await sql(uow).execute(query)
            ]

    async def handle(self, job: Job) -> Prepared:
        """As the worker does it: what it leaves is marked as sent, or stays for a later moment."""
        async with self.units(self.business_id, Effect.WRITE) as uow:
            context = JobContext(job, await self.business(), self.now(), uow)
            prepared = await SHOP_JOBS[job.kind].handle(context)
            if not isinstance(prepared, Wait):
                await sql(uow).execute(update(jobs).where(jobs.c.job_id == job.job_id).values(state="sent"))
            return prepared

    async def heard(self, text: str) -> str:
        async with self.units(self.business_id, Effect.WRITE) as uow:
            message = InboundMessage(channel="whatsapp", sender=PHONE, text=text)
            return await reply_handlers()["shop"](uow, await self.business(), message, self.now())


@pytest.fixture
async def shop(database: Database, clock: SetClock) -> Desk:
    """At eleven in the morning; Zubin owes 500 rupees."""
    clock.set(datetime(2026, 11, 26, 11, 0, tzinfo=KOLKATA))
    desk = Desk(database, clock)
    await desk.write(lambda book: book.create_customer("Zubin Irani", phone=PHONE))
    await desk.done(add_credit, customer="Zubin", amount=500)
    return desk


async def test_a_reminder_says_what_is_due_when_it_goes_out(shop: Desk) -> None:
    told = await shop.done(schedule_reminder, customer="Zubin")
    assert (told.now, told.owes, told.customer) == (True, True, "Zubin Irani")
    await shop.done(record_payment, customer="Zubin", amount=120)
    (job,) = await shop.due()
    message = await shop.handle(job)
    assert isinstance(message, OutgoingMessage)
    assert "₹380" in message.text and "Sharma Kirana Store" in message.text
    assert message.template is not None and message.template.values == ("Zubin Irani", "₹380", "Sharma Kirana Store")
    assert message.recipient.phone == PHONE
    assert await shop.due() == []


async def test_who_has_paid_gets_none(shop: Desk) -> None:
    await shop.done(schedule_reminder, customer="Zubin")
    await shop.done(record_payment, customer="Zubin", amount=500)
    (job,) = await shop.due()
    assert await shop.handle(job) == Skip("nothing is due")


async def test_nothing_goes_out_in_the_quiet_hours(shop: Desk, clock: SetClock) -> None:
    clock.set(datetime(2026, 11, 26, 22, 0, tzinfo=KOLKATA))
    await shop.done(schedule_reminder, customer="Zubin")
    (job,) = await shop.due()
    waits = await shop.handle(job)
    assert isinstance(waits, Wait)
    assert waits.until == datetime(2026, 11, 27, 8, 0, tzinfo=KOLKATA)
    clock.set(waits.until)
    assert isinstance(await shop.handle(job), OutgoingMessage)


async def test_one_that_recurs_goes_on_even_over_a_month_without_debts(shop: Desk, clock: SetClock) -> None:
    told = await shop.done(schedule_reminder, customer="Zubin", recurrence="monthly:5", time="18:00")
    assert told.at == "2026-12-05T18:00"
    (job,) = await shop.due()
    clock.set(datetime(2026, 12, 5, 18, 0, 2, tzinfo=KOLKATA))
    assert isinstance(await shop.handle(job), OutgoingMessage)
    (job,) = await shop.due()
    assert job.run_at == datetime(2027, 1, 5, 18, 0, tzinfo=KOLKATA)
    await shop.done(record_payment, customer="Zubin", settle_all=True, confirmed=True)
    clock.set(job.run_at)
    assert isinstance(await shop.handle(job), Skip)
    (job,) = await shop.due()
    assert job.run_at == datetime(2027, 2, 5, 18, 0, tzinfo=KOLKATA)


async def test_an_attempt_that_could_not_be_delivered_is_the_same_occurrence_again(shop: Desk) -> None:
    await shop.done(schedule_reminder, customer="Zubin")
    (job,) = await shop.due()
    assert isinstance(await shop.handle(job), OutgoingMessage)
    assert isinstance(await shop.handle(job), OutgoingMessage)
    assert await shop.due() == []


async def test_cancel_works_until_the_send(shop: Desk, clock: SetClock) -> None:
    await shop.done(schedule_reminder, customer="Zubin", date="2026-11-30")
    await shop.done(schedule_reminder, customer="Zubin", recurrence="daily")
    assert len((await shop.done(list_reminders)).reminders) == 2
    (first, _) = await shop.due()
    assert (await shop.done(cancel_reminder, customer="Zubin")).count == 2
    assert await shop.due() == []
    assert (await shop.done(list_reminders)).reminders == []
    clock.set(first.run_at)
    assert await shop.handle(first) == Skip("the reminder was taken back")
    assert (await shop.done(cancel_reminder, customer="Zubin")).count == 0


async def test_stop_is_obeyed_and_start_too(shop: Desk) -> None:
    await shop.done(schedule_reminder, customer="Zubin")
    assert await shop.heard("STOP please") == "stopped"
    (job,) = await shop.due()
    assert await shop.handle(job) == Skip("the customer cannot be reminded")
    assert await shop.run(schedule_reminder, customer="Zubin") == Failed("opted_out")
    assert (await shop.done(remind_all)).unreachable >= 1
    assert await shop.heard("start") == "started"
    await shop.done(schedule_reminder, customer="Zubin")


async def test_who_was_reminded_today_is_not_reminded_again_because_it_was_said_twice(
    shop: Desk, clock: SetClock
) -> None:
    first = await shop.done(remind_all)
    assert first.count >= 1 and first.already == 0
    again = await shop.done(remind_all)
    assert (again.count, again.already) == (0, first.count)
    clock.advance(hours=24)
    assert (await shop.done(remind_all)).count == first.count


async def test_who_wrote_within_a_day_gets_plain_text(shop: Desk, clock: SetClock) -> None:
    await shop.heard("kal doonga")
    await shop.done(schedule_reminder, customer="Zubin")
    (job,) = await shop.due()
    message = await shop.handle(job)
    assert isinstance(message, OutgoingMessage) and message.template is None
    clock.advance(hours=25)
    await shop.done(schedule_reminder, customer="Zubin")
    (job,) = await shop.due()
    message = await shop.handle(job)
    assert isinstance(message, OutgoingMessage) and message.template is not None


async def test_the_channel_that_was_asked_for_is_preferred(shop: Desk) -> None:
    await shop.done(schedule_reminder, customer="Zubin", channel="sms")
    (job,) = await shop.due()
    message = await shop.handle(job)
    assert isinstance(message, OutgoingMessage) and message.prefer == "sms"


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({"customer": "Nobody Known"}, "customer_unknown"),
        ({"customer": "Zubin", "date": "2026-11-25"}, "date"),
        ({"customer": "Zubin", "date": "2026-02-30"}, "date"),
        ({"customer": "Zubin", "recurrence": "yearly"}, "recurrence"),
        ({"customer": "Zubin", "channel": "call"}, "no_reminder_calls"),
        ({"customer": "Phoneless Pat"}, "no_phone"),
    ],
)
async def test_what_cannot_be_set_leaves_no_row(shop: Desk, given: dict[str, str], refused: str) -> None:
    await shop.write(lambda book: book.create_customer("Phoneless Pat"))
    outcome = await shop.run(schedule_reminder, **given)
    reason = outcome.say if isinstance(outcome, Failed) else outcome.hint if isinstance(outcome, Retry) else ""
    assert reason.startswith(refused)
    assert await shop.due() == []


async def set_up(shop: Desk, part: str, **values: object) -> None:
    """Change a part of the business's settings."""
    async with shop.database.transaction(write=True) as connection:
        row = await connection.execute(
            select(businesses.c.settings).where(businesses.c.business_id == shop.business_id)
        )
        settings = msgspec.json.decode(row.scalar_one(), type=dict[str, object])
        settings[part] = {**dict(settings.get(part) or {}), **values}  # type: ignore[call-overload]
        await connection.execute(
            update(businesses)
            .where(businesses.c.business_id == shop.business_id)
            .values(settings=msgspec.json.encode(settings).decode())
        )


async def test_a_shop_may_remind_by_telephone(shop: Desk, clock: SetClock) -> None:
    await set_up(shop, "messages", reminder_by="call")
    await shop.done(schedule_reminder, customer="Zubin", channel="call")
    (job,) = await shop.due()
    said = await shop.handle(job)
    assert isinstance(said, OutgoingMessage) and said.prefer == "call" and said.call is not None
    assert (said.call.to_number, said.call.about) == (PHONE, "reminder")
    assert await shop.due() == [], "one occurrence, one call"
    await shop.done(schedule_reminder, customer="Zubin", channel="sms")
    (job,) = await shop.due()
    written = await shop.handle(job)
    assert isinstance(written, OutgoingMessage) and (written.prefer, written.call) == ("sms", None)


async def test_no_call_in_the_quiet_hours_or_to_who_wants_none_or_shares_the_number(
    shop: Desk, clock: SetClock
) -> None:
    await set_up(shop, "messages", reminder_by="call")
    await shop.done(schedule_reminder, customer="Zubin")
    (job,) = await shop.due()
    clock.advance(hours=11)
    assert isinstance(await shop.handle(job), Wait)
    clock.advance(hours=12)
    await shop.write(lambda book: book.create_customer("Zarine Irani", phone=PHONE))
    shared = await shop.handle(job)
    assert isinstance(shared, OutgoingMessage) and shared.call is None, "whoever answers would hear of the other's dues"
    await shop.heard("STOP")
    assert isinstance(await shop.handle(job), Skip)


async def test_a_pay_link_goes_along_where_the_shop_has_a_upi_id(shop: Desk) -> None:
    await set_up(shop, "shop", upi_id="sharma@okbank")
    await shop.done(schedule_reminder, customer="Zubin")
    (job,) = await shop.due()
    message = await shop.handle(job)
    assert isinstance(message, OutgoingMessage)
    assert "upi://pay?pa=sharma%40okbank&pn=Sharma%20Kirana%20Store&am=500.00&cu=INR" in message.text


def test_a_link_holds_rupees_and_paise() -> None:
    link = upi_link("a@b", "R & S", Money(12_05, "INR"), "bill")
    assert link == "upi://pay?pa=a%40b&pn=R%20%26%20S&am=12.05&cu=INR&tn=bill"


async def test_a_bill_is_sent_and_a_cancelled_one_is_not(shop: Desk) -> None:
    billed = await shop.done(create_invoice, customer="Zubin", amount=250)
    sent = await shop.done(send_invoice, customer="Zubin", which="last")
    assert sent.invoice_no == billed.invoice_no
    (job,) = await shop.due(INVOICE)
    message = await shop.handle(job)
    assert isinstance(message, OutgoingMessage)
    assert billed.invoice_no in message.text and "₹250" in message.text
    await shop.done(send_invoice, customer="Zubin")
    await shop.done(cancel_invoice, invoice_no=billed.invoice_no, confirmed=True)
    (job,) = await shop.due(INVOICE)
    assert await shop.handle(job) == Skip("the bill was cancelled")


async def test_who_said_stop_is_sent_no_bill_either(shop: Desk) -> None:
    await shop.done(create_invoice, customer="Zubin", amount=250)
    await shop.done(send_invoice, customer="Zubin")
    (job,) = await shop.due(INVOICE)
    assert await shop.heard("stop") == "stopped"
    assert await shop.handle(job) == Skip("the customer wants no messages")
    assert await shop.run(send_invoice, customer="Zubin") == Failed("opted_out")


async def test_all_who_owe_are_reminded_from_a_sum_on(shop: Desk) -> None:
    owing = await shop.read(lambda book: book.dues(min_amount=400_00, limit=500))
    done = await shop.done(remind_all, min_amount=400, confirmed=True)
    assert done.count + done.unreachable == len(owing) > 1
    assert len(await shop.due()) == done.count
    assert timedelta(0) <= (await shop.due())[0].run_at - shop.clock.now() < timedelta(seconds=1)
