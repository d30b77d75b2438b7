"""The engine's side of a link: what an engine implements, and the loop that serves it inside the child process.

One thread, on purpose: engines are not thread-safe, and a second thread would fight for the GIL with engines that keep
it. Cancellation works nevertheless: an engine that looks at `Replies.cancelled` makes the loop read what has arrived
meanwhile. What is not read yet waits in the kernel's socket buffer, which holds the server back in its turn.
"""

from __future__ import annotations

import os
import select
import socket
import sys
import traceback
from collections import deque
from collections.abc import Callable
from typing import Protocol, assert_never

from offhook.providers.engine import wire
from offhook.providers.engine.errors import EngineFault

_READ_BYTES = 256 * 1024
_MAX_WAITING = 4096
"""Messages held in the child; when there are more, reading stops and the socket's own limit applies."""


class Replies(Protocol):
    """Where streamed work puts its items."""

    def emit(self, item: object) -> None: ...

    @property
    def cancelled(self) -> bool:
        """Whether nobody wants the rest. Cheap enough to ask for each item."""
        ...


class EngineSession:
    """The state of one channel inside the engine."""

    def receive(self, message: object) -> None:
        """An unanswered message. An exception is written to stderr and ends the message, not the session."""

    def call(self, method: str, payload: object) -> object:
        raise EngineFault(f"this engine's channels do not know {method!r}")

    def close(self) -> None:
        """The channel was closed by the server."""


class Engine:
    """Base of engines; each overrides what it offers. An exception out of a method becomes the caller's EngineFault."""

    def call(self, method: str, payload: object) -> object:
        raise EngineFault(f"this engine does not know {method!r}")

    def stream(self, method: str, payload: object, replies: Replies) -> None:
        raise EngineFault(f"this engine does not stream {method!r}")

    def open(self, payload: object, emit: Callable[[object], None]) -> EngineSession:
        raise EngineFault("this engine has no channels")

    def idle(self) -> bool:
        """A small step of background work, done only while no message waits. True: there is more to do."""
        return False


class EngineServer:
    """Serves one engine on one connected stream socket until the other side closes it."""

    def __init__(self, sock: socket.socket, engine: Engine) -> None:
        self._sock = sock
        self._engine = engine
        self._splitter = wire.FrameSplitter()
        self._waiting: deque[wire.ToEngine] = deque()
        self._sessions: dict[int, EngineSession] = {}
        self._current: int | None = None
        """Id of the work being done."""
        self._current_cancelled = False
        self._closed = False

    def run(self) -> None:
        """Serve until the server hangs up. Raises WireError when it speaks another language."""
        self._send(wire.Ready(os.getpid()))
        more_idle_work = True
        while True:
            self._read(0.0 if self._waiting or more_idle_work else None)
            if self._closed:
                return
            if self._waiting:
                self._handle(self._waiting.popleft())
                more_idle_work = True
            elif more_idle_work:
                more_idle_work = self._engine.idle()

    def poll_cancelled(self) -> bool:
        if not self._current_cancelled:
            self._read(0.0)
        return self._current_cancelled or self._closed

    def _read(self, timeout_s: float | None) -> None:
        while len(self._waiting) < _MAX_WAITING and not self._closed:
            readable, _, _ = select.select([self._sock], [], [], timeout_s)
            if not readable:
                return
            try:
                data = self._sock.recv(_READ_BYTES)
            except ConnectionError:
                data = b""
            if not data:
                self._closed = True
                return
            for body in self._splitter.feed(data):
                self._sort_in(wire.decode_to_engine(body))
            timeout_s = 0.0

    def _sort_in(self, message: wire.ToEngine) -> None:
        if not isinstance(message, wire.Cancel):
            self._waiting.append(message)
        elif message.id == self._current:
            self._current_cancelled = True
        else:
            for waiting in self._waiting:
                if isinstance(waiting, wire.Call | wire.ChannelCall) and waiting.id == message.id:
                    self._waiting.remove(waiting)
                    self._send(wire.Fault(message.id, "cancelled"))
                    return

    def _handle(self, message: wire.ToEngine) -> None:
        match message:
            case wire.Call():
                self._work(message.id, lambda: self._call(message))
            case wire.ChannelCall():
                self._work(message.id, lambda: self._channel_call(message))
            case wire.ChannelOpen(channel, payload):
                self._guarded(lambda: self._open(channel, payload))
            case wire.ChannelSend(channel, payload):
                if channel in self._sessions:
                    self._guarded(lambda: self._sessions[channel].receive(payload))
            case wire.ChannelClose(channel):
                session = self._sessions.pop(channel, None)
                if session is not None:
                    self._guarded(session.close)
            case wire.Cancel():
                self._sort_in(message)
            case _:
                assert_never(message)

    def _work(self, work_id: int, do: Callable[[], wire.Reply | wire.End]) -> None:
        self._current, self._current_cancelled = work_id, False
        answer: wire.ToServer
        try:
            answer = do()
        except EngineFault as fault:
            answer = wire.Fault(work_id, str(fault))
        except Exception as error:  # lint: broad-except: supervises the engine; whoever waits for the work is told
            traceback.print_exc(file=sys.stderr)
            answer = wire.Fault(work_id, f"{type(error).__name__}: {error}")
        finally:
            self._current = None
        self._send(answer)

    def _call(self, message: wire.Call) -> wire.Reply | wire.End:
        if message.streamed:
            self._engine.stream(message.method, message.payload, _Stream(self, message.id))
            return wire.End(message.id)
        return wire.Reply(message.id, self._engine.call(message.method, message.payload))

    def _channel_call(self, message: wire.ChannelCall) -> wire.Reply:
        session = self._sessions.get(message.channel)
        if session is None:
            raise EngineFault("the channel is not open in the engine; its opening failed or it was closed")
        return wire.Reply(message.id, session.call(message.method, message.payload))

    def _open(self, channel: int, payload: object) -> None:
        self._sessions[channel] = self._engine.open(payload, lambda item: self._send(wire.ChannelSend(channel, item)))

    def _guarded(self, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception:  # lint: broad-except: nobody waits for an answer; the server keeps our stderr
            traceback.print_exc(file=sys.stderr)

    def _send(self, message: wire.ToServer) -> None:
        if self._closed:
            return
        try:
            self._sock.sendall(wire.encode(message))
        except ConnectionError:
            self._closed = True

    def emit_item(self, work_id: int, item: object) -> None:
        self._send(wire.Item(work_id, item))


class _Stream:
    __slots__ = ("_id", "_server")

    def __init__(self, server: EngineServer, work_id: int) -> None:
        self._server = server
        self._id = work_id

    def emit(self, item: object) -> None:
        self._server.emit_item(self._id, item)

    @property
    def cancelled(self) -> bool:
        return self._server.poll_cancelled()
