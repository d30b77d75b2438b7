"""What words over the agent's speech mean: go on, stop, something to answer, or nothing at all. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal

from offhook.turns.answers import answers_yes_no
from offhook.turns.words import LONGEST_PHRASE, Phrase, Words, fold, holds, split
from offhook.turns.words import words as known_words

_DRAWN = re.compile(r"(.)\1{2,}")

Meaning = Literal["nothing", "beginning", "backchannel", "stop", "content"]


def meaning(text: str) -> Meaning:
    """Of a partial or a final text. "nothing": no words, or scraps that a cough gives as well ("uh"). "beginning": one
    word that says nothing alone ("mujhe", "ka", "my")."""
    known = known_words()
    words = [_undrawn(word, known) for word in split(fold(text))]
    if not words:
        return "nothing"
    rest = _without(words, known.backchannels - known.stop_words, known.backchannel_phrases)
    if not rest or (len(rest) < len(words) and all(word in known.around_backchannels for word in rest)):
        return "backchannel"
    if any(word in known.stop_words for word in rest) or holds(rest, known.stop_phrases):
        return "stop"
    if _may_become(words, known):
        return "backchannel"
    if all(word in known.hesitations or len(word) == 1 for word in rest):
        return "nothing"  # a cough is read as a letter, too
    return "beginning" if len(words) == 1 and _says_nothing_alone(words[0], known) else "content"


def _undrawn(word: str, known: Words) -> str:
    """ "hmmm", "nooo", "haaan": a word that is drawn out, as it is written."""
    if not _DRAWN.search(word):
        return word
    twice, once = _DRAWN.sub(r"\1\1", word), _DRAWN.sub(r"\1", word)
    return once if once in known.stop_words | known.backchannels else twice


def _says_nothing_alone(word: str, known: Words) -> bool:
    """Words that only hold others together: a noise is read as one of them, and a caller says more."""
    return word in (
        known.open_ends
        | known.pronoun_subjects
        | known.finite_auxiliaries
        | known.determiners
        | known.persons
        | known.question_starts
        | known.question_words
        | known.not_verbs
    )


def adds_nothing(text: str) -> bool:
    """Whether it leaves an answer that was given before as it is: "okay", "yes please", "that is right"; not "no"."""
    read = meaning(text)
    return read == "backchannel" or (read == "content" and answers_yes_no(split(fold(text))))


def word_count(text: str) -> int:
    return len(split(fold(text)))


def _without(words: Sequence[str], singles: frozenset[str], phrases: frozenset[Phrase]) -> list[str]:
    """The words left when every phrase, the longest first, and every single is taken out from the left."""
    left: list[str] = []
    at = 0
    while at < len(words):
        longest = min(LONGEST_PHRASE, len(words) - at)
        found = next((n for n in range(longest, 1, -1) if tuple(words[at : at + n]) in phrases), 0)
        if found:
            at += found
            continue
        if words[at] not in singles:
            left.append(words[at])
        at += 1
    return left


def _may_become(words: Sequence[str], known: Words) -> bool:
    """Whether a partial ends with the beginning of a phrase of this kind ("koi baat" of "koi baat nahi", "sahi baat" of
    "sahi baat hai") and holds nothing else before it."""
    phrases = known.backchannel_phrases
    beginnings = _beginnings(phrases)
    for at in range(len(words)):
        if tuple(words[at:]) in beginnings:
            return not _without(words[:at], known.backchannels - known.stop_words, phrases)
    return False


@cache
def _beginnings(phrases: frozenset[Phrase]) -> frozenset[Phrase]:
    return frozenset(phrase[:length] for phrase in phrases for length in range(1, len(phrase)))
