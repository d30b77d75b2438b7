"""The owner is written to at once where nobody is there for a caller."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import select, update

from offhook.contracts.background import BackgroundTask, StaffAnswer, StaffQuestion
from offhook.contracts.business import Business
from offhook.contracts.desk import Effect
from offhook.contracts.jobs import Job, JobContext, Prepared, Skip
from offhook.contracts.messaging import OutgoingMessage
from offhook.desks.dealership.desk import dealership_desk
from offhook.desks.jobs import job_kinds
from offhook.dialogue.engine import DialogueEngine
from offhook.dialogue.tools.request_human import OWNER_NOTICE
from offhook.store.business_book import BusinessBook
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.schema import businesses, jobs
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock
from support.talk import Talk

SUNDAY = datetime(2026, 11, 29, 18, 0, tzinfo=UTC)


class Busy:
    async def ask(self, question: StaffQuestion) -> StaffAnswer | None:
        return StaffAnswer(False)


class Scene:
    def __init__(self, database: Database, clock: SetClock, business: Business) -> None:
        self.database, self.clock, self.business = database, clock, business
        self.units = unit_of_work_factory(database, clock)
        self.engine = DialogueEngine({"dealership": dealership_desk()}, self.units, clock, brain="rules")
        self.talk = Talk(self.engine, business, caller="+12025550142")

    async def owner(self, **address: str) -> None:
        async with self.database.transaction(write=True) as connection:
            mine = businesses.c.business_id == self.business.business_id
            stored: dict[str, Any] = json.loads(
                (await connection.execute(select(businesses.c.settings).where(mine))).scalar_one()
            )
            await connection.execute(
                update(businesses).where(mine).values(settings=json.dumps({**stored, "messages": address}))
            )

    async def prepared(self) -> list[Prepared]:
        """What each owner's notice that waits comes to."""
        async with self.units(self.business.business_id, Effect.WRITE) as uow:
            rows = (await sql(uow).execute(select(jobs).where(jobs.c.kind == OWNER_NOTICE))).all()
            now = self.clock.now().astimezone(ZoneInfo(self.business.timezone))
            found = []
            for row in rows:
                assert row.run_at <= self.clock.now(), "at once"
                job = Job(
                    business_id=row.business_id,
                    job_id=row.job_id,
                    kind=row.kind,
                    key=row.key,
                    subject=row.subject,
                    payload=json.loads(row.payload),
                    run_at=row.run_at,
                    attempt=1,
                )
                found.append(await job_kinds()[OWNER_NOTICE].handle(JobContext(job, self.business, now, uow)))
            return found


@pytest.fixture
async def scene(sqlite_database: Database, clock: SetClock) -> Scene:
    return Scene(sqlite_database, clock, await SqlBusinesses(sqlite_database, clock).default("dealership"))


async def test_after_hours_the_owner_hears_of_the_call_back_at_once(scene: Scene) -> None:
    await scene.owner(owner_phone="+12025550100", owner_name="Dana")
    scene.clock.advance(seconds=(SUNDAY - scene.clock.now()).total_seconds())
    await scene.talk.say("this is ridiculous you overcharged me i want to complain")
    (message,) = await scene.prepared()
    assert isinstance(message, OutgoingMessage)
    assert (message.recipient.name, message.recipient.phone) == ("Dana", "+12025550100")
    assert "wants to be called back. It is a complaint." in message.text
    assert "Number: +12025550142" in message.text and "overcharged" in message.text


async def test_while_open_only_when_nobody_is_free(scene: Scene) -> None:
    await scene.owner(owner_email="owner@example.com")
    await scene.talk.say("can i talk to a person please")
    assert await scene.prepared() == []
    task = msgspec.convert(scene.talk.state.pending_tasks[0], BackgroundTask)
    end = await scene.engine.errands(Busy()).run(task, scene.talk.state, scene.business)
    assert "nobody is free" in end.message
    (message,) = await scene.prepared()
    assert isinstance(message, OutgoingMessage) and message.recipient.email == "owner@example.com"
    async with scene.units(scene.business.business_id, Effect.WRITE) as uow:
        await BusinessBook(uow).assign_task(task.task_id, "Ravi", now=scene.clock.now())
    assert await scene.prepared() == [Skip("somebody has taken it")]


async def test_an_owner_without_an_address_is_not_written_to(scene: Scene) -> None:
    scene.clock.advance(seconds=(SUNDAY - scene.clock.now()).total_seconds())
    await scene.talk.say("can i talk to a person please")
    assert await scene.prepared() == [Skip("the owner left no address")]
