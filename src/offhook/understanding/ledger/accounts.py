"""Whether every word of a clause is accounted for by what would be written of it.

A write is what the whole clause says, or it is read back first: each word is a slot's value, a part of a phrase or a
verb that the command is made of, a mark at one of these (ne, ko, se, from), or a word that changes nothing (please,
ji, abhi). Any other word may be what makes it no entry: another party, a place, a thing, a doubt, a story.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from offhook.understanding.datafile import Data
from offhook.understanding.frames import FrameSet
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.spans import Scan
from offhook.understanding.ledger.verbs import Verb

_HAPPENED = frozenset({"past", "imperative", "infinitive"})
"""Tenses of what was done, or is to be written."""
_ASKED_FOR = frozenset({"customer.create"})
"""Intents whose "it must be done" is an order: nothing has happened that could be told ("naya grahak jodna hai")."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What a command may be made of, beside its values."""

    concepts: frozenset[str]
    verbs: frozenset[str]
    tenses: frozenset[str]


def read_explained(shared: Data, frames: FrameSet) -> dict[str, Explained]:
    """By intent: what its frames ask for, and what may stand beside that (`beside` in frames.yaml).

    Only writes that are listed there are held to it.
    """
    found: dict[str, Explained] = {}
    for intent, names in cast("Mapping[str, Iterable[object]]", shared.get("beside", {})).items():
        needs = {
            need
            for frame in frames.frames
            if frame.intent == intent
            for alternative in frame.alternatives
            for need in alternative.needs
        }
        verbs = {need for need in needs if need.startswith("@") and "." in need}
        beside = {str(name) for name in names}
        verbs |= {name for name in beside if name.startswith("@")}
        found[intent] = Explained(
            frozenset(name for name in needs | beside if not name.startswith("@")),
            frozenset(verb[1:].partition(".")[0] for verb in verbs),
            _HAPPENED | {"must"} if intent in _ASKED_FOR else _HAPPENED,
        )
    return found


def left_over(scan: Scan, clause: Clause, explained: Explained) -> list[int]:
    """The tokens of the clause that a write of it does not explain."""
    language = scan.language
    later = "until" in clause.present
    solid = [scan.taken[i] or scan.covered[i] for i in range(clause.start, clause.end)]
    unsettled: set[int] = set()

    def settle(places: Iterable[int]) -> None:
        for place in places:
            if clause.start <= place < clause.end:
                solid[place - clause.start] = True

    for verb in clause.verbs:
        if _done(verb, explained, later):
            settle(range(verb.start, verb.end))
        elif verb.acts:
            unsettled.update(range(verb.start, verb.end))
    for one in clause.concepts:
        if one.name in explained.concepts:
            places = range(one.start, one.end)
            settle(i for i in places if language.concepts.holds(one.name, scan.keys[i], scan.canon[i]))
    for values in clause.values.values():
        for one in values:
            settle(range(one.start, one.end))
    settle((*clause.correcting, *clause.noted, clause.retracted))
    settle(i for i in range(clause.start, clause.end) if scan.keys[i] in language.persons.own)
    return [
        i
        for i in range(clause.start, clause.end)
        if i in unsettled or not (solid[i - clause.start] or _harmless(scan, clause, solid, i))
    ]


def _done(verb: Verb, explained: Explained, later: bool) -> bool:  # noqa: FBT001
    if verb.group not in explained.verbs:
        return False
    return not verb.acts or verb.tense in explained.tenses or (later and verb.tense == "future")


def _harmless(scan: Scan, clause: Clause, solid: list[bool], i: int) -> bool:
    """Whether a word says nothing where it stands; a mark must stand at something that is accounted for."""
    language = scan.language
    key = scan.keys[i]
    if not scan.words[i][0].isalnum():
        return True
    if key in language.harmless:
        return True
    if key in language.marks_behind:
        return i > clause.start and solid[i - 1 - clause.start]
    if key in language.marks_before:
        at = i + 1
        while at < clause.end and scan.keys[at] in language.harmless:
            at += 1
        return at < clause.end and solid[at - clause.start]
    return False

