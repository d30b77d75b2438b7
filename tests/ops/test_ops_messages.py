"""`offhook messages` on the database of the settings."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from sqlalchemy import insert

from offhook.contracts.desk import Effect
from offhook.desks.demo import demo_businesses
from offhook.desks.tables import metadata
from offhook.ops.messages import read, show
from offhook.ops.settings import Settings
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import open_database
from offhook.store.job_queue import JobQueue
from offhook.store.migrate import prepare
from offhook.store.outbox import NewJob, enqueue
from offhook.store.schema import messages
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock


async def test_what_was_written_and_what_waits(tmp_path: Path, clock: SetClock) -> None:
    settings = Settings(offhook_data_dir=tmp_path)
    database = open_database(settings.database_url())
    await prepare(database, metadata, demo_businesses(clock))
    business_id = (await SqlBusinesses(database, clock).default("dealership")).business_id
    async with unit_of_work_factory(database, clock)(business_id, Effect.WRITE) as uow:
        job_id = await enqueue(uow, NewJob("note", "k", {}, clock.now(), subject="appt_1"), now=clock.now())
    row = dict.fromkeys([column.name for column in messages.columns], "")
    row |= {"business_id": business_id, "message_id": "msg_1", "job_id": job_id, "state": "sent", "text": "See you."}
    async with database.transaction(write=True) as connection:
        await connection.execute(
            insert(messages), row | {"created_at": clock.now(), "updated_at": clock.now(), "recipient": "+12025550142"}
        )
    assert await JobQueue(database, clock, clock).counts() == [("note", "queued", 1)]
    await database.aclose()

    found = await read(settings, business_id=None, limit=10)
    data = found.as_data()
    assert [m["text"] for m in data["messages"]] == ["See you."]
    assert [(w["kind"], w["run_at"]) for w in data["waiting"]] == [("note", clock.now().isoformat())]
    console = Console(width=120, record=True)
    show(found, console)
    text = console.export_text()
    assert "See you." in text and "appt_1" in text
    assert (await read(settings, business_id="biz_other", limit=10)).as_data() == {"messages": [], "waiting": []}
