"""The worker's round on DBOS: rows become workflows, a dead worker's are taken over, lost ones start again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url

from jobs.conftest import Rig
from offhook.contracts.errors import Unavailable
from offhook.jobs.durable import Durable, workflow_id
from offhook.jobs.worker import Worker


class Bench:
    def __init__(self, rig: Rig, url: str) -> None:
        self.rig = rig
        self.url = url

    @asynccontextmanager
    async def worker(self, name: str) -> AsyncIterator[Worker]:
        durable = Durable(self.url, name, self.rig.courier_of(name).deliver)
        durable.launch()
        try:
            yield Worker(self.rig.queue, durable, self.rig.clock, worker_id=name, lost_after_s=15)
        finally:
            await durable.aclose()

    async def settled(self, job_id: str, state: str) -> None:
        async with asyncio.timeout(20):
            while (await self.rig.row(job_id))["state"] != state:  # noqa: ASYNC110  # a row has no event
                await asyncio.sleep(0.02)


@pytest.fixture
def bench(rig: Rig, tmp_path: Path) -> Bench:
    if rig.database.is_sqlite:
        return Bench(rig, f"sqlite:///{tmp_path}/jobs.db")
    url = make_url(str(rig.database.engine.url.render_as_string(hide_password=False)))
    return Bench(rig, url.set(drivername="postgresql").render_as_string(hide_password=False))


def test_the_first_attempts_workflow_has_the_rows_id() -> None:
    assert (workflow_id("job_1", 1), workflow_id("job_1", 3)) == ("job_1", "job_1.3")


async def test_due_rows_are_delivered_and_later_ones_wait(bench: Bench) -> None:
    rig = bench.rig
    now, later = await rig.put("now"), await rig.put("later", in_s=60)
    async with bench.worker("worker_a") as worker:
        assert await worker.round() == 1
        await bench.settled(now, "sent")
        assert (await rig.row(later))["state"] == "queued"
        rig.clock.advance(seconds=61)
        assert await worker.round() == 1
        await bench.settled(later, "sent")
        assert await worker.round() == 0
    assert len(rig.messenger.sent) == 2


async def test_what_a_dead_worker_left_sending_becomes_unknown_and_the_rest_goes_on(bench: Bench) -> None:
    rig = bench.rig
    job_id, other = await rig.put("a"), await rig.put("b")
    await rig.queue.beat("worker_dead")
    await rig.crash_while_sending(job_id)
    async with bench.worker("worker_b") as worker:
        await worker.round()
        await bench.settled(other, "sent")
        assert (await rig.row(job_id))["state"] == "sending"  # its worker may still live
        rig.clock.advance(seconds=16)
        await worker.round()
        await bench.settled(job_id, "unknown")
    assert len(rig.messenger.sent) == 1


async def test_a_workflow_that_hangs_with_its_dead_worker_is_adopted(bench: Bench) -> None:
    rig = bench.rig
    job_id = await rig.put("a")
    dead = Durable(bench.url, "worker_dead", _hang)
    dead.launch()
    await rig.queue.beat("worker_dead")
    await dead.start(rig.business_id, job_id, 1)
    assert (await dead.states([job_id]))[job_id] == "under_way"
    await dead.aclose()
    async with bench.worker("worker_b") as worker:
        assert await worker.round() == 0
        rig.clock.advance(seconds=16)
        await worker.round()
        await bench.settled(job_id, "sent")
    assert len(rig.messenger.sent) == 1


async def test_a_workflow_that_ended_without_its_row_is_followed_by_another(bench: Bench) -> None:
    rig = bench.rig
    job_id = await rig.put("a")

    async def nothing(business_id: str, job: str, attempt: int) -> str:
        return "queued"

    idle = Durable(bench.url, "worker_a", nothing)
    idle.launch()
    await idle.start(rig.business_id, job_id, 1)
    async with asyncio.timeout(10):
        while (await idle.states([job_id]))[job_id] != "over":  # noqa: ASYNC110  # nor has a workflow
            await asyncio.sleep(0.02)
    await idle.aclose()
    async with bench.worker("worker_b") as worker:
        assert await worker.round() == 0
        assert await worker.round() == 1
        await bench.settled(job_id, "sent")


async def test_a_database_that_is_away_costs_a_round(rig: Rig) -> None:
    errors: list[str] = []

    class Away:
        async def beat(self, worker_id: str) -> None:
            raise Unavailable("database_busy", "busy")

    worker = Worker(Away(), None, rig.clock, worker_id="w", on_error=errors.append)  # type: ignore[arg-type]
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await worker.run()
    assert errors == ["database_busy"]


async def _hang(business_id: str, job_id: str, attempt: int) -> str:
    await asyncio.Event().wait()
    return "never"
