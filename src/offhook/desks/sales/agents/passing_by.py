"""Visitors who buy nothing: who looks for work or sells to us is told so, a customer with a trouble gets a person, a
joke ends what it began. Whatever they leave afterwards (a number, "call me") is word for a colleague, and never a lead,
until they tell of something that they want."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from offhook.contracts.conversation import ConversationState
from offhook.desks.sales.agents.person import person
from offhook.desks.sales.understanding.intents import CALL, LEAD
from offhook.desks.sales.understanding.parts import PARTS
from offhook.desks.sales.understanding.visitors import JOKES, SUPPORT, WHY
from offhook.dialogue.agents.escalation import HANDOFF
from offhook.dialogue.agents.faq import ANYTHING_ELSE
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import MEMORY_FORM
from offhook.dialogue.model import Delta, Line
from offhook.kit.phone import phone_or_none
from offhook.understanding.model import Command

MEMORY_NO_BUYER = "no_buyer"
"""desk_memory key: why the visitor is none (understanding/visitors.py)."""
_LEAVES = frozenset({CALL, LEAD, "customer.identify", "visitor.other"})
_WANTED = frozenset({"product", "qty", PARTS})


async def passing_by(work: Work, state: ConversationState, command: Command) -> Delta:
    """visitor.other(why, phone?, name?)."""
    why = str(command.slots[WHY])
    if why == JOKES:
        return Delta(lines=(Line("as_you_like"),), pending=None, memory={MEMORY_FORM: None}, question=ANYTHING_ELSE)
    known = state.desk_memory.get(MEMORY_NO_BUYER) is not None
    if why == SUPPORT or known:
        return await _word_left(work, state, command, why)
    phone, name = (str(command.slots.get(slot) or "") or None for slot in ("phone", "name"))
    left = msgspec.structs.replace(
        state.booking_slots,
        customer_phone=phone_or_none(phone or "", work.business.country) or state.booking_slots.customer_phone,
        customer_name=name or state.booking_slots.customer_name,
    )
    return Delta(
        lines=(Line("no_buyer"),),
        pending=None,
        memory={MEMORY_FORM: None, MEMORY_NO_BUYER: why},
        booking_slots=left,
        question=ANYTHING_ELSE,
    )


async def left_by_no_buyer(work: Work, state: ConversationState, command: Command) -> Delta | None:
    """What somebody leaves who was found to be no buyer; None where the command is for the desk after all."""
    why = state.desk_memory.get(MEMORY_NO_BUYER)
    if why is None or command.intent not in _LEAVES or not _WANTED.isdisjoint(command.slots):
        return None
    return await _word_left(work, state, command, str(why))


async def _word_left(work: Work, state: ConversationState, command: Command, why: str) -> Delta:
    slots = {name: command.slots[name] for name in ("phone",) if name in command.slots}
    delta = await person(work, state, Command(intent=HANDOFF, slots={"reason": "request", **slots}))
    return replace(delta, memory={MEMORY_FORM: None, **(delta.memory or {}), MEMORY_NO_BUYER: why})
