"""Ports to what lasts: sessions, their events, calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from offhook.contracts.conversation import ConversationState, SessionEvent, SlotValue, TurnResult


class StoredTurn(msgspec.Struct, kw_only=True, frozen=True):
    turn_id: str
    text: str
    """What the caller said; "" for turns that the caller did not start."""
    result: TurnResult


class SessionStore(Protocol):
    """Sessions under compare-and-set, their turns (for write-once) and their events (for resume).

    Keeps the last 500 events or 10 minutes of a session, whichever is less.
    """

    async def create(self, state: ConversationState, events: Sequence[SessionEvent] = ()) -> list[SessionEvent]: ...

    async def load(self, session_id: str) -> ConversationState | None: ...

    async def resume(
        self, session_id: str, turn_id: str, *, recent: bool = False
    ) -> tuple[ConversationState, StoredTurn | None] | None:
        """What a turn begins with, in one step: the state, and the turn itself if it was committed before.

        `recent`: the state may be the one that this process committed last, for a turn that nobody else can have run.
        If it is not the newest any more, the commit raises VersionConflict, and the next `resume` knows.
        """
        ...

    async def commit(
        self, state: ConversationState, turn: StoredTurn | None = None, events: Sequence[SessionEvent] = ()
    ) -> list[SessionEvent]:
        """Store `state` if the stored version equals `state.version`; the stored one then has version + 1.

        Turn and events are committed with it or not at all; returns the events with their `seq`.
        Raises VersionConflict, NotFound.
        """
        ...

    async def stored_turn(self, session_id: str, turn_id: str) -> StoredTurn | None: ...

    async def events_after(self, session_id: str, seq: int) -> list[SessionEvent] | None:
        """Events with a greater seq, in order; None when some of them are no longer kept (resync)."""
        ...

    async def last_seq(self, session_id: str) -> int:
        """The seq of the newest committed event; 0 when there is none."""
        ...

    def subscribe(self, session_id: str) -> AsyncIterator[SessionEvent]:
        """Events as they are committed or published. Bounded: a subscriber that falls behind is ended."""
        ...

    def publish(self, event: SessionEvent) -> None:
        """Hand an uncommitted event (`partial`, `latency`) to the present subscribers."""
        ...

    async def expire(self, idle_since: datetime) -> int:
        """Mark sessions not touched since then EXPIRED; returns how many."""
        ...


class CallTurn(msgspec.Struct, kw_only=True):
    """One turn of a call as its record shows it. Times in milliseconds; None where it does not apply."""

    n: int
    turn_id: str
    source: str
    caller: str = ""
    heard: str = ""
    """What the recogniser gave (before understanding)."""
    agent: str = ""
    agent_heard: str | None = None
    """What the caller heard of it, once known."""
    interrupted: bool = False
    started_at: str = ""
    total_ms: float | None = None
    endpoint_ms: float | None = None
    stt_ms: float | None = None
    think_ms: float | None = None
    tts_ms: float | None = None
    audio_ms: float | None = None
    intent: str | None = None


class CallRecord(msgspec.Struct, kw_only=True):
    call_id: str
    business_id: str
    call_sid: str
    session_id: str | None
    channel: str
    direction: str = "inbound"
    from_number: str | None = None
    to_number: str | None = None
    status: str = "in-progress"
    """ringing, in-progress, completed, failed"""
    started_at: str = ""
    ended_at: str | None = None
    end_reason: str | None = None
    duration_s: float | None = None
    turns: list[CallTurn] = []
    counters: dict[str, int] = {}
    outcome: dict[str, SlotValue] = {}


class CallLog(Protocol):
    """Writes a call's record beside the call, never on its path: `put` queues and returns."""

    def put(self, record: CallRecord) -> None: ...

    def live(self, call: str) -> CallRecord | None:
        """The record of a call in progress, by call_id or call_sid."""
        ...

    async def get(self, call: str) -> CallRecord | None:
        """By call_id or call_sid: the live record, else the stored one."""
        ...

    async def flush(self) -> None: ...
