"""What stands behind a carrier's channel in its tests: two businesses, calls that note what they are told, a clock that
can be moved, and a real server on a free port, with its media sockets on either lane."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from offhook.channels.carrier import CarrierChannel
from offhook.channels.carrier_deps import CallStatusChanged, CarrierDeps, TransferEnded
from offhook.channels.fast_lane import FastLane
from offhook.contracts.audio import AudioFormat
from offhook.contracts.business import Business
from offhook.contracts.channel import CallInfo, MediaOut
from offhook.contracts.errors import NotFound
from offhook.kit.clock import SystemClock

DEALER = Business(
    business_id="biz_dealer",
    name="Dealer",
    desk="dealership",
    timezone="UTC",
    phone="+12025550100",
    transfer_number="+12025550150",
)
SHOP = Business(
    business_id="biz_shop", name="Shop", desk="shop", timezone="UTC", phone="+919999900000", languages=("hi", "en")
)


class Directory:
    def __init__(self) -> None:
        self.broken = False

    async def get(self, business_id: str) -> Business:
        for business in (DEALER, SHOP):
            if business.business_id == business_id:
                return business
        raise NotFound(f"Business {business_id}")

    async def by_number(self, e164: str) -> Business | None:
        if self.broken:
            raise OSError("the database is gone")
        return next((business for business in (DEALER, SHOP) if business.phone == e164), None)

    async def default(self, desk: str | None = None) -> Business:
        return DEALER


class FakeLive:
    """Notes what comes in; by default carries the call until the caller's side ends."""

    def __init__(self, info: CallInfo, out: MediaOut) -> None:
        self.info = info
        self.out = out
        self.heard = bytearray()
        self.marks: list[str] = []
        self.digits: list[str] = []
        self.stops: list[str] = []
        self.over = asyncio.Event()
        self.running = asyncio.Event()

    def audio(self, payload: bytes, now_ms: float) -> None:
        self.heard += payload

    def mark_played(self, name: str) -> None:
        self.marks.append(name)

    def digit(self, digit: str) -> None:
        self.digits.append(digit)

    def stopped(self, reason: str) -> None:
        self.stops.append(reason)
        self.over.set()

    async def run(self) -> str:
        self.running.set()
        await self.over.wait()
        return self.stops[0] if self.stops else "done"


Behaviour = Callable[[FakeLive], Awaitable[str]]


class FakeCalls:
    def __init__(self) -> None:
        self.lives: list[FakeLive] = []
        self.behaviour: Behaviour | None = None
        self.answered = asyncio.Condition()

    def answer(self, info: CallInfo, out: MediaOut) -> FakeLive:
        live = FakeLive(info, out)
        if self.behaviour is not None:
            behaviour = self.behaviour
            live.run = lambda: behaviour(live)  # type: ignore[method-assign]
        self.lives.append(live)
        return live


@dataclass
class FakeWords:
    """Port `BusyWords`: the same audio in every language."""

    audio: bytes = b""
    asked: list[str] = field(default_factory=list)

    def text(self, language: str) -> str:
        return {"hi": "लाइनें व्यस्त हैं"}.get(language, "The lines are busy")

    def payload(self, audio: AudioFormat, language: str) -> tuple[str, bytes]:
        self.asked.append(language)
        return self.text(language), self.audio


class SetClock(SystemClock):
    """The machine's clock, shifted at will."""

    def __init__(self) -> None:
        super().__init__()
        self.shift = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift


@dataclass
class Server:
    """One carrier's channel, served."""

    deps: CarrierDeps
    calls: FakeCalls
    directory: Directory
    clock: SetClock
    statuses: list[CallStatusChanged]
    transfers: list[TransferEnded]
    media_path: str = ""
    port: int = 0
    ended_elsewhere: dict[str, str] = field(default_factory=dict)
    """How calls ended whose media another server carried."""
    owners: dict[str, str] = field(default_factory=dict)
    """Whose calls those are that we placed."""

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def media(self) -> str:
        return f"ws://127.0.0.1:{self.port}{self.media_path}"

    def errors(self, kind: str) -> float:
        return self.deps.metrics.registry.get_sample_value("offhook_errors_total", {"kind": kind}) or 0.0

    def dropped(self, reason: str) -> float:
        return self.deps.metrics.registry.get_sample_value("offhook_frames_dropped_total", {"reason": reason}) or 0.0


@asynccontextmanager
async def listening(channel: CarrierChannel, lane: str) -> AsyncIterator[int]:
    """The channel on a port of its own; what the application lets escape fails the test."""
    app = FastAPI()
    app.include_router(channel.router)
    broken: list[Exception] = []

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except Exception as error:
            broken.append(error)
            raise

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        fast = FastLane([channel.door], WebSocketsSansIOProtocol) if lane == "fast" else None
        config = uvicorn.Config(
            watched,
            ws=fast or "websockets-sansio",  # type: ignore[arg-type]  # called as a class is
            log_config=None,
            ws_max_size=1_048_576,
            ws_per_message_deflate=False,
            lifespan="off",
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
        server = uvicorn.Server(config)
        async with fast or nullcontext():
            running = asyncio.create_task(server.serve(sockets=[listener]))
            while not server.started:  # noqa: ASYNC110  # uvicorn tells by a flag
                await asyncio.sleep(0.005)
            try:
                yield listener.getsockname()[1]
            finally:
                server.should_exit = True
                await running
    assert broken == []


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  # the condition is any state of the server
            await asyncio.sleep(0.005)
