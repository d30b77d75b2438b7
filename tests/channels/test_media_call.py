"""A caller that is no telephone, beside one that is: both on one loop, in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from offhook.channels.events import AudioReceived, StreamStarted, WireEvent
from offhook.channels.media_call import POLICY_VIOLATION, MediaCall
from offhook.contracts.audio import MULAW_8K
from offhook.contracts.channel import CallInfo, Everybody, MediaOut
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics
from support.virtual_time import VirtualClock, virtual_time

FRAME = b"\xff" * 160
BURST_MS = 5_000


class PlainWire:
    """A carrier whose messages are the audio itself."""

    def receive(self, message: str | bytes) -> list[WireEvent]:
        return [AudioReceived(message)] if isinstance(message, bytes) else [StreamStarted(message, "")]

    def receive_utf8(self, message: memoryview) -> list[WireEvent]:
        return self.receive(bytes(message).decode())

    def play(self, payload: bytes) -> list[str]:
        return ["audio"]

    def mark(self, name: str) -> list[str]:
        return [name]

    def clear(self) -> list[str]:
        return ["clear"]


@dataclass
class Socket:
    closed: tuple[int, str] | None = None

    def send(self, message: str | bytes, *, audio: bool) -> bool:
        return True

    def drop_audio(self) -> None:
        return None

    def close(self, code: int, reason: str) -> None:
        self.closed = self.closed or (code, reason)


@dataclass
class Listening:
    """A live call that counts what it hears, until the caller is gone."""

    heard_bytes: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    stopped_by: str = ""

    def audio(self, payload: bytes, now_ms: float) -> None:
        self.heard_bytes += len(payload)

    def mark_played(self, name: str) -> None:
        return None

    def digit(self, digit: str) -> None:
        return None

    def stopped(self, reason: str) -> None:
        self.stopped_by = reason
        self.over.set()

    async def run(self) -> str:
        await self.over.wait()
        return self.stopped_by


class Door:
    """Arrivals and calls at once: everybody is welcome."""

    def __init__(self) -> None:
        self.lives: dict[str, Listening] = {}

    async def resolve(self, started: StreamStarted, *, trusted: bool) -> CallInfo:
        return CallInfo(
            call_id=started.stream_sid,
            carrier_call_sid=started.stream_sid,
            stream_sid=started.stream_sid,
            channel="twilio",
            audio=MULAW_8K,
            from_number="+12025550101",
            to_number="+12025550110",
            business_id="biz_1",
        )

    def answer(self, info: CallInfo, out: MediaOut) -> Listening:
        return self.lives.setdefault(info.call_id, Listening())


@virtual_time
async def test_a_caller_who_sends_ten_times_real_time_is_cut_and_put_out_and_nobody_else_notices(
    clock: VirtualClock,
) -> None:
    door, metrics = Door(), Metrics()

    def opened() -> tuple[MediaCall, Socket]:
        socket = Socket()
        call = MediaCall(
            PlainWire(),
            socket,
            arrivals=door,  # type: ignore[arg-type]  # only `resolve` is asked
            calls=door,
            admission=Everybody(),
            busy=door,
            clock=clock,
            metrics=metrics,
            log=get_logger("test"),
            trusted=True,
        )
        return call, socket

    (flooding, its_socket), (telephone, other_socket) = opened(), opened()

    async def send(call: MediaCall, name: str, socket: Socket, every_ms: float, seconds: float) -> None:
        call.received(name)
        frames = round(1000 * seconds / every_ms)
        for _ in range(frames):
            await asyncio.sleep(every_ms / 1000)
            if socket.closed is not None:
                return
            call.received(FRAME)
        call.disconnected()

    began_ms = clock.mono_ms()
    async with asyncio.TaskGroup() as tasks:
        flood = tasks.create_task(flooding.run())
        calm = tasks.create_task(telephone.run())
        tasks.create_task(send(flooding, "flood", its_socket, 2.0, 60.0))
        tasks.create_task(send(telephone, "calm", other_socket, 20.0, 60.0))
        reason = await flood
        lasted_ms = clock.mono_ms() - began_ms
        assert reason == "inbound_flood" and its_socket.closed is not None
        assert its_socket.closed[0] == POLICY_VIOLATION
        assert lasted_ms < 10_000, "ten times real time is not served for long"
        assert door.lives["flood"].heard_bytes / 8 <= lasted_ms * 1.005 + BURST_MS, "never more than a call's worth"
        assert await calm == "disconnected"
    assert door.lives["calm"].heard_bytes == 60 * 50 * len(FRAME), "the other call lost nothing"
    dropped = metrics.frames_dropped.labels(reason="inbound_flood")._value.get()
    assert dropped * 20 >= 50_000, "what was dropped is counted"
    assert metrics.errors.labels(kind="inbound_flood")._value.get() == 1
