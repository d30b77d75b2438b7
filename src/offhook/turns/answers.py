"""Whether what was asked for has been said, and nothing that is only its beginning. Pure.

A bare answer is often the first half of one: "no … the other one", "Wednesday … or Thursday", "at nine … nine thirty".
What is said around it ("no thank you", "next Wednesday", "nine in the morning") makes it whole. A bare "yes" is the
exception: most who say it have said all they want to.
"""

from __future__ import annotations

from collections.abc import Sequence

from offhook.contracts.speech import Expectation
from offhook.turns.words import Words, fold, holds, split
from offhook.turns.words import words as known_words

FRAGMENT_MOST = 2
"""So few words, when anything may be said, are often the beginning of something ("hello", "yes", "a service"); and of
an answer they are the bare value."""
LIST_MOST = 5
"""A service in so few words is often the first of several ("two new tyres … and a wheel alignment")."""
WHOLE_LEAST = 2
"""Words beside hesitations with which the answer to a yes/no question says more than yes or no ("not really")."""


def answers_yes_no(words: Sequence[str]) -> bool:
    """A plain yes or no, and nothing that goes on from it."""
    known = known_words()
    if not any(word in known.answers for word in words) or words[-1] in ("not", "don't", "i", "a", "an", "the"):
        return False
    return all(word in known.answers or word in known.around_answers for word in words)


def half_an_answer(words: Sequence[str]) -> bool:
    """A bare "no" or "no that's wrong", before what is right; a bare "achha", before the answer."""
    known = known_words()
    refused = any(word in known.refusals or word == "not" or word.endswith("n't") for word in words)
    denied = refused and any(word in known.wrongs or word in known.rights for word in words)
    return denied or all(word in known.half_answers for word in words)


def answered(text: str, words: Sequence[str], expect: Expectation, known: Words) -> bool:
    """Whether what was asked for is there. "In the morning" is no time yet, and a day no day and time."""
    numbers = any(known.is_number(word) for word in words)
    hours = any(
        known.is_number(word) and word not in known.ordinals and not _in_date(words, at, known)
        for at, word in enumerate(words)
    )
    day = any(word in known.days or word in known.months or word in known.ordinals for word in words)
    match expect.kind:
        case "date" | "time" if is_bare_value(words, expect, known):
            return False
        case "date":
            days = sum(word in known.days for word in words)
            return day and not (days == 1 and any(word in known.refusals for word in words))
        case "time":
            return numbers or words[-1] in ("noon", "midnight")
        case "datetime":
            return day and hours
        case "service" | "choice":
            if words[0] in known.refusals:
                return False  # and what instead?
            length = sum(word not in known.hesitations or word == "the" for word in words)
            alone = expect.kind == "choice" or any(word in known.only or word in known.joiners for word in words)
            if length > (FRAGMENT_MOST if alone else LIST_MOST):
                return True  # there is not much more to say
            phrases = frozenset(tuple(split(fold(phrase))) for phrase in expect.phrases)
            return any(" ".join(phrase) in text for phrase in phrases if phrase) or holds(words, phrases)
        case "yes_no":
            if half_an_answer(words) or (words[-1] in known.refusals and len(words) > FRAGMENT_MOST):
                return False  # Hindi: "nahi saat sau nahi … nau sau"
            said = {word for word in words if word not in known.hesitations and word not in known.repairs}
            return len(said) >= WHOLE_LEAST and any(word in known.answers for word in said)
        case "phone" | "email" | "vin" | "registration":
            return any(word in known.refusals for word in words) and len(words) > FRAGMENT_MOST
        case "name":
            return FRAGMENT_MOST <= names(words, known) <= 2 * FRAGMENT_MOST
        case _:
            return False


def is_bare_value(words: Sequence[str], expect: Expectation, known: Words) -> bool:
    """A day or an hour and nothing that chooses it among others: "wednesday", "the seventh", "chaar baje"; not "next
    wednesday", "nine thirty", "tomorrow"."""
    if expect.kind not in ("date", "time"):
        return False
    said = [word for word in words if word not in known.hesitations or word == "the"]
    values = [
        word
        for word in said
        if word not in known.around_values and (known.is_number(word) or word in known.days or word in known.months)
    ]
    if len(said) > FRAGMENT_MOST or len(values) != 1 or values[0] in known.relative_days:
        return False
    return all(word in values or word in known.around_values for word in said)


def _in_date(words: Sequence[str], at: int, known: Words) -> bool:
    """Whether the number is a day of the month."""
    beside = (words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else "")
    return any(word in known.months or word in ("tarikh", "tareekh", "तारीख") for word in beside)


def can_be_answered(expect: Expectation, known: Words) -> bool:
    """Whether `answered` would know the answer."""
    return expect.kind in ("date", "time", "datetime") or (
        expect.kind in ("service", "choice") and bool(expect.phrases)
    )


def names(words: Sequence[str], known: Words) -> int:
    """Words that can be part of a name, each once: who says it twice is still at it."""
    return len({word for word in words if word not in known.name_words and word not in known.answers})
