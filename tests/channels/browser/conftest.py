"""The browser's media door on a real server, on either lane, with scripted calls behind it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from offhook.channels.browser.deps import BrowserDeps, BrowserSettings
from offhook.channels.browser.endpoint import browser_channel
from offhook.channels.fast_lane import FastLane
from offhook.contracts.audio import AudioFormat
from offhook.contracts.business import Business
from offhook.contracts.channel import Admission, CallInfo, Everybody, MediaOut
from offhook.contracts.conversation import ConversationState
from offhook.contracts.errors import NotFound
from offhook.kit.clock import SystemClock
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics

DEALER = Business(business_id="biz_dealer", name="Dealer", desk="dealership", timezone="UTC", languages=("hi", "en"))
TOKENS = {"good": "sess_one", "other": "sess_two", "over": "sess_over", "gone": "sess_gone"}


def state(session_id: str, status: Any = "ACTIVE") -> ConversationState:
    return ConversationState(
        session_id=session_id,
        business_id=DEALER.business_id,
        desk="dealership",
        channel="browser",
        language="en",
        status=status,
        caller_phone="+12025550142",
    )


class Sessions:
    async def get(self, session_id: str) -> ConversationState:
        if session_id == "sess_gone":
            raise NotFound("This session")
        return state(session_id, "EXPIRED" if session_id == "sess_over" else "ACTIVE")


class Directory:
    async def get(self, business_id: str) -> Business:
        return DEALER


class FakeLive:
    """Notes what comes in, until the caller's side ends or the test ends it."""

    def __init__(self, info: CallInfo, out: MediaOut) -> None:
        self.info = info
        self.out = out
        self.heard = bytearray()
        self.marks: list[str] = []
        self.stops: list[str] = []
        self.moves: list[str | float] = []
        self.over = asyncio.Event()

    def audio(self, payload: bytes, now_ms: float) -> None:
        self.heard += payload

    def mark_played(self, name: str) -> None:
        self.marks.append(name)

    def digit(self, digit: str) -> None:
        raise AssertionError("a browser has no keys")

    def away(self) -> None:
        self.moves.append("away")

    def back(self, remaining_ms: float) -> None:
        self.moves.append(remaining_ms)

    def stopped(self, reason: str) -> None:
        self.stops.append(reason)
        self.over.set()

    async def run(self) -> str:
        await self.over.wait()
        return self.stops[0] if self.stops else "goodbye"


class FakeCalls:
    def __init__(self) -> None:
        self.lives: list[FakeLive] = []

    def answer(self, info: CallInfo, out: MediaOut) -> FakeLive:
        self.lives.append(FakeLive(info, out))
        return self.lives[-1]


@dataclass
class Words:
    audio: bytes = b"\x01\x02" * 640
    asked: list[str] = field(default_factory=list)

    def text(self, language: str) -> str:
        return "The lines are busy"

    def payload(self, audio: AudioFormat, language: str) -> tuple[str, bytes]:
        self.asked.append(f"{audio.encoding} {audio.rate_hz} {language}")
        return self.text(language), self.audio


@dataclass
class Server:
    calls: FakeCalls
    words: Words
    metrics: Metrics
    rung: list[str]
    port: int

    def url(self, session_id: str = "sess_one", token: str = "good", more: str = "") -> str:
        asked = f"?token={token}" if token else ""
        return f"ws://127.0.0.1:{self.port}/media/browser/{session_id}{asked}{more}"

    async def live(self, number: int = 0) -> FakeLive:
        async with asyncio.timeout(5):
            while len(self.calls.lives) <= number:  # noqa: ASYNC110  # a fake that tells nobody
                await asyncio.sleep(0.005)
        return self.calls.lives[number]

    def errors(self, kind: str) -> float:
        return self.metrics.registry.get_sample_value("offhook_errors_total", {"kind": kind}) or 0.0

    def dropped(self, reason: str) -> float:
        return self.metrics.registry.get_sample_value("offhook_frames_dropped_total", {"reason": reason}) or 0.0


Serve = Callable[..., AbstractAsyncContextManager[Server]]


@pytest.fixture(params=["ordinary", "fast"])
def serve(request: pytest.FixtureRequest) -> Serve:
    lane = str(request.param)

    @asynccontextmanager
    async def start(
        settings: BrowserSettings | None = None, admission: Admission | None = None, away_s: float = 10.0
    ) -> AsyncIterator[Server]:
        calls, metrics, words, rung = FakeCalls(), Metrics(), Words(), []
        deps = BrowserDeps(
            calls=calls,
            conversations=Sessions(),  # type: ignore[arg-type]  # only `get` is asked
            businesses=Directory(),  # type: ignore[arg-type]  # only `get` is asked
            opens=lambda token, session_id: TOKENS.get(token) == session_id,
            is_staff=lambda key: key == "staff",
            settings=settings or BrowserSettings(),
            clock=SystemClock(),
            metrics=metrics,
            log=get_logger("test"),
            busy=words,
            admission=admission or Everybody(),
            on_ring=lambda business: rung.append(business.business_id),
        )
        channel = browser_channel(deps, away_s=away_s)
        app = FastAPI()
        app.include_router(channel.router)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            fast = FastLane([channel.door], WebSocketsSansIOProtocol) if lane == "fast" else None
            config = uvicorn.Config(
                app,
                ws=fast or "websockets-sansio",  # type: ignore[arg-type]  # called as a class is
                log_config=None,
                ws_max_size=1_048_576,
                ws_per_message_deflate=False,
                lifespan="off",
                timeout_graceful_shutdown=2,
            )
            server = uvicorn.Server(config)
            async with fast or nullcontext(), channel.talks:
                running = asyncio.create_task(server.serve(sockets=[listener]))
                while not server.started:  # noqa: ASYNC110  # uvicorn tells by a flag
                    await asyncio.sleep(0.005)
                try:
                    yield Server(calls, words, metrics, rung, listener.getsockname()[1])
                finally:
                    server.should_exit = True
                    await running

    return start
