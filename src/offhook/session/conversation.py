"""Sessions and their turns, whatever the channel: loads the state, lets the dialogue decide, commits what came of it.

Rules that hold here: turns of a session run one after the other; a turn id that is known returns its stored reply and
runs nothing; state, turn and events are committed together; what was said before a turn was cut off is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from weakref import WeakValueDictionary

import msgspec

from offhook.contracts.business import Business, BusinessDirectory
from offhook.contracts.clock import Clock
from offhook.contracts.conversation import (
    HIDDEN,
    MEMORY_CLAIMED,
    MEMORY_OPERATOR,
    ConversationState,
    Judge,
    Message,
    Opening,
    Rehearsal,
    Say,
    SessionEvent,
    SessionStatus,
    SlotValue,
    TurnDone,
    TurnInput,
    TurnOutput,
    TurnResult,
    Working,
    anybody,
    asks_for_secret,
)
from offhook.contracts.errors import AppError, NotFound, VersionConflict
from offhook.contracts.store import SessionStore, StoredTurn
from offhook.dialogue.brains.prompt import scenario_memory
from offhook.kit.closing import closing
from offhook.kit.ids import new_id
from offhook.session.told import state_update, turn_events

OUT_OF_SCOPE = "out_of_scope"
"""The intent of words that nothing was found in."""
COMMIT_ATTEMPTS = 4
"""How often a turn is redone on a newer state after losing the compare-and-set to another process."""


class Dialogue(Protocol):
    """The engine that decides a turn (dialogue/engine.py)."""

    def run(self, state: ConversationState, turn: TurnInput, business: Business) -> AsyncIterator[TurnOutput]: ...

    async def rehearse(
        self, state: ConversationState, turn: TurnInput, business: Business
    ) -> tuple[tuple[str, ...], TurnDone] | None:
        """What the turn would come to, without its writes; None when it must be run to know."""
        ...

    def committed(
        self, before: ConversationState, after: ConversationState, turn: TurnInput, business: Business
    ) -> None:
        """The turn that led from one state to the other is committed: begin what follows from it. Does not wait."""
        ...

    def apology(self, language: str) -> str:
        """What to say when a turn could not be run at all."""
        ...


@dataclass(slots=True)
class _Attempt:
    """What one run of the dialogue has brought so far."""

    said: list[str] = field(default_factory=list)
    done: TurnDone | None = None


class Sessions:
    """Implements the port `Conversations`."""

    def __init__(
        self,
        *,
        store: SessionStore,
        dialogue: Dialogue,
        businesses: BusinessDirectory,
        clock: Clock,
        on_error: Callable[[str], None] = lambda kind: None,
    ) -> None:
        self.on_committed: Callable[[ConversationState], None] = lambda state: None
        """Told of the state that each turn has left."""
        self._store = store
        self._dialogue = dialogue
        self._businesses = businesses
        self._clock = clock
        self._on_error = on_error
        self._leases: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._rescues: set[asyncio.Task[None]] = set()

    async def open(self, opening: Opening) -> ConversationState:
        business = await self._businesses.get(opening.business_id)
        now = self._stamp()
        operator: dict[str, SlotValue] = {MEMORY_OPERATOR: opening.user_id or ""} if opening.operator else {}
        claimed: dict[str, SlotValue] = {MEMORY_CLAIMED: True} if opening.claimed else {}
        state = ConversationState(
            session_id=new_id("sess"),
            business_id=business.business_id,
            desk=business.desk,
            channel=opening.channel,
            language=opening.language or (business.languages[0] if business.languages else "en"),
            caller_phone=opening.caller_phone,
            created_at=now,
            last_updated=now,
            desk_memory={**operator, **claimed, **scenario_memory(opening.about)},
        )
        await self._store.create(state)
        return state

    async def get(self, session_id: str) -> ConversationState:
        state = await self._store.load(session_id)
        if state is None:
            raise NotFound("This session")
        return state

    async def rehearse(self, session_id: str, turn: TurnInput) -> Rehearsal | None:
        try:
            resumed = await self._store.resume(session_id, turn.turn_id, recent=True)
            if resumed is None or resumed[1] is not None:
                return None
            state = resumed[0]
            _still_open(state, turn)
            business = await self._businesses.get(state.business_id)
        except AppError:
            return None  # the turn itself will tell
        thought = await self._dialogue.rehearse(state, turn, business)
        if thought is None:
            return None
        said, done = thought
        understood = bool(done.result.commands) and all(c.intent != OUT_OF_SCOPE for c in done.result.commands)
        return Rehearsal(turn, said, done, understood, state.version)

    async def turn(
        self, session_id: str, turn: TurnInput, rehearsal: Rehearsal | None = None, judge: Judge = anybody
    ) -> AsyncIterator[TurnOutput]:
        """See the port. Raises NotFound, and Conflict-like AppErrors for sessions that are over; what fails on our side
        while the turn runs is answered with an apology instead."""
        async with self._lease(session_id):
            try:
                # What was typed comes with a client's id and may be sent twice, to any server, and a session is greeted
                # once, by whichever door it was opened; a call's other turns are made here, once.
                recent = turn.source not in ("text", "greeting")
                resumed = await self._store.resume(session_id, turn.turn_id, recent=recent)
            except AppError as error:
                if error.status < 500:
                    raise
                self._on_error(error.code)
                async for output in self._excuse(turn, None):
                    yield output
                return
            if resumed is None:
                raise NotFound("This session")
            state, stored = resumed
            judge(state)
            if stored is not None:
                yield Say(stored.result.reply)
                yield TurnDone(stored.result, state, untold=True)
                return
            _still_open(state, turn)
            if rehearsal is not None and (rehearsal.version != state.version or rehearsal.turn.turn_id != turn.turn_id):
                rehearsal = None
            async with closing(self._run(state, turn, rehearsal)) as outputs:
                async for output in outputs:
                    yield output

    async def heard(self, session_id: str, turn_id: str, heard: str) -> None:
        async with self._lease(session_id):
            for _ in range(COMMIT_ATTEMPTS):
                state = await self.get(session_id)
                index = next(
                    (i for i, m in enumerate(state.messages) if m.turn_id == turn_id and m.role == "assistant"), None
                )
                if index is None or state.messages[index].content == heard:
                    return
                messages = list(state.messages)
                if heard:
                    messages[index] = msgspec.structs.replace(messages[index], content=heard)
                else:
                    del messages[index]
                try:
                    await self._store.commit(msgspec.structs.replace(state, messages=messages))
                    return
                except VersionConflict:
                    continue

    async def close(self, session_id: str, status: SessionStatus = "COMPLETED") -> None:
        async with self._lease(session_id):
            for _ in range(COMMIT_ATTEMPTS):
                state = await self.get(session_id)
                if state.status == status:
                    return
                closed = msgspec.structs.replace(state, status=status, last_updated=self._stamp())
                try:
                    await self._store.commit(closed, events=[self._state_event(closed)])
                    return
                except VersionConflict:
                    continue

    async def change(
        self,
        session_id: str,
        change: Callable[[ConversationState], ConversationState],
        events: Callable[[ConversationState], Sequence[SessionEvent]],
    ) -> None:
        """Change the state between turns; `change` may be asked again on a newer state. Raises NotFound and what the
        store raises."""
        async with self._lease(session_id):
            for left in reversed(range(COMMIT_ATTEMPTS)):
                changed = msgspec.structs.replace(change(await self.get(session_id)), last_updated=self._stamp())
                try:
                    await self._store.commit(changed, events=list(events(changed)))
                    return
                except VersionConflict:
                    if not left:
                        raise

    async def aclose(self) -> None:
        """Wait for turns that were cut off to be stored."""
        if self._rescues:
            await asyncio.gather(*self._rescues, return_exceptions=True)

    # -- one turn -------------------------------------------------------------------------------------------------

    async def _run(
        self, state: ConversationState, turn: TurnInput, rehearsal: Rehearsal | None
    ) -> AsyncIterator[TurnOutput]:
        try:
            business = await self._businesses.get(state.business_id)
        except AppError as error:
            self._on_error(error.code)
            async for output in self._excuse(turn, state):
                yield output
            return
        attempt = _Attempt()
        finished = False
        try:
            thinking = self._decide(state, turn, business, attempt) if rehearsal is None else _say(rehearsal, attempt)
            async with closing(thinking) as pieces:
                async for piece in pieces:
                    yield piece
            done = await self._commit(state, turn, business, attempt)
            finished = True
            yield done
        finally:
            if not finished:
                self._rescue(state, turn, business, attempt)

    async def _decide(
        self, state: ConversationState, turn: TurnInput, business: Business, attempt: _Attempt
    ) -> AsyncIterator[Say | Working]:
        """Run the dialogue; text is passed on as it comes, the outcome is left in `attempt`."""
        async with closing(self._dialogue.run(state, turn, business)) as outputs:
            async for output in outputs:
                match output:
                    case Say():
                        attempt.said.append(output.text)
                        yield output
                    case Working():
                        yield output
                    case TurnDone():
                        attempt.done = output

    async def _commit(
        self, state: ConversationState, turn: TurnInput, business: Business, attempt: _Attempt
    ) -> TurnDone:
        """Store what the dialogue decided. After losing to another writer the turn is decided again on the newer state;
        writes that were committed are recalled by their key, not repeated."""
        assert attempt.done is not None, "the dialogue ends every turn with TurnDone"
        done = attempt.done
        for left in reversed(range(COMMIT_ATTEMPTS)):
            try:
                await self._store.commit(
                    done.state, self._stored(turn, done.result), turn_events(turn, done, self._stamp())
                )
                self._left(state, done.state, turn, business)
                return TurnDone(done.result, msgspec.structs.replace(done.state, version=done.state.version + 1))
            except VersionConflict:
                if not left:
                    raise
            except AppError as error:
                if error.status < 500:
                    raise
                # The reply stands (what it wrote is committed under its own key); only our memory of it is lost.
                self._on_error(error.code)
                return TurnDone(done.result, done.state, untold=True)
            again = _Attempt()
            resumed = await self._store.resume(done.state.session_id, turn.turn_id)
            if resumed is None:
                raise NotFound("This session")
            state, stored = resumed
            if stored is not None:
                return TurnDone(stored.result, state, untold=True)
            _still_open(state, turn)
            async for _ in self._decide(state, turn, business, again):
                pass
            assert again.done is not None
            done = again.done
        raise AssertionError("unreachable")

    def _left(self, before: ConversationState, after: ConversationState, turn: TurnInput, business: Business) -> None:
        self._dialogue.committed(before, after, turn, business)
        self.on_committed(after)

    async def _excuse(self, turn: TurnInput, state: ConversationState | None) -> AsyncIterator[TurnOutput]:
        """The turn could not be run: say so, store nothing."""
        language = turn.language or (state.language if state else "en")
        text = self._dialogue.apology(language)
        yield Say(text)
        result = TurnResult(turn_id=turn.turn_id, reply=text, agent="response", language=language, source="template")
        empty = state or ConversationState(session_id="", business_id="", desk="", channel="")
        yield TurnDone(result, empty, untold=True)

    def _rescue(self, state: ConversationState, turn: TurnInput, business: Business, attempt: _Attempt) -> None:
        """The turn was cut off (barge-in, a dropped connection): keep what was said on both sides."""
        # lint: naked-create-task: outlives the cut-off turn; kept in a set and awaited in aclose
        task = asyncio.get_running_loop().create_task(
            self._keep_words(state, turn, business, attempt), name=f"rescue {turn.turn_id}"
        )
        self._rescues.add(task)
        task.add_done_callback(self._rescues.discard)

    async def _keep_words(
        self, before: ConversationState, turn: TurnInput, business: Business, attempt: _Attempt
    ) -> None:
        session_id, done = before.session_id, attempt.done
        async with self._lease(session_id):
            try:
                if await self._store.stored_turn(session_id, turn.turn_id) is not None:
                    return
                if done is None:
                    state = await self.get(session_id)
                    await self._store.commit(self._with_words(state, turn, "".join(attempt.said)))
                    return
                await self._store.commit(
                    done.state, self._stored(turn, done.result), turn_events(turn, done, self._stamp())
                )
                self._left(before, done.state, turn, business)
            except AppError as error:
                self._on_error(error.code)

    def _with_words(self, state: ConversationState, turn: TurnInput, said: str) -> ConversationState:
        now = self._stamp()
        messages = list(state.messages)
        if turn.text and turn.source in ("text", "speech", "dtmf"):
            words = HIDDEN if asks_for_secret(state) else turn.text
            messages.append(Message(role="user", content=words, at=now, turn_id=turn.turn_id))
        if said:
            messages.append(Message(role="assistant", content=said, at=now, turn_id=turn.turn_id))
        return msgspec.structs.replace(state, messages=messages, last_updated=now)

    # -- small parts ----------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _lease(self, session_id: str) -> AsyncIterator[None]:
        lock = self._leases.get(session_id)
        if lock is None:
            lock = self._leases[session_id] = asyncio.Lock()
        async with lock:
            yield

    def _stored(self, turn: TurnInput, result: TurnResult) -> StoredTurn:
        return StoredTurn(turn_id=turn.turn_id, text=HIDDEN if result.secret else turn.text, result=result)

    def _state_event(self, state: ConversationState) -> SessionEvent:
        return state_update(state, self._stamp())

    def _stamp(self) -> str:
        now: datetime = self._clock.now()
        return now.astimezone(UTC).isoformat(timespec="milliseconds")


def _still_open(state: ConversationState, turn: TurnInput) -> None:
    if state.status in ("COMPLETED", "EXPIRED") and turn.source != "goodbye":
        raise AppError("session_over", "This session is over; open a new one.", status=409)


async def _say(rehearsal: Rehearsal, attempt: _Attempt) -> AsyncIterator[Say]:
    """What was thought of already, as if it were thought of now."""
    for text in rehearsal.said:
        attempt.said.append(text)
        yield Say(text)
    attempt.done = rehearsal.done
