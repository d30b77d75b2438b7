"""A call from its admission to its end, whatever carries its sound: a media socket or a room of a media server.

The carrier's shell tells what comes from the caller (`audio`, `deliver`, `stop`) by plain function calls and runs
`carry` beside it. Between the two stand the allowance for inbound audio, admission, and the live call.

Bounds: audio that comes before the call is answered is kept up to `early_audio_ms`, the newest dropped and counted.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from offhook.channels.events import AudioReceived, DigitReceived, MarkReturned
from offhook.channels.inflow import Inflow
from offhook.contracts.audio import AudioFormat
from offhook.contracts.channel import Admission, CallInfo, Calls, LiveCall, MediaOut
from offhook.contracts.clock import Clock
from offhook.telemetry.log import Log
from offhook.telemetry.metrics import Metrics

_MAX_EARLY_EVENTS = 1024

CallerEvent = AudioReceived | DigitReceived | MarkReturned


@dataclass(frozen=True, slots=True)
class CallLimits:
    start_timeout_s: float = 10.0
    """A socket without a start by then is closed."""
    wind_down_s: float = 10.0
    """How long a call may go on (to finish a write) after the caller's side ended."""
    early_audio_ms: float = 5_000
    inflow_burst_ms: float = 5_000


@dataclass(frozen=True, slots=True)
class CallDesk:
    """Where calls are brought, and what watches over them; the same for every call of a channel."""

    calls: Calls
    admission: Admission
    busy: Calls
    """Answers in place of `calls` those that `admission` does not let in."""
    clock: Clock
    metrics: Metrics
    log: Log


class CarriedCall:
    """One call. `stop_reason` is why the caller's side ended; "" while it has not."""

    def __init__(self, audio: AudioFormat, desk: CallDesk, limits: CallLimits) -> None:
        self.stop_reason = ""
        self._bytes_per_ms = audio.bytes_per_ms
        self._desk = desk
        self._clock = desk.clock
        self._limits = limits
        self._inflow = Inflow(burst_ms=limits.inflow_burst_ms)
        self._live: LiveCall | None = None
        self._early: list[CallerEvent] = []
        self._early_ms = 0.0
        self._deadline: asyncio.Timeout | None = None

    def speaks(self, audio: AudioFormat) -> None:
        """The format, where it is not known before the call begins."""
        self._bytes_per_ms = audio.bytes_per_ms

    # -- from the caller ------------------------------------------------------------------------------------------

    def audio(self, payload: bytes) -> bool:
        """False once the caller sends so much more than real time that he is not worth serving."""
        audio_ms = len(payload) / self._bytes_per_ms
        now_ms = self._clock.mono_ms()
        verdict = self._inflow.receive(audio_ms, now_ms)
        if verdict != "take":
            self._drop("inbound_flood")
            return verdict != "close"
        if self._live is not None:
            self._live.audio(payload, now_ms)
        else:
            self._keep(AudioReceived(payload), audio_ms)
        return True

    def deliver(self, event: DigitReceived | MarkReturned) -> None:
        if self._live is not None:
            _pass_on(event, self._live, self._clock.mono_ms())
        else:
            self._keep(event, 0.0)

    def typed(self, text: str) -> None:
        """What is written before the call is answered is lost: nothing was asked yet."""
        if self._live is not None:
            self._live.typed(text)

    def away(self) -> None:
        """The caller's end is not there for a moment."""
        if self._live is not None:
            self._live.away()

    def back(self, remaining_ms: float) -> None:
        if self._live is not None:
            self._live.back(remaining_ms)

    def stop(self, reason: str) -> None:
        """The caller's side ended. Idempotent: the first reason counts."""
        if self.stop_reason:
            return
        self.stop_reason = reason
        if self._deadline is not None and self._live is not None:
            self._deadline.reschedule(asyncio.get_running_loop().time() + self._limits.wind_down_s)
            self._live.stopped(reason)

    # -- the call -------------------------------------------------------------------------------------------------

    async def carry(self, info: CallInfo, out: MediaOut) -> str:
        """Ask whether the call may be answered, and carry it to its end; returns why it ended. Hangs up nothing."""
        if info.about:  # we placed it, whichever process asked the carrier
            self._desk.admission.expect(info.carrier_call_sid)
        if await self._desk.admission.starts(info.carrier_call_sid):
            return await self._carry(info, out, self._desk.calls)
        self.count_error("busy")
        return await self._carry(info, out, self._desk.busy)

    async def _carry(self, info: CallInfo, out: MediaOut, calls: Calls) -> str:
        try:
            live = calls.answer(info, out)
            self._live = live
            early, self._early = self._early, []
            for event in early:
                _pass_on(event, live, self._clock.mono_ms())
            if self.stop_reason:
                live.stopped(self.stop_reason)
            async with asyncio.timeout(self._limits.wind_down_s if self.stop_reason else None) as self._deadline:
                return await live.run()
        except TimeoutError:
            self.count_error("call_wind_down")
            return self.stop_reason or "failure"
        except Exception as error:  # lint: broad-except: supervisor of a call: its failure ends it alone
            self.count_error("call_failed")
            self._desk.log.error("call_failed", call_id=info.call_id, exc_info=error)
            return "failure"
        finally:
            self._deadline = None

    def _keep(self, event: CallerEvent, audio_ms: float) -> None:
        if self._early_ms + audio_ms > self._limits.early_audio_ms or len(self._early) >= _MAX_EARLY_EVENTS:
            self._drop("before_answer")
        else:
            self._early_ms += audio_ms
            self._early.append(event)

    # -- figures --------------------------------------------------------------------------------------------------

    def count_error(self, kind: str) -> None:
        self._desk.metrics.errors.labels(kind=kind).inc()

    def _drop(self, kind: str) -> None:
        self._desk.metrics.frames_dropped.labels(reason=kind).inc()


def _pass_on(event: CallerEvent, live: LiveCall, now_ms: float) -> None:
    match event:
        case AudioReceived(payload):
            live.audio(payload, now_ms)
        case DigitReceived(digit):
            live.digit(digit)
        case MarkReturned(name):
            live.mark_played(name)
