"""The sales desk: product answers, quotes, enquiries, hand-over. Which agent does what, with which tools and words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import cast

import msgspec

from offhook.contracts.conversation import ConversationState
from offhook.contracts.desk import AnyTool, Tool
from offhook.desks.sales.agents.answers import INFO, LIST, PRICE, products
from offhook.desks.sales.agents.enquiry import INTENTS, done, enquire
from offhook.desks.sales.agents.form import LEAD_FORM, MEMORY_TALKED_OF
from offhook.desks.sales.agents.passing_by import left_by_no_buyer, passing_by
from offhook.desks.sales.agents.person import person
from offhook.desks.sales.facts import facts_of, load_facts
from offhook.desks.sales.tools.catalogue import list_products, make_quote, product_info
from offhook.desks.sales.tools.save_lead import save_lead
from offhook.desks.sales.understanding.intents import OBJECTS, QUOTE
from offhook.desks.sales.understanding.visitors import OTHER
from offhook.dialogue.desk import Desk, FormDesk, Reader, Work
from offhook.dialogue.forms import load
from offhook.dialogue.front_desk import FRONT_AGENTS, FRONT_ROUTES, FRONT_TOOLS, front_desk
from offhook.dialogue.model import Delta
from offhook.dialogue.policy import Policy
from offhook.understanding.model import Command

_HERE = Path(__file__).parent
LANGUAGE_FOLDER = _HERE / "language"
_ANSWERED = (LIST, INFO, PRICE, OBJECTS)
TOOLS: tuple[AnyTool, ...] = (*FRONT_TOOLS, list_products, product_info, make_quote, save_lead)
FORGETS_AFTER_S = 12 * 3600.0


def sales_desk(reader: Reader) -> Desk:
    """Raises TemplateError when a template file is wrong."""
    return replace(
        front_desk("sales", reader, _HERE),
        agents={**FRONT_AGENTS, "escalation": person, "sales": sales},
        routes={**FRONT_ROUTES, **dict.fromkeys((*INTENTS, *_ANSWERED, OTHER), "sales")},
        load_facts=load_facts,
        policy=Policy(confirmed=frozenset({save_lead.name})),
        forms=(FormDesk(LEAD_FORM, cast("Tool[msgspec.Struct, msgspec.Struct]", save_lead), done),),
        tools=TOOLS,
        forgets_after_s=FORGETS_AFTER_S,
        forgets=(MEMORY_TALKED_OF,),
    )


async def sales(work: Work, state: ConversationState, command: Command) -> Delta:
    if command.intent == OTHER:
        return await passing_by(work, state, command)
    left = await left_by_no_buyer(work, state, command)
    if left is not None:
        return left
    if command.intent == PRICE and _counted(work, state, command):
        command = Command(intent=QUOTE, slots=command.slots)
    return await (products if command.intent in _ANSWERED else enquire)(work, state, command)


def _counted(work: Work, state: ConversationState, command: Command) -> bool:
    """Whether the open enquiry says what a price is asked for: several things, or so many of the one."""
    form = load(LEAD_FORM, state)
    if form is None:
        return False
    facts, named = facts_of(work), command.slots.get("product")
    if named is None and len(facts.items_in(form.values.get("need"))) > 1:
        return True
    held = form.values.get("product")
    item = facts.item(held)
    return item is not None and item.exact is not None and "qty" in form.values and named in (None, held)
