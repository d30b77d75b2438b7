"""The outbox's rows: written with the business transaction, once per key."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs.conftest import Rig
from offhook.contracts.desk import Effect
from offhook.store.outbox import NewJob, cancel, cancel_about, enqueue


async def test_a_transaction_that_is_rolled_back_leaves_no_job(rig: Rig) -> None:
    with pytest.raises(RuntimeError):
        async with rig.units(rig.business_id, Effect.WRITE) as uow:
            await enqueue(uow, NewJob("note", "k", {}, rig.clock.now()), now=rig.clock.now())
            raise RuntimeError
    assert await rig.queue.due(10) == []


async def test_a_key_is_one_job(rig: Rig) -> None:
    first = await rig.put("k")
    assert await rig.put("k", in_s=60) == first
    assert [row.job_id for row in await rig.queue.due(10)] == [first]


async def test_a_cancelled_key_that_is_asked_for_again_is_a_new_attempt(rig: Rig) -> None:
    job_id = await rig.put("k")
    async with rig.units(rig.business_id, Effect.WRITE) as uow:
        assert await cancel(uow, "k", now=rig.clock.now())
    assert await rig.queue.due(10) == []
    assert await rig.put("k") == job_id
    (row,) = await rig.queue.due(10)
    assert row.attempt == 1
    assert await rig.deliver(job_id, 2) == "sent"


async def test_cancel_about_takes_back_what_waits_for_one_subject(rig: Rig) -> None:
    await rig.put("a", subject="appt_1")
    await rig.put("b", subject="appt_1", kind="entry")
    await rig.put("c", subject="appt_2")
    async with rig.units(rig.business_id, Effect.WRITE) as uow:
        assert await cancel_about(uow, "appt_1", now=rig.clock.now(), kinds=("note",)) == 1
        assert await cancel_about(uow, "appt_1", now=rig.clock.now()) == 1
    assert len(await rig.queue.due(10)) == 1


async def test_rows_are_due_at_their_time_and_when_their_worker_is_gone(rig: Rig) -> None:
    job_id = await rig.put("k", in_s=60)
    assert await rig.queue.due(10) == []
    rig.clock.advance(seconds=60)
    assert [row.sending_by for row in await rig.queue.due(10)] == [None]
    await rig.queue.beat("worker_dead")
    await rig.crash_while_sending(job_id)
    assert await rig.queue.due(10) == []
    rig.clock.advance(seconds=10)
    assert await rig.queue.vanished(rig.clock.now() - timedelta(seconds=5)) == ["worker_dead"]
    await rig.queue.forget("worker_dead")
    assert [row.sending_by for row in await rig.queue.due(10)] == ["worker_dead"]


async def test_a_worker_that_ends_is_taken_over_at_once(rig: Rig) -> None:
    await rig.queue.beat("worker_a")
    await rig.queue.retire("worker_a")
    assert await rig.queue.vanished(rig.clock.now() - timedelta(seconds=5)) == ["worker_a"]


async def test_counts_for_metrics(rig: Rig) -> None:
    await rig.deliver(await rig.put("a"))
    await rig.put("b")
    assert sorted(await rig.queue.counts()) == [("note", "queued", 1), ("note", "sent", 1)]
