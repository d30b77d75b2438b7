"""Several services in one talk: named together, or one more beside the one that is held; each with its own time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from offhook.contracts.conversation import SlotValue
from offhook.desks.dealership.agents import booking_lines as say
from offhook.desks.dealership.agents.offering import WHEN
from offhook.desks.dealership.agents.turn import Turn
from offhook.desks.dealership.agents.wish import NEXT_SERVICES, SAME_DAY
from offhook.dialogue.choices import adds, adds_up
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import FormState
from offhook.dialogue.model import Line
from offhook.dialogue.templates import Words
from offhook.understanding.model import Context, Problem


def besides(
    work: Work, form: FormState, values: dict[str, SlotValue], words: Words
) -> tuple[dict[str, SlotValue], list[Line]]:
    """`values` with a service that is wanted beside the one that is held put behind it, with its own day and time:
    those said where the held one has them already."""
    held, new = form.get("service"), values.get("service")
    if held is None or not isinstance(new, str) or new == held or not adds(work.turn.text, words):
        return values, []
    entry: dict[str, SlotValue] = {"service": new}
    left = {slot: value for slot, value in values.items() if slot != "service"}
    settled = {"date", "time"} <= form.values.keys()
    if settled or any(slot in form.values and form.values[slot] != left[slot] for slot in WHEN if slot in left):
        entry |= _when_by_itself(work)
        left = {slot: value for slot, value in left.items() if slot not in WHEN}
    if not entry.keys() & set(WHEN):
        entry[SAME_DAY] = True
    waiting = form.values.get(NEXT_SERVICES)
    others = [*(waiting if isinstance(waiting, list) else ()), entry]
    line = Line("added_after", {"service": say.in_sentence(new), "first": say.in_sentence(held)})
    return {**left, NEXT_SERVICES: others}, [line]


def _when_by_itself(work: Work) -> dict[str, SlotValue]:
    """The day and time of the sentence read as if nothing had been said before: what is held hides what it repeats."""
    turn, world = work.turn, work.facts.world(work.business, work.now)
    reading = work.desk.reader.read(turn.text, turn.alternatives, turn.confidence, world, Context())
    wrong = {problem.slot for problem in reading.problems}
    said = reading.commands[0].slots if reading.commands else {}
    return {slot: said[slot] for slot in WHEN if said.get(slot) and slot not in wrong}


def one_by_one(services: Sequence[str]) -> tuple[dict[str, SlotValue], list[Line]]:
    first, *others = services
    behind: list[dict[str, SlotValue]] = [{"service": one} for one in others]
    return {"service": first, NEXT_SERVICES: behind}, [Line("one_by_one", {"first": say.in_sentence(first)})]


def each_when(
    turn: Turn, values: dict[str, SlotValue], problems: dict[str, Problem], words: Words
) -> dict[str, SlotValue]:
    """`values` of services that were named together, each with its own of as many days or times ("at 8 and 9"); a day
    that was said once, and its part, is meant for all of them."""
    behind = [dict(one) for one in cast("list[dict[str, SlotValue]]", values[NEXT_SERVICES])]
    for slot in ("date", "time"):
        problem = problems.get(slot)
        told = problem.candidates if problem is not None and adds_up(problem.said, words) else ()
        if len(told) == len(behind) + 1:
            values = {**values, slot: told[0]}
            for one, own in zip(behind, told[1:], strict=True):
                one[slot] = own
    if turn.form.get("date") != turn.before.get("date"):
        daypart = turn.form.values.get("daypart")
        for one in behind:
            one |= {SAME_DAY: True, **({"daypart": daypart} if daypart and "time" not in one else {})}
    return {**values, NEXT_SERVICES: behind}
