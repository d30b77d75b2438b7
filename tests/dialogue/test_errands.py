"""A hand-off goes on while the caller talks: staff are asked, and the caller is told who will call."""

from __future__ import annotations

import msgspec
import pytest

from offhook.contracts.background import BackgroundTask, StaffAnswer, StaffQuestion, TaskEnd
from offhook.contracts.conversation import ConversationState, Opening, Say, TurnInput
from offhook.contracts.desk import Effect
from offhook.desks.dealership.desk import dealership_desk
from offhook.dialogue.engine import DialogueEngine
from offhook.dialogue.errands import UnknownErrand
from offhook.session.conversation import Sessions
from offhook.store.business_book import BusinessBook
from offhook.store.businesses import SqlBusinesses
from offhook.store.engine import Database
from offhook.store.sessions_memory import MemorySessionStore
from offhook.store.unit_of_work import unit_of_work_factory
from support.set_clock import SetClock
from support.talk import Talk


class Answers:
    def __init__(self, answer: StaffAnswer | None) -> None:
        self.answer = answer
        self.asked: list[StaffQuestion] = []

    async def ask(self, question: StaffQuestion) -> StaffAnswer | None:
        self.asked.append(question)
        return self.answer


class World:
    def __init__(self, database: Database, clock: SetClock, answer: StaffAnswer | None) -> None:
        self.units = unit_of_work_factory(database, clock)
        self.businesses = SqlBusinesses(database, clock)
        self.engine = DialogueEngine({"dealership": dealership_desk()}, self.units, clock, brain="rules")
        self.sessions = Sessions(
            store=MemorySessionStore(clock), dialogue=self.engine, businesses=self.businesses, clock=clock
        )
        self.staff = Answers(answer)

    async def asks_for_a_human(self) -> ConversationState:
        business = await self.businesses.default("dealership")
        opening = Opening(business_id=business.business_id, channel="chat", caller_phone="+12025550142")
        state = await self.sessions.open(opening)
        turn = TurnInput(turn_id="t1", source="text", text="I want to talk to a human")
        said = "".join([out.text async for out in self.sessions.turn(state.session_id, turn) if isinstance(out, Say)])
        assert said
        return await self.sessions.get(state.session_id)

    async def run(self, state: ConversationState) -> TaskEnd:
        task = msgspec.convert(state.pending_tasks[0], BackgroundTask)
        assert task.background, "the shop is open: somebody can be asked"
        business = await self.businesses.get(state.business_id)
        return await self.engine.errands(self.staff).run(task, state, business)


async def test_somebody_is_free(database: Database, clock: SetClock) -> None:
    world = World(database, clock, StaffAnswer(True, "Ravi"))
    state = await world.asks_for_a_human()
    end = await world.run(state)
    assert "Ravi" in end.message
    assert (end.notice, end.human_agent_status) == ("interrupt", "available")
    assert end.result == {"human_available": True, "human_agent_name": "Ravi"}
    assert world.staff.asked[0].customer_phone == "+12025550142"
    async with world.units(state.business_id, Effect.READ) as uow:
        task = await BusinessBook(uow).task(str(state.pending_tasks[0]["task_id"]))
    assert task.status == "RUNNING"


@pytest.mark.parametrize("answer", [None, StaffAnswer(False)])
async def test_nobody_is_free(sqlite_database: Database, clock: SetClock, answer: StaffAnswer | None) -> None:
    world = World(sqlite_database, clock, answer)
    state = await world.asks_for_a_human()
    end = await world.run(state)
    assert "as soon as possible" in end.message
    assert (end.notice, end.human_agent_status) == ("high", "unavailable")
    async with world.units(state.business_id, Effect.READ) as uow:
        assert (await BusinessBook(uow).task(str(state.pending_tasks[0]["task_id"]))).status == "QUEUED"


async def test_after_hours_nobody_is_asked(sqlite_database: Database, clock: SetClock) -> None:
    clock.advance(days=4)  # a Sunday
    world = World(sqlite_database, clock, StaffAnswer(True, "Ravi"))
    state = await world.asks_for_a_human()
    assert not state.pending_tasks[0]["background"]


async def test_news_come_before_the_answer_or_after_it(sqlite_database: Database, clock: SetClock) -> None:
    world = World(sqlite_database, clock, None)
    state = await world.asks_for_a_human()
    notes = [
        {"notification_id": "n1", "message": "First news.", "priority": "high"},
        {"notification_id": "n2", "message": "Last news.", "priority": "normal"},
    ]
    await world.sessions.change(
        state.session_id, lambda old: msgspec.structs.replace(old, notifications_queue=notes), lambda new: []
    )
    turn = TurnInput(turn_id="t2", source="text", text="where are you located")
    said = "".join([out.text async for out in world.sessions.turn(state.session_id, turn) if isinstance(out, Say)])
    assert said.startswith("First news.")
    assert 0 < said.index("Lakeshore") < said.index("Last news.")
    assert (await world.sessions.get(state.session_id)).notifications_queue == []


async def test_a_task_that_nobody_does(sqlite_database: Database, clock: SetClock) -> None:
    world = World(sqlite_database, clock, None)
    state = await world.asks_for_a_human()
    business = await world.businesses.get(state.business_id)
    with pytest.raises(UnknownErrand):
        await world.engine.errands(world.staff).run(
            BackgroundTask(task_id="task_1", task_type="juggle", intent="juggle"), state, business
        )


async def test_who_is_free_and_can_be_put_through_is(sqlite_database: Database, clock: SetClock) -> None:
    world = World(sqlite_database, clock, StaffAnswer(True, "Ravi"))
    business = msgspec.structs.replace(await world.businesses.default("dealership"), transfer_number="+12025550150")
    talk = Talk(world.engine, business, channel="twilio")
    await talk.say("i need an oil change on friday at ten")
    await talk.say("can i talk to a person please")
    task = msgspec.convert(talk.state.pending_tasks[0], BackgroundTask)
    end = await world.engine.errands(world.staff).run(task, talk.state, business)
    assert world.staff.asked[0].by_phone
    assert end.transfer and end.notice == "interrupt" and "putting you through" in end.message

    note = {"notification_id": "note_1", "message": end.message, "priority": "interrupt", "transfer": True}
    talk.state = msgspec.structs.replace(talk.state, notifications_queue=[note])
    reply = await talk.turn("", source="notification")
    assert reply == end.message, "nothing is asked any more"
    assert talk.last.transfer and talk.last.hang_up
    assert talk.state.status == "ACTIVE", "who comes back finds the talk as it was"


async def test_a_chat_is_never_put_through(sqlite_database: Database, clock: SetClock) -> None:
    world = World(sqlite_database, clock, StaffAnswer(True, "Ravi"))
    business = msgspec.structs.replace(await world.businesses.default("dealership"), transfer_number="+12025550150")
    talk = Talk(world.engine, business, channel="chat")
    await talk.say("can i talk to a person please")
    task = msgspec.convert(talk.state.pending_tasks[0], BackgroundTask)
    end = await world.engine.errands(world.staff).run(task, talk.state, business)
    assert not world.staff.asked[0].by_phone
    assert not end.transfer and "will call you back" in end.message
