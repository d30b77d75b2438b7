"""WAV files: whatever telephony tools write, read as PCM16; calls written as mono or stereo.

Read: PCM of 8 bits (unsigned) and 16 bits, µ-law (format tag 7), plain or in WAVE_FORMAT_EXTENSIBLE, any rate, any
number of channels. Sizes in headers are not trusted beyond the file: recorders that were cut off, or that wrote to a
pipe, leave them at zero, too large, or at 0xFFFFFFFF.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from offhook.audio.codec import whole_samples
from offhook.audio.g711 import mulaw_decode

TAG_PCM, TAG_EXTENSIBLE = 0x0001, 0xFFFE
UNKNOWN_SIZE = (0, 0xFFFFFFFF)


class WavError(ValueError):
    """The file is no WAV, or of a kind that is not read."""


@dataclass(frozen=True, slots=True)
class Wav:
    """PCM16 channels of equal length."""

    rate_hz: int
    channels: tuple[bytes, ...]

    @property
    def mono(self) -> bytes:
        """All channels in one: their mean."""
        if len(self.channels) == 1:
            return self.channels[0]
        stacked = np.stack([np.frombuffer(c, dtype="<i2") for c in self.channels]).astype(np.int32)
        return bytes(np.rint(stacked.mean(axis=0)).astype("<i2").tobytes())

    @property
    def duration_ms(self) -> float:
        return len(self.channels[0]) * 500 / self.rate_hz


@dataclass(frozen=True, slots=True)
class _Format:
    tag: int
    channels: int
    rate_hz: int
    bits: int


def read_wav(path: Path) -> Wav:
    """Raises WavError (named after the file) and OSError."""
    try:
        return parse_wav(path.read_bytes())
    except WavError as error:
        raise WavError(f"{path}: {error}") from None


def read_mono(path: Path) -> tuple[bytes, int]:
    """PCM16 of all channels in one, and the rate. Raises as `read_wav`."""
    wav = read_wav(path)
    return wav.mono, wav.rate_hz


def parse_wav(data: bytes) -> Wav:
    """Raises WavError."""
    if len(data) < 12 or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise WavError("not a WAV file (no RIFF/WAVE header)")
    layout: _Format | None = None
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        at += 8
        if name == b"fmt ":
            layout = _parse_format(data[at : at + size])
        elif name == b"data":
            if layout is None:
                raise WavError("the audio comes before its description (no fmt chunk before data)")
            return _decode(layout, data[at:] if size in UNKNOWN_SIZE else data[at : at + size])
        at += size + size % 2
    raise WavError("no audio in it (no data chunk)")


def _parse_format(chunk: bytes) -> _Format:
    if len(chunk) < 16:
        raise WavError("its fmt chunk is cut off")
    tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == TAG_EXTENSIBLE and len(chunk) >= 26:
        tag = struct.unpack_from("<H", chunk, 24)[0]
    if channels == 0 or rate_hz == 0:
        raise WavError(f"its fmt chunk is nonsense ({channels} channels, {rate_hz} Hz)")
    return _Format(tag, channels, rate_hz, bits)


def _decode(layout: _Format, audio: bytes) -> Wav:
    match layout.tag, layout.bits:
        case (1, 16):
            pcm = audio[: len(audio) - len(audio) % 2]
        case (1, 8):
            pcm = ((np.frombuffer(audio, dtype=np.uint8).astype("<i2") - 128) * 256).astype("<i2").tobytes()
        case (7, 8):
            pcm = mulaw_decode(audio)
        case (tag, bits):
            raise WavError(
                f"WAV of format {tag:#06x} with {bits} bits is not read; "
                "convert it to 16-bit PCM, 8-bit PCM or µ-law (for example `sox in.wav -b 16 -e signed out.wav`)"
            )
    samples = np.frombuffer(pcm, dtype="<i2")
    samples = samples[: len(samples) - len(samples) % layout.channels].reshape(-1, layout.channels)
    return Wav(layout.rate_hz, tuple(samples[:, i].tobytes() for i in range(layout.channels)))


def wav_bytes(rate_hz: int, *channels: bytes) -> bytes:
    """A PCM16 WAV file. Shorter channels end in silence. Raises ValueError on no channel or on half a sample."""
    if not channels:
        raise ValueError("a WAV file has at least one channel")
    longest = max(len(whole_samples(c)) for c in channels)
    columns = [np.frombuffer(c.ljust(longest, b"\0"), dtype="<i2") for c in channels]
    audio = np.stack(columns, axis=1).tobytes()
    block = 2 * len(channels)
    return (
        struct.pack("<4sI4s", b"RIFF", 36 + len(audio), b"WAVE")
        + struct.pack("<4sIHHIIHH", b"fmt ", 16, TAG_PCM, len(channels), rate_hz, rate_hz * block, block, 16)
        + struct.pack("<4sI", b"data", len(audio))
        + audio
    )


def write_mono(path: Path, pcm: bytes, rate_hz: int) -> None:
    path.write_bytes(wav_bytes(rate_hz, pcm))


def write_stereo(path: Path, left: bytes, right: bytes, rate_hz: int) -> None:
    """Two PCM16 streams that begin at the same moment; the shorter ends in silence."""
    path.write_bytes(wav_bytes(rate_hz, left, right))
