"""Who answers what: rules alone, the model for talk, and the rules again when the model fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from offhook.contracts.conversation import TurnDone, TurnInput
from offhook.contracts.llm import LlmEvent, LlmFailed, LlmFinished, LlmRequest, TextDelta
from offhook.desks.dealership.desk import dealership_desk
from offhook.dialogue.brains.choice import BrainMode
from offhook.dialogue.engine import DialogueEngine
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.unit_of_work import unit_of_work_factory
from offhook.understanding.model import Command
from support.scripted_reader import ScriptedReader
from support.set_clock import SetClock
from support.talk import Talk


class ScriptedLlm:
    """Says its pieces, then fails or stalls as told."""

    def __init__(self, *pieces: str, fails: bool = False, stalls: bool = False) -> None:
        self.pieces = pieces
        self.fails = fails
        self.stalls = stalls
        self.requests: list[LlmRequest] = []
        self.closed = 0

    @property
    def name(self) -> str:
        return "scripted"

    @property
    def cacheable(self) -> bool:
        return False

    async def stream(self, request: LlmRequest) -> AsyncIterator[LlmEvent]:
        self.requests.append(request)
        try:
            for piece in self.pieces:
                yield TextDelta(piece)
            if self.fails:
                raise LlmFailed("it broke", retryable=True)
            if self.stalls:
                await asyncio.Event().wait()
            yield LlmFinished("stop")
        finally:
            self.closed += 1

    async def aclose(self) -> None: ...


@pytest.fixture
def reader() -> ScriptedReader:
    return ScriptedReader(
        {
            "book an oil change": Command(intent="service.book", slots={"service": "Oil change"}),
            "hours": Command(intent="faq", slots={"topic": "hours"}),
            "yes": Command(intent="confirm"),
        }
    )


async def talk_with(
    llm: ScriptedLlm, mode: BrainMode, database: Database, clock: SetClock, reader: ScriptedReader
) -> Talk:
    units = unit_of_work_factory(database, clock)
    engine = DialogueEngine({"dealership": dealership_desk(reader)}, units, clock, llm=llm, brain=mode)
    return Talk(engine, await SqlBusinesses(database, clock).default("dealership"))


async def test_auto_asks_the_model_only_where_rules_understood_nothing(
    sqlite_database: Database, clock: SetClock, reader: ScriptedReader
) -> None:
    llm = ScriptedLlm("Jazz ", "is fine.")
    talk = await talk_with(llm, "auto", sqlite_database, clock, reader)
    await talk.greeting()
    await talk.say("hours")
    assert llm.requests == []
    assert await talk.say("do you like jazz") == "Jazz is fine."
    assert talk.last.source == "llm"
    (request,) = llm.requests
    system = request.messages[0].content
    assert "Lakeside Motors" in system
    assert "Oil change: $59.95 to $99.95" in system
    assert [message.role for message in request.messages[1:]] == ["assistant", "user", "assistant", "user"]


async def test_llm_answers_talk_but_never_the_desks_own_work(
    sqlite_database: Database, clock: SetClock, reader: ScriptedReader
) -> None:
    llm = ScriptedLlm("We open at eight.")
    talk = await talk_with(llm, "llm", sqlite_database, clock, reader)
    assert await talk.say("hours") == "We open at eight."
    await talk.say("book an oil change")
    assert talk.last.source == "rules"
    assert talk.last.expect_kind == "datetime"
    assert len(llm.requests) == 1
    reply = await talk.say("do you like jazz")
    assert reply.startswith("We open at eight. "), "talk in the middle of a form"
    assert talk.last.expect_kind == "datetime", "and the form's question again"


async def test_auto_leaves_a_form_to_the_rules(
    sqlite_database: Database, clock: SetClock, reader: ScriptedReader
) -> None:
    llm = ScriptedLlm("We open at eight.")
    talk = await talk_with(llm, "auto", sqlite_database, clock, reader)
    await talk.say("book an oil change")
    await talk.say("do you like jazz")
    assert talk.last.source == "rules"
    assert llm.requests == []


async def test_rules_mode_has_no_model(sqlite_database: Database, clock: SetClock, reader: ScriptedReader) -> None:
    llm = ScriptedLlm("Never said.")
    talk = await talk_with(llm, "rules", sqlite_database, clock, reader)
    await talk.say("do you like jazz")
    assert llm.requests == []


async def test_a_model_that_fails_at_once_is_replaced_within_the_turn(
    sqlite_database: Database, clock: SetClock, reader: ScriptedReader
) -> None:
    talk = await talk_with(ScriptedLlm(fails=True), "auto", sqlite_database, clock, reader)
    reply = await talk.say("do you like jazz")
    assert "book a service" in reply
    assert talk.last.source == "rules"


async def test_a_model_that_fails_in_mid_reply_is_continued(
    sqlite_database: Database, clock: SetClock, reader: ScriptedReader
) -> None:
    llm = ScriptedLlm("Let me look. ", "We open at", fails=True)
    talk = await talk_with(llm, "llm", sqlite_database, clock, reader)
    reply = await talk.say("hours")
    assert reply.startswith("Let me look. We're open "), "whole sentences stay, half ones are never begun"
    assert "8 AM to 6 PM" in reply


async def test_a_silent_model_is_replaced(sqlite_database: Database, clock: SetClock, reader: ScriptedReader) -> None:
    talk = await talk_with(ScriptedLlm(), "auto", sqlite_database, clock, reader)
    assert "book a service" in await talk.say("do you like jazz")


async def test_barge_in_closes_the_models_stream(
    sqlite_database: Database, clock: SetClock, reader: ScriptedReader
) -> None:
    llm = ScriptedLlm("One moment", stalls=True)
    talk = await talk_with(llm, "auto", sqlite_database, clock, reader)
    run = talk.engine.run(talk.state, TurnInput(turn_id="t", source="speech", text="do you like jazz"), talk.business)
    async for output in run:
        assert not isinstance(output, TurnDone)
        break
    await run.aclose()
    assert llm.closed == 1
