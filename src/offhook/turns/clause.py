"""How a sentence stands at its last word: broken off, perhaps going on, looking complete, or closed. Pure.

Text comes from recognisers: any case, with or without punctuation, numbers as words or digits, languages mixed. The
rules go from what is sure to what is likely; each names what it reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from offhook.contracts.speech import Expectation
from offhook.turns.answers import FRAGMENT_MOST, answered, answers_yes_no, can_be_answered, is_bare_value, names
from offhook.turns.english import object_in_front, standing, without_lead
from offhook.turns.spoken_numbers import spelled
from offhook.turns.words import LONGEST_PHRASE, Words, ends_with
from offhook.turns.words import words as known_words

Ending = Literal["incomplete", "may_go_on", "complete", "closed"]

QUESTION_LEAST = 4
"""Words of a question that has said what it asks."""
STATEMENT_LEAST = 6
"""A whole statement in fewer words is, one time in seven, the first of two ("I spoke to him", "we come in at ten")."""
DESIRE_LEAST, REQUEST_LEAST = 7, 6
"""The same of what is wanted and asked for ("I want to make a complaint", "can I get an appointment"): when and
what for come behind it."""
HINDI_STATEMENT_LEAST = 6
"""The same in Hindi, which needs fewer."""
WISHES = ("na", "ni", "ne", "chahiye", "ना", "नी", "ने", "चाहिए")
"""Hindi: endings of what is to be done or had."""
WISH_LEAST, COMMAND_LEAST = 6, 4
"""Hindi wishes in fewer words are said before what exactly is wished ("naya customer add karna hai"), commands and
thanks before another."""
FUTURE = ("ega", "egi", "enge", "unga", "ungi", "oonga", "oongi", "गा", "गी", "गे")
ANSWER_MOST = 3
"""In so few words the answer may still be coming: "next week" before "Tuesday"."""
OPENING_MOST = 6
"""An opener ends no sentence that is longer ("the one I told you about, by the way")."""
ANSWERED_WITHOUT_VERB = ("date", "time", "datetime", "name")
DICTATED = ("phone", "email", "vin", "registration")
SHORTEST_ADJECTIVE = 3
SPELLED_LEAST = 2
"""So many single digits at the end are a number being read out."""


def ending(text: str, words: Sequence[str], expect: Expectation) -> Ending:
    """`text` is folded; `words` are its words."""
    if not words:
        return "complete"
    known = known_words()
    if _asks_for_time(words, known) or (len(words) <= OPENING_MOST and ends_with(words, known.openers)):
        return "incomplete"
    said, words = words, _untagged(words, known)
    if _broken_off(text, words, expect, known):
        return "incomplete"
    if _half_a_pair(words):
        return "incomplete"
    stands = None if text.endswith("?") or expect.kind in ANSWERED_WITHOUT_VERB else standing(words, known)
    if stands == "wanting" or (stands == "first_clause" and expect.kind not in ("yes_no", *DICTATED)):
        return "incomplete"
    if _announces(words, expect, known) or (expect.kind == "open" and _tells_nothing(words, known)):
        return "incomplete"
    if ends_with(words, known.list_enders):
        return "closed"
    if _closing(words, known) and not is_bare_value(words, expect, known):
        return "complete" if expect.kind == "open" and _briefly_said(words, known) else "closed"
    if _number_may_go_on(words, expect, known):
        return "incomplete" if spelled(words).single_digits >= SPELLED_LEAST else "may_go_on"
    if answered(text, said if expect.kind == "yes_no" else words, expect, known):
        return "closed"
    if can_be_answered(expect, known) and len(words) <= ANSWER_MOST and not answers_yes_no(words):
        return "may_go_on"
    if _listing(words, known):
        return "may_go_on"
    if words[-1] in known.indefinites and words[-2:-1] != ["or"]:
        return "may_go_on"
    if _asked(text, words, known) or (stands == "question" and len(words) >= QUESTION_LEAST):
        return "complete" if _briefly_requested(text, words, known) else "closed"
    if stands == "open_object":
        return "may_go_on"
    if stands == "story" and expect.kind != "name":
        return "complete"  # most who tell what happened go on to what they want
    if stands == "clause" and expect.kind != "name" and len(words) > FRAGMENT_MOST:
        said = without_lead(words, known)
        desire = any(word in known.wished for word in said[:3])
        return "closed" if len(said) >= (DESIRE_LEAST if desire else STATEMENT_LEAST) else "complete"
    if stands == "fragment" and expect.kind == "open" and not _names_a_thing_or_time(words, known):
        return "may_go_on"
    return "may_go_on" if _beginning(words, expect, known) else "complete"


def _asks_for_time(words: Sequence[str], known: Words) -> bool:
    """ "One moment", "let me find the paperwork": what the caller goes to do comes before what he says."""
    if ends_with(words, known.waits):
        return not (words[-1] == "wait" and words[-2:-1] and words[-2] in known.modals | known.contracted | {"to"})
    said = without_lead(words, known)
    return said[:2] == ["let", "me"] and said[2:3] != ["know"] and len(said) <= OPENING_MOST


def _briefly_requested(text: str, words: Sequence[str], known: Words) -> bool:
    said = without_lead(words, known)
    modal = said[0] in known.modals and said[1:2] and said[1] in known.pronoun_subjects
    return bool(modal) and len(said) < REQUEST_LEAST and not text.endswith(("?", ".", "!"))


def _untagged(words: Sequence[str], known: Words) -> Sequence[str]:
    """Without an "I think" at the end, if there is something before it."""
    for length in range(LONGEST_PHRASE, 0, -1):
        if len(words) > length and tuple(words[-length:]) in known.tags:
            return words[:-length]
    return words


def _beginning(words: Sequence[str], expect: Expectation, known: Words) -> bool:
    """Whether this is often said before something else: a word or two, a first clause, a thing without its verb."""
    if words[0] in known.first_clauses or words[-1] == "that":
        return True
    if expect.kind == "name":
        return names(words, known) <= 1
    if expect.kind != "open":
        return False
    hindi = any(word in known.owners or word in known.not_english or not word.isascii() for word in words)
    nameless = (
        hindi and not any(known.is_verb(word) for word in words if word != "do") and words[-1] not in known.closers
    )
    return len(words) <= FRAGMENT_MOST or nameless


def _names_a_thing_or_time(words: Sequence[str], known: Words) -> bool:
    """Without a verb, yet an answer as it stands: "an oil change", "friday at three"; not "my mechanic"."""
    when = known.days | known.day_parts | known.months
    indefinite = words[0] in ("a", "an", "some") and len(words) > FRAGMENT_MOST
    if "of" in words[:3]:
        return False
    return indefinite or any(known.is_number(word) or word in when for word in words)


def _broken_off(text: str, words: Sequence[str], expect: Expectation, known: Words) -> bool:
    """Whether the last words want something after them."""
    if text.endswith("?"):
        return False
    if text.endswith((",", "…", "...", "-", "–")):
        return True
    return _word_wanting(words, expect, known) or _verb_missing(words, expect, known)


def _announces(words: Sequence[str], expect: Expectation, known: Words) -> bool:
    """What is dictated has been named and not been given: "it's my work number", "meri gaadi ka number"."""
    if expect.kind in DICTATED:
        given = any(
            (known.is_number(word) and word not in known.weak_numbers) or (len(word) == 1 and word not in ("i", "a"))
            for word in words
        )
        elsewhere = any(word in known.pointers or word in known.refusals or word.endswith("n't") for word in words)
        return not given and not elsewhere and words[0] not in known.question_starts
    if words[-1] in known.counted and words[-2:-1] and known.is_number(words[-2]):
        return True
    if expect.kind == "name" and words[-1] in known.name_nouns:
        return True
    if any(word in known.announcers for word in words):
        if len(spelled(words).run) >= SPELLED_LEAST:
            return True
        named = words[-1] in known.announcers and words[0] in known.owners and len(words) <= OPENING_MOST
        if named and not any(known.is_verb(word) for word in words):
            return True
        return ends_with(words, known.note_phrases) and not any(map(known.is_number, words))
    return False


def _tells_nothing(words: Sequence[str], known: Words) -> bool:
    """Hindi: "pehle batao", "mujhe lagta hai", and what is told or thought comes behind it."""
    for length in range(min(LONGEST_PHRASE, len(words)), 0, -1):
        if tuple(words[-length:]) in known.clause_leads:
            before = words[:-length]
            return before[-1:] in (["ne"], ["ने"]) or all(word in known.around_tellers for word in before)
    return words[-1] in known.tellers and all(word in known.around_tellers for word in words[:-1])


def _half_a_pair(words: Sequence[str]) -> bool:
    """ "it's either the pump …", "between second …": the other half is still to come."""
    for first, second, alone in (
        ("either", "or", ("one", "way", "of", "is", "day")),
        ("between", "and", ("us", "them")),
    ):
        at = next((at for at, word in enumerate(words) if word == first), len(words))
        if at + 1 < len(words) and words[at + 1] not in alone and second not in words[at:]:
            return True
    return False


def _word_wanting(words: Sequence[str], expect: Expectation, known: Words) -> bool:
    before, last = words[-2] if len(words) > 1 else "", words[-1]
    if before == "how" and len(words) > QUESTION_LEAST:
        return True  # "do you know how long …"
    if last in known.tens and (before == "the" or before in known.months or expect.kind in ("date", "datetime")):
        return True
    if last == "called" and any(word in ("what", "it's") for word in words):
        return False
    if last in known.predicates and (before in known.hanging_verbs or before in known.adverbs):
        return False
    if before.endswith("n't") and last in known.pronoun_subjects and len(words) > QUESTION_LEAST:
        return False  # "… don't I"
    if before in known.determiners and (last in known.adjectives or _is_adjective(last)):
        return True
    if last in known.owned_verbs and object_in_front(words, known):
        return False
    if last in ("this", "that", "these", "those") and (before in known.be_forms or before in known.contracted):
        return False
    if last == "doctor" and before in known.determiners:
        return False
    if last == "so" and (before in known.clausal or known.irregular.get(before) in known.clausal):
        return False
    if before and last in known.particles and _takes_particle(words, known):
        return False
    if last in known.be_forms and _asks_inside(words, known):
        return False
    if last in known.months and before not in known.days:
        return expect.kind in ("date", "datetime") and not (known.is_number(before) or before in ("of", "in", "this"))
    if last in known.fractions or last in known.scales:
        return not (known.is_number(before) or before in ("a", "and"))
    if last in known.time_posts and (before in known.days or before in known.day_parts or before in known.months):
        return False
    if known.is_verb(before) and last == "the":
        return False  # Hindi: "were"
    if ends_with(words, known.short_answers):
        asked = known.question_starts - known.auxiliaries
        return not any(word in known.answers or word in asked for word in words[:-2])
    if last in known.prepositions and _leaves_stranded(words, known):
        return False
    if last in known.pronouns and known.is_verb(before):
        return False
    if last in known.subjects and before in known.joiners:
        return True
    return known.open_end(words)


def _is_adjective(word: str) -> bool:
    """By its ending: "any hidden …", "a used …", "the electrical …"."""
    return len(word) > SHORTEST_ADJECTIVE and word.endswith(
        ("ed", "ous", "ful", "able", "ible", "less", "dden", "oken")
    )


def _asks_inside(words: Sequence[str], known: Words) -> bool:
    """ "What the mileage is": a question inside a sentence ends with its verb."""
    said = without_lead(words, known)
    asked = next((at for at in range(len(said) - 3, 0, -1) if said[at] in known.question_starts), None)
    return asked is not None and said[asked] not in known.finite_auxiliaries


def _takes_particle(words: Sequence[str], known: Words) -> bool:
    """Whether a particle at the end belongs to a verb ("turn it on", "bring our van in", "it doesn't turn on")."""
    if words[-2] in known.particle_verbs or words[-2] in ("it", "them"):
        return True
    if words[-2] in known.persons:
        return any(word in known.particle_verbs for word in words)
    return any(word in known.particle_verbs and words[at + 1] in known.definite for at, word in enumerate(words[:-1]))


def _leaves_stranded(words: Sequence[str], known: Words) -> bool:
    """Whether a preposition at the end has its noun in front: "what is it for", not "how long does it last on"."""
    said = without_lead(words, known)
    if words[-2:-1] and words[-2] in known.before_nouns:
        return False
    if words[-1] == "to" and said[0] not in ("who", "who's", "where", "where's"):
        return False
    fronted = said[0] in known.object_questions or said[0] in ("where", "where's")
    inside = known.pronoun_subjects | known.determiners | {"this", "that", "these", "those"}
    return (
        fronted
        and any(word in inside for word in said[1:])
        and (said[0].endswith("'s") or any(word in known.finite_auxiliaries for word in said[1:4]))
    )


def _verb_missing(words: Sequence[str], expect: Expectation, known: Words) -> bool:
    """Hindi: somebody is named who does or gets something, and the verb is still to come."""
    if expect.kind in (*ANSWERED_WITHOUT_VERB, "choice"):
        return False  # answered with what was asked for, and no verb
    if words[-1] in known.refusals:
        return False  # "Sunday ko nahi"
    for at, word in enumerate(words):
        needed = 2 if word in known.relatives else 1 if word in known.needs_verb else 0
        if needed and _verb_groups(words[at + 1 :], known) < needed:
            return True
    return False


def _verb_groups(words: Sequence[str], known: Words) -> int:
    """Verbs with what belongs to them: "aaya tha" is one."""
    return sum(known.is_verb(word) and (at == 0 or not known.is_verb(words[at - 1])) for at, word in enumerate(words))


def _closing(words: Sequence[str], known: Words) -> bool:
    if ends_with(words, known.closing_phrases):
        return True
    if words[-1] == "the" and words[-2:-1] and known.is_verb(words[-2]):
        return True
    return (words[-1] in known.closers or known.ends_as_verb(words[-1])) and len(words) > (
        1 if known.is_verb(words[-1]) else FRAGMENT_MOST
    )


def _briefly_said(words: Sequence[str], known: Words) -> bool:
    """A statement, a wish or a command in so few words that another may follow; no question."""
    if any(word in known.question_words for word in words):
        return False
    if words[-1] in known.indicatives or words[-1].endswith(FUTURE):
        wished = len(words) > 1 and words[-2].endswith(WISHES)
        return len(words) < (WISH_LEAST if wished else HINDI_STATEMENT_LEAST)
    return len(words) < COMMAND_LEAST and words[-1] not in known.pleases


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
    alone = at == len(words) - 1 or (at == len(words) - 2 and words[-2] in known.tens)
    if not (alone or last in known.scales or spelled(words).single_digits >= SPELLED_LEAST):
        return False  # "ten forty five", "two hundred and fifty" are whole
    if alone and last in known.weak_numbers:
        return False
    before = words[at - 1] if at else ""
    is_time = before in known.before_times or before in known.day_parts or before in known.days
    return not is_time


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
    if any(word in known.question_words for word in words) and known.is_verb(words[-1]):
        return True
    if words[0] not in known.question_starts or len(words) == QUESTION_LEAST:
        return False
    return any(word in known.auxiliaries for word in words[:3])
