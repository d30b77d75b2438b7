"""One call on one media socket, whatever the carrier and whatever carries the socket.

The shell (an ASGI endpoint, a raw protocol) feeds `received` and `disconnected`, runs `run()` beside it, and gives a
`MediaSocket` to write to. In between stand the carrier's wire (sans-IO), the arrival check and the call itself
(`CarriedCall`). Frames pass by plain function calls; nothing here awaits per frame.

Bounds: outgoing messages are bounded by the socket, and a peer that does not read ends its own call ("slow_reader").
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol, assert_never

from offhook.channels.arrivals import Unwelcome
from offhook.channels.busy_line import TRY_AGAIN_LATER, UNHEARD
from offhook.channels.carried_call import CallDesk, CallLimits, CarriedCall
from offhook.channels.events import (
    AudioReceived,
    CloseSocket,
    DigitReceived,
    MarkReturned,
    Oddity,
    QueueFlushed,
    StreamStarted,
    StreamStopped,
    WireEvent,
)
from offhook.channels.outflow import Outflow
from offhook.contracts.audio import MULAW_8K, AudioFormat
from offhook.contracts.channel import SHUTDOWN, TRANSFER, Admission, CallInfo, Calls
from offhook.contracts.clock import Clock
from offhook.telemetry.log import Log
from offhook.telemetry.metrics import Metrics

NORMAL = 1000
POLICY_VIOLATION = 1008
SERVER_ERROR = 1011
SERVICE_RESTART = 1012
"""Tells a client that may come back that the call did not end by itself."""

_LIMITS = CallLimits()

Message = str | bytes
"""Of a WebSocket: text or binary."""


class CarrierWire(Protocol):
    """A carrier's protocol, sans-IO. `receive` never raises; `play`, `mark`, `clear` return messages to send."""

    def receive(self, message: Message) -> list[WireEvent]: ...
    def receive_utf8(self, message: memoryview) -> bytes | list[WireEvent]:
        """The bare payload where a message is audio and nothing more."""
        ...

    def play(self, payload: bytes) -> Sequence[Message]: ...
    def mark(self, name: str) -> Sequence[Message]: ...
    def clear(self) -> Sequence[Message]: ...


class MediaSocket(Protocol):
    """The way to the peer. Nothing blocks."""

    def send(self, message: Message, *, audio: bool) -> bool:
        """Queue a message; False when the peer reads too slowly for it."""
        ...

    def drop_audio(self) -> None:
        """Forget queued audio that is not on its way yet."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Close after what is queued. Idempotent: the first code counts."""
        ...


class Arriving(Protocol):
    """Finds the call behind a stream."""

    async def resolve(self, started: StreamStarted, *, trusted: bool) -> CallInfo | Unwelcome: ...


class MediaPeer(Protocol):
    """What a lane sees of the call behind its socket."""

    def received(self, message: Message) -> None: ...
    def received_utf8(self, message: memoryview) -> None: ...
    def disconnected(self) -> None: ...
    async def run(self) -> str:
        """Until the socket is not needed any more."""
        ...


class CarrierUnreachable(Exception):
    """The carrier's API did not do what was asked; the text says why, without personal data."""


