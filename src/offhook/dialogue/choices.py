"""Picking one of a few things that were just offered: "the second one", "either is fine". Pure."""

from __future__ import annotations

import re

from offhook.dialogue.templates import Words

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def pick(text: str, offers: int, words: Words) -> int | None:
    """The index of the offer that the words name, 0-based; None when they name none, or one that is not there."""
    if offers < 1:
        return None
    tokens = _TOKEN.findall(text.lower())
    for token in tokens:
        place = words.nth.get(token)
        if place is not None:
            index = offers - 1 if place < 0 else place
            return index if index < offers else None
    plain = f" {' '.join(tokens)} "
    if any(f" {phrase} " in plain for phrase in words.any):
        return 0
    return None


def named_slot(text: str, words: Words) -> str | None:
    """The part of a form that the words name: "the time is wrong" -> "time"."""
    for token in _TOKEN.findall(text.lower()):
        slot = words.slots.get(token)
        if slot is not None:
            return slot
    return None
