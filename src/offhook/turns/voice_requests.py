"""What callers ask of our voice: slower, louder, another language. Pure.

A sentence asks for it when it speaks of nothing else: beside the manner ("slower", "zor se") or the language it holds
only words about speaking, forms of address and politeness. "My car is too slow" holds a car.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offhook.turns.words import LONGEST_PHRASE, Words, fold, split
from offhook.turns.words import words as known_words

MOST_WORDS = 10
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
    rate, volume, beside = _manner(words, known)
    rest = [word for word in beside if not _names(word, known)]
    if not all(word in known.voice_words or word in known.language_words for word in rest):
        return None
    language = _language(words, known)
    if language is None and any(word not in known.voice_words for word in rest):
        return None
    request = VoiceRequest(rate, volume, language)
    return None if request == VoiceRequest() else request


def _manner(words: Sequence[str], known: Words) -> tuple[float, float, list[str]]:
    """Speed and volume asked for, and the other words: of phrases that overlap the longest counts ("not so loud")."""
    steps = (
        (known.slower, STEP_RATE, 1.0),
        (known.faster, 1 / STEP_RATE, 1.0),
        (known.louder, 1.0, STEP_VOLUME),
        (known.softer, 1.0, 1 / STEP_VOLUME),
    )
    rate = volume = 1.0
    rest: list[str | None] = list(words)
    for length in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        for at in range(len(words) - length + 1):
            phrase = tuple(rest[at : at + length])
            step = next((step for step in steps if phrase in step[0]), None)
            if step is not None:
                rate = step[1] if rate == 1.0 else rate
                volume = step[2] if volume == 1.0 else volume
                rest[at : at + length] = [None] * length
    return rate, volume, [word for word in rest if word is not None]


def _language(words: Sequence[str], known: Words) -> str | None:
    """The language that is named, or the other one where that is refused ("I don't speak Hindi")."""
    named = [(at, "en" if word in known.english else "hi") for at, word in enumerate(words) if _names(word, known)]
    refused: str | None = None
    begin = 0
    for place, (at, language) in enumerate(named):
        end = named[place + 1][0] if place + 1 < len(named) else len(words)
        about = [*words[begin:at], *words[at + 1 : end]]
        begin = end
        if not any(word in known.refusals or word.endswith("n't") or word == "cannot" for word in about):
            return language
        refused = language
    return None if refused is None else "hi" if refused == "en" else "en"


def _names(word: str, known: Words) -> bool:
    return word in known.english or word in known.hindi


def stepped(value: float, factor: float, bounds: tuple[float, float]) -> float:
    """`value` changed by `factor`, never beyond what can still be understood."""
    return min(max(value * factor, bounds[0]), bounds[1])
