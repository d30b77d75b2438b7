"""Turns of a session: in order, once, committed with their events, and never lost when cut off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from offhook.contracts.business import Business
from offhook.contracts.channel import REMINDER
from offhook.contracts.conversation import (
    ConversationState,
    Message,
    Opening,
    Rehearsal,
    Say,
    TurnDone,
    TurnInput,
    TurnOutput,
    TurnResult,
)
from offhook.contracts.errors import AppError, NotFound, Unavailable, VersionConflict
from offhook.contracts.store import StoredTurn
from offhook.contracts.turn import TurnPolicy
from offhook.desks.dealership.desk import dealership_desk
from offhook.dialogue.brains.prompt import MEMORY_SCENARIO, scenario_of
from offhook.session.conversation import Sessions
from offhook.store.sessions_memory import MemorySessionStore
from support.scripted_call import OneBusiness
from support.virtual_time import VirtualClock, virtual_time


class Echo:
    """A dialogue that answers with the caller's words, in two pieces, and counts its turns."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.committed_turns: list[tuple[str, int, int]] = []
        """(turn id, turns before it, turns after it)"""
        self.pause_s = 0.0
        self.before_done_s = 0.0

    async def run(self, state: ConversationState, turn: TurnInput, business: Business) -> AsyncIterator[TurnOutput]:
        self.ran.append(turn.turn_id)
        await asyncio.sleep(self.pause_s)
        yield Say("You said: ")
        yield Say(turn.text)
        await asyncio.sleep(self.before_done_s)
        reply = f"You said: {turn.text}"
        now = "2026-11-20T15:00:00+00:00"
        messages = [
            *state.messages,
            Message(role="user", content=turn.text, at=now, turn_id=turn.turn_id),
            Message(role="assistant", content=reply, at=now, turn_id=turn.turn_id),
        ]
        changed = msgspec.structs.replace(state, messages=messages, turn_count=state.turn_count + 1)
        yield TurnDone(TurnResult(turn_id=turn.turn_id, reply=reply, agent="faq"), changed)

    async def rehearse(
        self, state: ConversationState, turn: TurnInput, business: Business
    ) -> tuple[tuple[str, ...], TurnDone] | None:
        if turn.text == "write":
            return None
        outputs = [output async for output in self.run(state, turn, business)]
        done = outputs[-1]
        assert isinstance(done, TurnDone)
        return tuple(output.text for output in outputs if isinstance(output, Say)), done

    def committed(
        self, before: ConversationState, after: ConversationState, turn: TurnInput, business: Business
    ) -> None:
        self.committed_turns.append((turn.turn_id, before.turn_count, after.turn_count))

    def apology(self, language: str) -> str:
        return f"Sorry ({language})."


