"""Which of several things that are named holds: what is spoken against, put right, or settled on."""

from __future__ import annotations

from itertools import pairwise

from offhook.understanding.entities import Entity
from offhook.understanding.frames import OTHER_TRADE
from offhook.understanding.modality import UNWANTED
from offhook.understanding.phrases import Found
from offhook.understanding.reading import Reading
from offhook.understanding.text import NEUTRAL

_DENIED_WITHIN = 4
_FETCHING = "pickup_drop"


def mine(reading: Reading, entity: Entity) -> bool:
    return "my" in reading.sentence.words[max(0, entity.start - 3) : entity.start]


def rejected(reading: Reading, entity: Entity, denying: frozenset[str]) -> bool:
    """ "not an oil change, a brake inspection"."""
    words = reading.sentence.words
    before = words[max(0, entity.start - 3) : entity.start]
    if reading.mixed and any(
        found.name == UNWANTED and 0 <= found.start - entity.end <= 2 for found in reading.concepts
    ):
        return True
    if reading.mixed and words[entity.end : entity.end + 1] and words[entity.end].lstrip(NEUTRAL) in denying:
        return True
    if "not" in before and not _of_others(words[: entity.start]):
        return True
    return before[-2:] == ["instead", "of"] or before[-3:-1] == ["instead", "of"]


def _of_others(before: list[str]) -> bool:
    """ "they can not do the alignment on mine": who refuses it is not the one who speaks."""
    at = len(before) - 1 - before[::-1].index("not")
    return before[at - 1] in _DOING and before[at - 2 : at - 1] in _THEY


_DOING = frozenset({"can", "could", "will", "would", "do", "does", "did"})
_THEY = (["they"], ["he"], ["she"], ["who"], ["guy"], ["shop"], ["garage"])


def wished_of(reading: Reading, services: list[Entity]) -> list[Entity]:
    """`services` but what is left out, was only said first, or was done elsewhere: "since that car wash on Elm"."""
    if reading.mixed:
        return services
    services = [entity for entity in services if not _since_then(reading, entity)]
    kept = [entity for entity in services if not (left_out(reading, entity) or _said_first(reading, entity))]
    return kept if any(entity.name for entity in kept) else services


def left_out(reading: Reading, entity: Entity) -> bool:
    """ "Skip the tire rotation"; not "don't forget the tire rotation"."""
    marks, before = reading.when.lexicon.hints.works.left_out, _led(reading, entity)
    length = next((n for n in (4, 3, 2, 1) if tuple(before[-n:]) in marks), 0)
    return bool(length) and not {"not", "never"}.intersection(before[:-length][-1:])


def puts_right(reading: Reading, at: int) -> bool:
    """Whether a "but" stands right behind what was only said first."""
    return any(entity.end == at and _said_first(reading, entity) for entity in reading.services)


def _behind(reading: Reading, entity: Entity, marks: frozenset[tuple[str, ...]]) -> bool:
    before = _led(reading, entity)
    return any(tuple(before[-length:]) in marks for length in (1, 2, 3, 4))


def _led(reading: Reading, entity: Entity) -> list[str]:
    """The words before a thing, without those that point at it."""
    hints, at = reading.when.lexicon.hints.works, entity.start
    while at > 0 and reading.sentence.words[at - 1] in hints.articles | hints.owners:
        at -= 1
    return reading.sentence.words[max(0, at - 4) : at]


def _since_then(reading: Reading, entity: Entity) -> bool:
    words, hints = reading.sentence.words, reading.when.lexicon.hints
    since = _led(reading, entity)[-1:] == ["since"]
    return since and words[entity.end : entity.end + 1] not in [[verb] for verb in (*hints.moves.verbs, "needs", "are")]


def _said_first(reading: Reading, entity: Entity) -> bool:
    hints = reading.when.lexicon.hints.works
    if not _behind(reading, entity, hints.said_first):
        return False
    behind = [other.start for other in reading.services if other.start >= entity.end]
    return bool(behind) and not hints.turned.isdisjoint(reading.sentence.words[entity.end : behind[0]])


def denied(reading: Reading, start: int, end: int, denying: frozenset[str]) -> bool:
    """ "not new, used", "nayi lene ki himmat nahi, purani …": a value that is spoken against."""
    words = reading.sentence.words
    before = words[max(0, start - 2) : start]
    if "not" in before or before == ["instead", "of"]:
        return True
    if not reading.mixed:
        return False
    for i in range(end, min(end + _DENIED_WITHIN, len(words))):
        if reading.sentence.pauses(i):
            return False
        led = words[i] == "instead" and i > end and all(word[0] == NEUTRAL for word in words[end:i])
        if words[i].lstrip(NEUTRAL) in denying or led:
            return True
    return False


def unwanted(reading: Reading, entity: Entity) -> bool:
    """ "I do not want an oil change", not "I do not want to wait, I need an oil change"."""
    refusals = [found for found in reading.concepts if found.name == UNWANTED]
    if not reading.mixed:
        return any(0 <= entity.start - found.end <= 2 for found in refusals)
    ends = [other.end for other in reading.services]
    return any(
        0 <= found.start - entity.end <= 2
        or (0 <= entity.start - found.end <= 2 and not any(0 <= found.start - end <= 2 for end in ends))
        for found in refusals
    )


def corrected(reading: Reading, named: list[Entity]) -> list[Entity]:
    """What is left where the speaker put the first of several right ("oil change, sorry, tire rotation")."""
    words = reading.sentence.words
    start = 0
    for n, (one, two) in enumerate(pairwise(named)):
        between = words[one.end : two.start]
        if any(
            word in ("no", "sorry", "actually", "rather", "mean", "meant", "instead", "wait") for word in between
        ) or (not reading.mixed and _settled(reading, between, two)):
            start = n + 1
    return named[start:]


def _settled(reading: Reading, between: list[str], two: Entity) -> bool:
    """Whether the second of two things is what it is to be: "between the Civic and the City, so the City it is"."""
    hints, words = reading.when.lexicon.hints.works, reading.sentence.words
    pairs = set(pairwise(between))
    if not pairs.isdisjoint(hints.settled) or any(
        words[two.end : two.end + len(mark)] == list(mark) for mark in hints.won
    ):
        return True
    return not pairs.isdisjoint(hints.merely) and not hints.turning.isdisjoint(between)


def by_others(reading: Reading, found: Found) -> bool:
    """ "My wife drops me off", "the school pickup", "bachche ko ghar chhod ke": words of fetching that are none of
    ours."""
    if found.name != _FETCHING:
        return False
    if reading.mixed:
        whom = range(max(0, found.start - _WHOM), found.start + 1)
        return any(other.name == OTHER_TRADE and other.start in whom for other in reading.concepts)
    persons = reading.when.lexicon.hints.talk.persons
    return reading.sentence.word(found.start - 1) in persons or reading.sentence.word(found.start) in _OTHERS_DO


_WHOM = 3
"""Tokens before words of fetching among which stands who is taken there."""
_OTHERS_DO = frozenset({"drops", "dropped", "brings", "takes", "drives", "fetches", "collects"})
"""Forms of the verbs of fetching that tell of somebody else."""
