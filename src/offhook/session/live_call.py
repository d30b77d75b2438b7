"""One live call: the shell around the turn machine.

The channel's calls and the voice detector's verdicts reach the machine by plain function calls; its commands are
carried out at once or become tasks of the call's one TaskGroup. listen, think and speak tell the way of a turn.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Protocol

from offhook.audio.codec import codec_for
from offhook.contracts.audio import VoiceStream, VoiceVerdict
from offhook.contracts.business import Business, BusinessDirectory
from offhook.contracts.channel import TRANSFER, CallInfo, MediaOut
from offhook.contracts.clock import Clock
from offhook.contracts.conversation import Conversations, ConversationState, Opening, SessionEvent
from offhook.contracts.errors import AppError
from offhook.contracts.speech import EngineLost, SpeechDomain, Stt, SttConfig, SttEvent, SttFailed, Tts
from offhook.contracts.store import CallLog
from offhook.contracts.turn import (
    CallAnswered,
    CallEnded,
    CloseUtterance,
    DigitPressed,
    HangUp,
    NoticeWaits,
    OpenUtterance,
    RequestTranscript,
    SayFiller,
    StartReply,
    StopReply,
    TextTyped,
    ThinkAhead,
    Tick,
    TurnCommand,
    TurnEvent,
    TurnPolicy,
)
from offhook.session.apology import Apologies
from offhook.session.greeting_ahead import voice_of
from offhook.session.joining import goes_on
from offhook.session.listen import Listener
from offhook.session.record import Recorder
from offhook.session.replies import Replies
from offhook.session.screen import Onlooker
from offhook.session.speak import Speaker
from offhook.telemetry.log import get_logger
from offhook.telemetry.metrics import Metrics
from offhook.turns.machine import TurnMachine
from offhook.turns.playout import Playout

EARLY_MESSAGES = 1_500
"""Media messages kept before the call runs: 30 s of 20 ms frames. The oldest are dropped."""


class VoiceDetection(Protocol):
    def open(self, rate_hz: int, on_verdict: Callable[[VoiceVerdict], None]) -> VoiceStream: ...


@dataclass(frozen=True, slots=True)
class CallParts:
    """What every call of a process shares; put together by the composition root."""

    conversations: Conversations
    businesses: BusinessDirectory
    stt: Stt
    tts: Tts
    voices: VoiceDetection
    call_log: CallLog
    clock: Clock
    metrics: Metrics
    apologies: Apologies
    speech_domain: Callable[[Business], Awaitable[SpeechDomain | None]]
    publish: Callable[[SessionEvent], None]
    filler: Callable[[str, int], str] = lambda language, turn: ""
    """What to say in a language while an answer takes long; the number varies it."""
    policy: Callable[[TurnPolicy], TurnPolicy] = lambda policy: policy
    """Server-wide settings on top of the business's (fixed endpointing, longest call)."""


