"""From the model's probability per window to "somebody began to speak" and "stopped".

Two witnesses are heard. The model knows what is speech, but it is slow to let go: over noise its probability stays
high for 100 to 300 ms after the last sound. The loudness of 8 ms parts against the line's noise says within
milliseconds when a sound began and ended, but not whether it was speech. So the model decides, and loudness dates:

- speech starts when the model is sure enough (see `DetectorSettings`), and its onset is moved back to where the sound
  began;
- it ends when the sound has been gone for a hang-over, the shorter the surer the model is, or when the model has let go
  for long (a line that became noisy stays loud for ever); its end is where the sound ended.

Before that, as soon as the sound has been gone for a moment, it is said that the voice has faded: in a closure inside a
word as well as at the end, so whoever is told may get ready and must not act.

The hang-over bridges the closures inside words ("ti-cket", "ei-ghteen"), which last up to about 100 ms. It is checked
once per window, so it takes half a window longer on average than its figure.
Times are milliseconds of the stream's own audio; no clock is involved.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from offhook.contracts.audio import VoiceFaded, VoiceStarted, VoiceStopped, VoiceVerdict


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    start: float = 0.35
    """A window with at least this probability can be the one that makes a start."""
    start_sum: float = 0.75
    """What it and the window before must add up to, to make a start: two ordinary windows, or one that is sure."""
    start_loud_parts: int = 3
    """Loud parts of those two windows: the model's memory of speech that has ended does not begin it anew."""
    keep: float = 0.35
    """While speaking, a window with at least this probability is still speech."""
    let_go: float = 0.5
    """Below this, the model is taken to agree that the sound's end was the end of speech."""
    sure: float = 0.15
    """Below this, the model is sure that nobody speaks."""
    fade_ms: float = 32.0
    """Silence after which the voice has faded."""
    hang_sure_ms: float = 64.0
    """Silence that ends speech when the model is sure."""
    hang_ms: float = 84.0
    """Silence that ends speech when the model agrees."""
    hang_alone_ms: float = 124.0
    """Silence that ends speech whatever the model says."""
    lost_ms: float = 224.0
    """Windows without speech that end it although the line is loud."""
    back_ms: float = 96.0
    """How far before the first window of speech its sound may have begun."""
    bridge_ms: float = 24.0
    """Quiet inside the sound that leads to the first window of speech."""


@dataclass(slots=True)
class _Sound:
    """A run of loud parts, with small gaps."""

    begin_ms: float
    end_ms: float


class Detector:
    """One stream's hysteresis. Hand it every window in order; it returns a verdict at most once per window."""

    def __init__(self, settings: DetectorSettings) -> None:
        self.speaking = False
        self._settings = settings
        self._sound: _Sound | None = None
        self._previous = 0.0
        self._voiced_from_ms = 0.0
        self._voiced_to_ms = 0.0
        self._stopped_ms = -math.inf
        self._loud_before = 0
        self._loud_parts = 0
        self._faded_ms = -math.inf
        """The end of the sound that was told to have faded last."""

    def window(self, probability: float, loud: Sequence[bool], start_ms: float, end_ms: float) -> VoiceVerdict | None:
        """`loud`: for equal parts of the window, whether they rise over the line's noise."""
        count = sum(loud)
        if count:
            self._hear(loud, start_ms, (end_ms - start_ms) / len(loud))
        self._loud_parts = self._loud_before + count
        self._loud_before = count
        verdict = self._while_speaking(probability, end_ms) if self.speaking else self._idle(probability, start_ms)
        if probability >= self._settings.keep:
            self._voiced_to_ms = end_ms
        self._previous = probability
        return verdict

    def quiet(self) -> bool:
        """A window in which nothing was loud, shown to no model, while nobody speaks: `window` in short. Whether
        another one would change anything."""
        self._loud_parts, self._loud_before = self._loud_before, 0
        self._previous = 0.0
        return self._loud_parts > 0

    def stop(self) -> VoiceStopped | None:
        """The audio broke off: speech, if there is any, ended with it."""
        self._previous = 0.0
        if not self.speaking:
            return None
        return self._stopped()

    def _hear(self, loud: Sequence[bool], start_ms: float, part_ms: float) -> None:
        for index, is_loud in enumerate(loud):
            if is_loud:
                begin_ms = start_ms + index * part_ms
                if self._sound is None or begin_ms - self._sound.end_ms > self._settings.bridge_ms:
                    self._sound = _Sound(begin_ms, begin_ms + part_ms)
                else:
                    self._sound.end_ms = begin_ms + part_ms

    def _idle(self, probability: float, start_ms: float) -> VoiceVerdict | None:
        settings = self._settings
        if self._previous < settings.keep:
            self._voiced_from_ms = start_ms
        if probability < settings.start or probability + self._previous < settings.start_sum:
            return None
        if self._loud_parts < settings.start_loud_parts:
            return None
        self.speaking = True
        onset_ms = self._voiced_from_ms
        if self._sound is not None:
            onset_ms = max(self._sound.begin_ms, onset_ms - settings.back_ms)
        onset_ms = max(onset_ms, self._stopped_ms)
        return VoiceStarted(onset_ms)

    def _while_speaking(self, probability: float, end_ms: float) -> VoiceVerdict | None:
        settings = self._settings
        quiet_ms = end_ms - self._sound.end_ms if self._sound is not None else end_ms
        if probability < settings.sure:
            hang_ms = settings.hang_sure_ms
        else:
            hang_ms = settings.hang_ms if probability < settings.let_go else settings.hang_alone_ms
        gone_ms = end_ms - self._voiced_to_ms if probability < settings.keep else 0.0
        if quiet_ms >= hang_ms or gone_ms >= settings.lost_ms:
            return self._stopped()
        if self._sound is None or quiet_ms < settings.fade_ms or self._sound.end_ms == self._faded_ms:
            return None
        self._faded_ms = self._sound.end_ms
        return VoiceFaded(self._faded_ms)

    def _stopped(self) -> VoiceStopped:
        self.speaking = False
        self._stopped_ms = self._voiced_to_ms if self._sound is None else min(self._sound.end_ms, self._voiced_to_ms)
        return VoiceStopped(self._stopped_ms)
