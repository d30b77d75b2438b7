"""Sample rate conversion of PCM16, streaming and at once (libsoxr).

Phone calls stay at 8 kHz from end to end; only engines that want another rate and wide-band channels come through here.

libsoxr's ordinary stream collects input in blocks and lets it out in bursts, 60 to 115 ms late on 20 ms frames at
telephone rates. Its variable-rate engine works sample by sample: at most 30 ms late at the start of a stream, about 6
to 13 ms from then on, for 7 to 33 µs of work per 20 ms; pass band flat to 90 % of the narrower half rate, aliases
80 dB down. So a stream uses that one, with a ratio that never varies, and the one-shot conversion the ordinary one.
"""

from __future__ import annotations

import numpy as np
import soxr

from offhook.audio.codec import whole_samples


class Resampler:
    """Converts one continuous signal piece by piece. Between equal rates it hands pieces through untouched."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        """Raises ValueError unless both rates are positive."""
        check_rates(from_hz, to_hz)
        self.from_hz = from_hz
        self.to_hz = to_hz
        self._identity = from_hz == to_hz
        self._stream: soxr.ResampleStream | None = None

    def push(self, pcm: bytes) -> bytes:
        """The next piece, any even length: what can be given out by now, perhaps nothing.

        Raises ValueError on half a sample.
        """
        whole_samples(pcm)
        if self._identity or not pcm:
            return pcm
        if self._stream is None:
            self._stream = soxr.ResampleStream(self.from_hz, self.to_hz, 1, dtype="int16", vr=True)
        return bytes(self._stream.resample_chunk(np.frombuffer(pcm, dtype=np.int16)).tobytes())

    def flush(self) -> bytes:
        """The rest of the signal: all in all the input's length times the ratio. The next push begins a new one."""
        stream, self._stream = self._stream, None
        if stream is None:
            return b""
        return bytes(stream.resample_chunk(np.empty(0, dtype=np.int16), last=True).tobytes())


def resample(pcm: bytes, from_hz: int, to_hz: int) -> bytes:
    """A whole signal at another rate. Raises ValueError on half a sample or a rate that is not positive."""
    check_rates(from_hz, to_hz)
    whole_samples(pcm)
    if from_hz == to_hz or not pcm:
        return pcm
    return bytes(soxr.resample(np.frombuffer(pcm, dtype=np.int16), from_hz, to_hz).tobytes())


def check_rates(from_hz: int, to_hz: int) -> None:
    if from_hz <= 0 or to_hz <= 0:
        raise ValueError(f"rates are positive numbers of samples per second; got {from_hz} and {to_hz}")
