"""What is for sale and what it costs, from the catalogue; then the offer of a quote, where nothing else is open."""

from __future__ import annotations

from dataclasses import replace

from offhook.contracts.conversation import ConversationState
from offhook.contracts.speech import Expectation
from offhook.desks.sales.agents.form import LEAD_FORM, MEMORY_TALKED_OF, OFFER, OFFER_QUOTE
from offhook.desks.sales.agents.lines import Say
from offhook.desks.sales.facts import SalesFacts, facts_of
from offhook.desks.sales.model import Item
from offhook.desks.sales.understanding.intents import OBJECTS, UNIT
from offhook.dialogue.agents.faq import answered, faq
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import MEMORY_FORM, FormState, to_memory, to_pending
from offhook.dialogue.model import Delta, Line, Question
from offhook.understanding.model import Command

LIST = "product.list"
INFO = "product.info"
PRICE = "price.quote"
_NAMED = 6
"""Products that are named at once."""


async def products(work: Work, state: ConversationState, command: Command) -> Delta:
    """product.list, product.info(product), price.quote(product), price.object."""
    if not work.facts.available:
        return answered(state, Line("failed_slow"))
    facts = facts_of(work)
    say = Say(work, state.language, state.channel)
    if command.intent == OBJECTS:
        return Delta(lines=(Line("price_firm"),), resume=True) if state.pending else answered(state, Line("price_firm"))
    item = _meant(state, command, facts)
    if item is None and command.intent == INFO:
        return await faq(work, state, Command(intent="faq"))
    if item is None:
        return _everything(state, facts, say, priced=command.intent == PRICE)
    found = work.facts.faq.answer(work.turn.text)
    if command.intent == INFO and found.best is not None:
        return _offering(work, state, item, Line("faq_answer", {"answer": found.best.answer}))
    if command.intent == PRICE:
        line = Line("price_told", {"product": item.name, "price": say.price(item)})
        return _offering(work, state, item, line)
    values = {"product": item.name, "description": item.description, "features": say.listed(list(item.features))}
    lines = [Line("product_told" if item.features else "product_told_short", values if item.features else _short(item))]
    return _offering(work, state, item, *lines)


def _short(item: Item) -> dict[str, str]:
    return {"product": item.name, "description": item.description}


def _meant(state: ConversationState, command: Command, facts: SalesFacts) -> Item | None:
    """The product that was named; for a price or details without a name, the one that was spoken of last."""
    named = facts.item(command.slots.get("product"))
    if named is not None or command.intent == LIST:
        return named
    return facts.item(state.desk_memory.get(MEMORY_TALKED_OF))


def _everything(state: ConversationState, facts: SalesFacts, say: Say, *, priced: bool) -> Delta:
    if not facts.items:
        return answered(state, Line("products_none"))
    few = facts.items[:_NAMED]
    if priced:
        prices = [Line("price_told", {"product": item.name, "price": say.price(item)}) for item in few]
        return answered(state, *prices)
    told = answered(state, Line("products_told", {"products": say.listed([item.name for item in few])}))
    return told if state.pending is not None else replace(told, question=Question(Line("which_product")))


def _offering(work: Work, state: ConversationState, item: Item, *lines: Line) -> Delta:
    """The answer, and an offer that fits, unless a question of ours is open already."""
    if state.pending is not None:
        return Delta(lines=lines, memory={MEMORY_TALKED_OF: item.name})
    exact = item.exact is not None
    asked = OFFER_QUOTE if exact else OFFER
    form = FormState(
        values={"product": item.name, UNIT: item.unit},
        asked=asked,
        attempts=1,
        since=work.now.isoformat(timespec="seconds"),
    )
    return Delta(
        lines=lines,
        question=Question(Line("offer_quote" if exact else "offer_contact"), Expectation("yes_no")),
        pending=to_pending(LEAD_FORM, form),
        memory={MEMORY_FORM: to_memory(form), MEMORY_TALKED_OF: item.name},
    )
