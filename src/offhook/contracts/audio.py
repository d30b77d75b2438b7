"""What audio looks like between rooms.

Inside offhook audio is PCM16: signed 16-bit little-endian mono `bytes` at a rate that the holder knows.
At a carrier's edge it is whatever the carrier speaks (`AudioFormat`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

FRAME_MS = 20
"""Length of the frames that telephone carriers send, milliseconds."""

Encoding = Literal["pcm16", "mulaw"]


@dataclass(frozen=True, slots=True)
class AudioFormat:
    encoding: Encoding
    rate_hz: int

    @property
    def bytes_per_ms(self) -> int:
        return self.rate_hz // 1000 * (2 if self.encoding == "pcm16" else 1)


MULAW_8K = AudioFormat("mulaw", 8000)
PCM16_8K = AudioFormat("pcm16", 8000)
PCM16_16K = AudioFormat("pcm16", 16000)


@dataclass(frozen=True, slots=True)
class VoiceStarted:
    """The voice detector found speech. `onset_ms` is when it began (before now by the detector's lag)."""

    onset_ms: float


@dataclass(frozen=True, slots=True)
class VoiceStopped:
    """The voice detector found silence. `end_ms` is when the last speech ended (before now by the hang-over)."""

    end_ms: float


@dataclass(frozen=True, slots=True)
class VoiceFaded:
    """Nothing has sounded for a moment, though it is too soon to tell the end of speech from a closure inside a word.
    Followed by VoiceStopped if nothing sounds any more, by nothing if the caller speaks on. `end_ms` is when the last
    sound ended."""

    end_ms: float


VoiceVerdict = VoiceStarted | VoiceStopped | VoiceFaded


class VoiceStream(Protocol):
    """The voice detector of one call. Verdicts are delivered through the callback given at opening."""

    def push(self, pcm: bytes, now_ms: float) -> None:
        """Take PCM16 of any even length at the stream's rate. Never blocks."""
        ...

    def close(self) -> None: ...
