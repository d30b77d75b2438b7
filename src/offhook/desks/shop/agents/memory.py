"""What the conversation keeps in mind: who was spoken of last, and how values are said in its language."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.desks.shop.spoken import Spoken
from offhook.dialogue.context import MEMORY_LAST_CUSTOMER
from offhook.dialogue.desk import Work
from offhook.dialogue.model import Delta

MEMORY_LAST_PRODUCT = "last_product"
"""desk_memory key: the product that was spoken of last."""
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


def about(delta: Delta, value: msgspec.Struct, state: ConversationState) -> Delta:
    """The delta, with the customer of a tool's result as the active one."""
    customer_id = getattr(value, "customer_id", None)
    if not isinstance(customer_id, str):
        return delta
    recent = [customer_id, *(one for one in state.recent_customers if one != customer_id)][:RECENT]
    return replace(delta, active_customer_id=customer_id, recent_customers=recent)
