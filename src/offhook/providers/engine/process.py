"""Starting one engine process and keeping hold of it until it has ended."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from offhook.contracts.clock import Clock
from offhook.providers.engine.errors import EngineDied
from offhook.providers.engine.link import EngineLink, LinkOwner

_STDERR_KEPT_BYTES = 4096
_EXIT_GRACE_S = 1.0
"""How long an engine may take to notice that we hung up before it is killed."""
_INHERITED_ENV = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "PYTHONHASHSEED", "LD_LIBRARY_PATH")
"""Engines get no more of our environment than this: secrets stay with the server."""


@dataclass(frozen=True, slots=True)
class EngineSpec:
    name: str
    target: str
    """`package.module:factory`; the factory takes the config and gives a `serving.Engine`."""
    config: Mapping[str, object] = field(default_factory=dict)
    """JSON values; visible in the process list, so no secrets."""
    env: Mapping[str, str] = field(default_factory=dict)
    nice: int = 2
    """Added to the niceness: the media loop goes first, by a little."""
    start_timeout_ms: float = 20_000
    hang_ms: float = 10_000
    """An engine that owes an answer and is silent for longer is killed."""
    max_queue: int = 256
    """Pool requests that may wait for a free process; further ones are refused."""
    max_backlog_bytes: int = 4 * 1024 * 1024
    """Bytes that may wait in front of one process; further messages are refused."""


class EngineProcess:
    """One life of one child: `run` from its start to its end."""

    def __init__(self, spec: EngineSpec, owner: LinkOwner, clock: Clock) -> None:
        self._spec = spec
        self._owner = owner
        self._clock = clock
        self._stderr = b""
        self.link: EngineLink | None = None

    async def run(self) -> str:
        """Start it, stay until it has ended, return why. Raises EngineDied when it never got ready."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                ours.setblocking(False)
                process = await self._spawn(theirs)
            except OSError as error:
                ours.close()
                raise EngineDied(f"{self._spec.name}: the engine process could not be started: {error}") from None
            except BaseException:
                ours.close()
                raise
        # lint: naked-create-task: it ends with the process, not with a group; `_end` awaits it
        stderr = asyncio.create_task(self._keep_stderr(process), name=f"engine-stderr:{self._spec.name}")
        try:
            loop = asyncio.get_running_loop()
            _, link = await loop.create_unix_connection(
                lambda: EngineLink(self._owner, self._clock, self._spec.max_backlog_bytes), sock=ours
            )
            self.link = link
            await self._until_ready_or_closed(link)
            was_ready = link.ready
            await link.closed
        finally:
            await self._end(process, stderr)
        reason = self._why(process.returncode)
        if not was_ready:
            raise EngineDied(f"{self._spec.name}: the engine process ended before it was ready: {reason}")
        return reason

    async def _spawn(self, theirs: socket.socket) -> asyncio.subprocess.Process:
        spec = self._spec
        env = {name: os.environ[name] for name in _INHERITED_ENV if name in os.environ} | dict(spec.env)
        fd, pid = str(theirs.fileno()), str(os.getpid())
        argv = ["-m", "offhook.providers.engine.child", fd, pid, str(spec.nice), spec.target, json.dumps(spec.config)]
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=(theirs.fileno(),),
            env=env,
        )

    async def _until_ready_or_closed(self, link: EngineLink) -> None:
        try:
            async with asyncio.timeout(self._spec.start_timeout_ms / 1000):
                await link.settled.wait()
        except TimeoutError:
            link.abort(f"it was not ready within {self._spec.start_timeout_ms:.0f} ms")

    async def _keep_stderr(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr is not None
        while chunk := await process.stderr.read(_STDERR_KEPT_BYTES):
            self._stderr = (self._stderr + chunk)[-_STDERR_KEPT_BYTES:]

    async def _end(self, process: asyncio.subprocess.Process, stderr: asyncio.Task[None]) -> None:
        try:
            if self.link is not None:
                self.link.abort("the pool closes")
            try:
                async with asyncio.timeout(_EXIT_GRACE_S):
                    await process.wait()
                    await asyncio.shield(stderr)
            except TimeoutError:
                pass
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
            stderr.cancel()
            await asyncio.gather(stderr, return_exceptions=True)

    def _why(self, returncode: int | None) -> str:
        last = self._stderr.decode("utf-8", "replace").strip().splitlines()[-3:]
        killed = returncode is not None and returncode < 0
        how = f"killed by signal {-(returncode or 0)}" if killed else f"exit code {returncode}"
        return f"{how}; last words: {' | '.join(last)}" if last else how
