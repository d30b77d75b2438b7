"""How long a silence must last before the caller's turn is over, from what was said and what was asked. Pure.

A fixed silence timer is wrong twice: it cuts off the caller who thinks in the middle of "I'd like to…", and it makes
the one who said "yes" wait. The text so far (partial or final) tells them apart:

    a dictated number, address or plate that is not complete    endpoint_dictation_ms
    a sentence broken off where nobody ends one                  endpoint_incomplete_ms
    what may be the beginning of more, a list                    endpoint_may_go_on_ms
    what looks complete                                          endpoint_ms
    what was asked for; a question; a sentence that is closed    endpoint_closed_ms
    the answer to a yes/no question                              endpoint_yes_no_ms
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offhook.contracts.speech import Expectation
from offhook.contracts.turn import TurnPolicy
from offhook.turns.answers import answers_yes_no, half_an_answer
from offhook.turns.clause import ending
from offhook.turns.dictation import dictation
from offhook.turns.words import fold, split
from offhook.turns.words import words as known_words

Reason = Literal["fixed", "dictation", "incomplete", "may_go_on", "complete", "closed", "yes_no"]

LOOK_BACK = 60
"""Only the last words of a long speech matter."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    after_ms: int
    """Silence that ends the turn, counted from the end of speech."""
    reason: Reason


def endpoint(text: str, expect: Expectation, policy: TurnPolicy) -> Endpoint:
    """How long to wait after `text`, the whole turn so far ("" when nothing has been read yet)."""
    if policy.endpoint_fixed_ms is not None:
        return Endpoint(policy.endpoint_fixed_ms, "fixed")
    reason = why(text, expect)
    return Endpoint(_after_ms(reason, policy), reason)


def why(text: str, expect: Expectation) -> Reason:
    """What the length of the silence depends on."""
    tail = fold(text[-20 * LOOK_BACK :]).rstrip()
    words = _hours_named(split(tail)[-LOOK_BACK:])
    given = dictation(tail, words, expect)
    if given == "running":
        return "dictation"
    if given == "complete":
        return "closed"
    if expect.kind == "yes_no" and answers_yes_no(words):
        return "may_go_on" if half_an_answer(words) else "yes_no"
    return ending(tail, words, expect)


def _hours_named(words: list[str]) -> list[str]:
    """ "Eight am" is an hour, and its last word not the verb of a sentence that goes on: as good as "pm" here."""
    known = known_words()
    return [
        "pm" if word == "am" and at and (known.is_number(words[at - 1]) or words[at - 1].isdigit()) else word
        for at, word in enumerate(words)
    ]


def _after_ms(reason: Reason, policy: TurnPolicy) -> int:
    match reason:
        case "dictation":
            return policy.endpoint_dictation_ms
        case "incomplete":
            return policy.endpoint_incomplete_ms
        case "may_go_on":
            return policy.endpoint_may_go_on_ms
        case "closed":
            return policy.endpoint_closed_ms
        case "yes_no":
            return policy.endpoint_yes_no_ms
        case _:
            return policy.endpoint_ms
