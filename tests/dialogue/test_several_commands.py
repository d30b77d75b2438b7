"""Several commands of one sentence, and what is forgotten after a pause; the desk is made of two lines."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from offhook.contracts.conversation import ConversationState, Pending
from offhook.desks.dealership.desk import dealership_desk
from offhook.dialogue.desk import Desk, Work
from offhook.dialogue.engine import DialogueEngine
from offhook.dialogue.model import Delta, Line, Question
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.understanding.model import Command
from support.scripted_reader import ScriptedReader
from support.set_clock import SetClock
from support.talk import Talk

LOOK = [Command(intent="look", slots={"at": letter}) for letter in "abc"]
SENTENCES = {"all three": LOOK, "ask": Command(intent="look", slots={"at": "?"}), "who": Command(intent="greet")}


def desk(*, apart: bool) -> tuple[Desk, list[str]]:
    """Its agent waits until three of it are at work, where `apart`; the list tells in which order they ended."""
    seen: list[str] = []
    gate = asyncio.Barrier(3)

    async def look(work: Work, state: ConversationState, command: Command) -> Delta:
        at = str(command.slots["at"])
        if at == "?":
            pending = Pending(intent="look", asked="at")
            return Delta(question=Question(Line("what_next")), pending=pending, memory={"last_customer": "Ann"})
        if apart:
            async with asyncio.timeout(5):
                await gate.wait()
            await asyncio.sleep({"a": 0.02, "b": 0.01, "c": 0}[at])
        seen.append(at)
        return Delta(lines=(Line("notification", {"message": at}),))

    made = dealership_desk(ScriptedReader(SENTENCES))
    return replace(
        made,
        agents={**made.agents, "faq": look},
        routes={**made.routes, "look": "faq"},
        apart=lambda one, other: apart,
        forgets_after_s=300.0,
    ), seen


async def talk_to(made: Desk, database: Database, clock: SetClock) -> tuple[Talk, DialogueEngine]:
    engine = DialogueEngine({"dealership": made}, unit_of_work_factory(database, clock), clock, brain="rules")
    return Talk(engine, await SqlBusinesses(database, clock).default("dealership")), engine


@pytest.mark.parametrize("apart", [True, False])
async def test_what_is_apart_runs_at_the_same_time_and_is_answered_in_order(
    sqlite_database: Database, clock: SetClock, apart: bool
) -> None:
    made, seen = desk(apart=apart)
    talk, engine = await talk_to(made, sqlite_database, clock)
    assert await talk.say("all three") == "a b c"
    assert seen == (["c", "b", "a"] if apart else ["a", "b", "c"])
    assert [(part.intent, part.failed) for part in talk.last.parts] == [("look", False)] * 3
    await engine.aclose()


@pytest.mark.parametrize(("minutes", "kept"), [(4, True), (6, False)])
async def test_what_was_left_open_is_forgotten_after_a_pause(
    sqlite_database: Database, clock: SetClock, minutes: int, kept: bool
) -> None:
    made, _ = desk(apart=True)
    talk, engine = await talk_to(made, sqlite_database, clock)
    await talk.say("ask")
    assert talk.last.parts == []
    assert talk.state.pending is not None
    clock.advance(minutes=minutes)
    await talk.say("who")
    assert (talk.state.pending is not None) is kept
    assert ("last_customer" in talk.state.desk_memory) is kept
    await engine.aclose()
