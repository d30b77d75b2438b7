"""Whatever callers say, in whatever order, with a database that fails now and then: an appointment is written only
after exactly it was read back and confirmed, and "booked" is said only of what was written.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import offhook.desks.dealership
from offhook.contracts.desk import Effect, UnitOfWork, UnitOfWorkFactory
from offhook.contracts.errors import Unavailable
from offhook.desks.dealership.agents.booking_lines import in_sentence, moment_text
from offhook.desks.dealership.desk import dealership_desk
from offhook.desks.dealership.model import Appointment
from offhook.desks.dealership.repository import DealershipRepository
from offhook.desks.demo import demo_businesses
from offhook.desks.tables import metadata
from offhook.dialogue.engine import DialogueEngine
from offhook.dialogue.scenario import load_scenarios
from offhook.store import migrate
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import open_database
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock
from support.talk import Talk

SAID = sorted(
    {
        step.say
        for scenario in load_scenarios(Path(offhook.desks.dealership.__file__).parent / "scenarios")
        for step in scenario.talk
        if step.say
    }
)
LIKELY = ["yes", "yes", "yes", "no", "joe smith", "friday at ten", "oil change", "oil change friday at ten", "eleven"]
DESK = dealership_desk()
ALL_WORDS = [DESK.templates.words(language) for language in ("en", "hi")]
ASKS_IF_RIGHT = ("Is that right", "ठीक है?")
SAYS_BOOKED = ("booked for", "I've booked", "के लिए book हो गई", "के लिए हो गई")

turns = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(LIKELY), st.sampled_from(SAID)),
        st.sampled_from(["kept", "kept", "kept", "kept", "lost", "write fails", "all fails"]),
    ),
    min_size=4,
    max_size=14,
)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("true_writes")

    async def make() -> None:
        database = open_database(f"sqlite:///{folder}/offhook.db")
        await migrate.prepare(database, metadata, demo_businesses(SetClock()))
        await database.aclose()

    asyncio.run(make())
    return folder


class Failing:
    """Units of work that can be told to fail."""

    def __init__(self, units: UnitOfWorkFactory) -> None:
        self._units = units
        self.mode = "kept"

    @asynccontextmanager
    async def open(self, business_id: str, effect: Effect) -> AsyncIterator[UnitOfWork]:
        if self.mode == "all fails" or (self.mode == "write fails" and effect is Effect.WRITE):
            raise Unavailable("database_busy", "The database is busy.")
        async with self._units(business_id, effect) as uow:
            yield uow


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(script=turns)
def test_only_what_was_read_back_and_confirmed_is_written(
    seeded: Path, tmp_path_factory: pytest.TempPathFactory, script: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("book") / "copy"
    shutil.copytree(seeded, folder)
    asyncio.run(_talk_through(folder, script))


async def _talk_through(folder: Path, script: list[tuple[str, str]]) -> None:
    clock = SetClock()
    database = open_database(f"sqlite:///{folder}/offhook.db")
    units = unit_of_work_factory(database, clock)
    failing = Failing(units)
    business = await SqlBusinesses(database, clock).default("dealership")
    errors: list[str] = []
    engine = DialogueEngine({"dealership": DESK}, failing.open, clock, brain="rules", on_error=errors.append)
    talk = Talk(engine, business)
    await talk.greeting()
    known: dict[str, Appointment] = {}
    read_back = ""
    for number, (text, mode) in enumerate(script):
        failing.mode = "kept" if mode == "lost" else mode
        reply = await talk.turn(text, turn_id=f"t{number}", keep=mode != "lost")
        async with units(business.business_id, Effect.READ) as uow:
            found = [one for one in await DealershipRepository(uow).appointments() if one.session_id == "sess_talk"]
        new = [one for one in found if one.appointment_id not in known]
        assert len(new) <= 1
        for one in new:
            assert in_sentence(one.service_name) in read_back, (text, read_back)
            assert any(moment in read_back for moment in _moments(one)), (text, read_back)
            assert one.customer_name.split()[0] in read_back
            known[one.appointment_id] = one
        if any(words in reply for words in SAYS_BOOKED):
            assert any(moment in reply for one in found for moment in _moments(one)), (text, reply)
        pending = talk.state.pending
        if mode != "lost" and pending is not None and pending.asked == "confirm" and _asks_if_right(reply):
            read_back = reply
        if talk.last.hang_up and mode != "lost":
            break
    assert errors == []
    await engine.aclose()
    await database.aclose()


def _moments(one: Appointment) -> list[str]:
    """When it is, in each language that may be spoken."""
    return [moment_text(one.starts_at.isoformat()[:16], words) for words in ALL_WORDS]


def _asks_if_right(reply: str) -> bool:
    return any(words in reply for words in ASKS_IF_RIGHT)