class VoiceCall:
    """Implements the port `LiveCall`."""

    def __init__(self, info: CallInfo, out: MediaOut, parts: CallParts) -> None:
        self.info = info
        self._out = out
        self._parts = parts
        self._clock = parts.clock
        self._onlooker = Onlooker(out)
        self._recorder = Recorder(info, parts.call_log, parts.clock.now)
        self.audio: Callable[[bytes, float], None] = self._before_listening
        self._early: deque[tuple[bytes, float]] = deque(maxlen=EARLY_MESSAGES)
        self._events: deque[TurnEvent] = deque()
        self._dispatching = False
        self._ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._timer: asyncio.TimerHandle | None = None
        self._armed_ms: float | None = None
        self._tasks: asyncio.TaskGroup | None = None
        self._machine: TurnMachine | None = None
        self._listener: Listener | None = None
        self._replies: Replies | None = None
        self._legs: set[asyncio.Task[None]] = set()

    # -- from the channel -----------------------------------------------------------------------------------------

    def _before_listening(self, payload: bytes, now_ms: float) -> None:
        if len(self._early) == EARLY_MESSAGES:
            self._parts.metrics.frames_dropped.labels("early_overflow").inc()
        self._early.append((payload, now_ms))

    def mark_played(self, name: str) -> None:
        if self._replies is not None:
            self._replies.mark_played(name)

    def away(self) -> None:
        if self._replies is not None:
            self._replies.away()

    def back(self, remaining_ms: float) -> None:
        if self._replies is not None:
            self._replies.back(remaining_ms)

    def digit(self, digit: str) -> None:
        self._dispatch(DigitPressed(digit))

    def typed(self, text: str) -> None:
        self._dispatch(TextTyped(text))

    def notice(self) -> None:
        """The session has news: say it as soon as nobody speaks."""
        self._dispatch(NoticeWaits())

    @property
    def session_id(self) -> str | None:
        return self._recorder.record.session_id

    def stopped(self, reason: str) -> None:
        self._dispatch(CallEnded(reason))
        self._end(reason)

    # -- the call -------------------------------------------------------------------------------------------------

    async def run(self) -> str:
        metrics, failed = self._parts.metrics, False
        metrics.active_calls.inc()
        log = get_logger("call").bind(call_id=self.info.call_id)
        log.info("call_answered", channel=self.info.channel, business_id=self.info.business_id)
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                await self._prepare()
                self._dispatch(CallAnswered())
                await asyncio.shield(self._ended)
                self._wind_up()
        except* AppError as group:
            failed = True
            error = _first(group)
            code = error.code if isinstance(error, AppError) else "error"
            log.warning("call_failed", code=code)
            await self._apologise(code)
        except* Exception as group:  # lint: broad-except: the call's supervisor: this call ends, the others go on
            failed = True
            log.error("call_crashed", exc_info=_first(group))
            await self._apologise("call")
        finally:
            metrics.active_calls.dec()
            await self._close(failed)
        reason = self._ended.result() if self._ended.done() else "error"
        log.info("call_ended", reason=reason)
        return reason

    def _wind_up(self) -> None:
        """The call is over: nothing goes on but the cutting of memory."""
        for task in self._legs:
            task.cancel()
        if self._replies is not None:
            self._replies.stop("call_ended")

    async def _prepare(self) -> None:
        parts = self._parts
        business = await parts.businesses.get(self.info.business_id)
        self._machine = TurnMachine(parts.policy(business.turns))
        self._listener = listener = Listener(
            codec=codec_for(self.info.audio),
            open_voice=parts.voices.open,
            clock=self._clock,
            dispatch=self._dispatch,
            on_stt_event=self._stt_event,
        )
        state = await self._session(business)
        self._recorder.begin(state.session_id)
        self._replies = self._make_replies(business, state, listener)
        self._leg(self._open_recogniser(listener, business, state.language), "open recogniser")
        while self._early:
            listener.audio(*self._early.popleft())
        if not self._ended.done():
            self.audio = listener.audio

    async def _session(self, business: Business) -> ConversationState:
        info = self.info
        if info.session_id is not None:
            return await self._parts.conversations.get(info.session_id)
        opening = Opening(
            business_id=business.business_id,
            channel=info.channel,
            language=info.language,
            caller_phone=info.from_number,
            about=info.about,
            params=info.params,
        )
        return await self._parts.conversations.open(opening)

    def _make_replies(self, business: Business, state: ConversationState, listener: Listener) -> Replies:
        parts, playout = self._parts, Playout()
        speaker = Speaker(
            tts=parts.tts,
            voice=voice_of(business, state.language),
            rate_hz=self.info.audio.rate_hz,
            codec=codec_for(self.info.audio),
            out=self._out,
            playout=playout,
            clock=self._clock,
            on_tts_ms=lambda ms: parts.metrics.tts_latency.observe(ms / 1000),
        )
        return Replies(
            info=self.info,
            session_id=state.session_id,
            language=state.language,
            out=self._out,
            speaker=speaker,
            playout=playout,
            conversations=parts.conversations,
            recorder=self._recorder,
            apologies=parts.apologies,
            metrics=parts.metrics,
            clock=self._clock,
            spawn=self._spawn,
            dispatch=self._dispatch,
            expect=listener.expect,
            publish=parts.publish,
            languages=business.languages,
            filler=parts.filler,
            ungreeted=self.info.session_id is not None and all(m.role != "user" for m in state.messages),
            onlooker=self._onlooker,
        )

    async def _open_recogniser(self, listener: Listener, business: Business, language: str) -> None:
        try:
            domain = await self._parts.speech_domain(business)
            config = SttConfig(rate_hz=listener.rate_hz, language=language, domain=domain)
            await listener.connect(self._parts.stt, config)
        except (SttFailed, AppError) as error:
            # Each utterance is answered with "I could not hear you" until the call ends: said, not silent.
            self._count("stt_unavailable")
            get_logger("call").warning("recogniser_unavailable", call_id=self.info.call_id, reason=str(error))

    async def _apologise(self, kind: str) -> None:
        """Something of ours broke: say so rather than fall silent."""
        self._parts.metrics.errors.labels(kind).inc()
        self._out.clear()
        language = self._replies.language if self._replies is not None else self.info.language or "en"
        _, payload = self._parts.apologies.payload(self.info.audio, language)
        if payload and not self._ended.done():
            self._out.play(payload)
            await asyncio.wait([self._ended], timeout=codec_for(self.info.audio).duration_ms(payload) / 1000 + 0.2)
        self._end("error")

    async def _close(self, failed: bool) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._listener is not None:
            await self._listener.aclose()
        reason = self._ended.result() if self._ended.done() else "error"
        await self._out.hang_up(reason)
        self._parts.metrics.call_duration.observe(self._recorder.end(reason, failed=failed))
        session_id = self._recorder.record.session_id
        if session_id is not None and self._replies is not None and self._replies.said_goodbye:
            try:
                state = await self._parts.conversations.get(session_id)
                if not goes_on(state, self._clock.now()):
                    await self._parts.conversations.close(session_id)
            except AppError:
                self._parts.metrics.errors.labels("session_close").inc()

    def _end(self, reason: str) -> None:
        self.audio = _unheard
        if not self._ended.done():
            self._ended.set_result(reason)

    # -- machine and commands -------------------------------------------------------------------------------------

    def _dispatch(self, event: TurnEvent) -> None:
        """Give the machine an event and carry out what it commands; events raised meanwhile wait their turn."""
        if self._machine is None or self._ended.done():
            return
        self._events.append(event)
        if self._dispatching:
            return
        self._dispatching = True
        try:
            while self._events:
                event = self._events.popleft()
                self._onlooker.event(event)
                for command in self._machine.receive(event, self._clock.mono_ms()):
                    self._onlooker.command(command)
                    self._carry_out(command)
        except Exception as error:  # lint: broad-except: the supervisor in run() gets it; the channel must not
            self._events.clear()
            self._spawn(_raise(error), "crash")
        finally:
            self._dispatching = False
        self._arm(self._machine.deadline_ms)

    def _arm(self, deadline_ms: float | None) -> None:
        if self._timer is not None:
            if deadline_ms == self._armed_ms:
                return
            self._timer.cancel()
            self._timer = None
        self._armed_ms = deadline_ms
        if deadline_ms is not None and not self._ended.done():
            delay_s = max(0.0, deadline_ms - self._clock.mono_ms()) / 1000
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._dispatch(Tick())

    def _carry_out(self, command: TurnCommand) -> None:
        assert self._listener is not None
        match command:
            case OpenUtterance(utterance):
                self._listener.open_utterance(utterance)
            case RequestTranscript(utterance, revision):
                self._leg(self._listener.transcribe(utterance, revision), f"transcribe {utterance}.{revision}")
            case CloseUtterance(utterance):
                self._listener.close_utterance(utterance)
            case ThinkAhead():
                assert self._replies is not None
                self._replies.think_ahead(command)
            case StartReply():
                assert self._replies is not None
                self._replies.start(command)
            case SayFiller(reply):
                assert self._replies is not None
                self._replies.say_filler(reply)
            case StopReply(_, because):
                assert self._replies is not None
                self._replies.stop(because)
            case HangUp(reason):
                through = reason == "goodbye" and self._replies is not None and self._replies.puts_through
                self._end(TRANSFER if through else reason)

    def _spawn(self, work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
        assert self._tasks is not None
        return self._tasks.create_task(work, name=name)

    def _leg(self, work: Coroutine[object, object, None], name: str) -> None:
        """A task that the call's end cancels."""
        task = self._spawn(work, name)
        self._legs.add(task)
        task.add_done_callback(self._legs.discard)

    def _stt_event(self, event: SttEvent) -> None:
        if isinstance(event, EngineLost):
            self._count("stt_lost")
            get_logger("call").warning("recogniser_lost", call_id=self.info.call_id, reason=event.reason)

    def _count(self, kind: str) -> None:
        self._recorder.counters[kind] += 1
        self._parts.metrics.errors.labels(kind).inc()


def _unheard(payload: bytes, now_ms: float) -> None:
    """Audio behind the end of the call."""


async def _raise(error: Exception) -> None:
    raise error


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
