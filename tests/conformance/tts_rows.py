"""The voices that the conformance suite checks: one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from offhook.contracts.clock import Clock
from offhook.contracts.speech import Tts
from offhook.providers.speech_cache.cached import SpeechCache
from offhook.providers.tts.espeak.adapter import EspeakTts
from offhook.providers.tts.fake import FakeTts


@dataclass(frozen=True, slots=True)
class TtsRow:
    make: Callable[[Clock], Tts]
    least_audio_ms_per_word: float
    """Speech is at least this long per word of text; 0 for a voice whose length is fixed."""


ROWS = {
    "fake": TtsRow(lambda clock: FakeTts(audio_ms=500), least_audio_ms_per_word=0),
    "cached": TtsRow(
        lambda clock: SpeechCache(clock, folder=None).around(EspeakTts(clock, pool_size=1)), least_audio_ms_per_word=100
    ),
    "espeak": TtsRow(lambda clock: EspeakTts(clock, pool_size=1), least_audio_ms_per_word=100),
}
