"""Writes that follow from a committed turn and that nobody is told of: a time held while the caller decides.

They are no part of the turn. A turn that is only thought of, or that is thrown away, leaves none; no reply waits for
one; only the session's next turn does, so that a hold never comes after the booking it was meant for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass

import msgspec

from offhook.contracts.desk import AnyTool


@dataclass(frozen=True, slots=True)
class Sequel:
    """A WRITE tool to run with these arguments, under the key of the turn that it follows from."""

    tool: AnyTool
    arguments: msgspec.Struct


class Sequels:
    """Those that run now; one a session."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[None]] = {}

    def begin(self, session_id: str, work: Coroutine[object, object, None]) -> None:
        """`work` must not raise."""
        # lint: naked-create-task: it outlives its turn; kept here, awaited by the next turn and in aclose
        task = asyncio.get_running_loop().create_task(work, name=f"sequel {session_id}")
        self._running[session_id] = task
        task.add_done_callback(lambda done: self._forget(session_id, done))

    async def settled(self, session_id: str) -> None:
        """Wait for the session's sequel, if one runs. Cancelling the wait does not touch it."""
        task = self._running.get(session_id)
        if task is not None:
            await asyncio.wait([task])

    async def aclose(self) -> None:
        if self._running:
            await asyncio.wait(list(self._running.values()))

    def _forget(self, session_id: str, task: asyncio.Task[None]) -> None:
        if self._running.get(session_id) is task:
            del self._running[session_id]
