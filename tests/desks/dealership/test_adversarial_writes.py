"""Generated utterances that ask for nothing, said to the desk on a real book: no appointment is written or changed."""

from __future__ import annotations

from pathlib import Path

from offhook.contracts.desk import Effect
from offhook.desks.dealership.desk import dealership_desk
from offhook.desks.dealership.model import Appointment
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.demo import demo_businesses
from offhook.desks.tables import metadata
from offhook.dialogue.engine import DialogueEngine
from offhook.store import migrate
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import open_database
from offhook.store.unit_of_work import unit_of_work_factory
from support.adversarial import utterances
from support.set_clock import SetClock
from support.talk import Talk

_SAMPLE = 144
"""Twelve utterances of each kind."""
_READ_BACK = ("book an oil change for friday at ten", "joe smith")


async def test_no_appointment_is_written_or_changed(tmp_path: Path) -> None:
    clock = SetClock()
    database = open_database(f"sqlite:///{tmp_path}/offhook.db")
    await migrate.prepare(database, metadata, demo_businesses(clock))
    units = unit_of_work_factory(database, clock)
    business = await SqlBusinesses(database, clock).default("dealership")
    engine = DialogueEngine({"dealership": dealership_desk()}, units, clock, brain="rules")

    async def book() -> list[Appointment]:
        async with units(business.business_id, Effect.READ) as uow:
            return sorted(await DealershipRepository(uow).appointments(), key=lambda one: one.appointment_id)

    before = await book()
    for number, utterance in enumerate(utterances(_SAMPLE, seed=11)):
        talk = Talk(engine, business, session_id=f"sess_{number}")
        await talk.greeting()
        if utterance.context is not None:
            for text in _READ_BACK:
                await talk.say(text)
            assert talk.state.pending is not None and talk.state.pending.asked == "confirm"
        await talk.say(utterance.text)
        assert await book() == before, utterance
    await engine.aclose()
    await database.aclose()
