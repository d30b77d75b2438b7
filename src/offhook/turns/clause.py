"""How a sentence stands at its last word: broken off, perhaps going on, looking complete, or closed. Pure.

Text comes from recognisers: any case, with or without punctuation, numbers as words or digits, languages mixed. The
rules go from what is sure to what is likely; each names what it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from offhook.contracts.speech import Expectation
from offhook.turns.spoken_numbers import spelled
from offhook.turns.words import LONGEST_PHRASE, Words, ends_with, fold, holds, split
from offhook.turns.words import words as known_words

Ending = Literal["incomplete", "may_go_on", "complete", "closed"]

QUESTION_LEAST = 4
"""Words of a question that has said what it asks."""
FRAGMENT_MOST = 2
"""So few words, when anything may be said, are often the beginning of something ("hello", "yes", "a service")."""
ANSWER_MOST = 3
"""In so few words the answer may still be coming: "next week" before "Tuesday"."""
OPENING_MOST = 6
"""An opener ends no sentence that is longer ("the one I told you about, by the way")."""
SPELLED_LEAST = 2
"""So many single digits at the end are a number being read out."""


def ending(text: str, words: Sequence[str], expect: Expectation) -> Ending:
    """`text` is folded; `words` are its words."""
    if not words:
        return "complete"
    known = known_words()
    if ends_with(words, known.waits) or (len(words) <= OPENING_MOST and ends_with(words, known.openers)):
        return "incomplete"
    words = _untagged(words, known)
    if _broken_off(text, words, expect, known):
        return "incomplete"
    if ends_with(words, known.list_enders) or _closing(words, known):
        return "closed"
    if _number_may_go_on(words, expect, known):
        return "incomplete" if spelled(words).single_digits >= SPELLED_LEAST else "may_go_on"
    if _answered(text, words, expect, known):
        return "closed"
    if _asked_for(expect, known) and len(words) <= ANSWER_MOST and not answers_yes_no(words):
        return "may_go_on"
    if _listing(words, known):
        return "may_go_on"
    if _asked(text, words, known):
        return "closed"
    return "may_go_on" if _beginning(words, expect, known) else "complete"


def _untagged(words: Sequence[str], known: Words) -> Sequence[str]:
    """Without an "I think" at the end, if there is something before it."""
    for length in range(LONGEST_PHRASE, 0, -1):
        if len(words) > length + 1 and tuple(words[-length:]) in known.tags:
            return words[:-length]
    return words


def _beginning(words: Sequence[str], expect: Expectation, known: Words) -> bool:
    """Whether this is often said before something else: a word or two, a first clause, a thing without its verb."""
    if words[0] in known.first_clauses or words[-1] == "that":
        return True
    if expect.kind == "name":
        return sum(word not in known.name_words for word in words) <= 1
    if expect.kind != "open":
        return False
    nameless = any(word in known.owners for word in words) and not any(word in known.verbs for word in words)
    return len(words) <= FRAGMENT_MOST or nameless


def answers_yes_no(words: Sequence[str]) -> bool:
    """A plain yes or no, and nothing that goes on from it."""
    known = known_words()
    if not any(word in known.answers for word in words) or words[-1] in ("not", "don't", "i", "a", "an", "the"):
        return False
    return all(word in known.answers or word in known.around_answers for word in words)


def _broken_off(text: str, words: Sequence[str], expect: Expectation, known: Words) -> bool:
    """Whether the last words want something after them."""
    if text.endswith("?"):
        return False
    if text.endswith((",", "…", "...", "-", "–")):
        return True
    return _word_wanting(words, expect, known) or _verb_missing(words, expect, known)


def _word_wanting(words: Sequence[str], expect: Expectation, known: Words) -> bool:
    before, last = words[-2] if len(words) > 1 else "", words[-1]
    if last in known.tens:
        return not (known.is_number(before) or before in known.scales or before == "and")
    if last in known.months and before not in known.days:
        return expect.kind in ("date", "datetime") and not (known.is_number(before) or before in ("of", "in", "this"))
    if last in known.fractions or last in known.scales:
        return not (known.is_number(before) or before in ("a", "and"))
    if last in known.time_posts and (before in known.days or before in known.day_parts or before in known.months):
        return False
    if before in known.verbs and last == "the":
        return False  # Hindi: "were"
    if ends_with(words, known.short_answers):
        asked = known.question_starts - known.auxiliaries
        return not any(word in known.answers or word in asked for word in words[:-2])
    if last in known.prepositions and words[0] in known.question_starts and words[0] not in known.auxiliaries:
        return False
    if last in known.pronouns and before in known.verbs:
        return False
    if last in known.subjects and before in known.joiners:
        return True
    return known.open_end(words)


def _verb_missing(words: Sequence[str], expect: Expectation, known: Words) -> bool:
    """Hindi: somebody is named who does or gets something, and the verb is still to come."""
    if expect.kind in ("date", "time", "datetime", "name", "choice"):
        return False  # answered with what was asked for, and no verb
    for at, word in enumerate(words):
        needed = 2 if word in known.relatives else 1 if word in known.needs_verb else 0
        if needed and _verb_groups(words[at + 1 :], known) < needed:
            return True
    return False


def _verb_groups(words: Sequence[str], known: Words) -> int:
    """Verbs with what belongs to them: "aaya tha" is one."""
    return sum(word in known.verbs and (at == 0 or words[at - 1] not in known.verbs) for at, word in enumerate(words))


def _closing(words: Sequence[str], known: Words) -> bool:
    if ends_with(words, known.closing_phrases):
        return True
    if words[-1] == "the" and words[-2:-1] and words[-2] in known.verbs:
        return True
    return words[-1] in known.closers and len(words) > (1 if words[-1] in known.verbs else FRAGMENT_MOST)


def _number_may_go_on(words: Sequence[str], expect: Expectation, known: Words) -> bool:
    """A number at the end that is no time and no date: "two" may become "two hundred"."""
    last = words[-1]
    if expect.kind in ("date", "time", "datetime", "choice") or last in known.ordinals or last[:1].isdigit():
        return False
    if not (known.is_number(last) or last in known.scales) or last in known.ambiguous_digits:
        return False
    at = len(words) - 1
    while at > 0 and (known.is_number(words[at - 1]) or words[at - 1] in (*known.scales, "and")):
        at -= 1
    alone = at == len(words) - 1
    if not (alone or last in known.scales or spelled(words).single_digits >= SPELLED_LEAST):
        return False  # "ten forty five", "two hundred and fifty" are whole
    if alone and last in known.weak_numbers:
        return False
    before = words[at - 1] if at else ""
    is_time = before in known.before_times or before in known.day_parts or before in known.days
    return not is_time


def _answered(text: str, words: Sequence[str], expect: Expectation, known: Words) -> bool:
    """Whether what was asked for is there. "In the morning" is no time yet, and a day no day and time."""
    numbers = any(known.is_number(word) for word in words)
    day = any(word in known.days or word in known.months or word in known.ordinals for word in words)
    match expect.kind:
        case "date":
            return day
        case "time":
            return numbers or words[-1] in ("noon", "midnight")
        case "datetime":
            return day and numbers
        case "service" | "choice":
            if len(words) > FRAGMENT_MOST:
                return True  # there is not much more to say
            phrases = frozenset(tuple(split(fold(phrase))) for phrase in expect.phrases)
            return any(" ".join(phrase) in text for phrase in phrases if phrase) or holds(words, phrases)
        case "yes_no":
            return words[0] in known.answers and len(words) > ANSWER_MOST
        case "phone" | "email" | "vin" | "registration":
            return any(word in known.refusals for word in words) and len(words) > FRAGMENT_MOST
        case "name":
            return FRAGMENT_MOST <= sum(word not in known.name_words for word in words) <= 2 * FRAGMENT_MOST
        case _:
            return False


def _asked_for(expect: Expectation, known: Words) -> bool:
    """Whether `_answered` would know the answer."""
    return expect.kind in ("date", "time", "datetime") or (
        expect.kind in ("service", "choice") and bool(expect.phrases)
    )


def _listing(words: Sequence[str], known: Words) -> bool:
    """Quantities one after the other ("two kilos of rice, one litre of oil"): another may follow."""
    quantities = sum(
        known.is_number(word) and at + 1 < len(words) and words[at + 1] in known.units for at, word in enumerate(words)
    )
    return quantities > 0


def _asked(text: str, words: Sequence[str], known: Words) -> bool:
    """A question that has said what it asks, or a sentence that the recogniser has ended."""
    if text.endswith(("?", "!", "।")):
        return True
    if text.endswith(".") and len(words) > FRAGMENT_MOST:
        return True
    if len(words) < QUESTION_LEAST:
        return False
    if any(word in known.question_words for word in words) and words[-1] in known.verbs:
        return True
    if words[0] not in known.question_starts or len(words) == QUESTION_LEAST:
        return False
    return any(word in known.auxiliaries for word in words[:3])
