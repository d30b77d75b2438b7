"""The server's side of the process for rooms: started when a room is first joined, again when it is gone."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from itertools import count

from offhook.channels.livekit.child import SDK_MISSING
from offhook.channels.livekit.wire import (
    BadMessage,
    FromRooms,
    Join,
    Joined,
    Leave,
    Left,
    Refused,
    ToRooms,
    Unpacker,
    packed,
)
from offhook.telemetry.log import Log
from offhook.telemetry.metrics import Metrics

OnTold = Callable[[FromRooms], None]
JOIN_S = 12.0
"""The process's start and LiveKit's answer."""
MOST_UNSENT_BYTES = 16 << 20
"""A process that does not read is ended."""
_END_S = 3.0
INSTALL = "pip install 'offhook[livekit]'"
_INHERITED_ENV = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH", "LIVEKIT_LIB_PATH")
"""No secrets: the tokens that the process needs come with each room."""
_COMMAND = (sys.executable, "-m", "offhook.channels.livekit.child")


class NotJoined(Exception):
    """The room could not be joined; the text says why."""


class RoomLine:
    """One room in the process. After `Left` nothing is sent any more."""

    def __init__(self, key: int, sid: str, send: Callable[[ToRooms], None]) -> None:
        self.key = key
        self.sid = sid
        self.send = send


class RoomsProcess:
    def __init__(self, log: Log, metrics: Metrics, command: Sequence[str] = _COMMAND) -> None:
        self._log = log
        self._metrics = metrics
        self._command = command
        self._keys = count(1)
        self._told: dict[int, OnTold] = {}
        self._joining: dict[int, asyncio.Future[FromRooms]] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._starting = asyncio.Lock()
        self._readers: set[asyncio.Task[None]] = set()
        self.sdk_missing = False

    @property
    def rooms(self) -> int:
        return len(self._told)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None else None

    async def join(self, url: str, token: str, caller: str, on_told: OnTold) -> RoomLine:
        """Raises NotJoined."""
        key = next(self._keys)
        answered: asyncio.Future[FromRooms] = asyncio.get_running_loop().create_future()
        await self._start()
        self._joining[key], self._told[key] = answered, on_told
        joined = False
        try:
            self._send(Join(key, url, token, caller))
            async with asyncio.timeout(JOIN_S):
                answer = await answered
            if not isinstance(answer, Joined):
                raise NotJoined(answer.reason if isinstance(answer, Refused | Left) else "no answer")
            joined = True
            return RoomLine(key, answer.sid, self._send)
        except TimeoutError:
            raise NotJoined(f"no answer within {JOIN_S:g} s") from None
        finally:
            self._joining.pop(key, None)
            if not joined:
                self._told.pop(key, None)
                self._send(Leave(key))

    async def aclose(self) -> None:
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(_END_S):
                await process.wait()
        except TimeoutError:
            process.kill()
        await asyncio.gather(*self._readers, return_exceptions=True)

    # -- the process ----------------------------------------------------------------------------------------------

    async def _start(self) -> None:
        async with self._starting:
            if self._process is not None:
                return
            try:
                process = await asyncio.create_subprocess_exec(
                    *self._command,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    env={name: os.environ[name] for name in _INHERITED_ENV if name in os.environ},
                )
            except OSError as error:
                raise NotJoined(f"the process for rooms could not be started: {error.strerror}") from None
            self._process = process
            # lint: naked-create-task: lives as long as the process; kept in a set and awaited in aclose
            task = asyncio.get_running_loop().create_task(self._read(process), name="livekit rooms")
            self._readers.add(task)
            task.add_done_callback(self._readers.discard)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        unpacker = Unpacker(FromRooms)
        assert process.stdout is not None
        try:
            while data := await process.stdout.read(1 << 16):
                for message in unpacker.feed(data):
                    self._deliver(message)  # type: ignore[arg-type]  # the unpacker knows what it may give
        except BadMessage as error:
            self._log.error("livekit_process_mad", detail=str(error))
            process.kill()
        code = await process.wait()
        self._process = None
        self.sdk_missing = code == SDK_MISSING
        reason = f"LiveKit's library is not installed: {INSTALL}" if self.sdk_missing else "the process for rooms ended"
        if code:
            self._metrics.errors.labels(kind="livekit_process").inc()
            self._log.error("livekit_process_ended", code=code, rooms=len(self._told), detail=reason)
        for key in list(self._told):
            self._deliver(Left(key, reason))

    def _deliver(self, message: FromRooms) -> None:
        joining = self._joining.get(message.room)
        if joining is not None and not joining.done() and isinstance(message, Joined | Refused | Left):
            joining.set_result(message)
            return
        on_told = self._told.get(message.room)
        if isinstance(message, Left | Refused):
            self._told.pop(message.room, None)
        if on_told is not None:
            on_told(message)

    def _send(self, message: ToRooms) -> None:
        process = self._process
        if process is None or process.stdin is None or process.stdin.is_closing():
            return
        process.stdin.write(packed(message))
        if process.stdin.transport.get_write_buffer_size() > MOST_UNSENT_BYTES:
            self._log.error("livekit_process_stuck")
            process.kill()
