"""What happens in a simulated call, for people (`report`) and programs (one JSON object a line)."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ringing:
    at_ms: float


@dataclass(frozen=True, slots=True)
class Answered:
    at_ms: float


@dataclass(frozen=True, slots=True)
class CallerSaid:
    at_ms: float
    text: str


@dataclass(frozen=True, slots=True)
class AgentSaid:
    """Times and audio are measured on the wire; `text` and `heard` come from the server's record, None where
    unknown.
    """

    at_ms: float
    text: str | None
    audio_ms: float
    heard: str | None = None
    """What the server's recogniser made of the caller's words before."""
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class TurnMeasured:
    """One answer of the agent: `total_ms` from the wire (the caller's last sound to the agent's first), the rest from
    the server's record."""

    at_ms: float
    total_ms: float
    endpoint_ms: float | None = None
    stt_ms: float | None = None
    think_ms: float | None = None
    tts_ms: float | None = None


@dataclass(frozen=True, slots=True)
class MarkPlayed:
    at_ms: float
    name: str


@dataclass(frozen=True, slots=True)
class BufferCleared:
    at_ms: float
    dropped_ms: float
    since_onset_ms: float | None
    """From the caller's first sound to the clear."""


@dataclass(frozen=True, slots=True)
class ProtocolFault:
    """The server sent what the carrier's protocol does not allow."""

    at_ms: float
    what: str


@dataclass(frozen=True, slots=True)
class HungUp:
    at_ms: float
    reason: str


CallEvent = (
    Ringing | Answered | CallerSaid | AgentSaid | TurnMeasured | MarkPlayed | BufferCleared | ProtocolFault | HungUp
)


def as_json(event: CallEvent) -> str:
    """One line; times are milliseconds since the phone began to dial."""
    at_ms = round(event.at_ms)
    body: dict[str, object]
    match event:
        case Ringing():
            body = {"event": "ringing"}
        case Answered():
            body = {"event": "answered"}
        case CallerSaid(text=text):
            body = {"event": "caller_said", "text": text}
        case AgentSaid():
            body = {"event": "agent_said", "text": event.text, "audio_ms": round(event.audio_ms)}
        case TurnMeasured():
            body = {
                "event": "turn",
                "total_ms": round(event.total_ms),
                "endpoint_ms": event.endpoint_ms,
                "stt_ms": event.stt_ms,
                "think_ms": event.think_ms,
                "tts_ms": event.tts_ms,
            }
        case MarkPlayed(name=name):
            body = {"event": "mark", "name": name}
        case BufferCleared():
            since = None if event.since_onset_ms is None else round(event.since_onset_ms)
            body = {"event": "clear", "dropped_ms": round(event.dropped_ms), "since_onset_ms": since}
        case ProtocolFault(what=what):
            body = {"event": "fault", "what": what}
        case HungUp(reason=reason):
            body = {"event": "hangup", "reason": reason}
    return json.dumps(body | {"at_ms": at_ms}, ensure_ascii=False)
