"""Writes whose turn was cut off (barge-in, a dropped connection) before it could speak of them.

A write runs in a task of its own, so cancelling the turn does not touch it. Until its turn has delivered the outcome it
is kept here; the session's next turn collects it and speaks of it. Kept in this process only: another process finds the
committed outcome through the unit of work (`recall`), under the same key.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

import msgspec

from offhook.contracts.desk import Failed, Ok, Retry

SESSIONS_KEPT = 1000
"""Sessions with unspoken writes; beyond it the oldest finished ones are dropped and counted."""


Outcome = Ok[msgspec.Struct] | Retry | Failed


@dataclass(frozen=True, slots=True, eq=False)
class LateWrite:
    """`task` brings the outcome and never raises."""

    session_id: str
    tool: str
    command: str
    key: str
    """The turn id that the write is committed under, as that command."""
    task: asyncio.Task[Outcome]


class LateWrites:
    def __init__(self) -> None:
        self._writes: OrderedDict[str, list[LateWrite]] = OrderedDict()
        self.dropped = 0

    def add(self, write: LateWrite) -> None:
        self._writes.setdefault(write.session_id, []).append(write)
        while len(self._writes) > SESSIONS_KEPT:
            finished = next((s for s, writes in self._writes.items() if all(w.task.done() for w in writes)), None)
            if finished is None:
                return
            self.dropped += len(self._writes.pop(finished))

    def running(self, session_id: str, command: str, key: str) -> LateWrite | None:
        """The same write, already under way or finished but not spoken of."""
        for write in self._writes.get(session_id, ()):
            if write.command == command and write.key == key:
                return write
        return None

    async def landed(self, session_id: str, wait_ms: float) -> list[LateWrite]:
        """The session's finished writes, oldest first; waits up to `wait_ms` for those still running."""
        writes = list(self._writes.get(session_id, ()))
        if not writes:
            return []
        await asyncio.wait([write.task for write in writes], timeout=wait_ms / 1000.0)
        return [write for write in writes if write.task.done()]

    def waiting(self, session_id: str) -> bool:
        """Whether the session has writes that nobody has spoken of."""
        return session_id in self._writes

    def forget(self, write: LateWrite) -> None:
        """Drop one write: it failed, so there is nothing to tell, and it may be tried again."""
        writes = self._writes.get(write.session_id, [])
        if write in writes:
            writes.remove(write)

    def told(self, session_id: str) -> None:
        """The turn delivered what it had to say: its finished writes are forgotten."""
        left = [write for write in self._writes.get(session_id, ()) if not write.task.done()]
        if left:
            self._writes[session_id] = left
        else:
            self._writes.pop(session_id, None)

    async def aclose(self) -> None:
        """Wait until every write has ended."""
        tasks = [write.task for writes in self._writes.values() for write in writes]
        if tasks:
            await asyncio.wait(tasks)
        self._writes.clear()
