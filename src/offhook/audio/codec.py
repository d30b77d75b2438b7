"""Between a carrier's encoding and the PCM16 that everything inside speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from offhook.audio.g711 import SILENCE, mulaw_decode, mulaw_encode
from offhook.contracts.audio import AudioFormat


class Codec(Protocol):
    """Stateless: one instance serves every call of its format."""

    @property
    def format(self) -> AudioFormat: ...

    def decode(self, payload: bytes) -> bytes:
        """PCM16 of a payload. Raises ValueError on half a sample."""
        ...

    def encode(self, pcm: bytes) -> bytes:
        """The payload of PCM16. Raises ValueError on half a sample."""
        ...

    def silence(self, ms: int) -> bytes:
        """A payload of `ms` milliseconds in which nothing sounds."""
        ...

    def duration_ms(self, payload: bytes) -> float: ...


@dataclass(frozen=True, slots=True)
class MulawCodec:
    format: AudioFormat
    decode = staticmethod(mulaw_decode)
    encode = staticmethod(mulaw_encode)

    def silence(self, ms: int) -> bytes:
        return bytes((SILENCE,)) * (ms * self.format.rate_hz // 1000)

    def duration_ms(self, payload: bytes) -> float:
        return len(payload) * 1000 / self.format.rate_hz


@dataclass(frozen=True, slots=True)
class Pcm16Codec:
    format: AudioFormat

    def decode(self, payload: bytes) -> bytes:
        return whole_samples(payload)

    def encode(self, pcm: bytes) -> bytes:
        return whole_samples(pcm)

    def silence(self, ms: int) -> bytes:
        return bytes(2 * (ms * self.format.rate_hz // 1000))

    def duration_ms(self, payload: bytes) -> float:
        return len(payload) * 500 / self.format.rate_hz


def whole_samples(pcm: bytes) -> bytes:
    """`pcm` itself. Raises ValueError when it ends in half a sample."""
    if len(pcm) % 2:
        raise ValueError(f"PCM16 comes in whole samples of 2 bytes; got {len(pcm)} bytes")
    return pcm


def codec_for(audio: AudioFormat) -> Codec:
    """Raises ValueError for an encoding or a rate that no codec serves."""
    if audio.rate_hz <= 0:
        raise ValueError(f"an audio rate is a positive number of samples per second; got {audio.rate_hz}")
    match audio.encoding:
        case "mulaw":
            return MulawCodec(audio)
        case "pcm16":
            return Pcm16Codec(audio)
        case other:
            raise ValueError(f"no codec for encoding {other!r}; there are 'mulaw' and 'pcm16'")
