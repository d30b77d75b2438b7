"""Who speaks to the shop's book, and what their role lets them do. Pure.

Known by the number that they call from, a person may do everyday work; a PIN, or a session that the business's own
staff opened, proves more: what goes over the business's limit needs it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from offhook.contracts.conversation import MEMORY_OPERATOR, MEMORY_SPEAKER, ConversationState, SlotValue
from offhook.understanding.model import Command

TRIES = 3
"""Wrong PINs of one conversation after which it ends."""
OWNER_ONLY = frozenset({"payment.refund", "invoice.cancel", "reminder.bulk"})
"""Commands that staff leave to the owner; so is a customer's credit limit."""


class Speaker(msgspec.Struct, frozen=True, kw_only=True):
    user_id: str
    name: str
    role: Literal["owner", "staff"]
    proven: bool = False
    """More than a caller id says so."""


def speaker_of(state: ConversationState) -> Speaker | None:
    """Who this session's speaker is, as far as it has been told."""
    try:
        return msgspec.convert(state.desk_memory.get(MEMORY_SPEAKER), Speaker)
    except msgspec.ValidationError:
        return None


def proven(state: ConversationState) -> bool:
    """By a PIN, or because the business's own people opened the session."""
    speaker = speaker_of(state)
    return MEMORY_OPERATOR in state.desk_memory or (speaker is not None and speaker.proven)


def remembered(speaker: Speaker) -> dict[str, SlotValue]:
    return {MEMORY_SPEAKER: msgspec.to_builtins(speaker)}


def may(speaker: Speaker, command: Command) -> bool:
    if speaker.role == "owner":
        return True
    return command.intent not in OWNER_ONLY and "credit_limit" not in command.slots
