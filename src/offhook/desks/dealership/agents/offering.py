"""Times on offer while something is booked or moved: how they are put, and which one the caller takes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offhook.contracts.conversation import SlotValue
from offhook.contracts.speech import Expectation
from offhook.desks.dealership.agents import booking_lines as say
from offhook.desks.dealership.tools.find_slots import SlotAnswer, SlotWish
from offhook.dialogue.choices import pick
from offhook.dialogue.forms import FormState
from offhook.dialogue.model import Line, Question
from offhook.dialogue.templates import Words
from offhook.understanding.model import Command

Slots = dict[str, SlotValue]

OFFERED = "offered"
"""Slot of the pending command: the moments on offer, ISO local."""
WHEN = ("date", "time", "daypart", "time_from", "time_to", "date_from", "date_to", "days", "earliest")
"""Slots that say when."""
ASK_WHEN = Question(Line("ask_datetime"), Expectation("datetime"), "ask_datetime_again")


def without_when(slots: Mapping[str, SlotValue]) -> Slots:
    return {name: value for name, value in slots.items() if name not in (*WHEN, OFFERED)}


def taken(slots: Mapping[str, SlotValue], command: Command, text: str, words: Words) -> Slots:
    """The slots with the offer that the caller takes as date and time; what is on offer stays where none was taken."""
    offered = slots.get(OFFERED)
    moments = [str(one) for one in offered] if isinstance(offered, list) else []
    rest = {name: value for name, value in slots.items() if name != OFFERED}
    if not moments:
        return rest
    plain = pick(text, len(moments), words, plainly=True)
    if plain is not None:
        return {**rest, "date": moments[plain][:10], "time": moments[plain][11:16]}
    if "time" in command.slots and "date" not in command.slots:
        day = next((one[:10] for one in moments if one[11:16] == command.slots["time"]), moments[0][:10])
        return {**rest, "date": day}
    if {"date", "time"} & command.slots.keys():
        return rest
    if command.intent == "deny":  # "none of those, either" takes none
        return {**rest, OFFERED: moments}
    index = pick(text, len(moments), words)
    if index is None and len(moments) == 1 and command.intent == "confirm":
        index = 0
    if index is None:
        return {**rest, OFFERED: moments}
    return {**rest, "date": moments[index][:10], "time": moments[index][11:16]}


def offering(
    wish: SlotWish, answer: SlotAnswer, slots: Mapping[str, SlotValue], words: Words
) -> tuple[tuple[Line, ...], Question, Slots, str]:
    """(why the wish cannot be had, the question, the slots to wait with, what is asked)."""
    form = FormState(values={name: value for name in ("date", "time") if (value := getattr(wish, name))})
    lines = tuple(say.refusal(answer, form, words))
    left = without_when(slots)
    if not answer.offers:
        return lines, ASK_WHEN, left, "datetime"
    asked, question = say.offer(answer.offers, words, str(wish.date or "") if lines else "")
    return lines, question, {**left, OFFERED: [*answer.offers]}, asked


def texts(value: SlotValue) -> Sequence[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
