"""Where an appointment is to go: the caller's words, read in the light of the appointment that they move. Pure.

"A week later", "the day before" and "Thursday" count from the appointment, which is often not known when they are said
(who calls has to be proved first): they are kept, and read once more as soon as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from offhook.desks.dealership.agents.change_questions import Slots
from offhook.desks.dealership.agents.offering import WHEN, without_when
from offhook.desks.dealership.agents.problems import never_line
from offhook.desks.dealership.tools.appointment_status import Upcoming
from offhook.desks.dealership.tools.find_slots import SlotWish
from offhook.dialogue.context import appointment_at
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import FormState
from offhook.dialogue.model import Line
from offhook.dialogue.templates import Words
from offhook.understanding.model import Command, Context, Problem

MOVE = "appointment.reschedule"
WORDS = "words"
"""Slot of a change: the words that asked for it, which may tell the appointment by its work or its car; a move has them
until they were read beside the appointment."""
MOVED = ("from_date", "from_time", "shift_min", "same_time")
"""Slots of a move beside those that say when."""
_WEEK = timedelta(days=6)


def read_beside(work: Work, slots: Slots, one: Upcoming) -> tuple[Slots, Sequence[Problem] | None]:
    """(the slots as the kept words give them beside this appointment, what stands against them); None: nothing was
    read anew."""
    text = slots.get(WORDS)
    left = {name: value for name, value in slots.items() if name != WORDS}
    if not isinstance(text, str):
        return left, None
    alone = Context(appointment=appointment_at(one.starts_at), near=True)
    asked = msgspec.structs.replace(alone, pending=Command(intent=MOVE), asked="datetime")
    world = work.facts.world(work.business, work.now)
    for context in (alone, asked):
        reading = work.desk.reader.read(text, (), None, world, context)
        move = next((command for command in reading.commands if command.intent == MOVE), None)
        if move is not None and (move.slots or reading.problems):
            break
    else:
        return left, None
    rest = {name: value for name, value in left.items() if name not in (*WHEN, *MOVED)}
    said = {name: value for name, value in move.slots.items() if name in (*WHEN, *MOVED)}
    return {**rest, **said}, reading.problems


def wrong_when(problems: Iterable[Problem], slots: Slots, words: Words) -> Line | None:
    """Why a day or time that was said is none that the appointment can be moved to."""
    for problem in problems:
        if problem.slot not in ("date", "time"):
            continue
        if problem.kind == "conflict" and not problem.candidates:
            return Line("dates_differ", {"said": problem.said})
        if problem.kind in ("impossible", "gap"):
            return never_line(FormState(values=slots), problem.slot, problem, words)
    return None


def target(slots: Slots, one: Upcoming) -> SlotWish | None:
    """The wished moment or range; None where nothing of it was said. A day alone keeps the time, a time the day."""
    starts = datetime.fromisoformat(one.starts_at)
    shift = slots.get("shift_min")
    if isinstance(shift, (int, float)) and not slots.get("date"):
        moved = (starts + timedelta(minutes=int(shift))).replace(tzinfo=None)
        return _wish(one, date=moved.date().isoformat(), time=f"{moved:%H:%M}")
    day, at = slots.get("date") or _same_weekday(slots, starts.date()), slots.get("time")
    vague = {name: slots[name] for name in WHEN[2:] if slots.get(name)}
    if day and not slots.get("date"):
        vague = {name: value for name, value in vague.items() if name not in ("date_from", "date_to")}
    if day and not at and not vague:
        at = f"{starts:%H:%M}"
    if at and not day and not vague.keys() & {"date_from", "date_to", "days"}:
        day = starts.date().isoformat()
    if not day and not at and not vague:
        return None
    return _wish(one, date=day, time=at, **vague)


def _same_weekday(slots: Slots, booked: date) -> str | None:
    """ "The same time the week after": on the same day of that week."""
    first, last = slots.get("date_from"), slots.get("date_to")
    if not (slots.get("same_time") and isinstance(first, str) and isinstance(last, str)):
        return None
    monday = date.fromisoformat(first)
    if date.fromisoformat(last) - monday != _WEEK:
        return None
    return (monday + timedelta(days=(booked.weekday() - monday.weekday()) % 7)).isoformat()


def _wish(one: Upcoming, **said: Any) -> SlotWish:
    service = one.service if one.kind == "service" else None
    return msgspec.convert({"service": service, **{k: v for k, v in said.items() if v}}, SlotWish)


def without_target(slots: Slots) -> Slots:
    return {name: value for name, value in without_when(slots).items() if name not in ("shift_min", "same_time")}
