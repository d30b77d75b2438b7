"""A sentence in the light of what was asked: answers, corrections, yes and no, digressions.

With a command pending, dialogue acts come first: "no, Friday" amends, it does not deny; "Friday" to "which day?" fills.
A question of another kind stays what it is and the pending command goes on waiting. A yes is only a yes when nothing in
the sentence speaks against it.
"""

from __future__ import annotations

from offhook.contracts.conversation import SlotValue
from offhook.understanding.clauses import Clause
from offhook.understanding.desk import DeskLanguage
from offhook.understanding.guesses import CANCEL, MOVE
from offhook.understanding.modality import REFUSED
from offhook.understanding.model import Command, Context

DAY_GROUP = ("date", "date_from", "date_to", "days")
TIME_GROUP = ("time", "time_from", "time_to", "daypart")
_OWN = frozenset({"confirm", "deny", "greet", "customer.identify", "out_of_scope", "smalltalk"})
_WITH_YES = ("confirm", "greet", "smalltalk", "customer.identify")
"""What may stand beside a yes and leave it one ("yes, thanks"); a goodbye only beside a clear one."""
CHOICE, ALL, ONE = "choice", "all", "one"
"""Slot, and its values, of an answer that takes everything that it was asked to choose from ("both"), or one by its
place ("the second one"); which, the words say."""
_ALIASES = {
    "customer_name": "name",
    "customer_phone": "phone",
    "preferred_date": "date",
    "preferred_time": "time",
    "service_type": "service",
}
_PROPOSING = frozenset({"works_question", "ask_if", "fit_question", "be_ok", "question"})
_NO_CANCEL = frozenset({"cancels_else", "cancel_policy", REFUSED})
_ALWAYS = frozenset({"name", "phone", "email"})


def follow(clause: Clause, desk: DeskLanguage, context: Context) -> Command | None:
    """The command of one clause while another one is pending, or None when it says nothing to the point."""
    pending = context.pending
    if pending is None:
        return None
    asked = _ALIASES.get(context.asked or "", context.asked or "")
    said = _said(clause, desk, pending, asked)
    if "again" in clause.present and _of_the_line(clause, said):
        return Command(intent="repeat")
    yes, no = "yes" in clause.present, not {"no", "soft_no"}.isdisjoint(clause.present)
    if pending.intent == "appointment.cancel" and "move" in clause.present and "cancel" not in clause.present:
        takes = slots_of(desk, MOVE)  # "no, don't cancel, just push it to the second at nine"
        return Command(intent=MOVE, slots={slot: value for slot, value in clause.slots.items() if slot in takes})
    if _gives_up(clause, pending, asked):
        takes = slots_of(desk, CANCEL)
        return Command(intent=CANCEL, slots={slot: value for slot, value in clause.slots.items() if slot in takes})
    if _digresses(clause, pending, asked, said):
        return _own(clause)
    if clause.intent == "appointment.cancel" and not said:
        if pending.intent == "appointment.cancel" and not no:
            return Command(intent="confirm" if asked == "confirm" else pending.intent)
        return Command(intent="deny")
    if REFUSED in clause.present and not said:
        return Command(intent="deny")
    if said:
        return _values(
            said, pending, asked, yes and not clause.numbers and {"doubt", "query"}.isdisjoint(clause.present), no
        )
    choosing = not no and not clause.foreign and asked not in ("confirm", "change")
    if choosing and not {"every", "one_of"}.isdisjoint(clause.present):
        return Command(intent=pending.intent, slots={CHOICE: ALL if "every" in clause.present else ONE})
    if no and asked in ("confirm", "change") and _names_unclearly(clause, desk, pending):
        return Command(intent="correct")
    if no and "unsure" in clause.present and asked not in ("confirm", "change"):
        return None
    if no:
        return Command(intent="deny")
    if yes and "doubt" in clause.present:
        return Command(intent="deny")
    if yes and ("query" in clause.present or clause.numbers):
        return None
    if yes and _names_unclearly(clause, desk, pending):
        return Command(intent="correct" if asked in ("confirm", "change") else pending.intent)
    if yes and clause.foreign <= 1 and clause.intent in (None, pending.intent, *_WITH_YES):
        return Command(intent="confirm")
    if clause.intent == "goodbye" and "clear_yes" in clause.present:
        return Command(intent="confirm")
    if asked == "change":
        return Command(intent="correct")
    if asked == "confirm" and clause.intent == pending.intent:
        return None  # the wish once more, without a value: neither a yes nor a change
    return _own(clause)


def waits(clause: Clause, desk: DeskLanguage, context: Context) -> bool:
    """Whether somebody only asks for a moment to find what was asked for: "hold on, let me find my calendar"."""
    if context.asked in (None, "confirm", "change") or context.pending is None or "wait_word" not in clause.present:
        return False
    asked = _ALIASES.get(context.asked, context.asked)
    if _said(clause, desk, context.pending, asked):
        return False
    return clause.intent == "smalltalk" and not clause.asks and {"yes", "no", "query"}.isdisjoint(clause.present)


def _gives_up(clause: Clause, pending: Command, asked: str) -> bool:
    """ "Oh, I don't know when, just cancel it", where we asked what an appointment shall move to."""
    moving = pending.intent == MOVE and asked not in ("confirm", "change")
    return moving and "cancel" in clause.present and not clause.asks and _NO_CANCEL.isdisjoint(clause.present)


def _of_the_line(clause: Clause, said: dict[str, SlotValue]) -> bool:
    """Whether what is told beside "again" is why we were not heard, and of no car: "awaaz kat gayi, phir se boliye",
    "say that again please, the bus was going by"."""
    noisy = "trouble" in clause.present and said.keys() == {"service"}
    return noisy or (not said and clause.intent == "out_of_scope")


