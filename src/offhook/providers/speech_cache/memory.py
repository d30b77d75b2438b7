"""Clips in memory: bounded in bytes, the one not used for longest goes first, none older than its time."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from offhook.providers.speech_cache.clips import ClipKey


@dataclass(frozen=True, slots=True)
class _Kept:
    audio: bytes
    since_ms: float


class ClipMemory:
    """
    Args:
        max_bytes: of audio; a clip that is larger than a quarter of it is not kept.
        keep_ms: how long a clip may be kept; None for as long as there is room.
    """

    def __init__(self, max_bytes: int, keep_ms: float | None = None) -> None:
        self.bytes = 0
        self._max_bytes = max_bytes
        self._keep_ms = keep_ms
        self._kept: OrderedDict[ClipKey, _Kept] = OrderedDict()  # bounded by max_bytes in `put`

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: ClipKey, now_ms: float) -> bytes | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        if self._keep_ms is not None and now_ms - kept.since_ms > self._keep_ms:
            self._forget(key)
            return None
        self._kept.move_to_end(key)
        return kept.audio

    def put(self, key: ClipKey, audio: bytes, now_ms: float) -> None:
        self._forget(key)
        if len(audio) * 4 > self._max_bytes:
            return
        self.forget_old(now_ms)
        while self.bytes + len(audio) > self._max_bytes:
            self._forget(next(iter(self._kept)))
        self._kept[key] = _Kept(audio, now_ms)
        self.bytes += len(audio)

    def forget_old(self, now_ms: float) -> None:
        """Nothing stays beyond its time, asked for or not."""
        if self._keep_ms is not None:
            for key in [key for key, kept in self._kept.items() if now_ms - kept.since_ms > self._keep_ms]:
                self._forget(key)

    def _forget(self, key: ClipKey) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self.bytes -= len(kept.audio)
