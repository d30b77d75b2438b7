"""A sticky channel: stateful work pinned to one engine process for as long as that process lives."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from offhook.providers.engine import wire
from offhook.providers.engine.errors import EngineDied
from offhook.providers.engine.link import EngineLink

if TYPE_CHECKING:
    from offhook.providers.engine.pool import EnginePool


class ChannelListener(Protocol):
    """Who holds a channel. Called from the event loop, never from within the channel's own methods; must not block."""

    def on_message(self, message: object) -> None:
        """The engine's session emitted something."""
        ...

    def on_lost(self, reason: str) -> None:
        """The process died, its state is gone. Requests under way fail by themselves."""
        ...

    def on_restored(self, gap_ms: float) -> None:
        """Pinned to a living process, with a new, empty session; send what it must know now.

        Also called once for a channel that found no living process when it was opened.
        """
        ...


class EngineChannel:
    """Made by `EnginePool.open_channel`. Messages and requests reach the engine's session in the order given."""

    def __init__(self, pool: EnginePool, number: int, opening: object, listener: ChannelListener) -> None:
        self._pool = pool
        self._number = number
        self._opening = opening
        self._listener = listener
        self._link: EngineLink | None = None
        self._closed = False
        self._unpinned_since_ms = pool.clock.mono_ms()
        self.dropped = 0
        """Messages refused because the channel had no process, or the process is too far behind."""

    @property
    def attached(self) -> bool:
        """Whether the channel has a process now."""
        return self._link is not None

    @property
    def closed(self) -> bool:
        return self._closed

    def send(self, message: object) -> bool:
        """Hand a message to the session; never blocks. False: it was dropped (newest first) and counted."""
        if self._link is not None and self._link.send(self._number, message):
            return True
        self.dropped += 1
        self._pool.count_dropped()
        return False

    async def request(self, method: str, payload: object, *, deadline_ms: float) -> object:
        """Ask the session. Raises EngineDied (also while it has no process), EngineBusy, EngineTimeout, EngineFault."""
        link = self._link
        if link is None:
            raise EngineDied(f"{self._pool.name}: no engine process holds this channel now; one is being started")
        answer = link.ask(lambda work_id: wire.ChannelCall(work_id, self._number, method, payload))
        return await answer.within(deadline_ms)

    def close(self) -> None:
        """Let the session go. Idempotent; the listener hears nothing afterwards."""
        if self._closed:
            return
        self._closed = True
        if self._link is not None:
            self._link.close_channel(self._number)
            self._link = None
        self._pool.forget(self)

    # -- the pool's side

    @property
    def link(self) -> EngineLink | None:
        return self._link

    def pin(self, link: EngineLink) -> bool:
        """Open a session in that process. False when it does not take it."""
        if not link.open_channel(self._number, self._opening, self._hear):
            return False
        self._link = link
        return True

    def restore(self, link: EngineLink) -> bool:
        if not self.pin(link):
            return False
        self._listener.on_restored(self._pool.clock.mono_ms() - self._unpinned_since_ms)
        return True

    def lose(self, reason: str) -> None:
        """The process is gone. The listener is told in the loop's next round; then the pool looks for another one."""
        self._link = None
        self._unpinned_since_ms = self._pool.clock.mono_ms()
        asyncio.get_running_loop().call_soon(self._tell_loss, reason)

    def _tell_loss(self, reason: str) -> None:
        if not self._closed:
            self._listener.on_lost(reason)
        if not self._closed:
            self._pool.find_process_for(self)

    def _hear(self, message: object) -> None:
        if not self._closed:
            self._listener.on_message(message)
