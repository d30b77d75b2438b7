"""A phone call to a running server, by any carrier: webhooks, media WebSocket, and a caller who plays a script in real
time."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from offhook.callers.actor import Actor
from offhook.callers.carrier_side import Afterwards, CallFailed, CarrierSide, Frames, Spoken
from offhook.callers.events import Answered, CallEvent, HungUp, Ringing
from offhook.callers.exotel_side import ExotelSide
from offhook.callers.line import CarrierLine
from offhook.callers.lookup import CallLookup
from offhook.callers.script import Script
from offhook.callers.talk import Talk
from offhook.callers.twilio_side import TwilioSide
from offhook.callers.voice import DEFAULT_VOICE, Speaker, line_noise, prepare
from offhook.contracts.clock import Clock
from offhook.contracts.store import CallRecord


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    url: str = "http://127.0.0.1:8000"
    """Base URL of the server."""
    from_number: str = "+12025550142"
    """E.164; "" for a withheld number."""
    to_number: str = ""
    """The number that was dialled; "" for the server's default business."""
    voice: str = DEFAULT_VOICE
    auth_token: str | None = field(default=None, repr=False)
    """TWILIO_AUTH_TOKEN of the server, where it has one."""
    account_sid: str = "AC" + "0" * 32
    api_key: str | None = field(default=None, repr=False)
    quiet_ms: float = 650
    """How long the agent is quiet before a polite caller speaks."""
    patience_ms: float = 10_000
    """How long the caller waits for an answer before going on."""
    limit_s: float = 300
    noise_snr_db: float | None = 27.0
    """Line noise under the speech; None for a silent line."""
    seed: int = 1
    carrier: str = "twilio"
    """One of `CARRIERS`."""
    webhook_auth: tuple[str, str] | None = field(default=None, repr=False)
    """EXOTEL_WEBHOOK_USER and _PASSWORD of the server, where it has them."""
    exotel_frame_ms: int = 100
    staff_answers: bool = False
    """Whether somebody picks up, and presses a key, when the call is put through; else it rings out."""
    next_url: str | None = None
    """Base URL of the server that is asked what comes after the stream, where several share the calls."""


@dataclass(slots=True)
class CallOutcome:
    call_sid: str
    answered: bool = False
    reason: str = ""
    failures: list[str] = field(default_factory=list)
    """Why the call is no success; empty when it is one."""
    events: list[CallEvent] = field(default_factory=list)
    caller_pcm: bytes = b""
    """PCM16 8 kHz; both sides begin at the same moment."""
    agent_pcm: bytes = b""
    after: Afterwards = field(default_factory=Afterwards)
    """What became of the call once the server had closed its stream."""
    record: CallRecord | None = None
    """The server's, as last seen."""

    @property
    def succeeded(self) -> bool:
        return self.answered and not self.failures


