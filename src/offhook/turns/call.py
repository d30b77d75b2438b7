"""All that the turn machine knows of a call, and the few primitives that give commands.

Every command leaves through a method of `Call`, next to the change of state that belongs to it: so a reply is never
started while another lives, an utterance never closed twice, and nothing follows a hang-up.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from offhook.contracts.speech import Expectation, Transcript
from offhook.contracts.turn import (
    Cause,
    CloseUtterance,
    HangUp,
    OpenUtterance,
    PlaybackFinished,
    RequestTranscript,
    SayFiller,
    StartReply,
    StopReply,
    ThinkAhead,
    TurnCommand,
    TurnPolicy,
)
from offhook.turns.barge_in import Overlap
from offhook.turns.states import Input, Reply, Signal, States
from offhook.turns.utterance import Utterance, joined

TYPED = 0
"""In place of an utterance's number: it was written. Spoken ones are numbered from 1."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """What the caller has said and has no answer to yet."""

    transcripts: tuple[Transcript, ...]
    speech_end_ms: float | None
    utterance: int | None
    """The last utterance in it; None when it was keyed."""
    reply: int | None
    """The reply to it that was stopped before it was heard."""
    filler: bool = False
    """Whether a filler was said while that reply was thought of."""


@dataclass(slots=True)
class LiveReply:
    number: int
    cause: Cause
    started_ms: float
    last: bool
    answers: Unanswered | None
    """What it answers, to be answered again if it is stopped unheard."""
    asked: Expectation = field(default_factory=Expectation)
    """What that answered: it still stands if the reply is stopped unheard."""
    audio_started_ms: float | None = None
    sent_ms: float | None = None
    hang_up: bool = False
    filler: bool = False
    """Whether a filler has been said for this turn."""
    delayed: bool = False
    """Whether it waits for work that takes longer than it should."""


@dataclass(slots=True)
class Patience:
    """How often in a row something went wrong; a turn that succeeds forgets it."""

    no_input: int = 0
    not_heard: int = 0
    failures: int = 0
    resumes: int = 0


@dataclass(slots=True)
class Keypad:
    digits: str = ""
    last_ms: float = 0.0
    ended: bool = False
    """The caller pressed "#", or more digits than any number has."""

    MOST = 32

    def press(self, digit: str, now_ms: float) -> None:
        self.last_ms = now_ms
        if digit == "#":
            self.ended = True
        else:
            self.digits += digit
            self.ended = len(self.digits) >= self.MOST

    def take(self) -> str:
        digits, self.digits, self.ended = self.digits, "", False
        return digits


