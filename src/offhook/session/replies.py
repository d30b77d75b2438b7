"""The agent's side of a call: one reply at a time, thought and spoken at once, stopped by the machine's command.

A reply is a task with two legs, think and speak, and a queue of sentences between them. It ends in one of three ways:
played to its end, stopped (and memory cut to what was heard), or failed (and a stored apology played).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import msgspec

from offhook.contracts.channel import CallInfo, MediaOut
from offhook.contracts.clock import Clock
from offhook.contracts.conversation import Conversations, SessionEvent
from offhook.contracts.errors import AppError
from offhook.contracts.speech import Expectation, TtsFailed
from offhook.contracts.turn import (
    PlaybackFinished,
    ReplyAudioStarted,
    ReplyDelayed,
    ReplyFailed,
    ReplyFullySent,
    StartReply,
    ThinkAhead,
    TurnEvent,
    TurnUnderstood,
)
from offhook.kit.bounded_queue import BoundedQueue
from offhook.session.apology import Apologies
from offhook.session.record import SENTENCES_AHEAD, Recorder, ReplyRun, stamp
from offhook.session.rehearse import Rehearsals
from offhook.session.screen import Onlooker
from offhook.session.speak import Aside, Speaker
from offhook.session.think import say_again, think, turn_input
from offhook.telemetry.metrics import Metrics
from offhook.turns.playout import Playout
from offhook.turns.voice_requests import requested

Spawn = Callable[[Coroutine[object, object, None], str], asyncio.Task[None]]


class Replies:
    """The replies of one call. At most one is alive; the turn machine sees to that."""

    def __init__(
        self,
        *,
        info: CallInfo,
        session_id: str,
        language: str,
        out: MediaOut,
        speaker: Speaker,
        playout: Playout,
        conversations: Conversations,
        recorder: Recorder,
        apologies: Apologies,
        metrics: Metrics,
        clock: Clock,
        spawn: Spawn,
        dispatch: Callable[[TurnEvent], None],
        expect: Callable[[Expectation], None],
        publish: Callable[[SessionEvent], None],
        languages: tuple[str, ...] = (),
        filler: Callable[[str, int], str] = lambda language, turn: "",
        ungreeted: bool = False,
        onlooker: Onlooker,
    ) -> None:
        self._info = info
        self._session_id = session_id
        self._out = out
        self._speaker = speaker
        self._playout = playout
        self._conversations = conversations
        self._recorder = recorder
        self._apologies = apologies
        self._metrics = metrics
        self._clock = clock
        self._spawn = spawn
        self._dispatch = dispatch
        self._expect = expect
        self._publish = publish
        self._languages = languages
        self._filler = filler
        self._ungreeted = ungreeted
        self._onlooker = onlooker
        self._rehearsals = Rehearsals(conversations, session_id, spawn, speaker.prepare)
        self._rehearsals.on_understood = lambda utterance, text: dispatch(TurnUnderstood(utterance, text))
        self._owed_cut: tuple[ReplyRun, str, asyncio.Task[None]] | None = None
        self._run: ReplyRun | None = None
        self._stopped: ReplyRun | None = None
        self._task: asyncio.Task[None] | None = None
        self.language = language
        self.said_goodbye = False
        self.puts_through = False

    def think_ahead(self, command: ThinkAhead) -> None:
        """Think of the reply to what the caller may have said to the end."""
        transcript = command.transcript
        asked = StartReply(command.reply, "caller", text=transcript.text, transcript=transcript)
        self._rehearsals.begin(turn_input(self._info.call_id, asked, self.language), transcript.utterance)

    def say_filler(self, reply: int) -> None:
        run = self._run
        if run is None or run.command.reply != reply or run.first_text_ms is not None:
            return
        text = self._filler(self.language, len(self._recorder.record.turns))
        if text:
            run.aside = True
            run.sentences.put_nowait(Aside(text))

    def start(self, command: StartReply) -> None:
        resumed = self._resumed(command)
        self._settle_cut(dropped=resumed is not None)
        if resumed is not None:
            run = resumed
        else:
            self._obey(command)
            answered = self._already_answered(command)
            turn = turn_input(self._info.call_id, command, self.language, answered, ungreeted=self._ungreeted)
            turn_record = self._recorder.open_turn(command, turn.turn_id)
            run = ReplyRun(command, turn, self._clock.mono_ms(), turn_record)
        self._run = run
        self._speaker.speak_as(self.language)
        if command.transcript is not None:
            self._metrics.stt_latency.observe(command.transcript.decode_ms / 1000)
        self._task = self._spawn(self._reply(run), f"reply {command.reply}")

    def stop(self, because: str) -> None:
        """The backward edge: cancel the reply, empty the carrier's buffer, cut memory to what was heard.

        After speech over it memory is cut when the next reply starts: that may be the rest of this one.
        """
        self._settle_cut()
        if because == "call_ended":
            self._rehearsals.drop()
        run, task = self._run, self._task
        self._run = self._task = None
        if run is None or task is None:
            return
        self._stopped = run
        task.cancel()
        now_ms = self._clock.mono_ms()
        if because in ("barge_in", "stop_word", "dtmf"):
            self._metrics.barge_ins.labels(because).inc()
            self._recorder.counters[because] += 1
        heard = ""
        if run.first_audio_ms is not None:
            heard = self._playout.heard_text(run.command.reply, now_ms)
        if (run.first_audio_ms is not None or run.aside) and because != "call_ended":
            self._out.clear()
        self._playout.cleared(now_ms)
        run.turn.interrupted = True
        run.turn.agent_heard = heard
        self._show(run)
        self._onlooker.agent_was_stopped(run.command.reply, heard)
        run.heard = f"{run.heard_before} {heard}".strip()
        self._owed_cut = (run, run.heard, task)
        if because not in ("barge_in", "stop_word", "replaced"):
            self._settle_cut()

    def away(self) -> None:
        self._playout.held(self._clock.mono_ms())

    def back(self, remaining_ms: float) -> None:
        self._playout.resumed(remaining_ms, self._clock.mono_ms())

    def mark_played(self, name: str) -> None:
        self._playout.played(name, self._clock.mono_ms())
        run = self._run
        if run is not None:
            self._follow(run)
        if run is not None and run.fully_sent and self._playout.finish_due_ms(run.command.reply) is None:
            self._played(run)

    def _follow(self, run: ReplyRun) -> None:
        if run is self._run:
            self._onlooker.follows(run.command.reply, self._playout, self._clock.mono_ms())

    def _already_answered(self, command: StartReply) -> str:
        """The words with which `command.text` begins that a stopped reply has answered: its turn is committed, and must
        not be run again as part of this one."""
        stopped = self._stopped
        if stopped is None or command.continues != stopped.command.reply or stopped.result is None:
            return ""
        return stopped.command.text

    def _resumed(self, command: StartReply) -> ReplyRun | None:
        """The reply that goes on where the stopped one was last heard; None if that is no longer known."""
        stopped = self._stopped
        if command.resumes is None or stopped is None or stopped.command.reply != command.resumes:
            return None
        turn = self._recorder.open_turn(command, stopped.input.turn_id)
        run = ReplyRun(command, stopped.input, self._clock.mono_ms(), turn)
        run.heard_before, run.resumed = stopped.heard, True
        if stopped.result is not None:
            run.said.append(_after(stopped.agent_text, stopped.turn.agent_heard or ""))
            run.result = stopped.result
        return run

    def _obey(self, command: StartReply) -> None:
        """Slower, louder, another language: before the answer, so that it is said that way."""
        wish = requested(command.text) if command.cause == "caller" else None
        if wish is None:
            return
        self._speaker.change(wish)
        if wish.language in self._languages:
            self.language = wish.language

    def _settle_cut(self, *, dropped: bool = False) -> None:
        """Cut memory as it is owed since the last barge-in, or not, if the reply goes on."""
        owed, self._owed_cut = self._owed_cut, None
        if owed is not None and not dropped:
            self._spawn(self._cut_memory(*owed), f"cut memory {owed[0].command.reply}")

    # -- one reply ------------------------------------------------------------------------------------------------

    async def _reply(self, run: ReplyRun) -> None:
        reply = run.command.reply
        failure: BaseExceptionGroup[Exception] | None = None
        try:
            async with asyncio.TaskGroup() as legs:
                legs.create_task(self._think(run), name="think")
                legs.create_task(self._speak(run), name="speak")
        except* (TtsFailed, AppError) as group:
            failure = group
        if failure is not None:
            self._failed(run, failure)
            return
        run.fully_sent = True
        assert run.result is not None
        self._show(run)
        self._expect(run.result.expect)
        self.puts_through = run.result.transfer
        self.said_goodbye = self.said_goodbye or (run.result.hang_up and not run.result.transfer)
        self._dispatch(ReplyFullySent(reply, run.result.expect, run.result.hang_up))
        while (due_ms := self._playout.finish_due_ms(reply)) is not None:
            left_ms = due_ms - self._clock.mono_ms()
            if left_ms <= 0:
                self._recorder.counters["marks_missing"] += 1
                break
            await asyncio.sleep(left_ms / 1000)
        self._played(run)

    async def _think(self, run: ReplyRun) -> None:
        if run.resumed:
            # Where it was stopped before it was thought to its end: the same turn again, whose writes are done once.
            if run.result is None:
                said: list[str] = []
                unheard = BoundedQueue[str](SENTENCES_AHEAD, "drop_oldest")
                run.result = await think(self._conversations, self._session_id, run.input, unheard, said.append)
                run.said.append(_after("".join(said), run.heard_before))
            await say_again(run.agent_text, run.sentences)
            self.language = run.result.language
            return

        def on_text(text: str) -> None:
            run.first_text(self._clock.mono_ms())
            run.said.append(text)

        rehearsal = await self._rehearsals.take(run.input)
        run.result = await think(
            self._conversations,
            self._session_id,
            run.input,
            run.sentences,
            on_text,
            rehearsal,
            lambda: self._dispatch(ReplyDelayed(run.command.reply)),
        )
        self.language = run.result.language

    async def _speak(self, run: ReplyRun) -> None:
        def on_first_audio() -> None:
            run.first_audio_ms = self._clock.mono_ms()
            self._dispatch(ReplyAudioStarted(run.command.reply))
            asyncio.get_running_loop().call_soon(self._follow, run)  # behind the audio that is sent now
            run.timings()
            if run.turn.total_ms is not None:
                self._metrics.turn_latency.observe(run.turn.total_ms / 1000)

        await self._speaker.speak(run.command.reply, run.sentences, on_first_audio)

    def _failed(self, run: ReplyRun, group: BaseExceptionGroup[Exception]) -> None:
        """Nothing more of the reply will be made: play the stored apology, and let the machine decide what follows."""
        by_tts = group.subgroup(TtsFailed) is not None
        self._metrics.errors.labels("tts" if by_tts else "turn").inc()
        self._recorder.counters["reply_failed"] += 1
        text, payload = self._apologies.payload(self._info.audio, self.language)
        if payload:
            self._speaker.play_ready(run.command.reply, text, payload)
            run.said.append(f" {text}")
        self._run = self._task = None
        self._show(run)
        self._dispatch(ReplyFailed(run.command.reply, "tts" if by_tts else "turn"))

    def _played(self, run: ReplyRun) -> None:
        if self._run is not run:
            return
        task, self._run, self._task = self._task, None, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
        run.turn.agent_heard = run.turn.agent
        self._onlooker.agent_says(run.command.reply, run.turn.agent, final=True)
        self._recorder.put()
        self._dispatch(PlaybackFinished(run.command.reply))

    async def _cut_memory(self, run: ReplyRun, heard: str, task: asyncio.Task[None]) -> None:
        if task is not asyncio.current_task() and not task.done():
            await asyncio.wait([task])
        try:
            await self._conversations.heard(self._session_id, run.input.turn_id, heard)
        except AppError:
            self._metrics.errors.labels("memory_not_cut").inc()

    def _show(self, run: ReplyRun) -> None:
        """Put the turn into the record and tell those who watch the session."""
        run.timings()
        turn = run.turn
        turn.agent = run.agent_text
        if run.result is not None:
            turn.intent = run.result.intent
            self._recorder.secret = run.result.expect.kind == "pin"
        self._recorder.put()
        by_llm = run.result is not None and run.result.source == "llm"
        data = {
            "stt_ms": turn.stt_ms,
            "llm_ms": turn.think_ms if by_llm else None,
            "tts_ms": turn.tts_ms,
            "total_ms": turn.total_ms,
            "endpoint_ms": turn.endpoint_ms,
            "think_ms": turn.think_ms,
        }
        self._publish(
            SessionEvent(
                type="latency",
                session_id=self._session_id,
                timestamp=stamp(self._clock.now()),
                data={"data": msgspec.to_builtins(data)},
            )
        )


def _after(text: str, heard: str) -> str:
    """What is left of `text` behind the words heard of it."""
    return " ".join(text.split()[len(heard.split()) :])
