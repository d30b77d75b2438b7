"""A whole call in virtual seconds: the test says when the caller speaks and what the recogniser gives. Carrier,
recogniser, synthesis and dialogue are scripted here; what stands between them is the real session.

    call = ScriptedCall(clock, replies=["Hello.", Reply("Sure. Which day?", expect="date")])
    async with call.running():
        await call.speaks(3.0, 4.2, "an oil change")     # onset and end, seconds of virtual time
        await clock.at_ms(9_000)
    assert call.carrier.heard == [...]
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from offhook.contracts.audio import MULAW_8K, AudioFormat, VoiceStarted, VoiceStopped, VoiceStream, VoiceVerdict
from offhook.contracts.business import Business
from offhook.contracts.channel import CallInfo
from offhook.contracts.conversation import (
    ConversationState,
    Opening,
    Rehearsal,
    Say,
    SessionEvent,
    SessionStatus,
    TurnDone,
    TurnInput,
    TurnOutput,
    TurnResult,
    Working,
)
from offhook.contracts.errors import AppError
from offhook.contracts.speech import (
    Expectation,
    SttCapabilities,
    SttConfig,
    SttEvent,
    SttFailed,
    Transcript,
    Tts,
    TtsCapabilities,
    TtsFailed,
    Voice,
)
from offhook.contracts.store import CallRecord
from offhook.contracts.turn import TurnPolicy
from offhook.session.live_call import CallParts, VoiceCall
from offhook.telemetry.metrics import Metrics
from support.virtual_time import VirtualClock

DETECTOR_LAG_MS = 130.0
HANG_OVER_MS = 110.0
SPEECH_MS_PER_CHARACTER = 50
BYTES_PER_MS = 8
FRAME = bytes([0xFF]) * 160


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    expect: str = "open"
    hang_up: bool = False
    transfer: bool = False
    think_ms: float = 3.0
    error: Exception | None = None
    writes: bool = False
    understood: bool = False
    slow_tool_ms: float = 0.0
    """When a tool passes its deadline, long after which the answer comes; 0: none does."""


class Carrier:
    """Plays what it is sent in real (virtual) time, returns marks when they are reached, drops its buffer on clear."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.call: VoiceCall | None = None
        self.returns_marks = True
        self._ends_ms = 0.0
        self._timers: list[tuple[asyncio.TimerHandle, str]] = []
        self.first_audio_ms: list[float] = []
        self.cleared_ms: list[float] = []
        self.sent_bytes = 0
        self.hung_up: str | None = None

    def play(self, payload: bytes) -> None:
        now = self._clock.mono_ms()
        if self._ends_ms <= now:
            self.first_audio_ms.append(now)
        self._ends_ms = max(self._ends_ms, now) + len(payload) / BYTES_PER_MS
        self.sent_bytes += len(payload)

    def mark(self, name: str) -> None:
        if not self.returns_marks:
            return
        delay_s = max(0.0, self._ends_ms - self._clock.mono_ms()) / 1000
        timer = asyncio.get_running_loop().call_later(delay_s, self._return, name)
        self._timers.append((timer, name))

    def clear(self) -> None:
        now = self._clock.mono_ms()
        self.cleared_ms.append(now)
        self._ends_ms = now
        for timer, name in self._timers:
            if not timer.cancelled() and timer.when() * 1000 > now:
                timer.cancel()
                asyncio.get_running_loop().call_soon(self._return, name)
        self._timers.clear()

    async def hang_up(self, reason: str) -> None:
        self.hung_up = reason

    @property
    def playing(self) -> bool:
        return self._ends_ms > self._clock.mono_ms()

    def _return(self, name: str) -> None:
        if self.call is not None and self.hung_up is None:
            self.call.mark_played(name)


@dataclass
class ScriptedStt:
    """Gives, for each utterance, the text that the test said was spoken."""

    delay_ms: float = 60.0
    open_ms: float = 0.0
    fails: int = 0
    text: str = ""
    log: list[str] = field(default_factory=list)
    pushed_bytes: int = 0
    expected: list[str] = field(default_factory=list)
    name: str = "scripted"
    capabilities: SttCapabilities = field(
        default_factory=lambda: SttCapabilities(partials=False, n_best=False, continuous=False)
    )

    async def warm(self, config: SttConfig) -> None:
        return None

    async def open(self, config: SttConfig, on_event: Callable[[SttEvent], None]) -> ScriptedStt:
        await asyncio.sleep(self.open_ms / 1000)
        return self

    def expect(self, expectation: Expectation) -> None:
        self.expected.append(expectation.kind)

    def begin(self, utterance: int) -> None:
        self.log.append(f"begin {utterance}")

    def push(self, pcm: bytes) -> None:
        self.pushed_bytes += len(pcm)

    async def finalize(self, utterance: int) -> Transcript:
        text = self.text
        await asyncio.sleep(self.delay_ms / 1000)
        if self.fails:
            self.fails -= 1
            raise SttFailed("scripted failure")
        return Transcript(utterance, text, decode_ms=self.delay_ms)

    def end(self, utterance: int) -> None:
        self.log.append(f"end {utterance}")

    async def aclose(self) -> None:
        return None