class Phone:
    """Makes calls, one `call` at a time each; several phones may call at once.

    Args:
        on_event: told each event as it happens, in order.
    """

    def __init__(
        self, settings: PhoneSettings, speaker: Speaker, clock: Clock, on_event: Callable[[CallEvent], None]
    ) -> None:
        self._settings = settings
        self._speaker = speaker
        self._clock = clock
        self._on_event = on_event

    async def call(self, script: Script) -> CallOutcome:
        """Dial, play the script, hang up. What goes wrong is in the outcome; raises ScriptError, TtsFailed before."""
        settings = self._settings
        audio = await prepare(script, self._speaker, script.voice or settings.voice)
        from_number = settings.from_number if script.from_number is None else script.from_number
        outcome = CallOutcome("")
        dialled_ms = self._clock.mono_ms()

        def tell(event: CallEvent) -> None:
            outcome.events.append(event)
            self._on_event(event)

        def since_ms() -> float:
            return self._clock.mono_ms() - dialled_ms

        async with httpx.AsyncClient() as http:
            carrier = CARRIERS[settings.carrier](http, settings, from_number)
            outcome.call_sid = carrier.call_sid
            lookup = CallLookup(http, settings.url.rstrip("/"), carrier.call_sid, settings.api_key)
            tell(Ringing(since_ms()))
            try:
                async with asyncio.timeout(settings.limit_s):
                    await self._dial(script, audio, carrier, lookup, outcome, tell, dialled_ms)
            except TimeoutError:
                outcome.reason = "time_limit"
                outcome.failures.append(f"the call was not over after {settings.limit_s:g} s")
            except CallFailed as error:
                outcome.reason = "failed"
                outcome.failures.append(str(error))
            outcome.record = await lookup.fetch() or lookup.record
        tell(HungUp(since_ms(), outcome.reason))
        return outcome

    async def _dial(
        self,
        script: Script,
        audio: dict[str, bytes],
        carrier: CarrierSide,
        lookup: CallLookup,
        outcome: CallOutcome,
        tell: Callable[[CallEvent], None],
        dialled_ms: float,
    ) -> None:
        answer = await carrier.ring()
        if isinstance(answer, Spoken):
            outcome.reason = "rejected"
            outcome.failures.append(f"the server took no stream and said: {answer.text or 'nothing'}")
            return
        try:
            socket = await connect(answer.url, additional_headers=answer.headers, compression=None, max_size=None)
        except (OSError, WebSocketException) as error:
            raise CallFailed(f"{answer.url} does not take the media stream: {error}") from None
        async with socket:
            outcome.answered = True
            tell(Answered(self._clock.mono_ms() - dialled_ms))
            frames = carrier.frames()
            await socket.send(frames.connected())
            await socket.send(frames.start(answer.parameters))
            settings = self._settings
            noise = b"" if settings.noise_snr_db is None else line_noise(settings.noise_snr_db, settings.seed)
            talk = Talk(
                CarrierLine(frames, self._clock.mono_ms(), noise=noise),
                socket,
                Actor(script),
                audio,
                lookup,
                manners=settings,
                clock=self._clock,
                dialled_ms=dialled_ms,
                tell=tell,
            )
            try:
                outcome.reason = await talk.run(listens=script.listens)
            finally:
                outcome.caller_pcm, outcome.agent_pcm = talk.line.recording()
            await self._ring_off(carrier, socket, frames, outcome)
        outcome.failures += talk.failures()

    async def _ring_off(
        self, carrier: CarrierSide, socket: ClientConnection, frames: Frames, outcome: CallOutcome
    ) -> None:
        """What a carrier does at the end: stop and close, or, when the server closed, ask what comes next."""
        if outcome.reason == "caller_hung_up":
            try:
                await socket.send(frames.stop())
            except ConnectionClosed:
                return
            await socket.close()
        elif outcome.reason == "agent_hung_up":
            after = outcome.after = await carrier.stream_closed()
            if after.broke_off:
                outcome.failures.append(f"the agent's line broke off: {after.broke_off}")
        await carrier.over()


def _twilio(http: httpx.AsyncClient, settings: PhoneSettings, from_number: str) -> CarrierSide:
    form = {
        "CallSid": "CA" + secrets.token_hex(16),
        "AccountSid": settings.account_sid,
        "From": from_number or "anonymous",
        "Caller": from_number or "anonymous",
        "To": settings.to_number,
        "Called": settings.to_number,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
    }
    return TwilioSide(
        http,
        settings.auth_token,
        form,
        url=settings.url,
        next_url=settings.next_url,
        staff_answers=settings.staff_answers,
    )


def _exotel(http: httpx.AsyncClient, settings: PhoneSettings, from_number: str) -> CarrierSide:
    return ExotelSide(
        http,
        settings.url,
        from_number=from_number,
        to_number=settings.to_number,
        auth=settings.webhook_auth,
        next_url=settings.next_url,
        staff_answers=settings.staff_answers,
        frame_ms=settings.exotel_frame_ms,
    )


CARRIERS: dict[str, Callable[[httpx.AsyncClient, PhoneSettings, str], CarrierSide]] = {
    "twilio": _twilio,
    "exotel": _exotel,
}
"""(client, settings, the caller's number) -> the carrier's side of one call."""
