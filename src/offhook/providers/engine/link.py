"""One living engine process, seen from the server: its socket, the work it holds, the channels pinned to it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Protocol, assert_never, cast

from offhook.contracts.clock import Clock
from offhook.providers.engine import wire
from offhook.providers.engine.errors import EngineBusy, EngineDied, EngineError, EngineFault, EngineTimeout


class Work(Protocol):
    """Who waits for an answer. After `on_end` or `on_error` nothing more comes."""

    def on_item(self, payload: object) -> None: ...

    def on_end(self, payload: object) -> None: ...

    def on_error(self, error: EngineError) -> None: ...


class LinkOwner(Protocol):
    def link_ready(self, link: EngineLink) -> None: ...

    def link_free(self, link: EngineLink) -> None:
        """The engine answered the last piece of work that it held."""
        ...

    def link_lost(self, link: EngineLink, reason: str) -> None: ...


class EngineLink(asyncio.Protocol):
    """Frames in and out of one engine. Nothing here waits: what does not fit is refused and counted.

    Bound: bytes not yet taken by the kernel may reach `max_backlog_bytes`; above it messages are refused, cancels and
    closes never.
    """

    def __init__(self, owner: LinkOwner, clock: Clock, max_backlog_bytes: int) -> None:
        self._owner = owner
        self._clock = clock
        self._max_backlog_bytes = max_backlog_bytes
        self._splitter = wire.FrameSplitter()
        self._transport: asyncio.Transport | None = None
        self._works: dict[int, tuple[Work, float]] = {}
        """Work sent and not answered, with the time it was sent, oldest first."""
        self._listeners: dict[int, Callable[[object], None]] = {}
        self._ids = itertools.count(1)
        self._last_heard_ms = clock.mono_ms()
        self._loss_reason = "it closed its socket"
        self.pid: int | None = None
        self.ready = False
        self.reserved = 0
        """Work promised to this engine that has not been sent yet."""
        self.settled = asyncio.Event()
        """Set once the engine is ready, or gone."""
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    # -- asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's transports do not inherit from asyncio's

    def data_received(self, data: bytes) -> None:
        self._last_heard_ms = self._clock.mono_ms()
        try:
            for body in self._splitter.feed(data):
                self._take(wire.decode_to_server(body))
        except wire.WireError as error:
            self.abort(str(error))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        was_ready, self.ready = self.ready, False
        reason = self._loss_reason
        works, self._works = self._works, {}
        for work, _ in works.values():
            work.on_error(EngineDied(f"engine process {self.pid} ended while it worked: {reason}"))
        self._listeners.clear()
        if was_ready:
            self._owner.link_lost(self, reason)
        self.settled.set()
        if not self.closed.done():
            self.closed.set_result(None)

    # -- the pool's side

    @property
    def load(self) -> int:
        return len(self._works) + self.reserved

    @property
    def channels(self) -> int:
        return len(self._listeners)

    @property
    def backlog_bytes(self) -> int:
        return self._transport.get_write_buffer_size() if self._transport is not None else 0

    def silent_ms(self) -> float:
        """How long the engine has owed an answer without saying anything; 0 when it owes none."""
        if not self._works:
            return 0.0
        _, oldest_ms = next(iter(self._works.values()))
        return self._clock.mono_ms() - max(oldest_ms, self._last_heard_ms)

    def begin(self, message: Callable[[int], wire.ToEngine], work: Work) -> int:
        """Send work; returns its id. Raises EngineDied, EngineBusy; then `work` hears nothing."""
        if self._transport is None:
            raise EngineDied(f"engine process {self.pid} has ended")
        work_id = next(self._ids)
        if not self._post(message(work_id)):
            raise EngineBusy(f"engine process {self.pid} is {self.backlog_bytes} bytes behind")
        self._works[work_id] = (work, self._clock.mono_ms())
        return work_id

    def ask(self, message: Callable[[int], wire.ToEngine]) -> Answer:
        """Send work that has one reply. Raises as `begin` does."""
        answer = Answer(self)
        answer.work_id = self.begin(message, answer)
        return answer

    def cancel(self, work_id: int) -> None:
        """Tell the engine that an answer is not wanted any more. No effect once it has come."""
        if work_id in self._works and self._transport is not None:
            self._transport.write(wire.encode(wire.Cancel(work_id)))

    def open_channel(self, channel: int, payload: object, on_message: Callable[[object], None]) -> bool:
        if not self._post(wire.ChannelOpen(channel, payload)):
            return False
        self._listeners[channel] = on_message
        return True

    def send(self, channel: int, payload: object) -> bool:
        return self._post(wire.ChannelSend(channel, payload))

    def close_channel(self, channel: int) -> None:
        self._listeners.pop(channel, None)
        if self._transport is not None:
            self._transport.write(wire.encode(wire.ChannelClose(channel)))

    def abort(self, reason: str) -> None:
        """End the link now; whoever waits hears `reason`."""
        if self._transport is not None:
            self._loss_reason = reason
            self._transport.abort()
        elif not self.closed.done():
            self.closed.set_result(None)

    def _post(self, message: wire.ToEngine) -> bool:
        transport = self._transport
        if transport is None or transport.get_write_buffer_size() > self._max_backlog_bytes:
            return False
        transport.write(wire.encode(message))
        return True

    def _take(self, message: wire.ToServer) -> None:
        match message:
            case wire.Item(work_id, payload):
                entry = self._works.get(work_id)
                if entry is not None:
                    entry[0].on_item(payload)
            case wire.ChannelSend(channel, payload):
                on_message = self._listeners.get(channel)
                if on_message is not None:  # later, so that a listener's failure does not break the link
                    asyncio.get_running_loop().call_soon(on_message, payload)
            case wire.Reply(work_id, payload):
                self._finish(work_id, lambda work: work.on_end(payload))
            case wire.End(work_id):
                self._finish(work_id, lambda work: work.on_end(None))
            case wire.Fault(work_id, text):
                self._finish(work_id, lambda work: work.on_error(EngineFault(text)))
            case wire.Ready(pid):
                self.pid, self.ready = pid, True
                self.settled.set()
                self._owner.link_ready(self)
            case _:
                assert_never(message)

    def _finish(self, work_id: int, tell: Callable[[Work], None]) -> None:
        entry = self._works.pop(work_id, None)
        if entry is not None:
            tell(entry[0])
            if self.load == 0:
                self._owner.link_free(self)


class Answer:
    """The one reply to a piece of work, awaited by `within`."""

    __slots__ = ("_future", "_link", "work_id")

    def __init__(self, link: EngineLink) -> None:
        self._link = link
        self._future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self.work_id = 0

    async def within(self, deadline_ms: float) -> object:
        """Raises EngineDied, EngineTimeout, EngineFault. Left early (deadline, cancellation), the engine is told."""
        try:
            async with asyncio.timeout(deadline_ms / 1000):
                return await self._future
        except TimeoutError:
            raise EngineTimeout(f"engine process {self._link.pid} gave no answer in {deadline_ms:.0f} ms") from None
        finally:
            self._link.cancel(self.work_id)

    def on_item(self, payload: object) -> None:
        self.on_error(EngineFault("the engine streamed items where one reply was asked for"))

    def on_end(self, payload: object) -> None:
        if not self._future.done():
            self._future.set_result(payload)

    def on_error(self, error: EngineError) -> None:
        if not self._future.done():
            self._future.set_exception(error)
