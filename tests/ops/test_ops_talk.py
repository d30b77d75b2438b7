from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console

from offhook.contracts.conversation import ConversationState
from offhook.contracts.errors import NotFound
from offhook.desks.sales.desk import sales_desk
from offhook.desks.shop.desk import shop_desk
from offhook.dialogue.engine import DialogueEngine
from offhook.ops.talk import run_talk
from offhook.session.conversation import Sessions
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.sessions_memory import MemorySessionStore
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.understanding.model import Command
from support.scripted_reader import ScriptedReader
from support.set_clock import SetClock

READER = ScriptedReader(
    {
        "when are you open": Command(intent="faq", slots={"topic": "hours"}),
        "bye": Command(intent="goodbye"),
        "[bold]": Command(intent="greet"),
    }
)


class Desk:
    def __init__(self, database: Database, clock: SetClock) -> None:
        self.store = MemorySessionStore(clock)
        self.businesses = SqlBusinesses(database, clock)
        units = unit_of_work_factory(database, clock)
        engine = DialogueEngine({"shop": shop_desk(READER), "sales": sales_desk(READER)}, units, clock, brain="rules")
        self.sessions = Sessions(store=self.store, dialogue=engine, businesses=self.businesses, clock=clock)

    async def only_session(self) -> ConversationState:
        (session_id,) = self.store._sessions
        state = await self.store.load(session_id)
        assert state is not None
        return state


@pytest.fixture
def desk(sqlite_database: Database, clock: SetClock) -> Desk:
    return Desk(sqlite_database, clock)


@pytest.fixture
def console(tmp_path: Path) -> Console:
    return Console(width=200, record=True, file=(tmp_path / "screen").open("w"))


async def test_once_prints_the_reply_alone(desk: Desk, console: Console) -> None:
    await run_talk(desk.sessions, desk.businesses, desk="sales", once="when are you open", console=console)
    state = await desk.only_session()
    assert console.export_text().strip() == state.messages[-1].content
    assert state.status == "COMPLETED"


async def test_once_as_json(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    await run_talk(desk.sessions, desk.businesses, desk="shop", once="when are you open", as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert told["intent"] == "faq"
    assert told["reply"]
    assert told["latency_ms"] > 0


async def test_a_talk_shows_who_speaks_until_the_desk_ends_it(desk: Desk, console: Console) -> None:
    lines = ["", "when are you open", "[bold]", "bye", "never said"]
    await run_talk(desk.sessions, desk.businesses, desk="sales", lines=lines, console=console)
    business = await desk.businesses.default("sales")
    said = console.export_text()
    assert said.count(f"{business.persona} ›") == 4  # the greeting and three replies
    assert " ms" in said
    assert not any("never said" in message.content for message in (await desk.only_session()).messages)


async def test_quit_leaves(desk: Desk, console: Console) -> None:
    await run_talk(desk.sessions, desk.businesses, desk="sales", lines=["/quit", "bye"], console=console)
    assert (await desk.only_session()).turn_count == 1


async def test_nobody_to_talk_to(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await run_talk(desk.sessions, desk.businesses, desk="bakery", once="hello")
