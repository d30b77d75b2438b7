"""Whether every word of a clause is accounted for by what would be written of it.

A write is what the whole clause says, or it is read back first: each word is a slot's value, a part of a phrase or a
verb that the command is made of, a mark at one of these (ne, ko, se, from), or a word that changes nothing (please,
ji, abhi). Any other word may be what makes it no entry: another party, a place, a thing, a doubt, a story.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import cast

from offhook.understanding.datafile import Data
from offhook.understanding.frames import FrameSet
from offhook.understanding.ledger.clauses import Clause, addressed
from offhook.understanding.ledger.parts import has
from offhook.understanding.ledger.spans import Scan
from offhook.understanding.ledger.verbs import Verb

_HAPPENED = frozenset({"past", "imperative", "infinitive"})
"""Tenses of what was done, or is to be written."""
_ASKED_FOR = frozenset({"customer.create"})
"""Intents whose "it must be done" is an order: nothing has happened that could be told ("naya grahak jodna hai")."""
_PEOPLE = frozenset({"customer", "name"})
_THINGS = frozenset({"items", "product"})
_SUMS = frozenset({"amount", "opening_balance", "qty", "items"})
_AMENDS = frozenset({"nahi", "wrong", "hearsay"})
"""What may stand in a line that puts right what we read back ("nahi, 500 bola tha")."""
_SAYING = frozenset({"bol", "keh", "tell"})
"""Verbs by which one says what one said ("Vikas bola tha", "galat suna")."""
_BUT = frozenset({"lekin", "magar", "par", "but", "balki"})
"""Links before what puts a read-back right ("haan, lekin 600")."""
_DOING = frozenset(
    {"vouched", "book", "made_customer", "change", "made", "sent", "cancel", "undo", "new", "customer_word"}
)
"""What may stand beside a yes and say only what it is a yes to."""
_STRAYING = 2
"""Words of other things from which on a question is not about the book."""
_TOLD = frozenset({"@asked", "@later", "if_word", "maybe_word", "wish", "wants"})
"""With one of these a line tells or asks something; it answers nothing."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What a command may be made of, beside the marks of its values."""

    concepts: frozenset[str]
    verbs: frozenset[str]
    tenses: frozenset[str]
    slots: frozenset[str]
    whole: bool
    """Whether a sentence must be explained by it to the last word: what moves money or goods."""


def read_explained(shared: Data, frames: FrameSet) -> dict[str, Explained]:
    """By intent: what its frames ask for, and what may stand beside that (`beside` in frames.yaml)."""
    listed = cast("Mapping[str, Iterable[object]]", shared.get("beside", {}))
    found: dict[str, Explained] = {}
    for intent in sorted({frame.intent for frame in frames.frames}):
        own = [frame for frame in frames.frames if frame.intent == intent]
        needs = {need for frame in own for alternative in frame.alternatives for need in alternative.needs}
        verbs = {need for need in needs if need.startswith("@") and "." in need}
        beside = {str(name) for name in listed.get(intent, ())}
        verbs |= {name for name in beside if name.startswith("@")}
        found[intent] = Explained(
            frozenset(name for name in needs | beside if not name.startswith("@")),
            frozenset(verb[1:].partition(".")[0] for verb in verbs),
            _HAPPENED | {"must"} if intent in _ASKED_FOR else _HAPPENED,
            frozenset(slot for frame in own for slot in frame.slots),
            intent in listed,
        )
    return found


_ORDERING = frozenset({"mang", "mangva"})
_ONWARD = frozenset({"in", "over", "through", "across"})
"""Behind an English verb they only say that it came ("came in", "sent over")."""
_BY = frozenset({"with", "by", "using", "used", "swiped", "swiping", "tapped", "scanned"})
"""Before what something is paid with."""


def left_over(scan: Scan, clause: Clause, explained: Explained, also: frozenset[str] = frozenset()) -> list[int]:
    """The tokens of the clause that a write of it does not explain. `also`: more phrases that may stand in it."""
    language = scan.language
    later = "until" in clause.present and "due_date" in explained.slots
    against = _of_no_slot(scan, clause, explained) | _double_meant(scan, clause)
    solid = [(scan.taken[i] or scan.covered[i]) and i not in against for i in range(clause.start, clause.end)]

    def settle(places: Iterable[int]) -> None:
        for place in places:
            if clause.start <= place < clause.end:
                solid[place - clause.start] = True

    dated = not explained.slots.isdisjoint(("date", "due_date"))
    for verb in clause.verbs:
        guessed = any(i in scan.mended for i in range(verb.start, verb.end))
        told = not dated and any(scan.keys[i] in language.voc.past_marks for i in range(verb.start, verb.end))
        told = told and not ("came" in clause.present and verb.group in _ORDERING)  # "mangwaya tha, aa gaya"
        if guessed or told or not _done(verb, explained, later):
            against.update(range(verb.start, verb.end))
        elif verb.group in explained.verbs:
            settle(range(verb.start, verb.end))
    for one in clause.concepts:
        if one.name in explained.concepts or one.name in also:
            places = range(one.start, one.end)
            settle(i for i in places if language.concepts.holds(one.name, scan.keys[i], scan.canon[i]))
    settle(verb.end for verb in clause.verbs if scan.keys[verb.start][0] == "=" and scan.word(verb.end) in _ONWARD)
    for verb in clause.verbs:
        if clause.start <= verb.start < clause.end and solid[verb.start - clause.start]:
            settle(range(verb.start, verb.end))  # "jama kar do": what it is done with says nothing more
    for values in clause.values.values():
        for one in values:
            settle(range(one.start, one.end))
    settle(
        (
            *addressed(clause.start, clause.end, scan),
            *clause.correcting,
            *clause.noted,
            *clause.named,
            *clause.picking,
            clause.retracted,
        )
    )
    settle(clause.promised | clause.aside)
    done = {verb.start for verb in clause.verbs if verb.tense == "past"}
    settle(i for i in range(clause.start, clause.end) if has(scan, i) and not done.isdisjoint((i + 1, i + 2)))
    against -= clause.promised | clause.aside
    settle(i for i in range(clause.start, clause.end) if scan.keys[i] in language.persons.own)
    return [
        i
        for i in range(clause.start, clause.end)
        if i in against or not (solid[i - clause.start] or _harmless(scan, clause, solid, i, explained))
    ]


