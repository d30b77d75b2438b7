"""Sessions in the main database (contracts/store.py: SessionStore).

A commit is one transaction of few statements: the compare-and-set that also hands out the events' numbers, the turn,
the events. Status and version live in columns (expiry changes them without reading the state); the state's text holds
the rest. A committed turn is not durable against a power cut by itself (NORMAL): writes to the book are, and carry
their own record of having happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Executable, Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from offhook.contracts.clock import Clock
from offhook.contracts.conversation import ConversationState, SessionEvent, SessionStatus
from offhook.contracts.errors import Conflict, NotFound, VersionConflict
from offhook.contracts.store import StoredTurn
from offhook.store.codec import to_text
from offhook.store.engine import Database
from offhook.store.schema import session_events, session_turns, sessions
from offhook.store.session_events import KEPT_EVENTS, EventHub, Subscription, kept_since, oldest_kept
from offhook.store.sessions_recent import RecentSessions
from offhook.store.sessions_sqlite import Lost, Missing, SessionStatements, Swap, moment

_SESSION: BindParameter[str] = bindparam("session")
_BUSINESS: BindParameter[str] = bindparam("business")
_SEQ: BindParameter[int] = bindparam("after")

_LOAD = select(sessions.c.state, sessions.c.status, sessions.c.version).where(sessions.c.session_id == _SESSION)
_SWAP = (
    update(sessions)
    .where(
        sessions.c.session_id == _SESSION,
        sessions.c.business_id == _BUSINESS,
        sessions.c.version == bindparam("expected"),
    )
    .values(
        state=bindparam("new_state"),
        status=bindparam("new_status"),
        version=sessions.c.version + 1,
        last_seq=sessions.c.last_seq + bindparam("count", type_=sessions.c.last_seq.type),
        touched_at=bindparam("now"),
    )
    .returning(sessions.c.last_seq)
)
_RESUME = (
    select(sessions.c.state, sessions.c.status, sessions.c.version, session_turns.c.turn)
    .outerjoin(
        session_turns,
        (session_turns.c.session_id == sessions.c.session_id)
        & (session_turns.c.business_id == sessions.c.business_id)
        & (session_turns.c.turn_id == bindparam("turn")),
    )
    .where(sessions.c.session_id == _SESSION)
)
_EXISTS = select(sessions.c.version).where(sessions.c.session_id == _SESSION, sessions.c.business_id == _BUSINESS)
_TURN = select(session_turns.c.turn).where(
    session_turns.c.session_id == _SESSION, session_turns.c.turn_id == bindparam("turn")
)
_LAST_SEQ = select(sessions.c.last_seq).where(sessions.c.session_id == _SESSION)
_EVENTS = (
    select(session_events.c.seq, session_events.c.event, session_events.c.created_at)
    .where(session_events.c.session_id == _SESSION, session_events.c.seq > _SEQ)
    .order_by(session_events.c.seq)
)
_FORGET = delete(session_events).where(session_events.c.session_id == _SESSION, session_events.c.seq <= _SEQ)

_ON_SQLITE = SessionStatements(
    resume=_RESUME,
    swap=_SWAP,
    exists=_EXISTS,
    insert_turn=insert(session_turns),
    insert_event=insert(session_events),
    forget=_FORGET,
)

_state = msgspec.json.Decoder(ConversationState)
_turn = msgspec.json.Decoder(StoredTurn)
_event = msgspec.json.Decoder(SessionEvent)


class SqlSessionStore:
    """SessionStore on SQLite or PostgreSQL. Subscribers hear what this process commits. Raises Unavailable."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._hub = EventHub()
        self._recent = RecentSessions()

    async def create(self, state: ConversationState, events: Sequence[SessionEvent] = ()) -> list[SessionEvent]:
        """Store a new session as version `state.version`. Raises Conflict when it exists."""
        now = self._clock.now()
        text = to_text(state)
        numbered = _number(events, 1)
        async with self._database.transaction(write=True, durable=False) as connection:
            try:
                await connection.execute(
                    insert(sessions),
                    {
                        "session_id": state.session_id,
                        "business_id": state.business_id,
                        "status": state.status,
                        "version": state.version,
                        "last_seq": len(numbered),
                        "state": text,
                        "touched_at": now,
                    },
                )
            except IntegrityError:
                raise Conflict("session_exists", "The session exists already, or its business does not.") from None
            if numbered:
                await connection.execute(insert(session_events), _event_rows(state, numbered, now))
        self._recent.keep(state.session_id, text, state.status, state.version, "", self._clock.mono_ms())
        self._hub.send(state.session_id, numbered)
        return numbered

    async def load(self, session_id: str) -> ConversationState | None:
        row = await self._one(_LOAD, {"session": session_id})
        return None if row is None else _state_of(row)

    async def resume(
        self, session_id: str, turn_id: str, *, recent: bool = False
    ) -> tuple[ConversationState, StoredTurn | None] | None:
        kept = self._recent.before_turn(session_id, turn_id, self._clock.mono_ms()) if recent else None
        if kept is not None:
            return _state_from(kept.text, kept.status, kept.version), None
        found: Sequence[Any] | None
        if self._database.is_sqlite:
            found = await self._database.visit(lambda at: _ON_SQLITE.resume(at, session_id, turn_id), write=False)
        else:
            found = await self._one(_RESUME, {"session": session_id, "turn": turn_id})
        if found is None:
            return None
        state, status, version, turn = found
        return _state_from(state, status, version), None if turn is None else _turn.decode(turn)

    async def commit(
        self, state: ConversationState, turn: StoredTurn | None = None, events: Sequence[SessionEvent] = ()
    ) -> list[SessionEvent]:
        now = self._clock.now()
        text = to_text(state)
        key = {"session": state.session_id, "business": state.business_id}
        values = {
            **key,
            "expected": state.version,
            "new_state": text,
            "new_status": state.status,
            "count": len(events),
            "now": now,
        }
        commit = self._commit_by_visit if self._database.is_sqlite else self._commit
        try:
            numbered = await commit(state, turn, events, values, now)
        except BaseException:  # lint: broad-except: whether it was stored is not known; a cancelled one may be
            self._recent.forget(state.session_id)
            raise
        stored = turn.turn_id if turn is not None else ""
        self._recent.keep(state.session_id, text, state.status, state.version + 1, stored, self._clock.mono_ms())
        self._hub.send(state.session_id, numbered)
        return numbered

    async def _commit(
        self,
        state: ConversationState,
        turn: StoredTurn | None,
        events: Sequence[SessionEvent],
        values: dict[str, Any],
        now: datetime,
    ) -> list[SessionEvent]:
        async with self._database.transaction(write=True, durable=False) as connection:
            last_seq = (await connection.execute(_SWAP, values)).scalar_one_or_none()
            if last_seq is None:
                known = (await connection.execute(_EXISTS, values)).first()
                raise NotFound("This session") if known is None else VersionConflict(state.session_id)
            if turn is not None:
                try:
                    await connection.execute(insert(session_turns), _turn_row(state, turn, now))
                except IntegrityError:
                    raise VersionConflict(state.session_id) from None
            numbered = _number(events, last_seq - len(events) + 1)
            if numbered:
                await connection.execute(insert(session_events), _event_rows(state, numbered, now))
                old = _to_forget(state, last_seq, len(events))
                if old is not None:
                    await connection.execute(_FORGET, old)
        return numbered

    async def _commit_by_visit(
        self,
        state: ConversationState,
        turn: StoredTurn | None,
        events: Sequence[SessionEvent],
        values: dict[str, Any],
        now: datetime,
    ) -> list[SessionEvent]:
        stamp = moment(now)
        swap = Swap(
            values={**values, "now": stamp},
            turn=None if turn is None else {**_turn_row(state, turn, now), "created_at": stamp},
            events=lambda last_seq: [
                {**row, "created_at": stamp}
                for row in _event_rows(state, _number(events, last_seq - len(events) + 1), now)
            ],
            forget=lambda last_seq: _to_forget(state, last_seq, len(events)),
        )
        try:
            last_seq = await self._database.visit(lambda at: _ON_SQLITE.commit(at, swap), write=True)
        except Missing:
            raise NotFound("This session") from None
        except Lost:
            raise VersionConflict(state.session_id) from None
        return _number(events, last_seq - len(events) + 1)

    async def stored_turn(self, session_id: str, turn_id: str) -> StoredTurn | None:
        row = await self._one(_TURN, {"session": session_id, "turn": turn_id})
        return None if row is None else _turn.decode(row.turn)

    async def events_after(self, session_id: str, seq: int) -> list[SessionEvent] | None:
        async with self._database.transaction(write=False) as connection:
            last_seq = (await connection.execute(_LAST_SEQ, {"session": session_id})).scalar_one_or_none()
            if last_seq is None or seq > last_seq or seq + 1 < oldest_kept(last_seq):
                return None
            rows = (await connection.execute(_EVENTS, {"session": session_id, "after": seq})).all()
        since = kept_since(self._clock.now())
        if len(rows) < last_seq - seq or any(row.created_at < since for row in rows):
            return None
        return [msgspec.structs.replace(_event.decode(row.event), seq=row.seq) for row in rows]

    async def last_seq(self, session_id: str) -> int:
        row = await self._one(_LAST_SEQ, {"session": session_id})
        return 0 if row is None else int(row.last_seq)

    def subscribe(self, session_id: str) -> Subscription:
        """Hears everything from this call on, even before the first event is asked for."""
        return self._hub.subscribe(session_id)

    def publish(self, event: SessionEvent) -> None:
        self._hub.send(event.session_id, [event])

    async def expire(self, idle_since: datetime) -> int:
        """Marks the sessions EXPIRED under a new version and forgets events that are no longer kept."""
        now = self._clock.now()
        async with self._database.transaction(write=True, durable=False) as connection:
            expired = await connection.execute(
                # lint: tenant-scope: expiry is housekeeping over all businesses
                update(sessions)
                .where(sessions.c.status.in_(("IDLE", "ACTIVE")), sessions.c.touched_at < idle_since)
                .values(status="EXPIRED", version=sessions.c.version + 1, touched_at=now)
            )
            # lint: tenant-scope: the same housekeeping
            await connection.execute(delete(session_events).where(session_events.c.created_at < kept_since(now)))
        self._recent.clear()
        return expired.rowcount

    async def _one(self, query: Executable, values: dict[str, Any]) -> Row[Any] | None:
        async with self._database.transaction(write=False, snapshot=False) as connection:
            return (await connection.execute(query, values)).first()