class Flaky(MemorySessionStore):
    """A store that loses the next compare-and-sets to another writer, or whose database is away."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(clock)
        self.conflicts = 0
        self.away = False

    async def load(self, session_id: str) -> ConversationState | None:
        if self.away:
            raise Unavailable("database_gone", "gone")
        return await super().load(session_id)

    async def resume(
        self, session_id: str, turn_id: str, *, recent: bool = False
    ) -> tuple[ConversationState, StoredTurn | None] | None:
        if self.away:
            raise Unavailable("database_gone", "gone")
        return await super().resume(session_id, turn_id)

    async def commit(self, state: ConversationState, turn=None, events=()):  # type: ignore[no-untyped-def]
        if self.away:
            raise Unavailable("database_gone", "gone")
        if self.conflicts:
            self.conflicts -= 1
            newer = await super().load(state.session_id)
            assert newer is not None
            await super().commit(msgspec.structs.replace(newer, confidence=newer.confidence + 0.1))
            raise VersionConflict(state.session_id)
        return await super().commit(state, turn, events)


class World:
    def __init__(self, clock: VirtualClock) -> None:
        self.dialogue = Echo()
        self.store = Flaky(clock)
        self.errors: list[str] = []
        self.sessions = Sessions(
            store=self.store,
            dialogue=self.dialogue,
            businesses=OneBusiness(TurnPolicy()),
            clock=clock,
            on_error=self.errors.append,
        )

    async def open(self) -> str:
        return (await self.sessions.open(Opening(business_id="biz_1", channel="chat"))).session_id

    async def say(
        self, session: str, text: str, turn_id: str, rehearsal: Rehearsal | None = None
    ) -> tuple[str, TurnDone]:
        said = ""
        done: TurnDone | None = None
        turn = TurnInput(turn_id=turn_id, source="text", text=text)
        async for output in self.sessions.turn(session, turn, rehearsal):
            match output:
                case Say():
                    said += output.text
                case TurnDone():
                    done = output
        assert done is not None
        return said, done


@virtual_time
async def test_a_turn_is_said_and_committed_with_its_events(clock: VirtualClock) -> None:
    world = World(clock)
    session = await world.open()
    said, done = await world.say(session, "hello", "t1")
    assert said == done.result.reply == "You said: hello"
    stored = await world.sessions.get(session)
    assert stored == done.state
    assert [m.content for m in stored.messages] == ["hello", "You said: hello"]
    events = await world.store.events_after(session, 0)
    assert events is not None
    assert [e.type for e in events] == ["transcript", "transcript", "state_update"]
    assert [e.seq for e in events] == [1, 2, 3]


@virtual_time
async def test_the_same_turn_id_returns_the_stored_reply_and_runs_nothing(clock: VirtualClock) -> None:
    world = World(clock)
    session = await world.open()
    first = await world.say(session, "hello", "t1")
    again = await world.say(session, "something else", "t1")
    assert again[0] == first[0]
    assert world.dialogue.ran == ["t1"]
    assert (await world.sessions.get(session)).turn_count == 1


@virtual_time
async def test_turns_of_a_session_run_one_after_the_other(clock: VirtualClock) -> None:
    world = World(clock)
    session, other = await world.open(), await world.open()
    world.dialogue.pause_s = 1.0
    await asyncio.gather(*(world.say(session, f"m{n}", f"t{n}") for n in range(3)), world.say(other, "x", "o"))
    assert clock.mono_ms() == 3_000
    contents = [m.content for m in (await world.sessions.get(session)).messages if m.role == "user"]
    assert sorted(contents) == ["m0", "m1", "m2"] and len(contents) == 3


@virtual_time
async def test_losing_the_compare_and_set_decides_again_on_the_newer_state(clock: VirtualClock) -> None:
    world = World(clock)
    session = await world.open()
    world.store.conflicts = 2
    said, _ = await world.say(session, "hello", "t1")
    assert said == "You said: hello"
    state = await world.sessions.get(session)
    assert state.turn_count == 1 and state.confidence == pytest.approx(0.2)
    assert world.dialogue.ran == ["t1", "t1", "t1"]
    assert world.dialogue.committed_turns == [("t1", 0, 1)]


@virtual_time
async def test_after_losing_to_the_same_turn_its_stored_reply_counts(clock: VirtualClock) -> None:
    world = World(clock)
    session = await world.open()
    elsewhere = StoredTurn(turn_id="t1", text="hello", result=TurnResult(turn_id="t1", reply="Hi.", agent="faq"))
    world.dialogue.before_done_s = 1.0
    late = asyncio.ensure_future(world.say(session, "hello", "t1"))
    await clock.at_ms(500)
    await world.store.commit(await world.sessions.get(session), elsewhere)
    _, done = await late
    assert done.result.reply == "Hi."
    assert world.dialogue.ran == ["t1"]


@virtual_time
async def test_after_losing_to_the_end_of_the_session_nothing_is_decided_again(clock: VirtualClock) -> None:
    world = World(clock)
    session = await world.open()
    world.dialogue.before_done_s = 1.0
    late = asyncio.ensure_future(world.say(session, "hello", "t1"))
    await clock.at_ms(500)
    await world.store.commit(msgspec.structs.replace(await world.sessions.get(session), status="COMPLETED"))
    with pytest.raises(AppError) as over:
        await late
    assert over.value.code == "session_over"
    assert world.dialogue.ran == ["t1"]


@virtual_time
async def test_a_database_that_is_away_is_apologised_for_and_comes_back(clock: VirtualClock) -> None:
    world = World(clock)
    session = await world.open()
    world.store.away = True
    said, done = await world.say(session, "hello", "t1")
    assert said == done.result.reply == "Sorry (en)."
    assert world.errors == ["database_gone"]
    world.store.away = False
    assert (await world.say(session, "hello", "t1"))[0] == "You said: hello"


@virtual_time
async def test_words_of_a_turn_that_is_cut_off_are_kept(clock: VirtualClock) -> None:
    world = World(clock)
    session = await world.open()
    world.dialogue.before_done_s = 5.0
    turn = asyncio.ensure_future(world.say(session, "hello", "t1"))
    await clock.at_ms(1_000)
    turn.cancel()
    await asyncio.wait([turn])
    await world.sessions.aclose()
    assert world.dialogue.committed_turns == [], "nothing follows from a turn that was not thought to its end"
    state = await world.sessions.get(session)
    assert [(m.role, m.content) for m in state.messages] == [("user", "hello"), ("assistant", "You said: hello")]
    await world.sessions.heard(session, "t1", "You said")
    assert (await world.sessions.get(session)).messages[-1].content == "You said"
    await world.sessions.heard(session, "t1", "")
    assert [m.role for m in (await world.sessions.get(session)).messages] == ["user"]


@virtual_time
async def test_sessions_that_are_over_or_unknown_take_no_turn(clock: VirtualClock) -> None:
    world = World(clock)
    session = await world.open()
    await world.sessions.close(session)
    with pytest.raises(AppError, match="session_over"):
        await world.say(session, "hello", "t1")
    with pytest.raises(NotFound):
        await world.say("sess_none", "hello", "t1")
    assert world.dialogue.ran == []


@virtual_time
async def test_a_rehearsal_leaves_no_trace_until_its_turn_is_taken(clock: VirtualClock) -> None:
    world = World(clock)
    session = await world.open()
    before = await world.sessions.get(session)
    turn = TurnInput(turn_id="t1", source="text", text="hello")
    rehearsal = await world.sessions.rehearse(session, turn)
    assert rehearsal is not None
    assert await world.sessions.get(session) == before
    assert world.dialogue.committed_turns == []
    said, done = await world.say(session, "hello", "t1", rehearsal)
    assert said == done.result.reply == "You said: hello"
    assert world.dialogue.ran == ["t1"], "it was thought of once"
    assert await world.sessions.get(session) == done.state
    again, _ = await world.say(session, "hello", "t1", rehearsal)
    assert again == said and world.dialogue.ran == ["t1"]
    assert world.dialogue.committed_turns == [("t1", 0, 1)], "once, though it was asked for twice"


@virtual_time
async def test_a_rehearsal_on_a_state_that_has_changed_is_void(clock: VirtualClock) -> None:
    world = World(clock)
    session = await world.open()
    rehearsal = await world.sessions.rehearse(session, TurnInput(turn_id="t2", source="text", text="hello"))
    await world.say(session, "first", "t1")
    _, done = await world.say(session, "hello", "t2", rehearsal)
    assert world.dialogue.ran == ["t2", "t1", "t2"]
    assert [m.content for m in done.state.messages if m.role == "user"] == ["first", "hello"]


@virtual_time
async def test_what_must_be_run_or_cannot_be_read_is_not_rehearsed(clock: VirtualClock) -> None:
    world = World(clock)
    session = await world.open()
    assert await world.sessions.rehearse(session, TurnInput(turn_id="t", source="text", text="write")) is None
    world.store.away = True
    assert await world.sessions.rehearse(session, TurnInput(turn_id="t", source="text", text="hello")) is None
    world.store.away = False
    await world.sessions.close(session)
    assert await world.sessions.rehearse(session, TurnInput(turn_id="t", source="text", text="hello")) is None


@virtual_time
async def test_a_session_of_a_call_that_we_placed_knows_what_it_is_for(clock: VirtualClock) -> None:
    sessions = World(clock).sessions
    placed = await sessions.open(Opening(business_id="biz_1", channel="twilio", about=REMINDER))
    came = await sessions.open(Opening(business_id="biz_1", channel="twilio"))
    assert (placed.desk_memory, came.desk_memory) == ({MEMORY_SCENARIO: "outbound_reminder"}, {})
    desk = dealership_desk()
    assert [scenario_of(desk, state) for state in (placed, came)] == ["outbound_reminder", "inbound_service"]
