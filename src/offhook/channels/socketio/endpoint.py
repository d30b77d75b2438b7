"""Socket.IO at `/socket`: connections, their events and acknowledgements, around `client.ChatClient`.

Each client hears of its session by the session store, which tells every server what any of them commits; so a client
may come back to another server. Socket.IO's own manager (Redis, where there are several servers) carries what is never
committed: who is typing.

What the library leaves open is closed here and in `guard`: a client may name any event and send any amount; an event
may come with no argument or with many; a connection that proves nothing may not stay.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import Any, Self

import structlog
from socketio import ASGIApp, AsyncManager, AsyncRedisManager
from socketio.exceptions import ConnectionRefusedError as Refused
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from offhook.channels.rates import RateLimit
from offhook.channels.socketio.client import ChatClient
from offhook.channels.socketio.deps import Entry, SocketIoDeps
from offhook.channels.socketio.guard import GuardedServer, Json
from offhook.channels.socketio.wire import Fields, problem, read_typing, too_large
from offhook.contracts.errors import AppError
from offhook.telemetry.log import get_logger

SOCKETS_PER_SESSION = 16
LAST_ANSWERS_S = 2.0
"""What clients have asked for is given so long to end when the channel closes."""
UNPROVED_S = 5.0
"""A connection that has shown no token twice, so long apart, is closed."""
TYPING_PER_MINUTE = 60
SWEEP_S = 0.5
REFUSAL_BYTES = 16 * 1_048_576
"""What is larger than an event may be and smaller than this is refused with words; the rest by closing."""
_INTERNAL = AppError("internal", "Something went wrong on our side; send it again.", retryable=True)

Asked = Callable[[ChatClient, tuple[Any, ...]], Awaitable[Fields]]


class SocketIoChannel:
    """Use as an async context manager: connections live inside it. `app` is what serves them."""

    def __init__(self, deps: SocketIoDeps) -> None:
        settings = deps.settings
        self._deps = deps
        self._clients: dict[str, ChatClient] = {}
        self._runs: dict[str, asyncio.Task[None]] = {}
        self._answering: set[asyncio.Task[Any]] = set()
        """The library's own tasks, which it neither awaits nor cancels."""
        self._sockets: Counter[str] = Counter()
        self._messages = RateLimit(deps.clock, settings.messages_per_minute)
        self._typed = RateLimit(deps.clock, TYPING_PER_MINUTE)
        self._connects = RateLimit(deps.clock, settings.connections_per_minute)
        self._unproved: set[str] = set()
        self._refused: Counter[str] = Counter()
        """Since they were told of last, by code."""
        self._tasks: asyncio.TaskGroup | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self._log = get_logger("chat")
        manager: AsyncManager | None = None
        if settings.redis_url is not None:
            manager = AsyncRedisManager(settings.redis_url, channel="offhook:socketio", json=Json)
        self._server = GuardedServer(
            clock=deps.clock,
            max_bytes=settings.max_bytes,
            admitted=self._admitted,
            too_large=self._too_large,
            async_mode="asgi",
            client_manager=manager,
            # Whoever may open a socket was asked before this is reached; here it answers the browser's own question.
            cors_allowed_origins=lambda origin, environ: True,
            ping_interval=settings.ping_interval_s,
            ping_timeout=settings.ping_timeout_s,
            max_http_buffer_size=REFUSAL_BYTES,
            http_compression=False,
            logger=False,
            engineio_logger=False,
        )
        self.path = "/" + settings.path.strip("/")
        self._engine = ASGIApp(self._server, socketio_path=self.path.lstrip("/"))
        self._server.on("connect", self._connect)
        self._server.on("disconnect", self._disconnect)
        for name, asked in (
            ("chat:start", ChatClient.start),
            ("chat:message", ChatClient.message),
            ("chat:audio", ChatClient.audio),
        ):
            self._server.on(name, partial(self._event, asked))
        self._server.on("chat:typing", self._typing)
        self._server.on("*", self._unknown)

    @property
    def open_sockets(self) -> int:
        return len(self._clients)

    async def __aenter__(self) -> Self:
        self._tasks = await asyncio.TaskGroup().__aenter__()
        self._sweeper = self._tasks.create_task(self._sweep(), name="chat acknowledgements")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clients are told to go: they come back to another server, or to this one when it is up again."""
        assert self._tasks is not None
        assert self._sweeper is not None
        self._sweeper.cancel()
        await asyncio.gather(*(self._drop(sid) for sid in list(self._clients)), return_exceptions=True)
        for task in self._runs.values():
            task.cancel()
        await self._end_answers()
        await self._tasks.__aexit__(kind, error, trace)
        await self._server.shutdown()

    async def _end_answers(self) -> None:
        """None may go on when what they work with is closed."""
        if self._answering:
            _, late = await asyncio.wait(self._answering, timeout=LAST_ANSWERS_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._server.may_post(scope):
            await self._engine(scope, receive, send)
        else:
            await PlainTextResponse("Connect first: this is too much before.", 413)(scope, receive, send)

    # -- connections ----------------------------------------------------------------------------------------------

    def _admitted(self, connection: str) -> bool:
        return self._server.manager.sid_from_eio_sid(connection, "/") in self._clients

    async def _connect(self, sid: str, *given: Any) -> None:
        environ = self._server.get_environ(sid)
        auth = given[1] if len(given) > 1 else None
        try:
            entry = self._deps.admit(environ["asgi.scope"], auth)
            await self._admit(sid, entry)
        except AppError as error:
            self._refused[error.code] += 1
            raise Refused(error.message, {"code": error.code}) from None

    async def _admit(self, sid: str, entry: Entry) -> None:
        """Raises AppError."""
        if not entry.trusted and not self._connects.allow(entry.address):
            text = "Too many connections from here; try again in a minute."
            raise AppError("rate_limited", text, status=429, retryable=True)
        session_id = entry.session_id
        if self._sockets[session_id] >= SOCKETS_PER_SESSION:
            raise AppError("too_many_sockets", "This session has too many open sockets.", status=429)
        self._sockets[session_id] += 1
        with ExitStack() as undo:
            undo.callback(self._release, session_id)
            self._deps.judge(await self._deps.conversations.get(session_id), entry.held)
            client = ChatClient(
                session_id,
                self._deps,
                partial(self._emit, sid),
                partial(self._messages.allow, session_id),
                partial(self._cut, sid),
                entry.held,
            )
            await client.open()
            if self._server.manager.eio_sid_from_sid(sid, "/") not in self._server.environ:
                raise AppError("gone", "The connection has ended.")
            await self._server.enter_room(sid, session_id)
            undo.pop_all()
        self._clients[sid] = client
        assert self._tasks is not None
        self._runs[sid] = self._tasks.create_task(self._carry(sid, client), name="chat client")

    def _release(self, session_id: str) -> None:
        self._sockets[session_id] -= 1
        if not self._sockets[session_id]:
            del self._sockets[session_id]

    async def _carry(self, sid: str, client: ChatClient) -> None:
        try:
            with structlog.contextvars.bound_contextvars(session_id=client.session_id):
                await client.run()
        except Exception as error:  # lint: broad-except: supervisor of a socket: its failure ends it alone
            self._deps.metrics.errors.labels("socketio").inc()
            self._log.error("chat_client_failed", exc_info=error)
            self._cut(sid)

    def _cut(self, sid: str) -> None:
        assert self._tasks is not None
        self._tasks.create_task(self._drop(sid), name="chat cut")

    async def _drop(self, sid: str) -> None:
        """Close the connection under the client: it comes back by itself and resumes, which a client that Socket.IO
        tells to go does not."""
        connection = self._server.manager.eio_sid_from_sid(sid, "/")
        if connection is not None:
            await self._server.cut_off(connection)

    async def _disconnect(self, sid: str, *_: Any) -> None:
        client = self._clients.pop(sid, None)
        if client is None:
            return
        self._release(client.session_id)
        self._runs.pop(sid).cancel()

    # -- events ---------------------------------------------------------------------------------------------------

    async def _event(self, asked: Asked, sid: str, *arguments: Any) -> Fields:
        """Do what is asked; the result is the acknowledgement. A refusal is told as `chat:error`, too."""
        task = asyncio.current_task()
        assert task is not None
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
        client = self._clients.get(sid)
        if client is None:
            return {"ok": False} | problem(AppError("not_connected", "Connect first."))
        try:
            with structlog.contextvars.bound_contextvars(session_id=client.session_id):
                return await asked(client, arguments)
        except AppError as error:
            refusal = error
        except Exception as error:  # lint: broad-except: supervisor of an event: the client gets an answer
            self._deps.metrics.errors.labels("socketio").inc()
            self._log.error("chat_event_failed", exc_info=error)
            refusal = _INTERNAL
        given = arguments[0].get("id") if arguments and isinstance(arguments[0], dict) else None
        message_id = given if isinstance(given, str) and len(given) <= 128 else None
        await client.tell_problem(refusal, message_id)
        return {"ok": False} | problem(refusal, message_id)

    async def _too_large(self, connection: str, asked: int | None) -> None:
        """An event that was not even decoded: so its message has no id here, only its acknowledgement."""
        client = self._clients[self._server.manager.sid_from_eio_sid(connection, "/")]
        refusal = too_large(self._deps.settings.max_bytes)
        await client.tell_problem(refusal)
        if asked is not None:
            answer = {"ok": False} | problem(refusal)
            await self._server.acknowledge(connection, asked, answer)

    async def _typing(self, sid: str, *arguments: Any) -> Fields:
        """Passed on to the session's other sockets, on every server; kept nowhere."""
        client = self._clients.get(sid)
        try:
            typing = read_typing(arguments)
        except AppError as error:
            return {"ok": False} | problem(error)
        if client is not None and self._typed.allow(sid):
            told = {"type": "typing", "from": "visitor", "typing": typing}
            await self._server.emit("chat:status", told, room=client.session_id, skip_sid=sid)
        return {"ok": True}

    async def _unknown(self, event: str, sid: str, *_: Any) -> Fields:
        text = "This event is not known; send chat:start, chat:message, chat:audio or chat:typing."
        return {"ok": False} | problem(AppError("unknown_event", text))

    async def _emit(self, sid: str, name: str, data: Fields, key: int | None) -> None:
        client = self._clients.get(sid)
        if client is None:
            return
        callback = None if key is None else partial(_acked, client, key)
        await self._server.emit(name, data, to=sid, callback=callback, ignore_queue=True)

    async def _sweep(self) -> None:
        """Send again what was not acknowledged; close what came and proved nothing."""
        since_s = 0.0
        while True:
            await asyncio.sleep(SWEEP_S)
            now_ms = self._deps.clock.mono_ms()
            for client in list(self._clients.values()):
                if len(client.unacked):
                    await client.send_again(now_ms)
            since_s += SWEEP_S
            if since_s >= UNPROVED_S:
                since_s = 0.0
                await self._drop_unproved()
                await self._server.drop_unfinished()
                self._tell_refused()

    def _tell_refused(self) -> None:
        if self._refused:
            self._log.info("chat_refused", codes=dict(self._refused))
            self._refused.clear()

    async def _drop_unproved(self) -> None:
        engine, manager = self._server.eio, self._server.manager
        silent = {one for one in engine.sockets if manager.sid_from_eio_sid(one, "/") is None}
        for connection in silent & self._unproved:
            await self._server.cut_off(connection)
        self._unproved = silent


def _acked(client: ChatClient, key: int, *_: Any) -> None:
    client.unacked.acked(key)
