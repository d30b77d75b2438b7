from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
import uvicorn
from fastapi import FastAPI, Response

from offhook.audio.g711 import mulaw_decode, mulaw_encode
from offhook.audio.level import rms_dbfs, silence, tone
from offhook.channels.call_token import CallTokens, SpentTokensInMemory
from offhook.channels.twilio.deps import TwilioDeps, TwilioSettings
from offhook.channels.twilio.endpoint import twilio_channel
from offhook.contracts.business import Business
from offhook.contracts.channel import Admission, CallInfo, Everybody, MediaOut
from offhook.contracts.store import CallRecord, CallTurn
from offhook.kit.clock import SystemClock
from offhook.session.apology import StoredApologies
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics

DEALER = Business(business_id="biz_1", name="Dealer", desk="dealership", timezone="UTC")


class OneBusiness:
    async def get(self, business_id: str) -> Business:
        return DEALER

    async def by_number(self, e164: str) -> Business | None:
        return None

    async def default(self, desk: str | None = None) -> Business:
        return DEALER


@dataclass
class Agent:
    """A stand-in for a live call: greets, answers each utterance with a tone, stops when spoken over, can hang up."""

    info: CallInfo
    out: MediaOut
    replies: list[str]
    speech_ms: int
    hang_up_after: int | None
    record: CallRecord
    heard_ms: float = 0.0
    quiet_ms: float = 0.0
    digits: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    talking: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)
    reason: str = "done"

    def audio(self, payload: bytes, now_ms: float) -> None:
        loud = rms_dbfs(mulaw_decode(payload)) > -35
        if loud:
            self.heard_ms, self.quiet_ms = self.heard_ms + 20, 0.0
            if self.talking and self.heard_ms >= 200:
                self.out.clear()
                self.talking = False
        else:
            self.quiet_ms += 20
            if self.quiet_ms >= 200 and self.heard_ms >= 100:
                heard, self.heard_ms = self.heard_ms, 0.0
                self.say(f"heard {heard:.0f} ms")

    def say(self, heard: str) -> None:
        number = len(self.record.turns)
        text = self.replies[min(number, len(self.replies) - 1)]
        self.record.turns.append(
            CallTurn(
                n=number, turn_id=f"t{number}", source="speech", heard=heard, agent=text,
                endpoint_ms=200.0, stt_ms=10.0, think_ms=5.0, tts_ms=3.0, total_ms=208.0,
            )
        )  # fmt: skip
        self.talking = True
        self.out.play(mulaw_encode(silence(20, 8000) + tone(400, self.speech_ms, 8000)))
        self.out.mark(f"reply-{number}")

    def mark_played(self, name: str) -> None:
        self.marks.append(name)
        self.talking = False
        if self.hang_up_after is not None and name == f"reply-{self.hang_up_after}":
            self.over.set()

    def digit(self, digit: str) -> None:
        self.digits.append(digit)
        if digit == "#":
            self.say("keys")

    def stopped(self, reason: str) -> None:
        self.reason = reason
        self.over.set()

    async def run(self) -> str:
        self.say("")
        await self.over.wait()
        return self.reason


@dataclass
class Office:
    """The server and what its agents do."""

    replies: list[str] = field(default_factory=lambda: ["Hello, how can I help?", "Which day?", "Done. Goodbye."])
    speech_ms: int = 300
    hang_up_after: int | None = None
    lets_look: bool = True
    agents: list[Agent] = field(default_factory=list)
    url: str = ""

    def answer(self, info: CallInfo, out: MediaOut) -> Agent:
        record = CallRecord(
            call_id=info.call_id, business_id="biz_1", call_sid=info.carrier_call_sid, session_id=None, channel="twilio"
        )
        agent = Agent(info, out, self.replies, self.speech_ms, self.hang_up_after, record)
        self.agents.append(agent)
        return agent


Open = Callable[..., AbstractAsyncContextManager[Office]]


@pytest.fixture
def office() -> Open:
    @asynccontextmanager
    async def start(
        settings: TwilioSettings | None = None, admission: Admission | None = None
    ) -> AsyncIterator[Office]:
        office = Office()
        deps = TwilioDeps(
            calls=office,
            businesses=OneBusiness(),
            tokens=CallTokens(bytes(32)),
            spent=SpentTokensInMemory(),
            settings=settings or TwilioSettings(),
            clock=SystemClock(),
            metrics=Metrics(),
            log=get_logger("test"),
            busy=StoredApologies({"en": "All our lines are busy."}),
            admission=admission or Everybody(),
        )
        app = FastAPI()
        app.include_router(twilio_channel(deps).router)

        @app.get("/api/calls/{call}")
        async def look(call: str) -> Response:
            if not office.lets_look:
                return Response(status_code=401)
            for agent in office.agents:
                if agent.info.carrier_call_sid == call:
                    return Response(msgspec.json.encode(agent.record), media_type="application/json")
            return Response(status_code=404)

        broken: list[Exception] = []

        async def watched(scope: Any, receive: Any, send: Any) -> None:
            """The app; what it lets escape must not hide in the server's log."""
            try:
                await app(scope, receive, send)
            except Exception as error:
                broken.append(error)
                raise

        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            config = uvicorn.Config(watched, ws="websockets-sansio", log_config=None, lifespan="off")
            server = uvicorn.Server(config)
            running = asyncio.create_task(server.serve(sockets=[listener]))
            while not server.started:  # noqa: ASYNC110  # uvicorn tells by a flag
                await asyncio.sleep(0.005)
            office.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            try:
                yield office
            finally:
                server.should_exit = True
                await running
            assert broken == []

    return start
