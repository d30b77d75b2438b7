"""A booking laid aside while the caller is asked about appointments they have: a question in between loses nothing.

It is taken up again as soon as that is over, however it ended, or when the caller wants to go on with it. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import msgspec
from msgspec import UNSET

from offhook.contracts.conversation import ConversationState, Pending, SlotValue
from offhook.desks.dealership.agents.changes import CHANGES
from offhook.dialogue.agents.escalation import HANDOFF
from offhook.dialogue.forms import MEMORY_FORM
from offhook.dialogue.model import MEMORY_QUESTION, MEMORY_VERIFIED, Delta

MEMORY_LAID_BY = "laid_by"
"""desk_memory key: {pending, question, form} of the booking that waits."""


def laid_by(state: ConversationState, delta: Delta) -> Delta:
    """`delta`, which answers `state`: it keeps the booking whose place it takes, and gives back the one that waits."""
    before = state.pending
    after = before if delta.pending is UNSET else delta.pending
    if before is not None and before.intent not in (*CHANGES, HANDOFF) and after is not None:
        if after.intent not in CHANGES:
            return delta
        kept: Mapping[str, SlotValue] = {
            "pending": msgspec.to_builtins(before),
            "question": state.desk_memory.get(MEMORY_QUESTION),
            "form": state.desk_memory.get(MEMORY_FORM),
        }
        return replace(delta, memory={**delta.memory, MEMORY_LAID_BY: dict(kept)})
    ends = before is not None and before.intent in CHANGES and after is None
    if not ends or not waits(state):
        return delta
    if delta.then and delta.then[0].intent != HANDOFF:
        return replace(delta, memory={**delta.memory, MEMORY_LAID_BY: None})  # another booking takes its place
    resumed = _with_number(taken_up(state), delta)
    back = {key: resumed.desk_memory.get(key) for key in (MEMORY_QUESTION, MEMORY_FORM)}
    memory = {**delta.memory, **back, MEMORY_LAID_BY: None}
    return replace(delta, pending=resumed.pending, memory=memory, question=UNSET)


def _with_number(resumed: ConversationState, delta: Delta) -> ConversationState:
    """The booking with the number that its caller has proved meanwhile, unless it is just being asked for."""
    form, who = resumed.pending, delta.customer
    if who is UNSET or form is None or not who.phone or MEMORY_VERIFIED not in delta.memory:
        return resumed
    if form.asked == "phone" or form.slots.get("phone") or who.phone == resumed.caller_phone:
        return resumed
    return msgspec.structs.replace(
        resumed, pending=msgspec.structs.replace(form, slots={**form.slots, "phone": who.phone})
    )


def waits(state: ConversationState) -> bool:
    return isinstance(state.desk_memory.get(MEMORY_LAID_BY), dict)


def taken_up(state: ConversationState) -> ConversationState:
    """The state with the booking that waits in the place of what is talked of; itself where none does."""
    kept = state.desk_memory.get(MEMORY_LAID_BY)
    if not isinstance(kept, dict):
        return state
    memory = {key: value for key, value in state.desk_memory.items() if key != MEMORY_LAID_BY}
    memory |= {MEMORY_QUESTION: kept["question"], MEMORY_FORM: kept["form"]}
    left = {key: value for key, value in memory.items() if value is not None}
    return msgspec.structs.replace(state, pending=msgspec.convert(kept["pending"], Pending), desk_memory=left)