@dataclass
class ScriptedTts:
    first_ms: float = 10.0
    fails: int = 0
    said: list[tuple[str, Voice]] = field(default_factory=list)
    name: str = "scripted"
    capabilities: TtsCapabilities = field(default_factory=lambda: TtsCapabilities(streaming=True))

    async def warm(self, voice: Voice, rate_hz: int) -> None:
        return None

    async def synthesize(self, text: str, voice: Voice, rate_hz: int) -> AsyncIterator[bytes]:
        self.said.append((text, voice))
        await asyncio.sleep(self.first_ms / 1000)
        if self.fails:
            self.fails -= 1
            raise TtsFailed("scripted failure")
        total = SPEECH_MS_PER_CHARACTER * len(text) * rate_hz // 1000 * 2
        step = 100 * rate_hz // 1000 * 2
        for start in range(0, total, step):
            yield bytes(min(step, total - start))

    async def aclose(self) -> None:
        return None


class ScriptedConversations:
    """Answers turns with the test's replies, in order; remembers what it was asked and told."""

    def __init__(self, replies: list[Reply]) -> None:
        self._replies = list(replies)
        self.turns: list[TurnInput] = []
        self.heard_calls: list[tuple[str, str]] = []
        self.closed: list[str] = []
        self.rehearsed: list[TurnInput] = []
        self.from_rehearsal: list[str] = []
        self.state = ConversationState(session_id="sess_1", business_id="biz_1", desk="dealership", channel="twilio")

    async def open(self, opening: Opening) -> ConversationState:
        return self.state

    async def get(self, session_id: str) -> ConversationState:
        return self.state

    async def rehearse(self, session_id: str, turn: TurnInput) -> Rehearsal | None:
        """Thinks of the next reply as `turn` does; `Reply.writes` tells that it may not be rehearsed."""
        self.rehearsed.append(turn)
        reply = self._replies[0] if self._replies else Reply("Anything else?")
        await asyncio.sleep(reply.think_ms / 1000)
        if reply.writes or reply.error is not None:
            return None
        result = TurnResult(
            turn_id=turn.turn_id,
            reply=reply.text,
            agent="booking",
            hang_up=reply.hang_up,
            transfer=reply.transfer,
            expect_kind=reply.expect,
        )
        return Rehearsal(turn, (reply.text,), TurnDone(result, self.state), reply.understood, self.state.version)

    async def turn(
        self, session_id: str, turn: TurnInput, rehearsal: Rehearsal | None = None
    ) -> AsyncIterator[TurnOutput]:
        self.turns.append(turn)
        if rehearsal is not None:
            self.from_rehearsal.append(turn.turn_id)
            self._replies[:1] = []
            for text in rehearsal.said:
                yield Say(text)
            yield rehearsal.done
            return
        reply = self._replies.pop(0) if self._replies else Reply("Anything else?")
        if reply.slow_tool_ms:
            await asyncio.sleep(reply.slow_tool_ms / 1000)
            yield Working()
        await asyncio.sleep(reply.think_ms / 1000)
        if reply.error is not None:
            raise reply.error
        yield Say(reply.text)
        result = TurnResult(
            turn_id=turn.turn_id,
            reply=reply.text,
            agent="booking",
            hang_up=reply.hang_up,
            transfer=reply.transfer,
            expect_kind=reply.expect,
        )
        yield TurnDone(result, self.state)

    async def heard(self, session_id: str, turn_id: str, heard: str) -> None:
        self.heard_calls.append((turn_id, heard))

    async def close(self, session_id: str, status: SessionStatus = "COMPLETED") -> None:
        self.closed.append(session_id)


