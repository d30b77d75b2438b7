"""Whether a value of a known shape is being given, and whether it is complete: telephone numbers, VINs, plates, e-mail
addresses, spelled names. Pure.

Dictation comes in groups with a breath between them, as long as the silence after any sentence; only the value itself
tells that it is over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from offhook.contracts.speech import Expectation
from offhook.turns.spoken_numbers import Spelled, spelled
from offhook.turns.words import words as known_words

Dictation = Literal["none", "running", "complete"]

_EMAIL = re.compile(r"\S@[^\s@]+\.[^\W\d]{2,}")
_BRITISH = re.compile(r"[a-z]{2}\d{2}[a-z]{3}$")
"""A whole plate of the United Kingdom."""
_INDIAN = re.compile(
    r"(?:an|a[prs]|br|c[gh]|d[dln]|ga|gj|h[pr]|j[hk]|k[al]|l[ad]|m[hlnpz]|nl|o[dr]|p[by]|rj|sk|t[ngrs]|u[kp]|wb)"
    r"\d{1,2}[a-z]{1,3}\d*$"
)
"""Plate of an Indian state as far as it has been given; it ends in four digits."""
FULL_NUMBER = 10
"""Digits of a telephone number without trunk 0 or country code (US, India)."""
FULL_VIN = 17
PLATE_LEAST, PLATE_FULL = 6, 8
"""A plate of the first length is complete when it ends in three digits, one of the second in any case."""
ANNOUNCED_MOST = 3
DICTATED_RUN = 4
"""So many digits at the end of a sentence are a number being dictated, whatever was asked."""


def dictation(text: str, words: Sequence[str], expect: Expectation) -> Dictation:
    words = _without_examples(words)
    said = spelled(words)
    match expect.kind:
        case "phone":
            if len(words) > 1 and any(word in known_words().sames for word in words):
                return "complete"
            given = said.digits > 0 and _is_spelling(said, words)
            return _state(given or _announced(words), given and said.digits >= _full_number(said))
        case "vin":
            return _state(_is_spelling(said, words) or _announced(words), len(said.characters) >= FULL_VIN)
        case "registration":
            return _state(_is_spelling(said, words) or _announced(words), _full_plate(said.characters))
        case "email":
            return _state(_gives_email(words), _full_email(text, words))
        case "name":
            letters = _letters(words)
            return _state(len(letters) >= 2, letters in words[: -len(letters)])
        case _:
            dictated = len(said.run) > DICTATED_RUN and said.run.isdigit() and said.spelled_words > 2
            return _state(dictated, len(said.run) >= _full_number(said))


def _without_examples(words: Sequence[str]) -> Sequence[str]:
    """ "m for mother", "b as in boy": the letter alone."""
    kept: list[str] = []
    at = 0
    while at < len(words):
        kept.append(words[at])
        at += 1
        if len(kept[-1]) == 1 and kept[-1].isalpha():
            like = next(
                (like for like in (["for"], ["as", "in"], ["like"]) if list(words[at : at + len(like)]) == like), []
            )
            at += len(like) + 1 if like else 0
    return kept


def _state(given: bool, complete: bool) -> Dictation:
    if not given:
        return "none"
    return "complete" if complete else "running"


def _full_number(said: Spelled) -> int:
    """Digits of the whole telephone number: one more after a trunk 0 or a country's 1."""
    digits = "".join(c for c in said.characters if c.isdigit())
    return FULL_NUMBER + 1 if digits[:1] in ("0", "1") else FULL_NUMBER


def _is_spelling(said: Spelled, words: Sequence[str]) -> bool:
    """Whether letters and digits are being given: not the "one" of "I don't have one"."""
    return said.digits > 1 or len(said.run) > 1 or 0 < said.spelled_words == len(words)


def _announced(words: Sequence[str]) -> bool:
    """A few words before the value itself ("sure it's", "plus one", "likhiye"); and no refusal."""
    known = known_words()
    return 0 < len(words) <= ANNOUNCED_MOST and not any(word in known.refusals for word in words)


def _full_plate(plate: str) -> bool:
    if _INDIAN.match(plate):
        return plate[-4:].isdigit()
    if _BRITISH.match(plate):
        return True
    return len(plate) >= PLATE_FULL or (len(plate) >= PLATE_LEAST and plate[-3:].isdigit())


def _letters(words: Sequence[str]) -> str:
    """The letters that are spelled at the end; they are complete once they are a word that was said before."""
    at = len(words)
    while at and len(words[at - 1]) == 1 and words[at - 1].isalpha():
        at -= 1
    return "".join(words[at:])


def _gives_email(words: Sequence[str]) -> bool:
    """Not a refusal ("no", "I don't have one")."""
    known = known_words()
    return bool(words) and not any(word in known.answers or word in known.refusals for word in words)


def _full_email(text: str, words: Sequence[str]) -> bool:
    known = known_words()
    if _EMAIL.search(text):
        return True
    at = next((place for place, word in enumerate(words) if word in known.at_words), None)
    after_at = words[at + 1 :] if at is not None else ()
    return len(after_at) >= 3 and after_at[-2] in known.dot_words
