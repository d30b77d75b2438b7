"""One running utterance in the engine process: its spectra, its partial, and the final made ahead of the ask."""

from __future__ import annotations

import numpy as np

from offhook.providers.stt.pocketsphinx.features import Array, LineSpectra
from offhook.providers.stt.pocketsphinx.hearing import Hearing
from offhook.providers.stt.pocketsphinx.recogniser import Heard, Recogniser

MAX_MS = 30_000
"""Longest utterance that is kept; what comes after is dropped and counted (`dropped_ms`)."""
_PARTIAL_EVERY_FRAMES = 12
_MEAN_SETTLES_FRAMES = 40
"""Partials wait for this much audio, so that its mean says something."""
_PAUSE_FRAMES = 8
"""So much quiet makes us decode ahead."""
_QUIET_SHARE = 0.3
"""A frame is quiet when its level lies in the lowest part of the range between floor and peak."""


class Utterance:
    def __init__(self, number: int, kind: str, recogniser: Recogniser, hearing: Hearing) -> None:
        self.number = number
        self.audio_ms = 0.0
        self.dropped_ms = 0.0
        self._kind = kind
        self._recogniser = recogniser
        self._hearing = hearing
        self._spectra = LineSpectra()
        self._line = np.zeros((0, 20), dtype=np.float32)
        self._light = recogniser.partial(kind)
        self._light_frames = 0
        self._last_partial = ""
        self._ahead: Heard | None = None
        self._ahead_speech_end = -1

    def push(self, pcm: bytes) -> str | None:
        """Take audio; gives the text so far when it is a new one."""
        length_ms = len(pcm) / 16
        if self.audio_ms + length_ms > MAX_MS:
            self.dropped_ms += length_ms
            return None
        self.audio_ms += length_ms
        frames = self._spectra.push(pcm)
        if len(frames):
            self._line = np.concatenate([self._line, frames])
        return self._partial()

    def _partial(self) -> str | None:
        reach = len(self._line) - self._hearing.context
        if reach - self._light_frames < _PARTIAL_EVERY_FRAMES or len(self._line) < _MEAN_SETTLES_FRAMES:
            return None
        context = self._hearing.context
        start = max(0, self._light_frames - context)
        mapped = self._hearing(self._line[start:], self._line.mean(axis=0))
        text = self._light.push(mapped[self._light_frames - start : reach - start])
        self._light_frames = reach
        if not text or text == self._last_partial:
            return None
        self._last_partial = text
        return text

    def final(self) -> Heard:
        """What the utterance says if it ended here."""
        speech_end = self._speech_end()
        if self._ahead is None or self._ahead_speech_end != speech_end:
            self._ahead = self._decode()
            self._ahead_speech_end = speech_end
        return self._ahead

    def look_ahead(self) -> bool:
        """Decode now if the caller seems to pause. True when that was done."""
        speech_end = self._speech_end()
        if speech_end < 0 or len(self._line) - 1 - speech_end < _PAUSE_FRAMES or speech_end == self._ahead_speech_end:
            return False
        self.final()
        return True

    def close(self) -> None:
        self._recogniser.release(self._light)

    def _decode(self) -> Heard:
        if not len(self._line):
            return Heard("", confidence=1.0)
        return self._recogniser.whole(self._hearing(self._line, self._line.mean(axis=0)), self._kind)

    def _speech_end(self) -> int:
        """Index of the last frame that is not quiet; -1 when there is none."""
        if len(self._line) < _PAUSE_FRAMES:
            return -1
        levels: Array = self._line.mean(axis=1)
        floor, peak = np.percentile(levels, 5), np.percentile(levels, 95)
        loud = np.flatnonzero(levels > floor + _QUIET_SHARE * (peak - floor))
        return int(loud[-1]) if loud.size else -1