class OneBusiness:
    def __init__(self, policy: TurnPolicy) -> None:
        self.business = Business(
            business_id="biz_1", name="Lakeside", desk="dealership", timezone="America/Chicago", turns=policy
        )
        self.error: AppError | None = None

    async def get(self, business_id: str) -> Business:
        if self.error is not None:
            raise self.error
        return self.business

    async def by_number(self, e164: str) -> Business | None:
        return self.business

    async def default(self, desk: str | None = None) -> Business:
        return self.business


class Records:
    """A call log that keeps the newest record of each call."""

    def __init__(self) -> None:
        self.by_id: dict[str, CallRecord] = {}

    def put(self, record: CallRecord) -> None:
        self.by_id[record.call_id] = record

    def live(self, call: str) -> CallRecord | None:
        return self.by_id.get(call)

    async def get(self, call: str) -> CallRecord | None:
        return self.by_id.get(call)

    async def flush(self) -> None:
        return None


class Voices:
    """A detector that says what the test tells it."""

    def __init__(self) -> None:
        self.verdict: Callable[[VoiceVerdict], None] = lambda verdict: None

    def open(self, rate_hz: int, on_verdict: Callable[[VoiceVerdict], None]) -> VoiceStream:
        self.verdict = on_verdict
        return self

    def push(self, pcm: bytes, now_ms: float) -> None:
        return None

    def close(self) -> None:
        return None


class Sorry:
    def payload(self, audio: AudioFormat, language: str) -> tuple[str, bytes]:
        return "Sorry.", bytes([0x80]) * 800


async def no_domain(business: Business) -> None:
    return None


class ScriptedCall:
    def __init__(
        self,
        clock: VirtualClock,
        replies: list[Reply | str] | None = None,
        *,
        policy: TurnPolicy | None = None,
        stt: ScriptedStt | None = None,
        tts: ScriptedTts | None = None,
        around_tts: Callable[[Tts], Tts] = lambda tts: tts,
        carrier: Carrier | None = None,
        session_id: str | None = None,
    ) -> None:
        self.clock = clock
        self.carrier = carrier or Carrier(clock)
        self.stt = stt or ScriptedStt()
        self.tts = tts or ScriptedTts()
        self.voices = Voices()
        self.records = Records()
        self.metrics = Metrics()
        self.events: list[SessionEvent] = []
        self.businesses = OneBusiness(policy or TurnPolicy())
        script = [Reply(r) if isinstance(r, str) else r for r in replies or ["Hello."]]
        self.conversations = ScriptedConversations(script)
        self.parts = CallParts(
            conversations=self.conversations,
            businesses=self.businesses,
            stt=self.stt,
            tts=around_tts(self.tts),
            voices=self.voices,
            call_log=self.records,
            clock=clock,
            metrics=self.metrics,
            apologies=Sorry(),
            speech_domain=no_domain,
            publish=self.events.append,
            filler=lambda language, turn: "Let me check.",
        )
        info = CallInfo(
            call_id="call_1",
            carrier_call_sid="CA1",
            stream_sid="MZ1",
            channel="twilio",
            audio=MULAW_8K,
            from_number="+12025550101",
            to_number="+12025550110",
            business_id="biz_1",
            session_id=session_id,
        )
        self.live = VoiceCall(info, self.carrier, self.parts)
        self.carrier.call = self.live
        self.reason = ""

    @property
    def record(self) -> CallRecord:
        return self.records.by_id["call_1"]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[ScriptedCall]:
        """Run the call; leaving the block hangs up (from the caller's side) and waits for its end."""

        async def run() -> None:
            self.reason = await self.live.run()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(run())
            yield self
            self.live.stopped("caller_hung_up")

    def notice(self) -> None:
        """The session has news."""
        assert self.carrier.call is not None
        self.carrier.call.notice()

    async def speaks(self, onset_s: float, end_s: float, text: str) -> None:
        """The caller speaks; returns when the detector has noticed the end. Frames flow while they do."""
        await self.clock.at_ms(onset_s * 1000 + DETECTOR_LAG_MS)
        self.stt.text = text
        self.live.audio(FRAME, self.clock.mono_ms())
        self.voices.verdict(VoiceStarted(onset_s * 1000))
        while self.clock.mono_ms() + 20 < end_s * 1000 + HANG_OVER_MS:
            await asyncio.sleep(0.02)
            self.live.audio(FRAME, self.clock.mono_ms())
        await self.clock.at_ms(end_s * 1000 + HANG_OVER_MS)
        self.voices.verdict(VoiceStopped(end_s * 1000))

    async def at(self, moment_s: float) -> None:
        await self.clock.at_ms(moment_s * 1000)
