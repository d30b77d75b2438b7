"""What a sentence may lean on: the session's state as understanding wants it. Pure."""

from __future__ import annotations

from offhook.contracts.conversation import ConversationState
from offhook.dialogue.forms import ASKED_CONFIRM, MEMORY_FORM, VERIFY_PREFIX
from offhook.understanding.model import AppointmentRef, Command, Context


def reading_context(state: ConversationState) -> Context:
    pending = state.pending
    appointment = _offered(state)
    if pending is None:
        return Context(last_intent=state.detected_intent, appointment=appointment)
    asked = ASKED_CONFIRM if pending.asked.startswith(VERIFY_PREFIX) else pending.asked
    return Context(
        pending=Command(intent=pending.intent, slots=dict(pending.slots)),
        asked=asked or None,
        appointment=appointment,
        last_intent=state.detected_intent,
        rejected=_rejected(state),
    )


def _rejected(state: ConversationState) -> tuple[tuple[str, str], ...]:
    form = state.desk_memory.get(MEMORY_FORM)
    parts = form.get("rejected") if isinstance(form, dict) else None
    if not isinstance(parts, list):
        return ()
    return tuple((str(slot), str(value)) for slot, value in zip(parts[::2], parts[1::2], strict=False))


def _offered(state: ConversationState) -> AppointmentRef | None:
    """The moment that was just offered: what "the 28th" or "an hour later" leans on."""
    form = state.desk_memory.get(MEMORY_FORM)
    offered = form.get("offered") if isinstance(form, dict) else None
    if not isinstance(offered, list) or not offered or not isinstance(offered[0], str):
        return None
    return AppointmentRef(date=offered[0][:10], time=offered[0][11:16])
