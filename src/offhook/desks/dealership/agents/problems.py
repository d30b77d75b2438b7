"""What stands against values of a turn: which of several is meant, what cannot be, digits that are no whole number.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from offhook.desks.dealership.agents import booking_lines as say
from offhook.desks.dealership.agents.several_services import each_when, one_by_one
from offhook.desks.dealership.agents.turn import Turn
from offhook.desks.dealership.agents.wish import BOOKING, reopened, taken
from offhook.desks.dealership.facts import DealershipFacts
from offhook.dialogue.choices import adds_up, says
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import FormState, fill, forget
from offhook.dialogue.model import Line, Question
from offhook.dialogue.templates import Words
from offhook.kit.phone import phone_or_none
from offhook.understanding.model import Command, Problem

PHONE_PART = "phone_part"
"""Form value: the digits of a phone number that is being given in parts."""
LONGEST_PART = 9
"""More digits than that at once are meant as a whole number."""
LONGEST_PHONE = 15
"""Digits of a number in E.164."""
NEVER = frozenset({"impossible", "gap", "past"})
"""Kinds of problems with a day or time that nobody can have meant."""
_PART = re.compile(r"[,.;]|\bbut\b")


def problems_of(work: Work, command: Command) -> dict[str, Problem]:
    reading = work.reading
    if reading is None or not reading.commands or reading.commands[0].slots != command.slots:
        return {}
    return {problem.slot: problem for problem in reading.problems}


def with_problems(
    turn: Turn, problems: dict[str, Problem], words: Words, country: str, refused: frozenset[str]
) -> Turn:
    """Say what is wrong with a value; ask which one where there are candidates."""
    lines = list(turn.lines)
    for slot, problem in problems.items():
        if problem.kind in NEVER and slot in ("date", "time"):
            lines.append(never_line(turn.form, slot, problem, words))
            # What was held before is not wanted any more, or the caller would not have named another.
            turn = replace(turn, form=reopened(turn.form, slot), wants_offers=True, never=True)
        elif problem.kind == "conflict" and slot == "date" and not problem.candidates:
            # What was held before is not wanted any more, or the caller would not have named another.
            turn = replace(turn, form=reopened(turn.form, slot))
            lines.append(Line("dates_differ", {"said": problem.said}))
        elif problem.kind == "unknown" and slot == "service":
            turn = replace(turn, form=reopened(turn.form, slot))
            lines.append(Line("service_unknown"))
        elif problem.kind in ("ambiguous", "conflict") and problem.candidates:
            named = tuple(dict.fromkeys(problem.candidates))
            candidates = (tuple(one for one in named if one not in refused) or named)[:3]
            if slot == "service" and len(candidates) == 1 and (len(problem.candidates) > 1 or turn.before.choices):
                form = taken(turn.form, {slot: candidates[0]}, frozenset())  # "pads", of those that were named
                return replace(turn, form=form, lines=tuple(lines))
            # What was held before is not what is wanted now, or the caller would not have named another.
            form = reopened(turn.form, slot) if slot in BOOKING.slots else turn.form
            if slot == "service" and adds_up(problem.said, words):
                values, more = one_by_one(problem.candidates)
                values = each_when(turn, values, problems, words)
                return replace(turn, form=taken(form, values, frozenset()), lines=(*lines, *more))
            form = replace(form, choices=candidates, choice_of=slot)
            return replace(turn, form=form, lines=tuple(lines), asked=slot, question=which(slot, candidates, words))
        elif problem.kind == "invalid" and slot == "phone":
            return phone_in_parts(replace(turn, lines=tuple(lines)), problem.said, country)
    return replace(turn, lines=tuple(lines))


def refused(facts: DealershipFacts, text: str, words: Words) -> frozenset[str]:
    """The services that the words refuse: "not brake pads, oil change"."""
    parts = (part for part in _PART.split(text) if says(part, words.negations))
    return frozenset(service.name for part in parts for service in facts.all_named_in(part))


def which(slot: str, candidates: Sequence[str], words: Words) -> Question:
    said = [_candidate_text(slot, candidate, words) for candidate in candidates]
    return say.which(said, "choice" if slot not in BOOKING.slots else BOOKING.field(slot).expect, words)


def never_line(form: FormState, slot: str, problem: Problem, words: Words) -> Line:
    """Why a day or time that was said cannot be meant."""
    if problem.kind == "past":
        return Line("past_said")
    if problem.kind == "gap" and form.get("date"):
        return Line(
            "no_such_time", {"time": _time_said(problem, words), "day": say.day_text(str(form.get("date")), words)}
        )
    if slot == "time":
        return Line("impossible_time", {"said": _time_said(problem, words)})
    return Line("impossible_date", {"said": problem.said})


def _time_said(problem: Problem, words: Words) -> str:
    try:
        return say.time_text(problem.said, words)
    except ValueError:
        return problem.said


def phone_in_parts(turn: Turn, said: str, country: str) -> Turn:
    """Digits that are no whole number yet are kept, and those said next are added to them."""
    digits = "".join(letter for letter in said if letter.isdigit())
    part = (turn.form.get(PHONE_PART) or "") + digits
    # Who begins again says it whole: the part before is not put in front of it.
    phone = phone_or_none(part, country) or phone_or_none(digits, country)
    form = forget(turn.form, PHONE_PART)
    if phone is not None:
        return replace(turn, form=fill(form, {"phone": phone}))
    if 0 < len(digits) <= LONGEST_PART and len(part) < LONGEST_PHONE:
        line = Line("phone_so_far", {"digits": " ".join(part)})
        return replace(turn, form=fill(form, {PHONE_PART: part}), lines=(*turn.lines, line))
    return replace(turn, form=form, lines=(*turn.lines, Line("phone_unreadable")))


def _candidate_text(slot: str, candidate: str, words: Words) -> str:
    try:
        if slot == "date":
            return say.day_text(candidate, words)
        if slot == "time":
            return say.time_text(candidate, words)
    except ValueError:
        return candidate
    return say.in_sentence(candidate) if slot == "service" else candidate