def astray(scan: Scan, clause: Clause, explained: Explained, most: int = _STRAYING) -> bool:
    """Whether a question has `most` or more other things in it ("share bazaar aaj kaisa raha")."""
    language = scan.language
    functions, english = language.voc.function_keys, language.everyday.lexicon.function_words
    left = [
        i
        for i in left_over(scan, clause, explained)
        if not scan.taken[i]
        and scan.words[i] not in english
        and scan.keys[i] not in language.topics
        and scan.keys[i] not in functions
        and scan.keys[i] not in language.verbs
    ]
    return len(left) >= most


def tells(scan: Scan, clauses: Iterable[Clause], explained: Explained, *, amends: bool) -> bool:
    """Whether a line that gives values to a waiting entry says more than these. `amends`: values that were read
    back."""
    if not explained.whole:
        return False
    if amends:
        explained = replace(explained, verbs=explained.verbs | _SAYING)
    also = _AMENDS if amends else frozenset[str]()
    barred = _TOLD if amends else _TOLD | {"@unreal"}
    for clause in clauses:
        left = left_over(scan, clause, explained, also)
        if not clause.present.isdisjoint(barred) or any(not (amends and scan.latin(i) in _BUT) for i in left):
            return True
    return False


def agrees(scan: Scan, clauses: Iterable[Clause], explained: Explained) -> bool:
    """Whether a yes says nothing but yes, to do it, and what was read back ("haan, mazaak tha" does not)."""
    yes = {i for one in scan.language.yes.find(scan.keys, scan.canon, scan.taken) for i in range(one.start, one.end)}
    return all(yes.issuperset(left_over(scan, clause, explained, _DOING)) for clause in clauses)


def _of_no_slot(scan: Scan, clause: Clause, explained: Explained) -> set[int]:
    """Tokens of values that the entry has no place for, and of whoever is spoken of beside the customer."""
    slots = explained.slots
    places: list[tuple[int, int]] = []
    if slots.isdisjoint(_PEOPLE):
        places.extend((one.start, one.end) for one in clause.persons)
    if slots.isdisjoint(_THINGS):
        places.extend((one.start, one.end) for one in clause.goods)
        places.extend((one.start, one.end) for one in clause.quantities)
    if slots.isdisjoint(_SUMS):
        places.extend((one.start, one.end) for one in clause.amounts)
    if "phone" not in slots:
        places.extend((one.start, one.end) for one in clause.phones)
    # Somebody else, or a tag that asks ("has he"); beside a name that is new he is the one who is meant.
    if clause.known_persons and "name" not in slots:
        owned = {one.start for one in clause.concepts if one.name in explained.concepts}  # "his dues"
        methods = {one.start for one in clause.values.get("method", [])}
        counted = {one.start for one in clause.amounts}  # "wo 300 rupaye"
        handed = {one.start for one in clause.concepts if one.name in ("how_given", "book")}  # "she used her card"
        fitting = {"of": owned, "bare": counted | handed}
        pronouns = [one for one in clause.persons if one.pronoun]
        phrases = [one for one in clause.concepts if one.name in explained.concepts]  # "what he owed"
        places.extend(
            (one.start, one.end)
            for one in pronouns
            if one.close not in fitting.get(one.role, ())
            and not (one.close in methods and scan.word(one.start - 1) in _BY)  # "paid with his card"
            and not any(phrase.start < one.start and one.end < phrase.end for phrase in phrases)
        )
    return {i for start, end in places for i in range(start, end)}


def _double_meant(scan: Scan, clause: Clause) -> set[int]:
    """Goods that are a verb's form as well, with nothing beside them that is counted in a unit ("500 aate hi")."""
    measured = any(one.unit is not None for one in clause.quantities)
    return {
        one.start
        for one in clause.goods
        if not measured and one.end == one.start + 1 and scan.keys[one.start] in scan.language.verbs
    }


def _done(verb: Verb, explained: Explained, later: bool) -> bool:
    """Whether it was done, or is to be written; what only tells how something else is done has no time of its own."""
    return not verb.acts or verb.tense in explained.tenses or (later and verb.tense == "future")


def _harmless(scan: Scan, clause: Clause, solid: list[bool], i: int, explained: Explained) -> bool:
    """Whether a word says nothing where it stands; a mark must stand at something that is accounted for."""
    language = scan.language
    key = scan.keys[i]
    if key in language.harmless or not scan.words[i][0].isalnum():
        return True
    if key in language.marks_behind:
        return i > clause.start and solid[i - 1 - clause.start]
    if key not in language.marks_before:
        return False
    at = i + 1
    while at < clause.end and not solid[at - clause.start] and scan.keys[at] in language.harmless:
        at += 1
    if at >= clause.end or not solid[at - clause.start]:
        return False
    if language.persons.before.get(key) in ("source", "goal"):
        methods = clause.values.get("method", [])
        if any(one.start <= at < one.end for one in methods):
            return False  # "credit from the bank": not the customer's
    # "for 84" is a price: where nothing is paid it counts no things.
    return "amount" in explained.slots or not any(one.start <= at < one.end for one in clause.amounts)
