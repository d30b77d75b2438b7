"""What a sentence may lean on: the session's state as understanding wants it. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.dialogue.forms import ASKED_CONFIRM, MEMORY_FORM, VERIFY_PREFIX
from offhook.dialogue.model import MEMORY_QUESTION, last_turn
from offhook.understanding.model import AppointmentRef, Command, Context

if TYPE_CHECKING:
    from offhook.dialogue.desk import Work


MEMORY_LAST_CUSTOMER = "last_customer"
"""desk_memory key: the name of the customer who was spoken of last."""

MEMORY_APPOINTMENT = "appointment"
"""desk_memory key: the appointment that this session has made, with its `starts_at`, ISO."""
STARTS_AT = "starts_at"
"""Slot of a change: when the appointment that it is about begins, ISO."""
MEMORY_WROTE = "wrote"
"""desk_memory key: what was written last into the desk's book: {turn_id, entries: [{intent, slots, posting_id}]}."""


def written(state: ConversationState) -> list[dict[str, SlotValue]]:
    """The entries that were told as written last, where nothing was said since."""
    kept, told = state.desk_memory.get(MEMORY_WROTE), last_turn(state)
    entries = kept.get("entries") if isinstance(kept, dict) and kept.get("turn_id") == told else None
    return [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []


def forgetting(state: ConversationState, work: Work) -> ConversationState:
    """The state without what the desk forgets when nothing was said for a while: the open question, who and what was
    spoken of."""
    idle_s = work.desk.forgets_after_s
    if idle_s is None or not state.last_updated or work.turn.source == "greeting":
        return state
    if (work.now - datetime.fromisoformat(state.last_updated)).total_seconds() <= idle_s:
        return state
    forgotten = (MEMORY_QUESTION, MEMORY_LAST_CUSTOMER, *work.desk.forgets)
    memory = {name: value for name, value in state.desk_memory.items() if name not in forgotten}
    return msgspec.structs.replace(
        state, pending=None, detected_intent=None, active_customer_id=None, recent_customers=[], desk_memory=memory
    )


def reading_context(state: ConversationState) -> Context:
    pending = state.pending
    appointment = _offered(state) or _booked(state)
    last = state.desk_memory.get(MEMORY_LAST_CUSTOMER)
    last_customer = last if isinstance(last, str) else None
    if pending is None:
        # What a yes has written is what was done last, and not the yes.
        wrote = written(state)
        last_intent = str(wrote[-1]["intent"]) if wrote else state.detected_intent
        return Context(last_intent=last_intent, appointment=appointment, last_customer=last_customer)
    asked = ASKED_CONFIRM if pending.asked.startswith(VERIFY_PREFIX) else pending.asked
    return Context(
        pending=Command(intent=pending.intent, slots=dict(pending.slots)),
        asked=asked or None,
        appointment=appointment,
        last_intent=state.detected_intent,
        last_customer=last_customer,
        rejected=_rejected(state),
        near=STARTS_AT in pending.slots,
    )


def _rejected(state: ConversationState) -> tuple[tuple[str, str], ...]:
    form = state.desk_memory.get(MEMORY_FORM)
    parts = form.get("rejected") if isinstance(form, dict) else None
    if not isinstance(parts, list):
        return ()
    return tuple((str(slot), str(value)) for slot, value in zip(parts[::2], parts[1::2], strict=False))


def _booked(state: ConversationState) -> AppointmentRef | None:
    """The appointment that is talked of: one that is being moved, or that was just made."""
    booked = state.desk_memory.get(MEMORY_APPOINTMENT)
    made = booked.get("starts_at") if isinstance(booked, dict) and state.pending is None else None
    starts = state.pending.slots.get(STARTS_AT) if state.pending is not None else made
    return appointment_at(starts) if isinstance(starts, str) else None


def appointment_at(starts_at: str) -> AppointmentRef:
    return AppointmentRef(date=starts_at[:10], time=starts_at[11:16])


def _offered(state: ConversationState) -> AppointmentRef | None:
    """The moment that was just offered: what "the 28th" or "an hour later" leans on."""
    form = state.desk_memory.get(MEMORY_FORM)
    offered = form.get("offered") if isinstance(form, dict) else None
    if not isinstance(offered, list) or not offered or not isinstance(offered[0], str):
        return None
    return appointment_at(offered[0])
