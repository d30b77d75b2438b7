"""The record of one call as it grows: turns with their timings, counters, how it ended. The call log takes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from offhook.contracts.channel import CallInfo
from offhook.contracts.conversation import HIDDEN, TurnInput, TurnResult
from offhook.contracts.store import CallLog, CallRecord, CallTurn
from offhook.contracts.turn import StartReply
from offhook.kit.bounded_queue import BoundedQueue

SENTENCES_AHEAD = 64


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


@dataclass(slots=True)
class ReplyRun:
    """One reply while it is made. Times are of `Clock.mono_ms`."""

    command: StartReply
    input: TurnInput
    started_ms: float
    turn: CallTurn
    said: list[str] = field(default_factory=list)
    first_text_ms: float | None = None
    first_audio_ms: float | None = None
    result: TurnResult | None = None
    fully_sent: bool = False
    sentences: BoundedQueue[str] = field(default_factory=lambda: BoundedQueue(SENTENCES_AHEAD, "block"))
    """What is to be spoken."""
    aside: bool = False
    """Something was said while the reply was waited for."""
    heard_before: str = ""
    """resume: what the caller heard of the turn's reply before."""
    heard: str = ""
    """Once it was stopped: what the caller has heard of the turn's reply, `heard_before` included."""
    resumed: bool = False
    """Whether it says the rest of a reply that was stopped for nothing."""

    @property
    def agent_text(self) -> str:
        return "".join(self.said)

    def first_text(self, now_ms: float) -> None:
        if self.first_text_ms is None:
            self.first_text_ms = now_ms

    def timings(self) -> None:
        """Work out the turn's latency split.

        endpoint: end of speech to the decision that the turn is over (the recogniser runs beside the silence, inside
        it); stt: the recogniser alone; think: decision to the first words; tts: words to the first audio; total: end of
        speech to the first audio sent.
        """
        turn, command = self.turn, self.command
        if command.transcript is not None:
            turn.stt_ms = round(command.transcript.decode_ms, 1)
        if command.speech_end_ms is not None:
            turn.endpoint_ms = round(max(0.0, command.decided_ms - command.speech_end_ms), 1)
        begun_ms = command.decided_ms or self.started_ms
        if self.first_text_ms is not None:
            turn.think_ms = round(self.first_text_ms - begun_ms, 1)
        if self.first_audio_ms is not None:
            turn.tts_ms = round(self.first_audio_ms - (self.first_text_ms or begun_ms), 1)
            if command.speech_end_ms is not None:
                turn.total_ms = round(self.first_audio_ms - command.speech_end_ms, 1)


class Recorder:
    """Keeps a call's record and hands it to the call log at every change that somebody may want to see."""

    def __init__(self, info: CallInfo, log: CallLog, now: Callable[[], datetime]) -> None:
        self._log = log
        self._now = now
        self._started = now()
        self.secret = False
        """The caller is being asked for what no record keeps."""
        self.counters: Counter[str] = Counter()
        self.record = CallRecord(
            call_id=info.call_id,
            business_id=info.business_id,
            call_sid=info.carrier_call_sid,
            session_id=info.session_id,
            channel=info.channel,
            direction="outbound" if info.about else "inbound",
            from_number=info.from_number,
            to_number=info.to_number,
            started_at=stamp(self._started),
        )

    def begin(self, session_id: str) -> None:
        self.record.session_id = session_id
        self.put()

    def open_turn(self, command: StartReply, turn_id: str) -> CallTurn:
        words = command.text if command.cause in ("caller", "dtmf") else ""
        heard = command.transcript.text if command.transcript else ""
        turn = CallTurn(
            n=len(self.record.turns) + 1,
            turn_id=turn_id,
            source=command.cause,
            caller=HIDDEN if words and self.secret else words,
            heard=HIDDEN if heard and self.secret else heard,
            started_at=stamp(self._now()),
        )
        self.record.turns.append(turn)
        return turn

    def put(self) -> None:
        self.record.counters = dict(self.counters)
        self._log.put(self.record)

    def end(self, reason: str, *, failed: bool) -> float:
        """Close the record; returns the call's length in seconds."""
        ended = self._now()
        length_s = (ended - self._started).total_seconds()
        self.record.status = "failed" if failed else "completed"
        self.record.end_reason = reason
        self.record.ended_at = stamp(ended)
        self.record.duration_s = round(length_s, 3)
        self.put()
        return length_s
