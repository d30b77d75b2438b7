"""Picking one of a few things that were just offered: "the second one", "either is fine". Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from offhook.dialogue.templates import Words

_LETTER = "[^\\W_\u0900-\u097f]|[\u0900-\u0963\u0966-\u097f]"
"""Devanagari's vowel signs are no word characters to `re`."""
_LONGEST_REMARK = 200
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


def remark(text: str, words: Words) -> str:
    """What is to be passed on, as it was said: behind "please note that"; "" where nothing is."""
    matches = (
        re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)[\s:,]*(.+)", text, re.I | re.S) for phrase in words.remarks
    )
    found = [match.group(1).replace(";", ",").strip(" .!") for match in matches if match is not None]
    return min(found, key=len, default="")[:_LONGEST_REMARK]


def takes_back(text: str, words: Words) -> bool:
    """Whether the words take back what was done just now; "don't cancel it" does not."""
    tokens = _TOKEN.findall(text.lower())
    for phrase in map(str.split, words.undo):
        size = len(phrase)
        for at in range(len(tokens) - size + 1):
            if tokens[at : at + size] == phrase:
                around = tokens[max(0, at - 3) : at] + tokens[at + size : at + size + 1]
                contrary = (
                    "cancel" in around if set(phrase) & set(words.negations) else set(around) & set(words.negations)
                )
                if not contrary:
                    return True
    return False


def agrees(text: str, words: Words) -> bool:
    """Whether the words call something right, which answers a read-back and no other question."""
    return _says(_TOKEN.findall(text.lower()), words.agree)


def adds(text: str, words: Words) -> bool:
    """Whether the words want something beside what was said before, and not in its place."""
    tokens = _TOKEN.findall(text.lower())
    more = _says(tokens, words.also) or (bool(tokens) and tokens[-1] in words.also_last)
    return more and not _says(tokens, words.swap)


def only_no(text: str, words: Words) -> bool:
    """Whether the words say no and nothing of anything else: "no, that's all, thanks"."""
    return all(token in words.nothing_more for token in _TOKEN.findall(text.lower()))


def says(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases is among the words."""
    return _says(_TOKEN.findall(text.lower()), phrases)


def for_another(text: str, words: Words) -> bool:
    """Whether something is wanted for somebody else than the speaker: "for my wife"."""
    tokens = _TOKEN.findall(text.lower())
    people = {token for token in tokens if token in words.others}
    return _says(tokens, (pattern.format(person=person) for pattern in words.for_others for person in people))


def acknowledges(text: str, words: Words) -> bool:
    """Whether the words may tell no more than that the caller has heard: "ok, thanks"."""
    left = f" {' '.join(_TOKEN.findall(text.lower()))} "
    for phrase in sorted(words.acknowledge, key=len, reverse=True):
        left = left.replace(f" {phrase} ", "  ")
    return not left.strip()


def distinguished(text: str, choices: Sequence[str]) -> int | None:
    """The index of the one choice that the text names by a word of its own: "the inspection" of two for the brakes."""
    own = [set(_TOKEN.findall(choice.lower())) for choice in choices]
    shared = set[str]().union(*(one & other for n, one in enumerate(own) for other in own[n + 1 :]))
    said = {form for token in _TOKEN.findall(text.lower()) for form in (token, token.removesuffix("s"))}
    named = [n for n, one in enumerate(own) if (one - shared) & said]
    return named[0] if len(named) == 1 else None


def named_slot(text: str, words: Words) -> str | None:
    """The part of a form that the words name: "the time is wrong" -> "time"."""
    for token in _TOKEN.findall(text.lower()):
        slot = words.slots.get(token)
        if slot is not None:
            return slot
    return None


def named_gear(text: str, words: Words) -> str | None:
    """The transmission that the words name, where it is one."""
    named = {words.gears[token] for token in _TOKEN.findall(text.lower()) if token in words.gears}
    return named.pop() if len(named) == 1 else None


def smalltalk_kind(text: str, words: Words) -> str | None:
    """thanks, who or wait; None for other small talk."""
    tokens = _TOKEN.findall(text.lower())
    return next((kind for kind, phrases in words.smalltalk.items() if _says(tokens, phrases)), None)


def _says(tokens: list[str], phrases: Iterable[str]) -> bool:
    plain = f" {' '.join(tokens)} "
    return any(f" {phrase} " in plain for phrase in phrases)
