"""Load callers on real sockets: one ticker for all, frames spread evenly over each 20 ms."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

import httpx
from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from offhook.callers.carrier_side import CallFailed, Spoken
from offhook.callers.frames import StreamFrames
from offhook.callers.load.load_call import LoadCall
from offhook.callers.load.material import FRAME_MS, Material
from offhook.callers.twilio_side import Stream, TwilioSide

ACCOUNT = "AC" + "0" * 32
MEDIA_PATH = "/media/twilio"
_CONNECT_AT_ONCE = 1_000
"""Calls that ring at the same time."""
_TICK_MS = 1


def now_ms() -> float:
    return time.perf_counter() * 1000


@dataclass(frozen=True, slots=True)
class SwarmSettings:
    url: str
    """`http://…`: an offhook server, asked by its webhook first; `ws://…/path`: any media socket, opened directly."""
    calls: int
    connect_s: float = 5.0
    """Over which the calls come in."""
    interrupt_every: int = 0
    webhook: bool = True
    greeting_within_s: float = 10.0
    """Callers of a server that has no greeting begin after so long."""


class _Line(WSListener):
    """The socket of one call."""

    def __init__(self, call: LoadCall, call_sid: str) -> None:
        self.call = call
        self.call_sid = call_sid
        self.transport: WSTransport | None = None
        self.closed: int | None = None
        """The server's close code, once it has closed."""

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            self.closed = frame.get_close_code().value
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT:
            self.call.received(frame.get_payload_as_bytes(), now_ms())

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.transport = None
        if self.closed is None:
            self.closed = 1006

    def tick(self) -> None:
        transport = self.transport
        if transport is None:
            return
        now = now_ms()
        for message in self.call.owed(now):
            transport.send(WSMsgType.TEXT, message.encode())
        transport.send(WSMsgType.TEXT, self.call.frame(now).encode())

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.send_close(WSCloseCode.OK)
            self.transport.disconnect()


class Swarm:
    """Callers of one server. `open` them, let them `run`, read `lines`."""

    def __init__(self, settings: SwarmSettings, material: Material) -> None:
        self._settings = settings
        self._material = material
        self.lines: list[_Line] = []
        self.refused = 0
        """Calls that the server did not take."""
        self.told = 0
        """Of those, the ones to which it said why."""
        self.first_refusal = ""
        self.late_ms: list[float] = []
        """How late ticks were: our own slowness, not the server's."""
        self._slots: list[list[_Line]] = [[] for _ in range(FRAME_MS // _TICK_MS)]

    @property
    def live(self) -> int:
        return sum(line.transport is not None for line in self.lines)

    async def open(self) -> None:
        """All calls, evenly over `connect_s`."""
        calls = self._settings.calls
        gate = asyncio.Semaphore(_CONNECT_AT_ONCE)
        limits = httpx.Limits(max_connections=_CONNECT_AT_ONCE, max_keepalive_connections=32)
        async with httpx.AsyncClient(timeout=15.0, limits=limits) as http, asyncio.TaskGroup() as tasks:
            for number in range(calls):
                tasks.create_task(self._open_one(http, gate, number, number * self._settings.connect_s / calls))

    async def _open_one(self, http: httpx.AsyncClient, gate: asyncio.Semaphore, number: int, after_s: float) -> None:
        await asyncio.sleep(after_s)
        call_sid, stream_sid = f"CA{secrets.token_hex(16)}", f"MZ{secrets.token_hex(16)}"
        async with gate:
            try:
                url, parameters = await self._placed(http, call_sid, number)
                call = LoadCall(
                    self._material,
                    stream_sid,
                    now_ms(),
                    start_at=number,
                    interrupt_every=self._settings.interrupt_every,
                    greeting_within_ms=self._settings.greeting_within_s * 1000,
                )
                line = _Line(call, call_sid)
                transport, _ = await ws_connect(lambda: line, url, use_aiofastnet=False)
            except Exception as error:  # lint: broad-except: whatever keeps a call from opening is counted and told
                self.refused += 1
                if self.refused == 1:
                    self.first_refusal = str(error)
                return
        frames = StreamFrames(stream_sid, call_sid, ACCOUNT)
        for message in (frames.connected(), frames.start(parameters)):
            transport.send(WSMsgType.TEXT, message.encode())
        self.lines.append(line)
        self._slots[number % len(self._slots)].append(line)

    async def _placed(self, http: httpx.AsyncClient, call_sid: str, number: int) -> tuple[str, dict[str, str]]:
        """The media socket's address and the parameters of its start."""
        base = self._settings.url.rstrip("/")
        if base.startswith("ws"):
            return base, {}
        if not self._settings.webhook:
            return "ws" + base.removeprefix("http") + MEDIA_PATH, {}
        form = {
            "CallSid": call_sid,
            "AccountSid": ACCOUNT,
            "From": f"+1202555{100 + number % 100:04d}",
            "To": "",
            "CallStatus": "ringing",
            "Direction": "inbound",
        }
        answer = await TwilioSide(http, None, form).ask(base + "/twilio/voice")
        if not isinstance(answer, Stream):
            said = answer.text if isinstance(answer, Spoken) else ""
            self.told += bool(said)
            raise CallFailed(f"the server said: {said}")
        return answer.url, answer.parameters

    async def run(self, seconds: float) -> None:
        """Send frames for so long. May be called again."""
        began, ticks = now_ms(), 0
        slots = self._slots
        loop_late = self.late_ms
        while True:
            ticks += 1
            due = began + ticks * _TICK_MS
            wait = due - now_ms()
            if wait > 0:
                await asyncio.sleep(wait / 1000)
            elif ticks % 16 == 0:
                await asyncio.sleep(0)
            for line in slots[ticks % len(slots)]:
                line.tick()
            if ticks % 20 == 0:
                loop_late.append(max(0.0, now_ms() - due))
            if ticks * _TICK_MS >= seconds * 1000:
                return

    def count(self, counting: bool) -> None:
        for line in self.lines:
            line.call.counting = counting

    def hang_up(self) -> None:
        for line in self.lines:
            line.hang_up()


async def call_records(url: str, lines: list[_Line]) -> list[dict[str, Any]]:
    """The server's own records of the calls, where it lets us look; else an empty list."""
    gate = asyncio.Semaphore(8)
    found: list[dict[str, Any]] = []
    async with httpx.AsyncClient(base_url=url, timeout=20.0) as http:

        async def one(line: _Line) -> None:
            async with gate:
                try:
                    answer = await http.get(f"/api/calls/{line.call_sid}")
                except httpx.HTTPError:
                    return
            if answer.status_code == 200:
                found.append(json.loads(answer.content))

        async with asyncio.TaskGroup() as tasks:
            for line in lines:
                tasks.create_task(one(line))
    return found