@dataclass(slots=True)
class Call:
    policy: TurnPolicy
    now_ms: float = 0.0
    states: States = field(default_factory=States)
    out: list[TurnCommand] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    utterance: Utterance | None = None
    reply: LiveReply | None = None
    halted: LiveReply | None = None
    """The reply that speech over it stopped, until another one starts."""
    replies: int = 0
    utterances: int = 0
    answered_ms: float = 0.0
    open_since_ms: float = 0.0
    """Since when the caller is expected to speak."""
    expect: Expectation = field(default_factory=Expectation)
    unanswered: Unanswered | None = None
    owed_failure: str | None = None
    """A part that failed; the caller is told as soon as he does not speak."""
    partials: bool = False
    """Whether the recogniser sends any."""
    warned: bool = False
    """Whether the caller knows that the call's time is nearly up."""
    notice: bool = False
    """Whether there is news that the caller has not been told."""
    owed_hang_up: str | None = None
    """Why the call ends as soon as the caller does not speak."""
    patience: Patience = field(default_factory=Patience)
    keypad: Keypad = field(default_factory=Keypad)

    # -- what the caller says -----------------------------------------------------------------------------------------

    def open_utterance(self, onset_ms: float) -> None:
        self.utterances += 1
        self.utterance = Utterance(self.utterances, onset_ms, onset_ms)
        self.out.append(OpenUtterance(self.utterances))

    def request_transcript(self) -> None:
        assert self.utterance is not None
        self.out.append(RequestTranscript(self.utterance.number, self.utterance.ask()))

    def peek(self) -> None:
        assert self.utterance is not None
        self.out.append(RequestTranscript(self.utterance.number, self.utterance.peek()))

    def think_ahead(self) -> None:
        """Have the reply to what was said so far thought of, in case the caller is done."""
        utterance = self.utterance
        assert utterance is not None
        utterance.thought_of = heard = utterance.heard
        before = self.unanswered.transcripts if self.unanswered else ()
        self.out.append(ThinkAhead(self.replies + 1, joined((*before, heard))))

    def close_utterance(self) -> None:
        """Close the open utterance, if there is one."""
        if self.utterance is not None:
            self.out.append(CloseUtterance(self.utterance.number))
            self.utterance = None
            if self.states.input in (Input.SPEECH, Input.PAUSE):
                self.states.apply(Signal.UTTERANCE_OVER)

    def keep(self, transcript: Transcript) -> None:
        """Remember what the caller said until it can be answered; behind what is still unanswered."""
        utterance = self.utterance
        assert utterance is not None
        before = self.unanswered
        self.unanswered = Unanswered(
            transcripts=(*(before.transcripts if before else ()), transcript),
            speech_end_ms=utterance.end_ms,
            utterance=utterance.number,
            reply=before.reply if before else None,
            filler=before is not None and before.filler,
        )

    def take_digits(self) -> str:
        """End keying, if the caller keys; returns the digits."""
        if self.states.input is Input.KEYING:
            self.states.apply(Signal.DIGITS_OVER)
        return self.keypad.take()

    def keep_digits(self, digits: str) -> None:
        """Remember keyed digits as what is unanswered, in place of anything said before them."""
        self.unanswered = Unanswered((Transcript(0, digits),), self.keypad.last_ms, None, None)

    def keep_text(self, text: str) -> None:
        """Remember what the caller wrote, behind what is still unanswered."""
        before = self.unanswered
        self.unanswered = Unanswered(
            transcripts=(*(before.transcripts if before else ()), Transcript(TYPED, text)),
            speech_end_ms=None,
            utterance=TYPED,
            reply=before.reply if before else None,
            filler=before is not None and before.filler,
        )

    # -- what we say --------------------------------------------------------------------------------------------------

    def answer(self) -> None:
        """Start the reply to everything that is unanswered."""
        assert self.unanswered is not None
        self.patience.no_input = self.patience.not_heard = self.patience.resumes = 0
        self.start_reply("dtmf" if self.unanswered.utterance is None else "caller")
        assert self.reply is not None
        self.reply.asked, self.expect = self.expect, Expectation()

    def resume_reply(self) -> None:
        """Say what is left of the reply that was stopped for nothing."""
        assert self.halted is not None
        self.patience.resumes += 1
        self.counts["resumed"] += 1
        answers = self.halted.answers
        self.start_reply("resume", resumes=self.halted.number)
        assert self.reply is not None
        self.reply.answers = answers

    @property
    def resumable(self) -> bool:
        """Whether the reply stopped last can go on. One that ends the call is not said on: its caller is asked."""
        halted = self.halted
        return halted is not None and not halted.last and self.patience.resumes < self.policy.resumes

    def say_filler(self) -> None:
        assert self.reply is not None
        self.reply.filler = True
        self.counts["filler"] += 1
        self.out.append(SayFiller(self.reply.number))

    def start_reply(
        self, cause: Cause, *, text: str = "", attempt: int = 0, last: bool = False, resumes: int | None = None
    ) -> None:
        self.states.apply(StartReply)
        self.replies += 1
        said = self.unanswered if cause in ("caller", "dtmf") else None
        transcript = None if said is None else joined(said.transcripts)
        self.unanswered = self.halted = None
        self.owed_failure = self.owed_hang_up = None
        if cause in ("caller", "dtmf", "notice"):
            self.notice = False  # every such turn tells what there is to tell
        self.reply = LiveReply(self.replies, cause, self.now_ms, last, said, filler=said is not None and said.filler)
        self.out.append(
            StartReply(
                reply=self.replies,
                cause=cause,
                text=text if transcript is None else transcript.text,
                transcript=transcript if cause == "caller" else None,
                attempt=attempt,
                last=last,
                speech_end_ms=said.speech_end_ms if said else None,
                decided_ms=self.now_ms,
                utterance=said.utterance if said else None,
                continues=said.reply if said else None,
                resumes=resumes,
            )
        )

    def stop_reply(
        self, because: Literal["barge_in", "stop_word", "dtmf", "call_ended", "replaced", "too_slow"]
    ) -> None:
        """Stop the living reply. A replaced one gives back what it was to answer."""
        reply = self.reply
        assert reply is not None
        self.out.append(StopReply(reply.number, because))
        self.counts[because] += 1
        self.states.apply(StopReply)
        if because == "too_slow":
            self.fail_reply("thinking" if reply.audio_started_ms is None else "speaking")
            return
        self.reply = None
        if because in ("barge_in", "stop_word", "replaced"):
            self.halted = reply
        said, after = reply.answers, self.unanswered
        if because == "replaced" and said is not None:
            self.expect = reply.asked
            self.unanswered = Unanswered(
                transcripts=(*said.transcripts, *(after.transcripts if after else ())),
                speech_end_ms=after.speech_end_ms if after else said.speech_end_ms,
                utterance=after.utterance if after else said.utterance,
                reply=reply.number,
                filler=reply.filler,
            )

    def fail_reply(self, part: str) -> None:
        """The living reply cannot be made (its state has moved already): the caller is owed a word about it."""
        reply = self.reply
        assert reply is not None
        self.reply = None
        self.open_since_ms = self.now_ms
        self.patience.failures += 1
        self.counts["reply_failed"] += 1
        if reply.last:
            self.hang_up(reply.cause)
        elif reply.cause == "failure":
            self.hang_up("failure")
        else:
            self.owed_failure = part

    def finish_playback(self) -> None:
        """Take the living reply as played although nobody said so."""
        self.states.apply(PlaybackFinished)
        self.reply_played()

    def reply_played(self) -> None:
        """The living reply has been heard to its end (its state has moved already)."""
        reply = self.reply
        assert reply is not None
        self.reply = None
        self.open_since_ms = self.now_ms
        if reply.cause != "failure":
            self.patience.failures = 0
        if reply.cause == "time_up":
            self.hang_up("time_up")
        elif reply.last:
            self.owed_hang_up = reply.cause
        elif reply.hang_up:
            self.owed_hang_up = "goodbye"

    def hang_up(self, reason: str) -> None:
        self.close_utterance()
        self.states.apply(HangUp)
        self.out.append(HangUp(reason))

    # -- what the rules ask -------------------------------------------------------------------------------------------

    @property
    def overlap(self) -> Overlap | None:
        """The caller's speech over the living reply, if there is such."""
        if self.utterance is None or self.reply is None or self.states.reply is Reply.NONE:
            return None
        return Overlap(
            onset_ms=self.utterance.run_onset_ms,
            end_ms=self.utterance.end_ms,
            faded_ms=self.utterance.faded_ms,
            text=self.utterance.text,
            read=self.utterance.read,
            final=self.utterance.transcript is not None,
            cause=self.reply.cause,
            audio_started_ms=self.reply.audio_started_ms,
            hang_up=self.reply.hang_up or self.reply.last,
        )
