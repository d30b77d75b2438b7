"""A browser's call, which outlives its sockets.

A socket that closes may come back: for `AWAY_S` the call goes on without one, and what is said meanwhile is kept by the
wire for the socket that comes next. There is one voice connection a session: a newer one takes the call over, and the
older is closed with `TAKEN_OVER`. So a page that reconnects before the server has noticed that it was gone, and a
second tab, are the same thing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs

from offhook.channels.browser.wire import BrowserWire
from offhook.channels.events import StreamStarted
from offhook.channels.gate import Admitted
from offhook.channels.media_call import NORMAL, MediaCall, MediaSocket, Message
from offhook.contracts.audio import FRAME_MS, PCM16_16K
from offhook.kit.closing import closing
from offhook.kit.ids import new_id

AWAY_S = 10.0
MOST_WAITING_MS = 60_000
TAKEN_OVER = 4001
"""Close code: another connection has the call now."""
SUPERSEDED = 4401
"""Close code: somebody joined the session by a code; the token that opened this socket opens it no more."""

MakeCall = Callable[[BrowserWire, MediaSocket, bool], MediaCall]
"""(wire, socket, whether loopback trust let it in) -> the call."""

Standing = Callable[[str, str], AsyncIterator[None]]
"""As `BrowserDeps.standing`."""


class Talks:
    """The live calls of browsers, one a session. Use as an async context manager: calls run inside it."""

    def __init__(self, make_call: MakeCall, standing: Standing, *, away_s: float = AWAY_S) -> None:
        self.standing = standing
        self._make_call = make_call
        self._away_s = away_s
        self._talks: dict[str, _Talk] = {}
        self._tasks: asyncio.TaskGroup | None = None

    async def __aenter__(self) -> Self:
        self._tasks = await asyncio.TaskGroup().__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends what still runs, as if the callers had hung up."""
        for talk in list(self._talks.values()):
            talk.call.disconnected()
        assert self._tasks is not None
        await self._tasks.__aexit__(kind, error, trace)

    def connection(self, socket: MediaSocket, admitted: Admitted) -> Connection:
        return Connection(self, socket, admitted)

    def talk_of(self, session_id: str, trusted: bool) -> _Talk:
        """The session's call; a new one where none is live."""
        talk = self._talks.get(session_id)
        if talk is None or talk.over:
            talk = _Talk(session_id, self._away_s)
            talk.call = self._make_call(talk.wire, talk, trusted)
            self._talks[session_id] = talk
            talk.call.opened(StreamStarted(talk.call_id, talk.call_id, {"session_id": session_id}, PCM16_16K))
            assert self._tasks is not None
            self._tasks.create_task(self._carry(talk), name="browser call")
        return talk

    async def _carry(self, talk: _Talk) -> None:
        try:
            await talk.call.run()
        finally:
            talk.close(NORMAL, "")
            if self._talks.get(talk.session_id) is talk:
                del self._talks[talk.session_id]


class _Talk:
    """One call; the `MediaSocket` of its `MediaCall`, whichever socket carries it."""

    call: MediaCall

    def __init__(self, session_id: str, away_s: float) -> None:
        self.session_id = session_id
        self.call_id = new_id("call")
        self.wire = BrowserWire()
        self.over = False
        self._away_s = away_s
        self._current: Connection | None = None
        self._begun = False
        self._gone: asyncio.TimerHandle | None = None

    def holds(self, connection: Connection) -> bool:
        return self._current is connection

    def take(self, connection: Connection, client: _Client) -> None:
        """Go on over this connection: it is given what its client lacks."""
        before, self._current = self._current, connection
        if before is not None:
            before.end(TAKEN_OVER, "the conversation goes on in another place")
        if self._gone is not None:
            self._gone.cancel()
        resumed = client.call_id == self.call_id
        first, missed = self.wire.again(client.received if resumed else None)
        if self._begun:
            waiting_ms = client.waiting_ms if resumed else 0
            self.call.back(waiting_ms + FRAME_MS * sum(isinstance(message, bytes) for message in missed))
        self._begun = True
        connection.socket.send(
            self.wire.ready(self.call_id, self.session_id, resumed=resumed, received=first), audio=False
        )
        for message in missed:
            connection.socket.send(message, audio=isinstance(message, bytes))

    def lost(self, connection: Connection) -> None:
        if self._current is connection and not self.over:
            self._current = None
            self.call.away()
            self._gone = asyncio.get_running_loop().call_later(self._away_s, self.call.disconnected)

    # -- MediaSocket -----------------------------------------------------------------------------------------------

    def send(self, message: Message, *, audio: bool) -> bool:
        return self._current is None or self._current.socket.send(message, audio=audio)

    def drop_audio(self) -> None:
        if self._current is not None:
            self._current.socket.drop_audio()

    def close(self, code: int, reason: str) -> None:
        if self.over:
            return
        self.over = True
        if self._gone is not None:
            self._gone.cancel()
        if self._current is not None:
            self._current.end(code, reason)


class Connection:
    """One socket of a talk (port `MediaPeer`)."""

    def __init__(self, talks: Talks, socket: MediaSocket, admitted: Admitted) -> None:
        self.socket = socket
        self._talks = talks
        self._admitted = admitted
        self._talk: _Talk | None = None
        self._over = asyncio.Event()

    def received(self, message: Message) -> None:
        talk = self._talk
        if talk is not None and talk.holds(self):
            talk.call.received(message)

    def received_utf8(self, message: memoryview) -> None:
        talk = self._talk
        if talk is not None and talk.holds(self):
            talk.call.received_utf8(message)

    def disconnected(self) -> None:
        if self._talk is not None:
            self._talk.lost(self)
        self._over.set()

    def end(self, code: int, reason: str) -> None:
        self.socket.close(code, reason)
        self._over.set()

    async def run(self) -> str:
        token = parse_qs(self._admitted.query).get("token")
        if token is None:  # staff, loopback trust
            await self._carried()
            return "connection_over"
        async with closing(self._talks.standing(token[0], self._admitted.name)) as standing:
            async for _ in standing:
                async with asyncio.TaskGroup() as tasks:
                    watch = tasks.create_task(self._watch(standing), name="browser token")
                    await self._carried()
                    watch.cancel()
                return "connection_over"
            self._supersede()
        return "connection_over"

    async def _carried(self) -> None:
        if not self._over.is_set():
            self._talk = self._talks.talk_of(self._admitted.name, self._admitted.trusted)
            self._talk.take(self, _client(self._admitted.query))
            await self._over.wait()

    async def _watch(self, standing: AsyncIterator[None]) -> None:
        async for _ in standing:
            pass
        self._supersede()

    def _supersede(self) -> None:
        self.end(SUPERSEDED, "this conversation was continued elsewhere by a code")


@dataclass(frozen=True, slots=True)
class _Client:
    """What a client says of itself when it comes back."""

    call_id: str
    received: int | None
    """Number of the last message that it has."""
    waiting_ms: int
    """Audio that it has and has not played."""


def _client(query: str) -> _Client:
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    waiting_ms = _number(asked.get("waiting_ms", "")) or 0
    return _Client(asked.get("call", ""), _number(asked.get("received", "")), min(waiting_ms, MOST_WAITING_MS))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
