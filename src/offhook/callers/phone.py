"""A phone call to a running server: webhook, TwiML, media WebSocket, and a caller who plays a script in real time."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from offhook.callers.actor import Actor
from offhook.callers.events import Answered, CallEvent, HungUp, Ringing
from offhook.callers.frames import StreamFrames
from offhook.callers.line import CarrierLine
from offhook.callers.lookup import CallLookup
from offhook.callers.script import Script
from offhook.callers.talk import Talk
from offhook.callers.twilio_side import AsksForKey, CallFailed, Dialled, Spoken, Stream, TwilioSide
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
    put_through: str = ""
    """The number to which the server put the call through."""
    whispered: str = ""
    """What the one who picked up there heard before the two were joined."""
    joined: bool = False
    told_then: str = ""
    """What the caller heard when nobody took it."""
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
        call_sid = "CA" + secrets.token_hex(16)
        form = {
            "CallSid": call_sid,
            "AccountSid": settings.account_sid,
            "From": from_number or "anonymous",
            "Caller": from_number or "anonymous",
            "To": settings.to_number,
            "Called": settings.to_number,
            "CallStatus": "ringing",
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
        }
        outcome = CallOutcome(call_sid)
        dialled_ms = self._clock.mono_ms()

        def tell(event: CallEvent) -> None:
            outcome.events.append(event)
            self._on_event(event)

        def since_ms() -> float:
            return self._clock.mono_ms() - dialled_ms

        async with httpx.AsyncClient() as http:
            carrier = TwilioSide(http, settings.auth_token, form)
            lookup = CallLookup(http, settings.url.rstrip("/"), call_sid, settings.api_key)
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
        carrier: TwilioSide,
        lookup: CallLookup,
        outcome: CallOutcome,
        tell: Callable[[CallEvent], None],
        dialled_ms: float,
    ) -> None:
        answer = await carrier.ask(f"{self._settings.url.rstrip('/')}/twilio/voice")
        if not isinstance(answer, Stream):
            outcome.reason = "rejected"
            said = answer.text if isinstance(answer, Spoken) else ""
            outcome.failures.append(f"the server took no stream and said: {said or 'nothing'}")
            return
        try:
            socket = await connect(
                answer.url, additional_headers=carrier.socket_signature(answer.url), compression=None, max_size=None
            )
        except (OSError, WebSocketException) as error:
            raise CallFailed(f"{answer.url} does not take the media stream: {error}") from None
        async with socket:
            outcome.answered = True
            tell(Answered(self._clock.mono_ms() - dialled_ms))
            frames = StreamFrames("MZ" + secrets.token_hex(16), outcome.call_sid, self._settings.account_sid)
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
            await self._ring_off(answer, carrier, socket, frames, outcome)
        outcome.failures += talk.failures()

    async def _ring_off(
        self, stream: Stream, carrier: TwilioSide, socket: ClientConnection, frames: StreamFrames, outcome: CallOutcome
    ) -> None:
        """What a carrier does at the end: stop and close, or, when the server closed, ask what comes next."""
        if outcome.reason == "caller_hung_up":
            try:
                await socket.send(frames.stop())
            except ConnectionClosed:
                return
            await socket.close()
        elif outcome.reason == "agent_hung_up" and stream.action:
            after = await carrier.ask(self._next(stream.action), CallStatus="in-progress")
            if isinstance(after, Dialled):
                await self._put_through(after, carrier, outcome)
            elif isinstance(after, Spoken) and after.text:
                outcome.failures.append(f"the agent's line broke off: {after.text}")
        await carrier.tell(stream.status_callback, StreamSid=frames.stream_sid, StreamEvent="stream-stopped")

    async def _put_through(self, dialled: Dialled, carrier: TwilioSide, outcome: CallOutcome) -> None:
        outcome.put_through = dialled.number
        ended = {"DialCallStatus": "no-answer", "DialBridged": "false"}
        if self._settings.staff_answers:
            leg = {"CallSid": "CA" + secrets.token_hex(16), "From": self._settings.to_number, "To": dialled.number}
            asked = await carrier.ask(self._next(dialled.whisper), **leg)
            if isinstance(asked, AsksForKey):
                outcome.whispered = asked.text
                await carrier.ask(self._next(asked.action), **leg, Digits="1")
                outcome.joined = True
                ended = {"DialCallStatus": "completed", "DialBridged": "true"}
        after = await carrier.ask(self._next(dialled.action), **ended)
        outcome.told_then = after.text if isinstance(after, Spoken) else ""

    def _next(self, url: str) -> str:
        """The same webhook, at the server that comes next."""
        base = self._settings.next_url
        return url if base is None else base.rstrip("/") + url[url.index("/", url.find("://") + 3) :]
