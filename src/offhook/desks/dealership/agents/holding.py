"""Which time is kept for the caller: the one that was read back and waits for a yes. Pure.

It is held once the turn that reads it back is committed, kept up by every turn that leaves the question open, and let
go by the one that drops it. Where it cannot be had any more, the yes finds that out and offers what is free.
"""

from __future__ import annotations

from offhook.contracts.conversation import ConversationState
from offhook.desks.dealership.agents.changes import MOVE
from offhook.desks.dealership.agents.drives import DRIVE
from offhook.desks.dealership.agents.wish import BOOKING
from offhook.desks.dealership.tools.hold_slot import HoldRequest, LetGo, hold_slot, release_slot
from offhook.dialogue.forms import ASKED_CONFIRM
from offhook.dialogue.sequels import Sequel


def holding(before: ConversationState, after: ConversationState) -> Sequel | None:
    wanted = _read_back(after)
    if wanted is not None:
        return Sequel(hold_slot, wanted)
    return Sequel(release_slot, LetGo()) if _read_back(before) is not None else None


def _read_back(state: ConversationState) -> HoldRequest | None:
    """The time that waits for a yes, if it is one to be held."""
    pending = state.pending
    if pending is None or pending.asked != ASKED_CONFIRM or state.status != "ACTIVE":
        return None
    day, at = pending.slots.get("date"), pending.slots.get("time")
    service = pending.slots.get("service") if pending.intent in (BOOKING.intent, MOVE) else None
    model = pending.slots.get("model") if pending.intent == DRIVE else None
    if not (day and at and (service or model)):
        return None
    stock_number = pending.slots.get("stock_number") if model else None
    return HoldRequest(
        service=str(service) if service else None,
        model=str(model) if model else None,
        stock_number=str(stock_number) if stock_number else None,
        date=str(day),
        time=str(at),
    )
