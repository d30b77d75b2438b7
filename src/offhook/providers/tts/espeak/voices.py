"""Which espeak-ng voice speaks which language, and how fast."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import espeakng_loader

from offhook.contracts.speech import Voice

DEFAULT_VOICES = {
    "en": "en-us",
    "en-gb": "en-gb-x-rp",
    "hi": "hi",
    "ta": "ta",
    "te": "te",
    "kn": "kn",
    "ml": "ml",
    "mr": "mr",
    "bn": "bn",
    "gu": "gu",
    "pa": "pa",
    "ur": "ur",
    "ne": "ne",
    "or": "or",
    "as": "as",
}
"""Language tag, lower case -> voice. espeak-ng has no Indian English; "en-us" is the clearest over the telephone."""

LANGUAGES = tuple(sorted(language for language in DEFAULT_VOICES if "-" not in language))
COMFORTABLE_WPM = 165
"""Words a minute at rate 1.0; espeak's own 175 is hurried on a telephone line."""
_SLOWEST_WPM, _FASTEST_WPM = 80, 450
_OWN_NAME = re.compile(r"^language\s+(\S+)", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*(\+[A-Za-z0-9 ]{1,20})?")


@cache
def known_voices() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(voices, variants) of the library's data, by the names that it takes."""
    data = Path(espeakng_loader.get_data_path())
    voices = {
        name[1].lower()
        for file in (data / "lang").rglob("*")
        if file.is_file()
        for name in [_OWN_NAME.search(file.read_text("utf-8", errors="replace"))]
        if name is not None
    }
    return tuple(sorted(voices)), tuple(sorted(file.name for file in (data / "voices" / "!v").iterdir()))


def voice_for_language(language: str) -> str:
    """The voice of a language tag, of its primary language where the region has none, else the English one."""
    tag = language.lower().replace("_", "-")
    return DEFAULT_VOICES.get(tag) or DEFAULT_VOICES.get(tag.partition("-")[0]) or DEFAULT_VOICES["en"]


def candidates(voice: Voice) -> Sequence[str]:
    """espeak voice names to try, best first. A name of another provider's kind ends at the language's own voice."""
    default = voice_for_language(voice.language)
    name = voice.name.strip()
    if not name or not _NAME.fullmatch(name):
        return (default,)
    return (name, default)


def words_per_minute(rate: float) -> int:
    return max(_SLOWEST_WPM, min(_FASTEST_WPM, round(COMFORTABLE_WPM * rate)))
