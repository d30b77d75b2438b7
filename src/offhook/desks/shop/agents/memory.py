"""What the conversation keeps in mind: who was spoken of last, and how values are said in its language."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.desks.shop.spoken import Spoken
from offhook.dialogue.context import MEMORY_LAST_CUSTOMER
from offhook.dialogue.desk import Work
from offhook.dialogue.model import Delta
from offhook.understanding.ledger.follow import AS_BEFORE, WHEN
from offhook.understanding.model import Command

MEMORY_LAST_PRODUCT = "last_product"
"""desk_memory key: the product that was spoken of last."""
MEMORY_REMINDED = "reminded_when"
"""desk_memory key: the slots that say when the last reminder goes out."""
RECENT = 8


def spoken_for(work: Work, state: ConversationState) -> Spoken:
    templates, language = work.desk.templates, state.language
    return Spoken(
        words=templates.words(language),
        render=lambda key, values: templates.render(language, key, values, state.turn_count),
        today=work.now.date(),
    )


def remembered_of(value: msgspec.Struct, state: ConversationState) -> dict[str, SlotValue]:
    """Of a tool's result: the customer and the product that it is about."""
    customer, product = getattr(value, "customer", None), getattr(value, "product", None)
    memory: dict[str, SlotValue] = {}
    if isinstance(customer, str):
        memory[MEMORY_LAST_CUSTOMER] = customer
    if isinstance(product, str):
        memory[MEMORY_LAST_PRODUCT] = product
    return memory


def when_of(command: Command) -> dict[str, SlotValue]:
    """What is kept of a reminder that was set."""
    if command.intent != "reminder.schedule":
        return {}
    return {MEMORY_REMINDED: {slot: command.slots[slot] for slot in WHEN if command.slots.get(slot)}}


def at_the_same_time(state: ConversationState, command: Command) -> Command:
    """A reminder "for Suresh as well" goes out when the one before it does."""
    if not command.slots.get(AS_BEFORE):
        return command
    kept = state.desk_memory.get(MEMORY_REMINDED)
    slots = {slot: value for slot, value in command.slots.items() if slot != AS_BEFORE}
    return Command(intent=command.intent, slots={**slots, **(kept if isinstance(kept, dict) else {})})


def about(delta: Delta, value: msgspec.Struct, state: ConversationState) -> Delta:
    """The delta, with the customer of a tool's result as the active one."""
    customer_id = getattr(value, "customer_id", None)
    if not isinstance(customer_id, str):
        return delta
    recent = [customer_id, *(one for one in state.recent_customers if one != customer_id)][:RECENT]
    return replace(delta, active_customer_id=customer_id, recent_customers=recent)
