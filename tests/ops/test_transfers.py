"""What a call that was put through leaves of its call-back task."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from offhook.channels.carrier_deps import TransferEnded
from offhook.contracts.desk import Effect
from offhook.contracts.store import CallRecord
from offhook.dialogue.tools.request_human import OWNER_NOTICE
from offhook.ops.transfers import Transfers
from offhook.store.business_book import BusinessBook
from offhook.store.businesses import SqlBusinesses
from offhook.store.calls import SqlCallLog
from offhook.store.engine import Database
from offhook.store.schema import jobs
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock

CALL = "CA" + "1" * 32


@pytest.mark.parametrize(("connected", "status", "told"), [(True, "COMPLETED", 0), (False, "QUEUED", 1)])
async def test_the_task_is_done_or_the_owner_is_told(
    database: Database, clock: SetClock, connected: bool, status: str, told: int
) -> None:
    business_id = (await SqlBusinesses(database, clock).default("dealership")).business_id
    units = unit_of_work_factory(database, clock)
    async with units(business_id, Effect.WRITE) as uow:
        task = await BusinessBook(uow).create_task("callback", "request", now=clock.now(), session_id="sess_1")
        await BusinessBook(uow).assign_task(task.task_id, "", now=clock.now())
    async with SqlCallLog(database, clock) as log:
        log.put(
            CallRecord(call_id="call_1", business_id=business_id, call_sid=CALL, session_id="sess_1", channel="twilio")
        )
        transfers = Transfers(log, units, clock)
        for _ in range(2):  # Twilio asks again where it got no answer
            await transfers.ended(TransferEnded(CALL, business_id, connected))
        await transfers.ended(TransferEnded("CA" + "9" * 32, business_id, connected=False))
        await transfers.ended(TransferEnded(CALL, "biz_other", connected=False))
    async with units(business_id, Effect.READ) as uow:
        assert (await BusinessBook(uow).task(task.task_id)).status == status
        notices = (await sql(uow).execute(select(jobs).where(jobs.c.kind == OWNER_NOTICE))).all()
    assert len(notices) == told


async def test_another_server_reads_how_a_call_ended_as_soon_as_it_is_written(
    database: Database, clock: SetClock
) -> None:
    business_id = (await SqlBusinesses(database, clock).default("dealership")).business_id
    record = CallRecord(call_id="call_1", business_id=business_id, call_sid=CALL, session_id="s", channel="twilio")
    async with SqlCallLog(database, clock) as carries, SqlCallLog(database, clock) as asks:
        other = Transfers(asks, unit_of_work_factory(database, clock), clock)
        assert await other.how_ended(CALL) == ""
        carries.put(record)
        await carries.flush()
        waiting = asyncio.create_task(other.how_ended(CALL))
        await asyncio.sleep(0)
        record.end_reason, record.ended_at = "transfer", "2026-11-29T18:00:00.000+00:00"
        carries.put(record)
        assert await waiting == "transfer"