def _said(clause: Clause, desk: DeskLanguage, pending: Command, asked: str) -> dict[str, SlotValue]:
    takes = slots_of(desk, pending.intent) | _ALWAYS | ({asked} if asked else set())
    said = {slot: value for slot, value in clause.slots.items() if slot in takes}
    if "vehicle" in takes and "model" in clause.slots and "model" not in takes:
        said["vehicle"] = clause.slots["model"]
    if asked != "pickup" and "book" not in clause.present:
        said.pop("pickup", None)
    if (
        "name" in said
        and asked not in ("name", "customer", "confirm", "change")
        and clause.intent not in (None, "customer.identify", pending.intent)
    ):
        said.pop("name")
    return said


def slots_of(desk: DeskLanguage, intent: str) -> frozenset[str]:
    return frozenset(slot for frame in desk.frames.frames if frame.intent == intent for slot in frame.slots)


def _names_unclearly(clause: Clause, desk: DeskLanguage, pending: Command) -> bool:
    """ "No, the brakes", where there are two services for brakes, or "yes, the Friday or the Monday": a value is told,
    which is to be asked about."""
    takes = slots_of(desk, pending.intent)
    return any(problem.kind == "ambiguous" and problem.slot in takes for problem in clause.problems)


def _digresses(clause: Clause, pending: Command, asked: str, said: dict[str, SlotValue]) -> bool:
    intent = clause.intent
    if intent is None or intent == pending.intent or intent in _OWN:
        return intent == "out_of_scope" and not said
    if intent == MOVE and pending.intent == "appointment.cancel":
        return True
    if intent == MOVE and pending.intent != MOVE:
        return not (said or "appointment" not in clause.present)
    if intent == "appointment.cancel":
        if pending.intent == MOVE:
            return True
        return "appointment" in clause.present and pending.intent != intent
    if intent in ("service.book", "testdrive.book"):
        return pending.intent not in ("service.book", "testdrive.book", MOVE) or (
            pending.intent != intent and ("test_drive" in clause.present or "service" in clause.slots)
        )
    if intent == "availability.check" and said and (_proposes(clause) or _answers(clause)):
        return False
    if asked == "name" and "name" in said and {"query", "question", "ask_if"}.isdisjoint(clause.present):
        return False  # "my name is Barry Price" asks for no price
    if asked and _answered(asked, said) and clause.score < 3.0 and intent != "availability.check":
        return False
    if intent == "goodbye" and "soft_no" in clause.present:
        return False
    if intent == "repeat":
        return asked not in said
    return not (intent == "goodbye" and "clear_yes" in clause.present and asked == "confirm")


def _answered(asked: str, said: dict[str, SlotValue]) -> bool:
    """Whether what was asked for is said; a bound answers "at what time?" as well."""
    groups = {"time": TIME_GROUP, "date": DAY_GROUP, "datetime": (*DAY_GROUP, *TIME_GROUP)}
    return not said.keys().isdisjoint(groups.get(asked, (asked,)))


def _proposes(clause: Clause) -> bool:
    """Whether what looks like a question after free times proposes one ("how about Friday", "can we do ten")."""
    best = clause.best
    return best is not None and all(need in _PROPOSING or need.startswith("@") for need in best.alternative.needs)


def _answers(clause: Clause) -> bool:
    """Whether what could ask for free times asks nothing: "next available", where we asked when."""
    soon = "earliest" in clause.slots and not clause.inquires and not clause.asks
    return soon or {"question", "ask_if", "query", "there_q"}.isdisjoint(clause.present)


def _own(clause: Clause) -> Command | None:
    best = clause.best
    if best is None:
        return None
    return Command(intent=best.frame.intent, slots=framed(clause))


def framed(clause: Clause) -> dict[str, SlotValue]:
    """The values that the clause's frame takes, with those that it sets itself."""
    best = clause.best
    if best is None:
        return {}
    takes = best.frame.slots
    slots = {slot: value for slot, value in clause.slots.items() if slot in takes}
    if "vehicle" in takes and "model" in clause.slots:
        slots["vehicle"] = clause.slots["model"]
    if best.frame.intent == "service.book":
        slots |= {slot: clause.slots[slot] for slot in ("phone", "email") if slot in clause.slots}
    return {**best.frame.fixed, **slots}


def _values(said: dict[str, SlotValue], pending: Command, asked: str, yes: bool, no: bool) -> Command | None:
    changed = {slot: value for slot, value in said.items() if _changes(slot, value, pending.slots)}
    known = {slot: value for slot, value in said.items() if _same(value, pending.slots.get(slot))}
    new = {slot: value for slot, value in said.items() if slot not in changed and slot not in known}
    if changed:
        return Command(intent="correct", slots={**changed, **new})
    if new:
        amends = asked in ("confirm", "change")
        return Command(intent="correct" if amends else pending.intent, slots=new)
    if asked == "confirm":
        if no:
            return Command(intent="deny")
        return Command(intent="confirm") if yes else Command(intent="correct", slots=known)
    return Command(intent=pending.intent, slots=known)


def _changes(slot: str, value: SlotValue, held: dict[str, SlotValue]) -> bool:
    for group in (DAY_GROUP, TIME_GROUP):
        if slot in group:
            return any(held.get(name) is not None for name in group) and not _same(value, held.get(slot))
    return held.get(slot) is not None and not _same(value, held.get(slot))


def _same(one: SlotValue, two: SlotValue) -> bool:
    if isinstance(one, str) and isinstance(two, str):
        return one.casefold() == two.casefold()
    return one == two
