"""Which language a line is in: "en", "hi" (Devanagari) or "hi-Latn" (Hindi in Latin letters, Hinglish included)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from offhook.understanding.datafile import load_data, words_of
from offhook.understanding.lexicon import LANGUAGES

_DEVANAGARI = range(0x0900, 0x0980)


def load_hints(root: Path = LANGUAGES) -> frozenset[str]:
    """Words that tell Hindi in Latin letters from English."""
    return words_of(load_data(root / "hi-Latn" / "hints.yaml"), "telltale")


def tag_language(text: str, words: Sequence[str], hints: frozenset[str]) -> str:
    if not text.isascii() and any(ord(char) in _DEVANAGARI for char in text):
        return "hi"
    sure = sum(1 for word in words if word in hints)
    return "hi-Latn" if sure >= 2 or (sure == 1 and len(words) <= 3) else "en"
