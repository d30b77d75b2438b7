"""Words that understanding cannot place, which this talk gives a meaning: one of the times on offer by its place, in
another language than the talk's, or a name given before it is asked for; no registration to prove oneself with; a
booking taken back as soon as it is made; the transmission of the car to be driven. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.desks.dealership.agents.answers import INCLUDES
from offhook.desks.dealership.agents.aside import waits
from offhook.desks.dealership.agents.booking import IDENTIFY, MEMORY_BOOKED
from offhook.desks.dealership.agents.changes import CANCEL, KEEPS, MOVE, STATUS, is_proving
from offhook.desks.dealership.agents.drives import DRIVE
from offhook.desks.dealership.agents.intake import AVAILABILITY
from offhook.desks.dealership.agents.offering import OFFERED, WHEN, texts
from offhook.desks.dealership.agents.showroom import INVENTORY
from offhook.desks.dealership.agents.wish import BOOKING, offer_values
from offhook.desks.dealership.facts import facts_of
from offhook.dialogue.agents.escalation import COMPLAINT, HANDOFF
from offhook.dialogue.choices import named_gear, named_slot, pick, remark, says, takes_back
from offhook.dialogue.context import reading_context
from offhook.dialogue.desk import Reading, Work
from offhook.dialogue.forms import ASKED_CONFIRM, load
from offhook.understanding.model import Command, Context

GO_ON = "service.go_on"
"""Intent of our own: the booking that was laid aside is taken up."""
_UNREAD = Command(intent="out_of_scope")
_LONGEST_AFTER = 8
"""Words of a day or time that is said right after a booking."""
_TURN = re.compile(r"\bbut\b|[,.;]")
_LONGEST_PICK = 5
"""Words of an answer that names an offer and was read as something else."""


def heard(work: Work, state: ConversationState, reading: Reading) -> Reading:
    unread = all(command == _UNREAD for command in reading.commands)
    pending = state.pending
    if (other := _asked_about(work, state, reading, unread=unread)) is not None:
        return other
    if pending is not None and is_proving(state) and (other := _while_proving(work, state, reading)) is not None:
        return other
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
    undone = pending is None and MEMORY_BOOKED in state.desk_memory and (unread or denied)
    if undone and takes_back(work.turn.text, work.words(state.language)):
        return _as(reading, Command(intent=CANCEL))
    return _about_booked(work, state, reading) if pending is None and MEMORY_BOOKED in state.desk_memory else reading


def _asked_about(work: Work, state: ConversationState, reading: Reading, *, unread: bool) -> Reading | None:
    """What a service holds, when somebody calls back, or that a call is no help: whatever else its words may mean."""
    text, words = work.turn.text, work.words(state.language)
    intents = {command.intent for command in reading.commands}
    when = any(slot in WHEN for command in reading.commands for slot in command.slots)
    if says(text, words.no_call) and intents <= {
        _UNREAD.intent,
        "deny",
        "correct",
        HANDOFF,
        BOOKING.intent,
        AVAILABILITY,
    }:
        return _as(reading, Command(intent=HANDOFF, slots={"reason": COMPLAINT}))
    if unread and state.escalation_in_progress and says(text, words.call_back):
        return _as(reading, Command(intent=HANDOFF))
    served = facts_of(work).named_in(text) is not None or (
        state.pending is not None and "service" in state.pending.slots
    )
    asks = intents <= {_UNREAD.intent, BOOKING.intent, "correct", "price.quote", "faq", AVAILABILITY}
    if served and asks and not when and says(text, words.includes):
        return _as(reading, Command(intent="faq", slots={"topic": INCLUDES}))
    denied = [command.intent for command in reading.commands] == ["deny"]
    settled = state.pending is None and MEMORY_BOOKED in state.desk_memory
    plain = all(
        command.intent in ("confirm", _UNREAD.intent, IDENTIFY)
        or (command.intent == BOOKING.intent and not command.slots)  # "tell them to also replace the wipers"
        for command in reading.commands
    )
    if settled and plain and remark(text, words):
        return _as(reading, Command(intent=IDENTIFY))
    form = load(BOOKING, state)
    if form is not None and unread and remark(text, words):
        return _as(reading, Command(intent="correct"))
    bare = not any(command.slots for command in reading.commands)
    if settled and bare and intents <= {BOOKING.intent, AVAILABILITY, _UNREAD.intent} and says(text, words.own):
        return _as(reading, Command(intent=STATUS))
    booked = state.desk_memory.get(MEMORY_BOOKED)
    if form is not None and unread and isinstance(booked, dict) and says(text, words.same_time):
        return _as(reading, Command(intent=BOOKING.intent, slots={"time": str(booked["starts_at"])[11:16]}))
    if settled and (denied or unread) and named_slot(text, words) in ("name", "phone") and says(text, words.wrong):
        return _as(reading, Command(intent=IDENTIFY))
    return None


def _while_proving(work: Work, state: ConversationState, reading: Reading) -> Reading | None:
    """What is wanted in the place of a fact that was asked for: to go on with the booking that waits, or "cancel it"
    of who asked for the appointment."""
    text, words = work.turn.text, work.words(state.language)
    plain = all(
        command.intent in ("confirm", "deny", _UNREAD.intent) and not command.slots for command in reading.commands
    )
    if not plain or state.pending is None:
        return None
    if waits(state) and says(text, words.go_on):
        return _as(reading, Command(intent=GO_ON))
    alone = _anew(work, Context())
    if state.pending.intent == STATUS and [command.intent for command in alone.commands] == [CANCEL]:
        return _as(reading, alone.commands[0])
    return None


def _about_booked(work: Work, state: ConversationState, reading: Reading) -> Reading:
    """What is said right after a booking of it, and was taken for a grievance or not at all: "Actually 11 was better",
    "don't cancel it, but can I come earlier?"."""
    text, words = work.turn.text, work.words(state.language)
    intents = [command.intent for command in reading.commands]
    lost = reading.commands in ((), (_UNREAD,))
    if intents == ["deny"] and says(text, words.negations) and says(text, ("cancel",)):
        later = _TURN.split(text)[-1]
        alone = _anew(work, reading_context(state), later)
        moved = [command.intent for command in alone.commands] == [MOVE]
        return alone if moved else _as(reading, Command(intent=CANCEL, slots={KEEPS: True}))
    once_more = says(text, (*words.another, *words.again))
    unclear = lost or intents == [HANDOFF] or (intents == [MOVE] and once_more)
    if not unclear or len(text.split()) > _LONGEST_AFTER:
        return reading
    context = msgspec.structs.replace(reading_context(state), pending=Command(intent=MOVE), asked="datetime")
    read = reading if intents == [MOVE] else _anew(work, context)
    slots = read.commands[0].slots if len(read.commands) == 1 and not read.problems else {}
    when = {name: value for name, value in slots.items() if name in WHEN or name in ("shift_min", "same_time")}
    if not when or not _to_come(work, when):
        return reading
    if once_more:
        booked = state.desk_memory.get(MEMORY_BOOKED)
        what = (
            {name: booked[name] for name in ("service", "name") if booked.get(name)} if isinstance(booked, dict) else {}
        )
        return _as(reading, Command(intent=BOOKING.intent, slots={**what, **when}))
    return _as(reading, Command(intent=MOVE, slots=when))


def _to_come(work: Work, when: dict[str, SlotValue]) -> bool:
    day = when.get("date") or when.get("date_to")
    return not isinstance(day, str) or day >= work.now.date().isoformat()


def _anew(work: Work, context: Context, text: str | None = None) -> Reading:
    turn, world = work.turn, work.facts.world(work.business, work.now)
    if text is not None:
        return work.desk.reader.read(text, (), turn.confidence, world, context)
    return work.desk.reader.read(turn.text, turn.alternatives, turn.confidence, world, context)


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
    asked = Command(intent=state.pending.intent, slots={**state.pending.slots, "name": "X"})
    read = _anew(work, msgspec.structs.replace(reading_context(state), pending=asked, asked=ASKED_CONFIRM))
    slots = read.commands[0].slots if len(read.commands) == 1 else {}
    return dict(slots) if slots.keys() == {"name"} and not read.problems else {}
