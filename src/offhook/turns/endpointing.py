"""How long a silence must last before the caller's turn is over, from what was said and what was asked. Pure.

A fixed silence timer is wrong twice: it cuts off the caller who thinks in the middle of "I'd like to…", and it makes
the one who said "yes" wait. The text so far (partial or final) tells them apart:

    a dictated number, address or plate that is not complete    endpoint_dictation_ms
    words that nobody ends a sentence with                      endpoint_incomplete_ms
    the answer to a yes/no question                             endpoint_yes_no_ms
    anything else                                               endpoint_ms

Text comes from recognisers: any case, with or without punctuation, numbers as words or digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from offhook.contracts.speech import Expectation
from offhook.contracts.turn import TurnPolicy
from offhook.turns.spoken_numbers import Spelled, is_number_word, spelled
from offhook.turns.words import (
    AFTER_NUMBER,
    ANSWERS,
    AROUND_ANSWERS,
    BEFORE_TENS,
    CLOSED_PAIRS,
    MONTHS,
    OPEN_ENDS,
    TENS,
)

Reason = Literal["fixed", "dictation", "incomplete", "yes_no", "complete"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    after_ms: int
    """Silence that ends the turn, counted from the end of speech."""
    reason: Reason


_WORD = re.compile(r"[\w\u0900-\u097f]+(?:'[\w\u0900-\u097f]+)*")
_EMAIL = re.compile(r"\S@[^\s@]+\.[^\W\d]{2,}")

FULL_NUMBER = 10
"""Digits of a telephone number without trunk 0 or country code (US, India)."""
FULL_VIN = 17
PLATE_LEAST, PLATE_FULL = 6, 8
"""A plate of the first length is complete when it ends in three digits, one of the second in any case."""
DICTATED_RUN = 4
"""So many digits at the end of a sentence are a number being dictated, whatever was asked."""
LOOK_BACK = 60
"""Only the last words of a long speech matter."""


def endpoint(text: str, expect: Expectation, policy: TurnPolicy) -> Endpoint:
    """How long to wait after `text`, the whole turn so far ("" when nothing has been read yet)."""
    if policy.endpoint_fixed_ms is not None:
        return Endpoint(policy.endpoint_fixed_ms, "fixed")
    tail = text[-20 * LOOK_BACK :].lower().replace("’", "'").rstrip()
    words = _WORD.findall(tail)[-LOOK_BACK:]
    if _dictating(tail, words, expect):
        return Endpoint(policy.endpoint_dictation_ms, "dictation")
    answered = expect.kind == "yes_no" and _is_answer(words)
    if not answered and _unfinished(tail, words, expect):
        return Endpoint(policy.endpoint_incomplete_ms, "incomplete")
    if answered:
        return Endpoint(policy.endpoint_yes_no_ms, "yes_no")
    return Endpoint(policy.endpoint_ms, "complete")


def _dictating(text: str, words: Sequence[str], expect: Expectation) -> bool:
    """Whether something of a known length is being given and is not complete."""
    said = spelled(words)
    match expect.kind:
        case "phone":
            return _is_spelling(said, words) and 0 < said.digits < _full_number(said)
        case "vin":
            return _is_spelling(said, words) and len(said.characters) < FULL_VIN
        case "registration":
            return _is_spelling(said, words) and not _full_plate(said.characters)
        case "email":
            return _gives_email(words) and not _full_email(text, words)
        case "name":
            return len(said.run) >= 2 and said.run.isalpha()
        case _:
            return DICTATED_RUN < len(said.run) < _full_number(said) and said.run.isdigit() and said.spelled_words > 2


def _full_number(said: Spelled) -> int:
    """Digits of the whole telephone number: one more after a trunk 0 or a country's 1."""
    digits = "".join(c for c in said.characters if c.isdigit())
    return FULL_NUMBER + 1 if digits[:1] in ("0", "1") else FULL_NUMBER


def _is_spelling(said: Spelled, words: Sequence[str]) -> bool:
    """Whether letters and digits are being given: not the "one" of "I don't have one"."""
    return said.digits > 1 or len(said.run) > 1 or 0 < said.spelled_words == len(words)


def _full_plate(plate: str) -> bool:
    return len(plate) >= PLATE_FULL or (len(plate) >= PLATE_LEAST and plate[-3:].isdigit())


def _gives_email(words: Sequence[str]) -> bool:
    """Not a refusal ("no", "I don't have one")."""
    return bool(words) and not any(word in ANSWERS or word in ("don't", "skip", "none") for word in words)


def _full_email(text: str, words: Sequence[str]) -> bool:
    if _EMAIL.search(text):
        return True
    after_at = words[words.index("at") + 1 :] if "at" in words else ()
    return len(after_at) >= 3 and after_at[-2] in ("dot", "point")


def _unfinished(text: str, words: Sequence[str], expect: Expectation) -> bool:
    """Whether the last words want something after them."""
    if not words or text.endswith("?"):
        return False
    if text.endswith((",", "…", "...", "-", "–")):
        return True
    before, last = words[-2] if len(words) > 1 else "", words[-1]
    if (before, last) in CLOSED_PAIRS:
        return False
    if last in TENS:
        return before not in BEFORE_TENS
    if last in MONTHS:
        return expect.kind in ("date", "datetime") and not (is_number_word(before) or before in ("of", "in", "this"))
    if last in AFTER_NUMBER:
        return not (is_number_word(before) or before in ("a", "and"))
    return last in OPEN_ENDS


def _is_answer(words: Sequence[str]) -> bool:
    """A plain yes or no, and nothing that goes on from it."""
    if not any(word in ANSWERS for word in words) or words[-1] in ("not", "don't", "i", "a", "an", "the"):
        return False
    return all(word in ANSWERS or word in AROUND_ANSWERS for word in words)
