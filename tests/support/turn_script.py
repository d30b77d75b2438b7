"""Drives a turn machine as its shell would: events at given moments, a Tick at every deadline between them."""

from __future__ import annotations

from offhook.contracts.speech import Expectation, ExpectKind, Transcript
from offhook.contracts.turn import (
    CallAnswered,
    PlaybackFinished,
    ReplyAudioStarted,
    ReplyFullySent,
    RequestTranscript,
    SpeechStarted,
    SpeechStopped,
    StartReply,
    StopReply,
    ThinkAhead,
    Tick,
    TranscriptArrived,
    TurnCommand,
    TurnEvent,
    TurnPolicy,
)
from offhook.turns.machine import TurnMachine

START_LAG_MS = 130.0
STOP_LAG_MS = 150.0
"""How late the voice detector tells."""
NEVER_MS = 1_000_000


class TurnScript:
    """`log` holds every command with the moment it was given; what methods return leaves ThinkAhead out. Without a
    policy of its own, a script neither peeks nor says fillers: tests of these name one."""

    def __init__(self, policy: TurnPolicy | None = None) -> None:
        self.policy = policy or TurnPolicy(peek_ms=NEVER_MS, filler_ms=0, endpoint_ms=450)
        self.machine = TurnMachine(self.policy)
        self.now_ms = 0.0
        self.log: list[tuple[float, TurnCommand]] = []

    def until(self, moment_ms: float) -> list[TurnCommand]:
        """Let time pass; returns what the machine commanded by itself."""
        given: list[TurnCommand] = []
        while (due_ms := self.machine.deadline_ms) is not None and due_ms <= moment_ms:
            assert due_ms > self.now_ms or not self.log, "a deadline lies in the future"
            given += self._send(Tick(), due_ms)
        self.now_ms = max(self.now_ms, moment_ms)
        return given

    def at(self, moment_ms: float, event: TurnEvent) -> list[TurnCommand]:
        """The event at that moment; returns what is commanded until then and by it."""
        return self.until(moment_ms) + self._send(event, moment_ms)

    def _send(self, event: TurnEvent, moment_ms: float) -> list[TurnCommand]:
        self.now_ms = moment_ms
        commands = self.machine.receive(event, moment_ms)
        self.log += [(moment_ms, command) for command in commands]
        return [command for command in commands if not isinstance(command, ThinkAhead)]

    # -- the usual ---------------------------------------------------------------------------------------------------

    def speech(self, onset_ms: float, end_ms: float) -> list[TurnCommand]:
        """The caller speaks; the detector tells of it late."""
        return [
            *self.at(onset_ms + START_LAG_MS, SpeechStarted(onset_ms)),
            *self.at(max(end_ms + STOP_LAG_MS, onset_ms + START_LAG_MS), SpeechStopped(end_ms)),
        ]

    def transcript(self, moment_ms: float, text: str) -> list[TurnCommand]:
        """The recogniser answers the last request."""
        commands = self.until(moment_ms)
        asked = [command for _, command in self.log if isinstance(command, RequestTranscript)][-1]
        transcript = Transcript(asked.utterance, text)
        return commands + self._send(TranscriptArrived(asked.utterance, asked.revision, transcript), moment_ms)

    def says(self, onset_ms: float, end_ms: float, text: str, *, decode_ms: float = 60.0) -> list[TurnCommand]:
        """Speech and its transcript, as soon as it can be had."""
        commands = self.speech(onset_ms, end_ms)
        while not isinstance(self.log[-1][1] if self.log else None, RequestTranscript):
            due_ms = self.machine.deadline_ms
            assert due_ms is not None and due_ms <= end_ms + 500, "no transcript was asked for"
            commands += self.until(due_ms)
        return commands + self.transcript(self.now_ms + decode_ms, text)

    def plays(
        self,
        start_ms: float,
        end_ms: float,
        *,
        expect: ExpectKind = "open",
        hang_up: bool = False,
        reply: int | None = None,
    ) -> list[TurnCommand]:
        """The living reply is spoken from `start_ms` to `end_ms`, and sent in half that time."""
        number = self.reply if reply is None else reply
        return [
            *self.at(start_ms, ReplyAudioStarted(number)),
            *self.at((start_ms + end_ms) / 2, ReplyFullySent(number, Expectation(expect), hang_up)),
            *self.at(end_ms, PlaybackFinished(number)),
        ]

    def greeted(self, *, expect: ExpectKind = "open") -> float:
        """Answer the call and play the greeting; returns when that is over."""
        self.at(0, CallAnswered())
        self.plays(200, 3000, expect=expect)
        return 3000.0

    # -- calls that are under way ------------------------------------------------------------------------------------

    @classmethod
    def speaking(cls, policy: TurnPolicy | None = None, *, hang_up: bool = False) -> TurnScript:
        """Reply 2, to "an oil change", is heard from 6000 on, all of it sent at 6500."""
        script = cls(policy)
        script.greeted()
        script.says(4000, 5000, "an oil change")
        script.at(6000, ReplyAudioStarted(2))
        script.at(6500, ReplyFullySent(2, Expectation("yes_no"), hang_up))
        return script

    @classmethod
    def thinking(cls) -> TurnScript:
        """Reply 2, to "an oil change", is thought of since 5450."""
        script = cls()
        script.greeted()
        script.says(4000, 5000, "an oil change")
        script.until(5460)
        return script

    # -- what came of it ---------------------------------------------------------------------------------------------

    @property
    def reply(self) -> int:
        return self.starts[-1].reply

    @property
    def turn(self) -> StartReply:
        """The turn that was taken last."""
        return self.starts[-1]

    @property
    def starts(self) -> list[StartReply]:
        return [command for _, command in self.log if isinstance(command, StartReply)]

    @property
    def stops(self) -> list[StopReply]:
        return [command for _, command in self.log if isinstance(command, StopReply)]

    def when(self, kind: type[TurnCommand]) -> list[float]:
        """The moments of the commands of a kind."""
        return [moment_ms for moment_ms, command in self.log if isinstance(command, kind)]
