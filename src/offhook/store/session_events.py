"""Events of a session on their way to its subscribers, and how many of them are kept for a resume."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from types import TracebackType
from weakref import WeakSet

from offhook.contracts.conversation import SessionEvent

KEPT_EVENTS = 500
KEPT_FOR = timedelta(minutes=10)
QUEUED_PER_SUBSCRIBER = 512
"""Longer than a full replay; a subscriber with that many unread events is not reading."""


class Subscription:
    """Events of one session from the moment of its making. Iterate it; end it with `aclose` or by dropping it.

    Overflow policy: a subscriber that leaves QUEUED_PER_SUBSCRIBER events unread is ended, not slowed down for: it gets
    what it had, then the iteration stops, and it resumes from its last seq.
    """

    def __init__(self) -> None:
        self._events: deque[SessionEvent] = deque()
        self._arrived = asyncio.Event()
        self._ended = False

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> SessionEvent:
        while not self._events:
            if self._ended:
                raise StopAsyncIteration
            self._arrived.clear()
            await self._arrived.wait()
        return self._events.popleft()

    async def __aenter__(self) -> Subscription:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """No more events; what is unread is dropped. Idempotent."""
        self._events.clear()
        self._end()

    def _offer(self, event: SessionEvent) -> bool:
        """Queue the event; False when the subscriber was too far behind and is ended."""
        if self._ended:
            return True
        if len(self._events) >= QUEUED_PER_SUBSCRIBER:
            self._end()
            return False
        self._events.append(event)
        self._arrived.set()
        return True

    def _end(self) -> None:
        self._ended = True
        self._arrived.set()


class EventHub:
    """Hands the events of this process's sessions to the subscribers of this process."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, WeakSet[Subscription]] = {}
        self.ended_slow = 0
        """Subscribers ended because they did not read."""

    def subscribe(self, session_id: str) -> Subscription:
        subscription = Subscription()
        self._subscriptions.setdefault(session_id, WeakSet()).add(subscription)
        return subscription

    def send(self, session_id: str, events: Sequence[SessionEvent]) -> None:
        subscribers = self._subscriptions.get(session_id)
        if subscribers is None:
            return
        for subscriber in list(subscribers):
            for event in events:
                if not subscriber._offer(event):
                    self.ended_slow += 1
                    break
            if subscriber._ended:
                subscribers.discard(subscriber)
        if not subscribers:
            del self._subscriptions[session_id]

    def end_all(self) -> None:
        """Something may have been missed: every subscriber is ended, and resumes from its last seq."""
        for subscribers in list(self._subscriptions.values()):
            for subscriber in list(subscribers):
                subscriber._end()
        self._subscriptions.clear()


def oldest_kept(last_seq: int) -> int:
    """The lowest seq that the count alone keeps."""
    return max(1, last_seq - KEPT_EVENTS + 1)


def kept_since(now: datetime) -> datetime:
    """Events from before this moment are no longer kept."""
    return now - KEPT_FOR
