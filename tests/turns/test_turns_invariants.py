"""Any order of events, in or out of place, late or twice: what must hold of the turn machine all the same."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from offhook.contracts.speech import Expectation, ExpectKind, Transcript
from offhook.contracts.turn import (
    CallAnswered,
    CallEnded,
    CloseUtterance,
    DigitPressed,
    HangUp,
    OpenUtterance,
    PartialArrived,
    PlaybackFinished,
    ReplyAudioStarted,
    ReplyDelayed,
    ReplyFailed,
    ReplyFullySent,
    RequestTranscript,
    SayFiller,
    SpeechFaded,
    SpeechStarted,
    SpeechStopped,
    StartReply,
    StopReply,
    TextTyped,
    ThinkAhead,
    Tick,
    TranscriptArrived,
    TranscriptFailed,
    TurnCommand,
    TurnEvent,
    TurnPolicy,
    TurnUnderstood,
)
from offhook.turns.machine import TurnMachine

policies = st.builds(
    TurnPolicy,
    pause_ms=st.integers(0, 400),
    endpoint_ms=st.integers(0, 1000),
    endpoint_yes_no_ms=st.integers(0, 600),
    endpoint_understood_ms=st.integers(0, 600),
    endpoint_fixed_ms=st.none() | st.integers(0, 900),
    transcript_wait_ms=st.integers(0, 2000),
    max_utterance_ms=st.integers(0, 20_000),
    barge_in_ms=st.integers(0, 700),
    barge_in_words_ms=st.integers(0, 700),
    barge_in_unread_ms=st.integers(0, 1500),
    backchannel_ms=st.integers(0, 3000),
    barge_in_by_words=st.booleans(),
    peek_ms=st.integers(0, 500),
    resumes=st.integers(0, 2),
    call_warning_ms=st.integers(0, 60_000),
    filler_ms=st.integers(0, 1500),
    min_speech_ms=st.integers(0, 300),
    barge_in=st.booleans(),
    overlap_ms=st.integers(0, 1000),
    think_limit_ms=st.integers(1, 20_000),
    dtmf_gap_ms=st.integers(0, 3000),
    no_input_ms=st.integers(1, 10_000),
    no_input_attempts=st.integers(0, 3),
    max_call_ms=st.integers(0, 90_000),
    max_call_grace_ms=st.integers(0, 20_000),
    long_speech_ms=st.integers(0, 1500),
    barge_in_greeting_ms=st.integers(0, 1500),
    barge_in_goodbye_ms=st.integers(0, 1500),
    speak_limit_ms=st.integers(1, 60_000),
    playback_limit_ms=st.integers(1, 60_000),
)
texts = st.sampled_from(
    ["", "  ", "yes", "no", "i would like to", "an oil change", "nine eight seven six", "um", "haan", "ruko"]
)
kinds = st.sampled_from(["open", "yes_no", "phone", "date", "name", "email", "vin", "registration"])
anything = st.one_of(
    st.just(CallAnswered()),
    st.builds(SpeechStarted, st.floats(-1e6, 1e6)),
    st.builds(SpeechStopped, st.floats(-1e6, 1e6)),
    st.builds(SpeechFaded, st.floats(-1e6, 1e6)),
    st.builds(PartialArrived, st.integers(-1, 5), texts),
    st.builds(
        TranscriptArrived, st.integers(-1, 5), st.integers(-1, 4), st.builds(Transcript, st.integers(-1, 5), texts)
    ),
    st.builds(TranscriptFailed, st.integers(-1, 5), st.integers(-1, 4), st.just("x")),
    st.builds(TurnUnderstood, st.integers(-1, 5), texts),
    st.builds(DigitPressed, st.sampled_from(["0", "9", "*", "#", "", "zz", "A"])),
    st.builds(TextTyped, texts),
    st.builds(ReplyDelayed, st.integers(-1, 8)),
    st.builds(ReplyAudioStarted, st.integers(-1, 8)),
    st.builds(ReplyFullySent, st.integers(-1, 8), st.builds(Expectation, kinds), st.booleans()),
    st.builds(ReplyFailed, st.integers(-1, 8), st.just("x")),
    st.builds(PlaybackFinished, st.integers(-1, 8)),
    st.just(Tick()),
)


class Calls(RuleBasedStateMachine):
    @initialize(policy=policies)
    def ring(self, policy: TurnPolicy) -> None:
        self.policy = policy
        self.machine = TurnMachine(policy)
        self.now_ms = 0.0
        self.alive: int | None = None
        self.sent_ms: float | None = None
        self.stopped: set[int] = set()
        self.fillers: set[int] = set()
        self.replies = 0
        self.open: int | None = None
        self.utterances = 0
        self.revision = 0
        self.hung_up = False
        self.ended = False
        self.answered = False

    # -- events ------------------------------------------------------------------------------------------------------

    @rule()
    def answer(self) -> None:
        self.send(CallAnswered())

    @rule(wait_ms=st.integers(0, 12_000), punctual=st.booleans())
    def wait(self, wait_ms: int, punctual: bool) -> None:
        until_ms = self.now_ms + wait_ms
        while punctual and (due_ms := self.machine.deadline_ms) is not None and due_ms <= until_ms:
            self.now_ms = due_ms
            self.send(Tick())
        self.now_ms = until_ms
        self.send(Tick())

    @rule(lag_ms=st.integers(0, 300))
    def speak(self, lag_ms: int) -> None:
        self.send(SpeechStarted(self.now_ms - lag_ms))

    @rule(lag_ms=st.integers(0, 300))
    def fade(self, lag_ms: int) -> None:
        self.send(SpeechFaded(self.now_ms - lag_ms))

    @rule(lag_ms=st.integers(0, 300))
    def pause(self, lag_ms: int) -> None:
        self.send(SpeechStopped(self.now_ms - lag_ms))

    @precondition(lambda self: self.open is not None and self.revision)
    @rule(text=texts, fails=st.booleans())
    def recognise(self, text: str, fails: bool) -> None:
        assert self.open is not None
        transcript = Transcript(self.open, text)
        if fails:
            self.send(TranscriptFailed(self.open, self.revision, "engine died"))
        else:
            self.send(TranscriptArrived(self.open, self.revision, transcript))

    @precondition(lambda self: self.alive is not None)
    @rule()
    def sound(self) -> None:
        assert self.alive is not None
        self.send(ReplyAudioStarted(self.alive))

    @precondition(lambda self: self.alive is not None)
    @rule(kind=kinds, hang_up=st.booleans())
    def say_all(self, kind: ExpectKind, hang_up: bool) -> None:
        assert self.alive is not None
        self.send(ReplyFullySent(self.alive, Expectation(kind), hang_up))

    @precondition(lambda self: self.alive is not None)
    @rule()
    def play_all(self) -> None:
        assert self.alive is not None
        self.send(PlaybackFinished(self.alive))

    @precondition(lambda self: self.alive is not None)
    @rule()
    def fail(self) -> None:
        assert self.alive is not None
        self.send(ReplyFailed(self.alive, "broken"))

    @rule(event=anything)
    def surprise(self, event: TurnEvent) -> None:
        self.send(event)

    @precondition(lambda self: self.utterances > 1 or self.replies > 2)
    @rule()
    def end(self) -> None:
        self.send(CallEnded("stop"))

    # -- what must hold ----------------------------------------------------------------------------------------------

    def send(self, event: TurnEvent) -> None:
        was_over = self.ended or (self.hung_up and not isinstance(event, CallEnded))
        counts_before = dict(self.machine.counts)
        commands = self.machine.receive(event, self.now_ms)
        self.follow(event, counts_before)
        for command in commands:
            assert not was_over, f"{command} after the end"
            self.check(command)
        if isinstance(event, CallEnded):
            self.ended = True
            assert self.alive is None and self.open is None
        if isinstance(event, CallAnswered) and not self.ended:
            self.answered = True

    def follow(self, event: TurnEvent, counts_before: dict[str, int]) -> None:
        """What the event itself ends, before any command."""
        match event:
            case ReplyFullySent(reply=reply) if reply == self.alive and self.sent_ms is None:
                self.sent_ms = self.now_ms
            case ReplyFailed(reply=reply) if reply == self.alive and self.sent_ms is None:
                self.alive = None
            case PlaybackFinished(reply=reply) if reply == self.alive and self.sent_ms is not None:
                self.alive = self.sent_ms = None
            case _ if self.machine.counts.get("playback_overdue", 0) > counts_before.get("playback_overdue", 0):
                assert self.sent_ms is not None and self.now_ms >= self.sent_ms + self.policy.playback_limit_ms
                self.alive = self.sent_ms = None

    def check(self, command: TurnCommand) -> None:
        assert not self.hung_up, f"{command} after HangUp"
        match command:
            case StartReply():
                assert self.alive is None, "two replies at once"
                assert command.reply > self.replies, "reply numbers rise"
                assert command.decided_ms == self.now_ms
                if command.cause == "caller":
                    assert command.transcript is not None and command.transcript.text.strip()
                    assert command.text == command.transcript.text
                if command.continues is not None:
                    assert command.continues in self.stopped
                if command.resumes is not None:
                    assert command.cause == "resume" and command.resumes in self.stopped
                self.alive, self.replies, self.sent_ms = command.reply, command.reply, None
            case ThinkAhead(reply=reply, transcript=transcript):
                assert self.alive is None and self.open is not None and transcript.text.strip()
                assert reply == self.replies + 1, "thought of is the reply that comes next"
            case SayFiller(reply=reply):
                assert reply == self.alive and reply not in self.fillers, "at most once a reply"
                self.fillers.add(reply)
            case StopReply(reply=reply):
                assert reply == self.alive, "only the living reply is stopped, and once"
                self.alive = self.sent_ms = None
                self.stopped.add(reply)
            case OpenUtterance(utterance=utterance):
                assert self.open is None and utterance > self.utterances
                self.open = self.utterances = utterance
                self.revision = 0
            case RequestTranscript(utterance=utterance, revision=revision):
                assert utterance == self.open and revision == self.revision + 1
                self.revision = revision
            case CloseUtterance(utterance=utterance):
                assert utterance == self.open, "an utterance is closed once"
                self.open = None
            case HangUp():
                assert self.open is None and self.alive is None and not self.hung_up
                self.hung_up = True

    @invariant()
    def the_deadline_lies_ahead(self) -> None:
        deadline_ms = self.machine.deadline_ms
        assert deadline_ms is None or deadline_ms > self.now_ms

    @invariant()
    def a_live_call_never_waits_for_nothing(self) -> None:
        live = self.answered and not self.hung_up and not self.ended
        assert (self.machine.deadline_ms is not None) == live

    def teardown(self) -> None:
        """Left alone, a live call says what it has to say and ends."""
        for _ in range(200):
            if (due_ms := self.machine.deadline_ms) is None:
                break
            self.now_ms = due_ms
            self.send(Tick())
        assert self.hung_up or self.ended or not self.answered


TestCalls = Calls.TestCase
TestCalls.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
