"""The server on its port: listens, hands media sockets to the fast lane, drains live calls before it ends."""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from types import FrameType

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from offhook.app import Running, running
from offhook.channels.fast_lane import FastLane
from offhook.channels.socketio.endpoint import REFUSAL_BYTES
from offhook.channels.trust import is_loopback_address
from offhook.contracts.errors import AppError
from offhook.ops.full_rounds import collect_at_rest
from offhook.ops.settings import MIN_SECRET_BYTES, Settings, is_weak
from offhook.ops.welcome import LOOPBACK_TRUST, Welcome, welcome
from offhook.ops.worker_child import WorkerChild
from offhook.telemetry import log as logging
from offhook.telemetry.log import get_logger

GIL_SWITCH_S = 0.0005
"""How long a database thread may keep the interpreter from the media loop; Python's default is ten times that."""
OPEN_FILES = 16_384
DRAIN_S = 20.0
"""How long live calls may go on after the server was told to stop."""


async def serve(
    settings: Settings, *, host: str, port: int | None, as_json: bool = False, with_worker: bool = False
) -> None:
    """Run the server until it is told to stop (SIGTERM, Ctrl-C): live calls may end first. Raises AppError.

    `with_worker` starts the worker for jobs as a child, once the server listens.
    """
    logging.configure(json=not sys.stderr.isatty(), level=settings.offhook_log_level)
    _refuse_weak_secret(settings, host)
    _allow_open_files()
    listening = _listen(host, settings.port if port is None else port)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running(settings))
        lane: FastLane | None = None
        if settings.offhook_fast_lane:
            lane = await stack.enter_async_context(_fast_lane(settings, server))
        config = uvicorn.Config(
            server.app,
            ws=lane or "websockets-sansio",  # type: ignore[arg-type]  # uvicorn calls it as it calls a class
            # Media sockets hold to their own limit; a recording in the chat that is too large is refused with words.
            ws_max_size=max(settings.websocket_max_size, REFUSAL_BYTES),
            ws_ping_interval=settings.websocket_ping_interval,
            ws_ping_timeout=settings.websocket_ping_timeout,
            ws_per_message_deflate=False,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
        sys.setswitchinterval(GIL_SWITCH_S)
        async with _collecting(server), _worker_beside(with_worker) as start_worker:
            await _Draining(config, server, as_json, start_worker).serve(sockets=[listening])


def _allow_open_files() -> None:
    """Every call is a socket, and so is everyone who rings. The usual soft limit, 1024, would drop callers unheard."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):  # some systems have a limit below the hard one
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Draining(uvicorn.Server):
    """Announces the address once it listens; ends as supervisors of processes expect.

    SIGTERM lets live calls end, then everything is taken down in order and the process ends with code 0. A second
    signal waits for nothing: uvicorn dies by it. (Left to itself it dies by the first one, too, once its sockets are
    closed, and nothing that was opened around it is closed.) Ctrl-C does not wait for calls.
    """

    def __init__(
        self, config: uvicorn.Config, server: Running, as_json: bool, on_listening: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._on_listening = on_listening
        self._running = server
        self._as_json = as_json
        self._draining: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert sockets is not None
        self._on_listening()
        host, port = sockets[0].getsockname()[:2]
        core = self._running.core
        if core.settings.offhook_public_url is None and (self._as_json or not sys.stderr.isatty()):
            get_logger("start").warning("loopback_trust", detail=LOOPBACK_TRUST)
        if self._as_json:
            sys.stdout.write(json.dumps({"event": "ready", "host": host, "port": port}) + "\n")
            sys.stdout.flush()
        else:
            welcome(Welcome(host=host, port=port, settings=core.settings, businesses=await core.businesses.all()))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        again, self._running.health.draining = self._running.health.draining, True
        if again or sig != signal.SIGTERM:
            self.force_exit = again
            super().handle_exit(sig, frame)
            return
        if not self._running.switchboard.live_calls:
            self.should_exit = True
            return
        # lint: naked-create-task: held by the server; ends by setting should_exit
        self._draining = asyncio.get_running_loop().create_task(self._drain(), name="drain")

    async def _drain(self) -> None:
        await self._running.switchboard.drain(DRAIN_S)
        self.should_exit = True


@asynccontextmanager
async def _collecting(server: Running) -> AsyncIterator[None]:
    """What lives from now to the end is not looked at again by the garbage collector: its full rounds, tens of
    milliseconds long over the language data, would be heard. Those over what comes later are made at rest."""
    gc.collect()
    gc.freeze()
    board = server.switchboard
    async with asyncio.TaskGroup() as group:
        rounds = collect_at_rest(server.core.clock, lambda: (board.live_calls, board.ended_calls))
        task = group.create_task(rounds, name="garbage collection")
        yield
        task.cancel()


@asynccontextmanager
async def _worker_beside(wanted: bool) -> AsyncIterator[Callable[[], None]]:
    """Yields what starts the worker; the block's end stops it."""
    if not wanted:
        yield lambda: None
        return
    log = get_logger("worker")
    child = WorkerChild(lambda code: log.warning("worker_ended", code=code))
    async with asyncio.TaskGroup() as group:
        tasks: list[asyncio.Task[None]] = []
        yield lambda: tasks.append(group.create_task(child.run(), name="worker child"))
        for task in tasks:
            task.cancel()


def _fast_lane(settings: Settings, server: Running) -> FastLane:
    return FastLane(
        server.doors,
        WebSocketsSansIOProtocol,
        ping_interval_s=settings.websocket_ping_interval,
        ping_timeout_s=settings.websocket_ping_timeout,
        max_frame_bytes=settings.websocket_max_size,
    )


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything slow is started."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        text = f"Cannot listen on {host}:{port} ({error.strerror}); free it, or choose another with --host and --port."
        raise AppError("cannot_listen", text) from None


def _refuse_weak_secret(settings: Settings, host: str) -> None:
    secret = settings.jwt_secret
    off_loopback = settings.offhook_public_url is not None or not (host == "localhost" or is_loopback_address(host))
    if secret is not None and off_loopback and is_weak(secret.get_secret_value()):
        text = f"JWT_SECRET is weak: it needs at least {MIN_SECRET_BYTES} random bytes, or unset it to have one made."
        raise AppError("settings", text)