class MediaCall:
    """The call of one socket; also the `MediaOut` of its live call.

    Args:
        busy: answers in place of `calls` those that `admission` does not let in.
        offered: parameters for the stream's start, where that brings none of the name.
        outflow: how audio of the stream's format is to leave; None: at once.
        hang_up_at_carrier: ends the call by the carrier's API (given the carrier's call id); None closes the socket
        only. on_ended: told (carrier's call id, reason) when a call is over, before its socket closes: the carrier's
        next webhook asks at once how the stream ended.
    """

    def __init__(
        self,
        wire: CarrierWire,
        socket: MediaSocket,
        *,
        arrivals: Arriving,
        calls: Calls,
        admission: Admission,
        busy: Calls,
        clock: Clock,
        metrics: Metrics,
        log: Log,
        trusted: bool,
        limits: CallLimits = _LIMITS,
        offered: Mapping[str, str] = MappingProxyType({}),
        outflow: Callable[[AudioFormat], Outflow] | None = None,
        hang_up_at_carrier: Callable[[str], Awaitable[None]] | None = None,
        on_ended: Callable[[str, str], None] | None = None,
    ) -> None:
        self._wire = wire
        self._socket = socket
        self._arrivals = arrivals
        self._metrics = metrics
        self._log = log
        self._trusted = trusted
        self._limits = limits
        self._hang_up_at_carrier = hang_up_at_carrier
        self._on_ended = on_ended
        self._clock = clock
        self._offered = dict(offered)
        self._outflow_of = outflow
        self._outflow: Outflow | None = None
        self._pump_timer: asyncio.TimerHandle | None = None
        self._carried = CarriedCall(MULAW_8K, CallDesk(calls, admission, busy, clock, metrics, log), limits)
        self._started: asyncio.Future[StreamStarted | None] = asyncio.get_running_loop().create_future()
        self._info: CallInfo | None = None
        self._hung_up = False

    def opened(self, started: StreamStarted) -> None:
        """The stream begins with its socket, where no message says so."""
        self._handle(started)

    # -- from the socket -------------------------------------------------------------------------------------------

    def received(self, message: Message) -> None:
        """Take one message from the peer. Never raises on what the peer sends."""
        for event in self._wire.receive(message):
            self._handle(event)

    def received_utf8(self, message: memoryview) -> None:
        """The same for a text message that was not made a string; read before this returns."""
        taken = self._wire.receive_utf8(message)
        if isinstance(taken, bytes):
            self._audio(taken)
            return
        for event in taken:
            self._handle(event)

    def away(self) -> None:
        """The socket is gone, and another one may come in its place."""
        self._carried.away()

    def back(self, remaining_ms: float) -> None:
        """It has come, and its client has so much audio still to play, what it is given again included."""
        self._carried.back(remaining_ms)

    def disconnected(self) -> None:
        """The socket is gone. Idempotent."""
        self._stop("disconnected")

    def _handle(self, event: WireEvent) -> None:
        match event:
            case AudioReceived(payload):
                self._audio(payload)
            case DigitReceived() | MarkReturned():
                self._carried.deliver(event)
            case StreamStarted():
                self._starts(event)
            case QueueFlushed():
                self._forget_audio()
            case StreamStopped():
                self._stop("caller_hung_up")
            case Oddity(kind):
                self._count(kind)
            case CloseSocket(code, reason):
                self._expel("protocol_violation", code, reason)
            case _:
                assert_never(event)

    def _starts(self, started: StreamStarted) -> None:
        if self._started.done():
            return
        self._carried.speaks(started.audio)
        if self._outflow_of is not None:
            self._outflow = self._outflow_of(started.audio)
        self._started.set_result(replace(started, params={**self._offered, **started.params}))

    def _audio(self, payload: bytes) -> None:
        if not self._carried.audio(payload):
            self._expel("inbound_flood", POLICY_VIOLATION, "audio comes faster than real time")

    # -- the call --------------------------------------------------------------------------------------------------

    async def run(self) -> str:
        """Wait for the start, check it, carry the call to its end, hang up; returns why it ended."""
        try:
            async with asyncio.timeout(self._limits.start_timeout_s):
                started = await self._started
        except TimeoutError:
            return self._turn_away("no_start", POLICY_VIOLATION, "no start message came")
        if started is None:
            return self._carried.stop_reason
        try:
            info = await self._arrivals.resolve(started, trusted=self._trusted)
        except Exception as error:  # lint: broad-except: supervisor of a call, as in _carry
            self._log.error("call_not_placed", exc_info=error)
            self._ends(started.call_sid, "call_not_placed")
            return self._turn_away("call_not_placed", SERVER_ERROR, "the call could not be placed")
        if isinstance(info, Unwelcome):
            self._log.warning("stream_refused", kind=info.kind)
            return self._turn_away(info.kind, POLICY_VIOLATION, "this stream may not be served")
        self._info = info
        reason = await self._carried.carry(info, self)
        if reason == UNHEARD:  # by the socket alone: what the carrier does after it may still have words
            self._ends(info.carrier_call_sid, reason)
            self._socket.close(TRY_AGAIN_LATER, "all lines are busy")
        else:
            await self.hang_up(reason)
        return reason

    def _ends(self, call_sid: str, reason: str) -> None:
        if self._on_ended is not None and call_sid:
            self._on_ended(call_sid, reason)

    def _turn_away(self, kind: str, code: int, reason: str) -> str:
        self._carried.count_error(kind)
        self._socket.close(code, reason)
        self._carried.stop(kind)
        return kind

    def _expel(self, kind: str, code: int, reason: str) -> None:
        if self._carried.stop_reason:
            return  # told already; what was in the same read still comes
        self._carried.count_error(kind)
        self._socket.close(code, reason)
        self._stop(kind)

    def _stop(self, reason: str) -> None:
        self._carried.stop(reason)
        if not self._started.done():
            self._started.set_result(None)

    # -- MediaOut --------------------------------------------------------------------------------------------------

    def play(self, payload: bytes) -> None:
        if self._outflow is None:
            self._send(self._wire.play(payload), audio=True)
            return
        if not self._outflow.play(payload, self._clock.mono_ms()):
            self._expel("slow_reader", POLICY_VIOLATION, "more audio than can be played")
        self._pump()

    def mark(self, name: str) -> None:
        if self._outflow is None:
            self._send(self._wire.mark(name), audio=False)
            return
        self._outflow.mark(name)
        self._pump()

    def clear(self) -> None:
        self._forget_audio()
        self._send(self._wire.clear(), audio=False)

    def _forget_audio(self) -> None:
        if self._outflow is not None:
            self._outflow.clear(self._clock.mono_ms())
            self._pump()
        self._socket.drop_audio()

    def _pump(self) -> None:
        """Send what is due of the paced audio, and come again when more is."""
        if self._pump_timer is not None:
            self._pump_timer.cancel()
            self._pump_timer = None
        if self._outflow is None or self._carried.stop_reason or self._hung_up:
            return
        now_ms = self._clock.mono_ms()
        for item in self._outflow.take(now_ms):
            if isinstance(item, bytes):
                self._send(self._wire.play(item), audio=True)
            else:
                self._send(self._wire.mark(item.name), audio=False)
        due_ms = self._outflow.due_ms(now_ms)
        if due_ms is not None:
            self._pump_timer = asyncio.get_running_loop().call_later(max(0.0, due_ms - now_ms) / 1000, self._pump)

    async def hang_up(self, reason: str) -> None:
        """End the call. With the carrier's API where there is one, so that nothing follows; else, and where the call is
        put through, by the socket alone.
        """
        if self._hung_up:
            return
        self._hung_up = True
        if self._info is not None:
            self._ends(self._info.carrier_call_sid, reason)
        ends = reason != TRANSFER and not self._carried.stop_reason
        if self._hang_up_at_carrier is not None and self._info is not None and ends:
            try:
                await self._hang_up_at_carrier(self._info.carrier_call_sid)
            except CarrierUnreachable as error:
                self._carried.count_error("carrier_hang_up")
                self._log.warning("carrier_hang_up_failed", call_id=self._info.call_id, detail=str(error))
        self._socket.close(SERVICE_RESTART if reason == SHUTDOWN else NORMAL, "")

    def _send(self, messages: Sequence[Message], *, audio: bool) -> None:
        for message in messages:
            if self._carried.stop_reason or self._hung_up:
                return
            if not self._socket.send(message, audio=audio):
                self._expel("slow_reader", POLICY_VIOLATION, "the peer does not read")

    # -- figures ---------------------------------------------------------------------------------------------------

    def _count(self, kind: str) -> None:
        self._metrics.frames_dropped.labels(reason=kind).inc()
