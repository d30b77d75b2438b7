"""What carriers' wires tell and what they ask for, in one vocabulary: a wire turns its carrier's messages into these.

Past-tense events; `CloseSocket` is the one command. A wire never raises on what a peer sends.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from offhook.contracts.audio import MULAW_8K, AudioFormat


@dataclass(frozen=True, slots=True)
class StreamStarted:
    """Media begins. The first event of a call; audio before it is not audio of the call."""

    stream_sid: str
    call_sid: str
    """"" where the peer gave none."""
    params: dict[str, str] = field(default_factory=dict)
    """What the webhook's answer (or a directly connecting client) sent along."""
    audio: AudioFormat = MULAW_8K
    """Of both directions."""
    from_number: str | None = None
    """E.164, as the stream itself names the caller, where the carrier's streams do; so with the other."""
    to_number: str | None = None


@dataclass(frozen=True, slots=True)
class AudioReceived:
    payload: bytes
    """In the carrier's encoding, any length above 0."""


@dataclass(frozen=True, slots=True)
class DigitReceived:
    digit: str
    """One of 0-9 * # A-D."""


@dataclass(frozen=True, slots=True)
class MarkReturned:
    """Everything queued before this mark was played, or dropped by a clear."""

    name: str


@dataclass(frozen=True, slots=True)
class QueueFlushed:
    """The carrier dropped the audio that it had queued, and wants none of what was to follow."""


@dataclass(frozen=True, slots=True)
class StreamStopped:
    """The carrier ended the stream; nothing that follows counts."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something that was not right and did no harm: ignored and counted."""

    kind: str
    """From a small fixed set; becomes a metric label."""


@dataclass(frozen=True, slots=True)
class CloseSocket:
    """The peer does not keep to the protocol: close with this WebSocket code. Nothing more will come of this wire."""

    code: int
    reason: str


WireEvent = (
    StreamStarted | AudioReceived | DigitReceived | MarkReturned | QueueFlushed | StreamStopped | Oddity | CloseSocket
)
