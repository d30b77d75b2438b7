"""One session on another channel: a code is given out, and whoever comes with it goes on where the talk stands.

Everything of the conversation goes along: messages, slots, the pending command. What does not is any proof of who
speaks: the code shows that somebody was given it, not that they are who proved themselves on the phone. So a join takes
the proofs back, for both ends: the next change of somebody's data asks for a second fact, or the PIN, again. And a
joined session is a chat: a number that a carrier vouched for says nothing about who types.

A proof given after the join must not serve whoever had the session before: they may have made the code to be joined.
So a join also begins a new generation of tokens, and the older ones open the session no more. A call has no token and
goes on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

import msgspec

from offhook.contracts.clock import Clock
from offhook.contracts.conversation import (
    MEMORY_GOES_ON,
    MEMORY_JOINS,
    MEMORY_OPERATOR,
    MEMORY_SPEAKER,
    ConversationState,
    generation,
)
from offhook.contracts.errors import AppError
from offhook.contracts.store import SessionStore
from offhook.dialogue.model import MEMORY_VERIFIED
from offhook.kit.closing import closing
from offhook.session.conversation import Sessions
from offhook.session.told import state_update, superseded

PROOFS = frozenset({MEMORY_VERIFIED, MEMORY_OPERATOR, MEMORY_SPEAKER})
"""desk_memory keys that say who speaks."""
_JOINED = "joined"


class Invitation(Protocol):
    @property
    def code(self) -> str: ...

    @property
    def expires_at(self) -> datetime: ...


class Codes(Protocol):
    async def make(self, business_id: str, session_id: str) -> Invitation: ...

    async def spend(self, given: str) -> str | None: ...


class Joining:
    def __init__(self, sessions: Sessions, codes: Codes, clock: Clock) -> None:
        self._sessions = sessions
        self._codes = codes
        self._clock = clock

    async def invite(self, session_id: str) -> Invitation:
        """A code for the session. Raises NotFound, and AppError when it is over."""
        state = await self._sessions.get(session_id)
        _open(state)
        made = await self._codes.make(state.business_id, session_id)

        def mark(state: ConversationState) -> ConversationState:
            if state.desk_memory.get(MEMORY_GOES_ON) == _JOINED:
                return state
            return _remembering(state, made.expires_at.isoformat())

        await self._sessions.change(session_id, mark, lambda _: ())
        return made

    async def join(self, code: str) -> ConversationState:
        """The session that the code opens. Raises AppError: nothing tells a code that was used from one that never
        was."""
        session_id = await self._codes.spend(code)
        if session_id is None:
            text = "This code cannot be used: it is wrong, older than ten minutes, or was used. Ask for a new one."
            raise AppError("bad_code", text, status=404)
        state = await self._sessions.get(session_id)
        _open(state)
        at = self._clock.now().isoformat(timespec="milliseconds")
        await self._sessions.change(session_id, _unproved, lambda state: [state_update(state, at)])
        return await self._sessions.get(session_id)


async def still_opens(store: SessionStore, session_id: str, held: int | None) -> AsyncIterator[None]:
    """Yields once when tokens of the generation `held` open the session now; ends when they open it no more."""
    yielded = False
    while True:  # a subscriber that fell behind comes again
        async with closing(store.subscribe(session_id)) as events:
            state = await store.load(session_id)
            if state is not None and held is not None and held < generation(state):
                return
            if not yielded:
                yielded = True
                yield
            async for event in events:
                if superseded(event, held):
                    return


def goes_on(state: ConversationState, now: datetime) -> bool:
    """Whether the session outlives the call that said goodbye."""
    until = state.desk_memory.get(MEMORY_GOES_ON)
    return isinstance(until, str) and (until == _JOINED or datetime.fromisoformat(until) > now)


def _unproved(state: ConversationState) -> ConversationState:
    memory = {key: value for key, value in state.desk_memory.items() if key not in PROOFS}
    memory[MEMORY_JOINS] = generation(state) + 1
    state = msgspec.structs.replace(state, desk_memory=memory, channel="chat")
    return _remembering(state, _JOINED)


def _remembering(state: ConversationState, until: str) -> ConversationState:
    return msgspec.structs.replace(state, desk_memory={**state.desk_memory, MEMORY_GOES_ON: until})


def _open(state: ConversationState) -> None:
    if state.status not in ("IDLE", "ACTIVE"):
        raise AppError("session_over", "This session is over; open a new one.", status=409)
