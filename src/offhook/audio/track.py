"""One side of a call laid out on a time line, to be written down: what was said when, and silence in between."""

from __future__ import annotations

from offhook.audio.codec import whole_samples


class Track:
    """PCM16 pieces placed by the time at which they sound, in milliseconds from the track's beginning.

    Pieces sound one after the other, as on a carrier: one that is placed before the former has ended follows it.
    Gaps up to `join_ms` are taken for jitter of the network and closed.
    Bounded by `max_ms`: what would lie behind that is left out and counted in `dropped_bytes`.
    """

    def __init__(self, rate_hz: int, join_ms: float = 40.0, max_ms: float = 3_600_000.0) -> None:
        self.rate_hz = rate_hz
        self.dropped_bytes = 0
        self._join_bytes = self._offset(join_ms)
        self._max_bytes = self._offset(max_ms)
        self._audio = bytearray()

    def place(self, at_ms: float, pcm: bytes) -> None:
        """Raises ValueError on half a sample."""
        whole_samples(pcm)
        gap = self._offset(at_ms) - len(self._audio)
        if gap <= self._join_bytes:
            gap = 0
        room = self._max_bytes - len(self._audio) - gap
        if room < len(pcm):
            kept = pcm[: max(0, room)]
            self.dropped_bytes += len(pcm) - len(kept)
            pcm = kept
        if pcm:
            self._audio += bytes(gap)
            self._audio += pcm

    def cut(self, at_ms: float) -> None:
        """Forget what would sound from then on (the carrier was told to clear)."""
        del self._audio[self._offset(at_ms) :]

    @property
    def end_ms(self) -> float:
        return len(self._audio) * 500 / self.rate_hz

    def pcm(self) -> bytes:
        return bytes(self._audio)

    def _offset(self, ms: float) -> int:
        return 2 * max(0, round(ms * self.rate_hz / 1000))
