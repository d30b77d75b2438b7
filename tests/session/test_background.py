"""Background tasks of a session: run beside the talk, told in events, spoken of when there is something to say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec

from offhook.contracts.background import BackgroundTask, TaskEnd
from offhook.contracts.business import Business
from offhook.contracts.conversation import (
    ConversationState,
    Opening,
    Say,
    SlotValue,
    TurnDone,
    TurnInput,
    TurnOutput,
    TurnResult,
)
from offhook.contracts.turn import TurnPolicy
from offhook.session.background import DONE_KEPT, Background
from offhook.session.conversation import Sessions
from offhook.store.sessions_memory import MemorySessionStore
from support.scripted_call import OneBusiness, ScriptedCall
from support.virtual_time import VirtualClock, virtual_time


class Asks:
    """A dialogue whose turns leave the tasks that their words name ("HIGH 3": three urgent ones)."""

    def __init__(self) -> None:
        self.turns: list[TurnInput] = []
        self.count = 0

    async def run(self, state: ConversationState, turn: TurnInput, business: Business) -> AsyncIterator[TurnOutput]:
        self.turns.append(turn)
        tasks: list[dict[str, SlotValue]] = []
        if turn.source == "text":
            priority, count = turn.text.split()
            for _ in range(int(count)):
                self.count += 1
                tasks.append(
                    {
                        "task_id": f"task_{self.count}",
                        "task_type": "look",
                        "intent": "look",
                        "status": "QUEUED",
                        "priority": priority,
                        "background": True,
                    }
                )
        told = " ".join(str(note["message"]) for note in state.notifications_queue)
        state = msgspec.structs.replace(
            state, pending_tasks=[*state.pending_tasks, *tasks], notifications_queue=[], turn_count=state.turn_count + 1
        )
        reply = told or "Okay."
        yield Say(reply)
        yield TurnDone(TurnResult(turn_id=turn.turn_id, reply=reply, agent="response"), state)

    async def rehearse(self, state: ConversationState, turn: TurnInput, business: Business) -> None:
        return None

    def committed(
        self, before: ConversationState, after: ConversationState, turn: TurnInput, business: Business
    ) -> None:
        return None

    def apology(self, language: str) -> str:
        return "Sorry."


class Works:
    """Carries each task out in a second; keeps who ran with whom."""

    def __init__(self, end: TaskEnd | None = None) -> None:
        self.end = end or TaskEnd(result={"found": True}, message="It is done.", notice="high")
        self.order: list[str] = []
        self.now = 0
        self.most = 0

    async def run(self, task: BackgroundTask, state: ConversationState, business: Business) -> TaskEnd:
        self.order.append(task.task_id)
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(1)
        self.now -= 1
        if task.intent == "break":
            raise ZeroDivisionError
        return self.end


class World:
    def __init__(self, clock: VirtualClock, work: Works, live: bool = False) -> None:
        self.store = MemorySessionStore(clock)
        self.dialogue = Asks()
        businesses = OneBusiness(TurnPolicy())
        self.sessions = Sessions(store=self.store, dialogue=self.dialogue, businesses=businesses, clock=clock)
        self.interrupted: list[str] = []
        self.live = live
        self.background = Background(
            sessions=self.sessions, work=work, businesses=businesses, clock=clock, interrupt=self._interrupt
        )
        self.sessions.on_committed = self.background.committed

    def _interrupt(self, session_id: str) -> bool:
        self.interrupted.append(session_id)
        return self.live

    async def say(self, session: str, text: str) -> str:
        turn = TurnInput(turn_id=f"t{len(self.dialogue.turns)}", source="text", text=text)
        said = [out.text async for out in self.sessions.turn(session, turn) if isinstance(out, Say)]
        return "".join(said)

    async def open(self) -> str:
        return (await self.sessions.open(Opening(business_id="biz_1", channel="chat"))).session_id

    async def events(self, session: str) -> list[str]:
        found = await self.store.events_after(session, 0)
        assert found is not None
        return [event.type for event in found if event.type not in ("state_update", "transcript")]


@virtual_time
async def test_a_task_runs_beside_the_talk_and_is_told_of(clock: VirtualClock) -> None:
    world = World(clock, Works())
    session = await world.open()
    assert await world.say(session, "NORMAL 1") == "Okay."
    await asyncio.sleep(0.5)
    state = await world.sessions.get(session)
    assert state.pending_tasks[0]["status"] == "RUNNING"
    await asyncio.sleep(1)
    state = await world.sessions.get(session)
    assert (state.pending_tasks[0]["status"], state.pending_tasks[0]["found"]) == ("COMPLETED", True)
    assert await world.events(session) == [
        "TASK_QUEUED",
        "TASK_STARTED",
        "QUEUE_STATUS",
        "TASK_COMPLETED",
        "task_update",
        "notification",
        "QUEUE_STATUS",
    ]
    assert await world.say(session, "NORMAL 0") == "It is done.", "before the next answer"
    assert world.interrupted == []
    await world.background.aclose()


@virtual_time
async def test_an_interruption_is_a_turn_of_its_own_in_chat(clock: VirtualClock) -> None:
    world = World(clock, Works(TaskEnd(message="Ravi is free.", notice="interrupt", human_agent_status="available")))
    session = await world.open()
    await world.say(session, "HIGH 1")
    await asyncio.sleep(1.5)
    assert [turn.source for turn in world.dialogue.turns] == ["text", "notification"]
    state = await world.sessions.get(session)
    assert state.human_agent_status == "available"
    assert not state.escalation_in_progress
    found = await world.store.events_after(session, 0)
    assert found is not None
    assert "Ravi is free." in [event.data.get("content") for event in found]
    await world.background.aclose()


@virtual_time
async def test_a_live_call_is_left_to_say_it(clock: VirtualClock) -> None:
    world = World(clock, Works(TaskEnd(message="Ravi is free.", notice="interrupt")), live=True)
    session = await world.open()
    await world.say(session, "HIGH 1")
    await asyncio.sleep(1.5)
    assert world.interrupted == [session]
    assert [turn.source for turn in world.dialogue.turns] == ["text"]
    await world.background.aclose()


@virtual_time
async def test_a_hundred_tasks_keep_order_and_bounds(clock: VirtualClock) -> None:
    work = Works(TaskEnd())
    world = World(clock, work)
    session = await world.open()
    await world.say(session, "LOW 60")
    await world.say(session, "HIGH 40")
    await asyncio.sleep(60)
    assert work.most == 3
    assert len(work.order) == len(set(work.order)) == 100
    urgent, others = range(61, 101), range(1, 61)
    assert work.order == [f"task_{number}" for number in (*urgent, *others)], "the urgent ones overtake"
    state = await world.sessions.get(session)
    assert len(state.pending_tasks) == DONE_KEPT
    await world.background.aclose()


@virtual_time
async def test_a_defect_fails_the_task_alone(clock: VirtualClock) -> None:
    work = Works()
    world = World(clock, work)
    session = await world.open()
    await world.say(session, "NORMAL 1")
    await asyncio.sleep(0.1)

    async def breaks(task: BackgroundTask, state: ConversationState, business: Business) -> TaskEnd:
        raise ZeroDivisionError

    work.run = breaks  # type: ignore[method-assign]
    await world.say(session, "NORMAL 1")
    await asyncio.sleep(2)
    state = await world.sessions.get(session)
    assert [task["status"] for task in state.pending_tasks] == ["COMPLETED", "FAILED"]
    await world.background.aclose()


@virtual_time
async def test_what_a_dead_server_left_begins_again(clock: VirtualClock) -> None:
    world = World(clock, Works())
    session = await world.open()
    await world.say(session, "NORMAL 1")
    await asyncio.sleep(0.5)
    await world.background.aclose()
    state = await world.sessions.get(session)
    assert state.pending_tasks[0]["status"] == "RUNNING"

    work = Works()
    second = Background(
        sessions=world.sessions,
        work=work,
        businesses=OneBusiness(TurnPolicy()),
        clock=clock,
        interrupt=lambda session_id: False,
    )
    world.sessions.on_committed = second.committed
    await world.say(session, "NORMAL 0")
    await asyncio.sleep(2)
    assert work.order == ["task_1"]
    assert (await world.sessions.get(session)).pending_tasks[0]["status"] == "COMPLETED"
    await second.aclose()


@virtual_time
async def test_a_call_tells_news_as_soon_as_nobody_speaks(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello, this is Lakeside.", "Ravi is free and will call you back.", "Okay."])
    async with call.running():
        await call.at(0.5)
        call.notice()
        await call.at(0.6)
        assert len(call.conversations.turns) == 1, "the greeting is not cut off"
        await call.at(9)
    assert [turn.source for turn in call.conversations.turns] == ["greeting", "notification"]
    assert call.carrier.cleared_ms == []


@virtual_time
async def test_news_while_the_caller_speaks_go_with_the_answer(clock: VirtualClock) -> None:
    call = ScriptedCall(clock, ["Hello.", "Ravi is free. Which day suits you?"])
    async with call.running():
        await call.at(3)
        speaking = asyncio.ensure_future(call.speaks(3.0, 5.0, "an oil change please"))
        await call.at(4)
        call.notice()
        await speaking
        await call.at(9)
    assert [turn.source for turn in call.conversations.turns][:2] == ["greeting", "speech"]
    assert "notification" not in [turn.source for turn in call.conversations.turns]
