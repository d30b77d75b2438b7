"""Whether the parts of a sentence, cut at an "and", carry wishes of their own. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from offhook.contracts.conversation import SlotValue
from offhook.understanding.clauses import Clause
from offhook.understanding.date_base import Days
from offhook.understanding.entities import within
from offhook.understanding.follow import DAY_GROUP, TIME_GROUP
from offhook.understanding.guesses import CANCEL, MOVE
from offhook.understanding.modality import REFUSED, UNWANTED
from offhook.understanding.model import Command
from offhook.understanding.reading import Reading

_HELD = frozenset({"has_one", "already"})
_OF_CHANGE = frozenset({"out_of_scope", "availability.check", "appointment.status", "appointment.cancel", MOVE})
"""What the rest of a sentence may be by itself that changes what its beginning tells of."""
_ASKING_FOR = frozenset({"book", "want", "ask_if", "politely", "book_me", "asks_for", "ask_for"})
_ASKED_FOR = _ASKING_FOR - {"ask_for"}
_ARTICLES = frozenset({"a", "an", "the", "my", "our", "that"})
_BOOKED_WITHIN = 4
"""Words between the work that is booked and its day ("an oil change booked in for Friday")."""


def one_wish(whole: Clause, parts: list[Clause]) -> bool:
    """Whether a whole sentence asks for one thing beyond doubt, and its parts for that or for nothing: a reason that
    has an "and" in it.
    """
    others = {part.intent for part in parts} - {whole.intent, None, "out_of_scope"}
    return whole.certain and not others and sum(part.intent == whole.intent for part in parts) == 1


def told_and_changed(reading: Reading, whole: Clause, parts: list[Clause]) -> bool:
    """Whether the first part only tells of what is booked, or why it is given up, and the rest changes it: "I have a
    tire rotation on the second and I must call it off", "my brother did the pads last night, so scrap my appointment".
    """
    if whole.intent not in (CANCEL, MOVE):
        return False
    first = parts[0]
    if not all(part.intent in (None, *_OF_CHANGE) or _no_work(part) for part in parts[1:]):
        return False
    if not _HELD.isdisjoint(first.present) or _holds_work(reading, first) or _of_ours(first):
        return True
    past = any(problem.kind == "past" for problem in first.problems)
    told = past or (first.foreign > 0 and _ASKED_FOR.isdisjoint(first.present))
    return whole.intent == CANCEL and first.intent == "service.book" and told


def _of_ours(clause: Clause) -> bool:
    """ "My appointment's this Friday": told, and nothing asked for."""
    named = "my_appointment" in clause.present and "@when" in clause.present
    return named and _ASKED_FOR.isdisjoint(clause.present) and (clause.intent is None or _no_work(clause))


def _no_work(clause: Clause) -> bool:
    """Whether a booking names no work of ours: "can we come in on Tuesday", "it is at the body shop, …"."""
    if clause.intent != "service.book" or "@service" in clause.present:
        return False
    named = [problem for problem in clause.problems if problem.slot == "service"]
    return "@services" not in clause.present or (bool(named) and all(one.kind == "unknown" for one in named))


def _holds_work(reading: Reading, clause: Clause) -> bool:
    """ "I have an oil change (booked) for Friday"."""
    words = reading.sentence.words
    for entity in within(reading.services, clause.start, clause.end):
        before = [word for word in words[max(clause.start, entity.start - 5) : entity.start] if word not in _ARTICLES]
        has = before[-1:] in (["have"], ["had"]) and before[-2:-1] in (["i"], ["we"])
        has = has or (before[-2:] == ["have", "got"] and before[-3:-2] in (["i"], ["we"]))
        behind = range(entity.end, entity.end + _BOOKED_WITHIN)
        if has and any(isinstance(piece, Days) and piece.start in behind for piece in reading.pieces):
            return True
    return False


def new_one(reading: Reading, clause: Clause) -> bool:
    """Whether what is new is one of what was named before, and no car."""
    words = reading.sentence.words[clause.start : clause.end]
    return "@model" not in clause.present and any(pair in (("new", "one"), ("new", "ones")) for pair in pairwise(words))


def two_visits(left: Clause, right: Clause) -> bool:
    """ "An oil change for the Civic on Friday at nine and brake pads for the City on Monday at ten"."""
    whole = all({"service", "time", "model"} <= clause.slots.keys() for clause in (left, right))
    return whole and not (left.problems or right.problems) and left.slots["model"] != right.slots["model"]


def tells(clause: Clause) -> bool:
    """Whether what is none of ours only tells why something is wished for ("things got busy and I have to …")."""
    return not clause.inquires and clause.present.isdisjoint(_ASKING_FOR)


def asks_for_it(clause: Clause) -> bool:
    """Whether what was named before is asked for ("the price of an oil change, and can I get one on Tuesday")."""
    if "@when" not in clause.present or not {"@service", "@services", "@model"}.isdisjoint(clause.present):
        return False
    if clause.intent not in (None, "service.book", "availability.check"):
        return False
    fits = clause.intent != "availability.check" or "fit_question" in clause.present
    return fits and not _ASKING_FOR.isdisjoint(clause.present) and clause.foreign == 0


def priced_and_booked(left: Clause, right: Clause) -> bool:
    """Whether the price of some work is asked, and then the work itself."""
    return left.intent == "price.quote" and "service" in left.slots and asks_for_it(right)


def booked_too(clause: Clause, before: Sequence[Command], takes: Collection[str]) -> Command | None:
    """The booking of what the price was asked of right before. `takes`: the slots that a booking has."""
    service = before[-1].slots.get("service") if before and before[-1].intent == "price.quote" else None
    if service is None or not asks_for_it(clause):
        return None
    said = {slot: value for slot, value in clause.slots.items() if slot in takes}
    return Command(intent="service.book", slots={"service": service, **said})


def leans(clause: Clause) -> bool:
    """Whether the clause names values alone ("and a tire rotation?", "ok and Monday?"), for what was said before."""
    agreed = {"yes"} if clause.asks else set()
    needs = clause.best.alternative.needs if clause.best is not None else ()
    return bool(needs) and all(need.startswith("@") or need in agreed for need in needs)


def amend(clause: Clause) -> dict[str, SlotValue]:
    """ "Oh no, make it eleven", when nothing waits for an answer: what was settled before is to change."""
    if not {REFUSED, UNWANTED, "cant_come", "cancel"}.isdisjoint(clause.present):
        return {}
    return {slot: clause.slots[slot] for slot in (*DAY_GROUP, *TIME_GROUP) if slot in clause.slots}
