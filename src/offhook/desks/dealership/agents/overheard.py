"""Words that understanding cannot place, which this talk gives a meaning: one of the times on offer by its place, in
another language than the talk's, or a name given before it is asked for; no registration to prove oneself with; a
booking taken back as soon as it is made; the transmission of the car to be driven. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.desks.dealership.agents.booking import MEMORY_BOOKED
from offhook.desks.dealership.agents.changes import CANCEL, is_proving
from offhook.desks.dealership.agents.drives import DRIVE
from offhook.desks.dealership.agents.offering import OFFERED, texts
from offhook.desks.dealership.agents.showroom import INVENTORY
from offhook.desks.dealership.agents.wish import BOOKING, offer_values
from offhook.dialogue.choices import named_gear, pick, says
from offhook.dialogue.context import reading_context
from offhook.dialogue.desk import Reading, Work
from offhook.dialogue.forms import ASKED_CONFIRM, load
from offhook.understanding.model import Command

_UNREAD = Command(intent="out_of_scope")
_LONGEST_PICK = 5
"""Words of an answer that names an offer and was read as something else."""


def heard(work: Work, state: ConversationState, reading: Reading) -> Reading:
    unread = all(command == _UNREAD for command in reading.commands)
    pending = state.pending
    if unread and pending is not None and is_proving(state):
        # Not understood all the same: a language model, where there is one, may answer what else was said.
        return replace(reading, commands=(Command(intent=pending.intent),))
    if pending is not None and all(
        command.intent != pending.intent and not command.slots for command in reading.commands
    ):
        said = _offer_meant(work, state) or (_name_alone(work, state) if unread else {})
        if said:
            return _as(reading, Command(intent=pending.intent, slots=said))
    if pending is not None and pending.intent == DRIVE and _names_gear_alone(work, state, reading, unread=unread):
        return _as(reading, Command(intent=DRIVE))
    denied = [command.intent for command in reading.commands] == ["deny"]
    takes_back = pending is None and MEMORY_BOOKED in state.desk_memory and (unread or denied)
    if takes_back and says(work.turn.text, work.words(state.language).undo):
        return _as(reading, Command(intent=CANCEL))
    return reading


def _names_gear_alone(work: Work, state: ConversationState, reading: Reading, *, unread: bool) -> bool:
    """ "The automatic one", while a drive is talked of: which car it is to be, no question after others."""
    gear = named_gear(work.turn.text, work.words(state.language))
    asks = [(command.intent, set(command.slots)) for command in reading.commands] == [(INVENTORY, {"transmission"})]
    denied = [(command.intent, command.slots) for command in reading.commands] == [("deny", {})]
    return gear is not None and (unread or asks or denied) and len(work.turn.text.split()) <= _LONGEST_PICK


def _as(reading: Reading, command: Command) -> Reading:
    return replace(reading, commands=(command,), problems=(), understood=True)


def _offers(state: ConversationState) -> Sequence[str]:
    form = load(BOOKING, state)
    if form is not None:
        return form.offered if form.get("time") is None else ()
    return texts(state.pending.slots.get(OFFERED)) if state.pending is not None else ()


def _offer_meant(work: Work, state: ConversationState) -> dict[str, SlotValue]:
    """Day and time of the offer that is named by its place, in any of the business's languages."""
    offers, text = _offers(state), work.turn.text
    if len(text.split()) > _LONGEST_PICK:
        return {}
    for language in (state.language, *work.business.languages):
        index = pick(text, len(offers), work.words(language), plainly=True)
        if index is not None:
            return {**offer_values(offers[index])}
    return {}


def _name_alone(work: Work, state: ConversationState) -> dict[str, SlotValue]:
    """A familiar name in answer to the offers: read as one that puts right the name of a read-back."""
    if not _offers(state) or state.pending is None:
        return {}
    turn, world = work.turn, work.facts.world(work.business, work.now)
    context = reading_context(state)
    asked = Command(intent=state.pending.intent, slots={**state.pending.slots, "name": "X"})
    context = msgspec.structs.replace(context, pending=asked, asked=ASKED_CONFIRM)
    read = work.desk.reader.read(turn.text, turn.alternatives, turn.confidence, world, context)
    slots = read.commands[0].slots if len(read.commands) == 1 else {}
    return dict(slots) if slots.keys() == {"name"} and not read.problems else {}
