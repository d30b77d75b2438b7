"""A caller asks for the link: it goes to the number of the call, its code is kept nowhere, and it opens the session."""

from __future__ import annotations

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from offhook.contracts.business import Business
from offhook.contracts.conversation import MEMORY_GOES_ON
from offhook.contracts.desk import Effect
from offhook.contracts.jobs import Job, JobContext, Prepared, Skip, Wait
from offhook.contracts.messaging import OutgoingMessage
from offhook.desks.dealership.desk import dealership_desk
from offhook.desks.session_link import session_link
from offhook.dialogue.agents.elsewhere import MOST_LINKS
from offhook.dialogue.engine import DialogueEngine
from offhook.dialogue.tools.send_link import LINK_JOB
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.join_codes import JoinCodes
from offhook.store.schema import calls, jobs
from offhook.store.unit_of_work import sql, unit_of_work_factory
from support.set_clock import SetClock
from support.talk import Talk

KEY = b"a signing key of thirty-two bytes or more"
CALLER = "+12025550142"
DESK = dealership_desk()
ADDRESS = "https://desk.example.in"


class Scene:
    def __init__(self, database: Database, clock: SetClock, business: Business) -> None:
        self.database, self.clock, self.business = database, clock, business
        self.units = unit_of_work_factory(database, clock)
        self.codes = JoinCodes(database, clock, KEY)
        engine = DialogueEngine({"dealership": DESK}, self.units, clock, brain="rules", sends_links=True)
        self.talk = Talk(engine, business, caller=CALLER)

    async def called(self, *, channel: str = "twilio", number: str = CALLER) -> None:
        row = {
            "business_id": self.business.business_id,
            "call_id": "call_1",
            "call_sid": "CA1",
            "session_id": self.talk.state.session_id,
            "channel": channel,
            "direction": "inbound",
            "from_number": number,
            "status": "in-progress",
            "started_at": self.clock.now().isoformat(),
            "record": "{}",
            "updated_at": self.clock.now(),
        }
        async with self.database.transaction(write=True) as connection:
            await connection.execute(insert(calls), row)

    async def prepared(self, address: str | None = ADDRESS) -> list[Prepared]:
        """What each link that waits comes to."""
        async with self.units(self.business.business_id, Effect.WRITE) as uow:
            rows = (await sql(uow).execute(select(jobs).where(jobs.c.kind == LINK_JOB))).all()
            now = self.clock.now().astimezone(ZoneInfo(self.business.timezone))
            made = [
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
                for row in rows
            ]
            handle = session_link(self.codes, address)
            return [await handle(JobContext(job, self.business, now, uow)) for job in made]


@pytest.fixture
async def scene(sqlite_database: Database, clock: SetClock) -> Scene:
    return Scene(sqlite_database, clock, await SqlBusinesses(sqlite_database, clock).default("dealership"))


@pytest.mark.parametrize("asked", ["can you send me the link", "isko chat par bhej do"])
async def test_the_link_goes_to_the_calls_own_number(scene: Scene, asked: str) -> None:
    await scene.called()
    reply = await scene.talk.say(asked)
    assert "link" in reply or "लिंक" in reply
    (message,) = await scene.prepared()
    assert isinstance(message, OutgoingMessage)
    assert message.recipient.phone == CALLER
    code = message.text.partition("#join=")[2][:9]
    assert f"{ADDRESS}/#join={code}" in message.text
    assert message.kept is not None
    assert code not in message.kept
    assert await scene.codes.spend(code) == scene.talk.state.session_id


async def test_a_booking_goes_on_after_it(scene: Scene) -> None:
    await scene.called()
    await scene.talk.say("I need an oil change on Friday at ten")
    pending = scene.talk.state.pending
    assert pending is not None
    await scene.talk.say("can you send me the link")
    assert scene.talk.state.pending is not None
    assert scene.talk.state.pending.asked == pending.asked
    assert MEMORY_GOES_ON in scene.talk.state.desk_memory


async def test_no_more_than_a_few(scene: Scene) -> None:
    await scene.called()
    for _ in range(MOST_LINKS + 2):
        await scene.talk.say("send me the link")
    assert len(await scene.prepared()) == MOST_LINKS


async def test_a_number_that_no_carrier_gave_gets_none(scene: Scene) -> None:
    scene.talk.state.channel = "chat"
    await scene.talk.say("send me the link")
    scene.talk.state.channel = "browser"
    await scene.talk.say("send me the link")
    assert await scene.prepared() == []
    scene.talk.state.channel = "twilio"
    await scene.called(channel="browser")
    await scene.talk.say("send me the link")
    (waits,) = await scene.prepared()
    assert isinstance(waits, Wait)
    scene.clock.advance(minutes=11)
    assert await scene.prepared() == [Skip("it was asked for too long ago")]


async def test_the_calls_record_may_come_a_moment_later(scene: Scene) -> None:
    await scene.talk.say("send me the link")
    (waits,) = await scene.prepared()
    assert isinstance(waits, Wait)
    assert waits.until - scene.clock.now() < timedelta(minutes=1)
    await scene.called()
    (message,) = await scene.prepared()
    assert isinstance(message, OutgoingMessage)


async def test_without_an_address_nobody_offers_a_link(sqlite_database: Database, clock: SetClock) -> None:
    scene = Scene(sqlite_database, clock, await SqlBusinesses(sqlite_database, clock).default("dealership"))
    engine = DialogueEngine({"dealership": DESK}, scene.units, clock, brain="rules")
    scene.talk = Talk(engine, scene.business, caller=CALLER)
    await scene.called()
    assert "link" not in await scene.talk.say("send me the link")
    assert await scene.prepared(None) == []
