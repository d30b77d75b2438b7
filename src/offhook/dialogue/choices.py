"""Picking one of a few things that were just offered: "the second one", "either is fine". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from offhook.dialogue.templates import Words

_LETTER = "[^\\W_\u0900-\u097f]|[\u0900-\u0963\u0966-\u097f]"
"""Devanagari's vowel signs are no word characters to `re`."""
_TOKEN = re.compile(f"(?:{_LETTER})+(?:'(?:{_LETTER})+)?")


def pick(text: str, offers: int, words: Words, *, plainly: bool = False) -> int | None:
    """The index of the offer that the words name, 0-based; None when they name none, or one that is not there.

    `plainly`: only where an offer and nothing else can be meant: "the second one", not "the first of December".
    """
    if offers < 1:
        return None
    tokens = _TOKEN.findall(text.lower())
    for at, token in enumerate(tokens):
        place = words.nth.get(token)
        if place is not None:
            if plainly and not _alone(tokens, at, words):
                continue
            index = offers - 1 if place < 0 else place
            return index if index < offers else None
    return 0 if not plainly and _says(tokens, words.any) else None


def _alone(tokens: list[str], at: int, words: Words) -> bool:
    """ "second one", or "the second" and nothing else."""
    after = tokens[at + 1 : at + 2]
    return after[0] in words.offer_nouns if after else len(tokens) <= 2


def adds_up(said: str, words: Words) -> bool:
    """Whether things that were named together are all wanted: "an oil change and a tire rotation"."""
    tokens = _TOKEN.findall(said.lower())
    return words.and_ in tokens and words.or_ not in tokens


def gives_up(text: str, words: Words) -> bool:
    """Whether the words give the whole command up."""
    return _says(_TOKEN.findall(text.lower()), words.drop)


def agrees(text: str, words: Words) -> bool:
    """Whether the words call something right, which answers a read-back and no other question."""
    return _says(_TOKEN.findall(text.lower()), words.agree)


def named_slot(text: str, words: Words) -> str | None:
    """The part of a form that the words name: "the time is wrong" -> "time"."""
    for token in _TOKEN.findall(text.lower()):
        slot = words.slots.get(token)
        if slot is not None:
            return slot
    return None


def smalltalk_kind(text: str, words: Words) -> str | None:
    """thanks, who or wait; None for other small talk."""
    tokens = _TOKEN.findall(text.lower())
    return next((kind for kind, phrases in words.smalltalk.items() if _says(tokens, phrases)), None)


def _says(tokens: list[str], phrases: Iterable[str]) -> bool:
    plain = f" {' '.join(tokens)} "
    return any(f" {phrase} " in plain for phrase in phrases)
