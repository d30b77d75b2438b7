"""Sessions in this process's memory: the same port and the same rules as in the database, for tests and `offhook talk`.

Holds bytes, not objects: what a caller changes after storing it is not stored, as with a database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from offhook.contracts.clock import Clock
from offhook.contracts.conversation import ConversationState, SessionEvent
from offhook.contracts.errors import Conflict, NotFound, VersionConflict
from offhook.contracts.store import StoredTurn
from offhook.store.session_events import EventHub, Subscription, kept_since, oldest_kept

_encoder = msgspec.json.Encoder()
_state = msgspec.json.Decoder(ConversationState)


@dataclass(slots=True)
class _Stored:
    state: bytes
    version: int
    status: str
    touched_at: datetime
    last_seq: int = 0
    turns: dict[str, StoredTurn] = field(default_factory=dict)
    events: list[tuple[datetime, SessionEvent]] = field(default_factory=list)


class MemorySessionStore:
    """SessionStore without a database. Grows with its sessions: not for a server that stays up."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sessions: dict[str, _Stored] = {}
        self._hub = EventHub()

    async def create(self, state: ConversationState, events: Sequence[SessionEvent] = ()) -> list[SessionEvent]:
        """Raises Conflict when the session exists."""
        if state.session_id in self._sessions:
            raise Conflict("session_exists", "The session exists already.")
        stored = _Stored(_encoder.encode(state), state.version, state.status, self._clock.now())
        self._sessions[state.session_id] = stored
        return self._append(stored, state.session_id, events)

    async def load(self, session_id: str) -> ConversationState | None:
        stored = self._sessions.get(session_id)
        if stored is None:
            return None
        state = _state.decode(stored.state)
        state.version = stored.version
        state.status = stored.status  # type: ignore[assignment]  # only SessionStatus values are stored
        return state

    async def commit(
        self, state: ConversationState, turn: StoredTurn | None = None, events: Sequence[SessionEvent] = ()
    ) -> list[SessionEvent]:
        stored = self._sessions.get(state.session_id)
        if stored is None:
            raise NotFound("This session")
        if stored.version != state.version or (turn is not None and turn.turn_id in stored.turns):
            raise VersionConflict(state.session_id)
        stored.state = _encoder.encode(state)
        stored.status = state.status
        stored.version += 1
        stored.touched_at = self._clock.now()
        if turn is not None:
            stored.turns[turn.turn_id] = turn
        return self._append(stored, state.session_id, events)

    async def resume(
        self, session_id: str, turn_id: str, *, recent: bool = False
    ) -> tuple[ConversationState, StoredTurn | None] | None:
        state = await self.load(session_id)
        return None if state is None else (state, await self.stored_turn(session_id, turn_id))

    async def stored_turn(self, session_id: str, turn_id: str) -> StoredTurn | None:
        stored = self._sessions.get(session_id)
        return None if stored is None else stored.turns.get(turn_id)

    async def events_after(self, session_id: str, seq: int) -> list[SessionEvent] | None:
        stored = self._sessions.get(session_id)
        if stored is None or seq > stored.last_seq or seq + 1 < oldest_kept(stored.last_seq):
            return None
        wanted = [(at, event) for at, event in stored.events if event.seq > seq]
        since = kept_since(self._clock.now())
        if len(wanted) < stored.last_seq - seq or any(at < since for at, _ in wanted):
            return None
        return [event for _, event in wanted]

    async def last_seq(self, session_id: str) -> int:
        stored = self._sessions.get(session_id)
        return 0 if stored is None else stored.last_seq

    def subscribe(self, session_id: str) -> Subscription:
        """Hears everything from this call on, even before the first event is asked for."""
        return self._hub.subscribe(session_id)

    def publish(self, event: SessionEvent) -> None:
        self._hub.send(event.session_id, [event])

    async def expire(self, idle_since: datetime) -> int:
        count = 0
        for stored in self._sessions.values():
            if stored.status in ("IDLE", "ACTIVE") and stored.touched_at < idle_since:
                stored.status = "EXPIRED"
                stored.version += 1
                stored.touched_at = self._clock.now()
                count += 1
        return count

    def _append(self, stored: _Stored, session_id: str, events: Sequence[SessionEvent]) -> list[SessionEvent]:
        now = self._clock.now()
        numbered = [msgspec.structs.replace(event, seq=seq) for seq, event in enumerate(events, stored.last_seq + 1)]
        stored.last_seq += len(numbered)
        stored.events += [(now, event) for event in numbered]
        del stored.events[: max(0, len(stored.events) - (stored.last_seq - oldest_kept(stored.last_seq) + 1))]
        self._hub.send(session_id, numbered)
        return numbered