def _state_of(row: Row[Any]) -> ConversationState:
    return _state_from(row.state, row.status, row.version)


def _state_from(text: str, status: SessionStatus, version: int) -> ConversationState:
    state = _state.decode(text)
    state.status, state.version = status, version
    return state


def _to_forget(state: ConversationState, last_seq: int, count: int) -> dict[str, Any] | None:
    """Parameters of `_FORGET`, where it is time for it."""
    if not count or _rounds(last_seq) <= _rounds(last_seq - count):
        return None
    return {"session": state.session_id, "after": oldest_kept(last_seq) - 1}


def _rounds(seq: int) -> int:
    """How often the count of kept events went round: old ones are deleted in lots, not one by one."""
    return seq // (KEPT_EVENTS // 4)


def _number(events: Sequence[SessionEvent], first: int) -> list[SessionEvent]:
    return [msgspec.structs.replace(event, seq=seq) for seq, event in enumerate(events, first)]


def _turn_row(state: ConversationState, turn: StoredTurn, now: datetime) -> dict[str, Any]:
    return {
        "session_id": state.session_id,
        "business_id": state.business_id,
        "turn_id": turn.turn_id,
        "turn": to_text(turn),
        "created_at": now,
    }


def _event_rows(state: ConversationState, events: Sequence[SessionEvent], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "session_id": state.session_id,
            "business_id": state.business_id,
            "seq": event.seq,
            "event": to_text(event),
            "created_at": now,
        }
        for event in events
    ]
