"""What callers ask of our voice: slower, louder, another language. Pure.

Only short sentences count: "do you have anything louder" in a longer one is about something else.
"""

from __future__ import annotations

from dataclasses import dataclass

from offhook.turns.words import fold, holds, split
from offhook.turns.words import words as known_words

MOST_WORDS = 8
STEP_RATE = 0.85
STEP_VOLUME = 1.3
RATES = (0.6, 1.5)
VOLUMES = (0.4, 2.5)


@dataclass(frozen=True, slots=True)
class VoiceRequest:
    rate: float = 1.0
    """Times the present speed."""
    volume: float = 1.0
    language: str | None = None


def requested(text: str) -> VoiceRequest | None:
    """What the sentence asks of the voice, if it does."""
    words = split(fold(text))
    if not 0 < len(words) <= MOST_WORDS:
        return None
    known = known_words()
    rate = STEP_RATE if holds(words, known.slower) else 1 / STEP_RATE if holds(words, known.faster) else 1.0
    volume = STEP_VOLUME if holds(words, known.louder) else 1 / STEP_VOLUME if holds(words, known.softer) else 1.0
    language = "en" if holds(words, known.english) else "hi" if holds(words, known.hindi) else None
    request = VoiceRequest(rate, volume, language)
    return None if request == VoiceRequest() else request


def stepped(value: float, factor: float, bounds: tuple[float, float]) -> float:
    """`value` changed by `factor`, never beyond what can still be understood."""
    return min(max(value * factor, bounds[0]), bounds[1])
