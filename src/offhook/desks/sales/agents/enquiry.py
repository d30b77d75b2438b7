"""An enquiry by talk: whatever is said is taken in any order, one thing is asked at a time, what is refused is left
open; at the end it is read back, and kept after a yes, which is the yes to being contacted, too.

Nothing is written before that yes; the tool runner checks that it answers exactly what was read back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import msgspec

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.contracts.desk import Failed, Ok
from offhook.contracts.speech import Expectation
from offhook.desks.sales.agents import form as enquiry
from offhook.desks.sales.agents.asking import ask, read_back
from offhook.desks.sales.agents.form import (
    LEAD_FORM,
    MEMORY_KEPT,
    MEMORY_TALKED_OF,
    OFFER,
    OFFER_QUOTE,
    QUOTE_WANTED,
    QUOTED,
    WANTS,
)
from offhook.desks.sales.agents.lines import Say
from offhook.desks.sales.agents.times import closed_then
from offhook.desks.sales.facts import SalesFacts, facts_of
from offhook.desks.sales.model import Quote
from offhook.desks.sales.quoting import together
from offhook.desks.sales.tools.catalogue import QuoteQuestion, make_quote
from offhook.desks.sales.tools.lead_steps import StepRequest, withdraw_lead
from offhook.desks.sales.tools.save_lead import PRICE_CHANGED, LeadSaved, save_lead
from offhook.desks.sales.understanding.intents import CALL, DEMO, LEAD, NEXT_ASKED, QUALIFYING, QUOTE, REFUSE
from offhook.dialogue.agents.faq import ANYTHING_ELSE
from offhook.dialogue.choices import gives_up, named_slot
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import (
    ASKED_CHANGE,
    ASKED_CONFIRM,
    MEMORY_FORM,
    FormState,
    load,
    misheard_again,
)
from offhook.dialogue.model import Delta, Line, Question
from offhook.dialogue.tool_runner import SAY_SLOW_WRITE
from offhook.understanding.model import Command

NEEDS_CONTACT = "contact"
_KEPT = {
    "call_back": "kept_call_back",
    "demo": "kept_demo",
    "quote": "kept_quote",
    "hand_over": "kept_hand_over",
    "nurture": "kept_nurture",
}
_KEPT_AT = {"call_back": "kept_call_back_at", "demo": "kept_demo_at"}
"""Next step -> what is said of it; with the moment that was agreed."""


async def enquire(work: Work, state: ConversationState, command: Command) -> Delta:
    """lead.note, demo.ask, call.ask, quote.make, lead.refuse, customer.identify, and what answers their questions."""
    if not work.facts.available:
        return Delta(lines=(Line("failed_unavailable"),))
    facts = facts_of(work)
    before = load(LEAD_FORM, state)
    if command.intent == REFUSE:
        return await _no_contact(work, state)
    if before is None and command.intent in ("confirm", "deny"):
        return Delta(lines=(Line("confirm_nothing"),), question=ANYTHING_ELSE)
    if command.slots.get(NEXT_ASKED):
        step = enquiry.kept_values(state).get("step")
        if before is None and step is not None:
            return Delta(lines=(Line(_KEPT[str(step)]),), question=ANYTHING_ELSE)
    begun = before if before is not None else _begun(work, state)
    answered = await _answer(work, state, begun, command)
    if isinstance(answered, Delta):
        return answered
    form, lines = answered, list[Line]()
    given = enquiry.given(command.slots, command.intent, form, facts, work.business.country)
    values = dict(given.values)
    sends = form.asked == OFFER and QUOTED in form.values and WANTS not in values
    if sends and command.intent in (LEAD, "correct", "customer.identify") and {"phone", "email"} & values.keys():
        values[WANTS] = "quote"  # "shall I send it?": who says where to, says yes
    if work.turn.source == "speech":
        form, values, _ = misheard_again(form, values)
    form = enquiry.taken(form, values)
    lines += [Line(key) for key in given.wrong]
    lines += _problems(work, command)
    if command.intent == QUOTE or (QUOTED in begun.values and QUOTED not in form.values):
        form = enquiry.taken(form, {QUOTE_WANTED: True})
    if form.values.get(QUOTE_WANTED):
        return await _quote(work, state, begun, form, facts, tuple(lines))
    if _says_nothing_new(before, form, command, state):
        return Delta(lines=(*lines, Line("kept_already")), question=ANYTHING_ELSE)
    return await _go_on(work, state, begun, form, facts, tuple(lines))


def done(work: Work, state: ConversationState, value: msgspec.Struct) -> Delta:
    """The lead is kept: say what happens next, and remember it for what is said later."""
    saved = cast(LeadSaved, value)
    form = load(LEAD_FORM, state)
    say = Say(work, state.language, state.channel)
    line = Line(_KEPT[saved.next_step] if saved.created else "kept_changed")
    if saved.created and form is not None and enquiry.known(form, "when") and saved.next_step in _KEPT_AT:
        line = Line(_KEPT_AT[saved.next_step], {"when": say.moment(form)})
    values: dict[str, SlotValue] = {} if form is None else dict(form.values)
    return Delta(
        lines=(line,),
        pending=None,
        memory={MEMORY_FORM: None, MEMORY_KEPT: {**values, "lead_id": saved.lead_id, "step": saved.next_step}},
        question=ANYTHING_ELSE,
    )


# -- answers to our questions -----------------------------------------------------------------------------------------


async def _answer(work: Work, state: ConversationState, form: FormState, command: Command) -> FormState | Delta:
    """What a yes or no, and nothing beside it, does to the form."""
    if command.intent not in ("confirm", "deny") or command.slots:
        return form
    words = work.words(state.language)
    if command.intent == "confirm":
        if form.asked == ASKED_CONFIRM and form.read_back is not None:
            if work.reading is not None and any(problem.slot == "confirm" for problem in work.reading.problems):
                return Delta(lines=(Line("not_heard"),), resume=True)
            return await _commit(work, state, form)
        if form.asked == OFFER_QUOTE:
            return enquiry.taken(form, {QUOTE_WANTED: True})
        if form.asked == OFFER and QUOTED in form.values:
            return enquiry.taken(form, {WANTS: "quote"})
        return form
    if gives_up(work.turn.text, words) or form.asked in (OFFER, OFFER_QUOTE):
        return _dropped("dropped" if form.asked not in (OFFER, OFFER_QUOTE) else "as_you_like")
    if form.asked == ASKED_CONFIRM:
        slot = named_slot(work.turn.text, words)
        if slot in ("name", "phone", "date", "time"):
            return _reopened(form, "when" if slot in ("date", "time") else "contact" if slot == "phone" else slot)
        return replace(form, asked=ASKED_CHANGE)
    if form.asked == ASKED_CHANGE:
        return _dropped("dropped")
    if form.asked == NEEDS_CONTACT:
        return _dropped("no_contact_no_lead")
    return enquiry.declining(form, form.asked) if form.asked in (*QUALIFYING, "name", "when") else form


def _dropped(key: str) -> Delta:
    return Delta(lines=(Line(key),), pending=None, memory={MEMORY_FORM: None}, question=ANYTHING_ELSE)


def _reopened(form: FormState, slot: str) -> FormState:
    gone = {"contact": ("phone", "email"), "when": ("date", "time")}.get(slot, (slot,))
    values = {name: value for name, value in form.values.items() if name not in gone}
    return replace(form, values=values, read_back=None)


def _problems(work: Work, command: Command) -> list[Line]:
    """What stands against values of the turn's first command."""
    reading = work.reading
    if reading is None or not reading.commands or reading.commands[0] is not command:
        return []
    lines: list[Line] = []
    for problem in reading.problems:
        if problem.slot == "qty":
            lines.append(Line("qty_unclear"))
        elif problem.slot in ("date", "time") and problem.kind in ("impossible", "past", "gap"):
            lines += [] if Line("when_past") in lines else [Line("when_past")]
        elif problem.slot == "phone" and problem.kind == "invalid":
            lines.append(Line("phone_unreadable"))
    return lines


def _begun(work: Work, state: ConversationState) -> FormState:
    """A form with what this session has kept or heard already."""
    values: dict[str, SlotValue] = {
        name: value for name, value in enquiry.kept_values(state).items() if name not in ("lead_id", "step")
    }
    talked_of = state.desk_memory.get(MEMORY_TALKED_OF)
    if "product" not in values and "need" not in values and isinstance(talked_of, str):
        values["product"] = talked_of
    shown = state.booking_slots
    known = {"name": shown.customer_name, "phone": shown.customer_phone, "email": shown.customer_email}
    values = {**{name: value for name, value in known.items() if value}, **values}
    return FormState(values=values, since=work.now.isoformat(timespec="seconds"))


def _says_nothing_new(before: FormState | None, form: FormState, command: Command, state: ConversationState) -> bool:
    """Said again after it was kept: nothing is asked, nothing written."""
    kept = enquiry.kept_values(state)
    if before is not None or not kept or command.intent not in (LEAD, "correct", "customer.identify"):
        return False
    return dict(form.values) == {name: value for name, value in kept.items() if name not in ("lead_id", "step")}


async def _no_contact(work: Work, state: ConversationState) -> Delta:
    """Nothing is kept; and what this session has kept is withdrawn."""
    if MEMORY_KEPT in state.desk_memory:
        outcome = await work.call(withdraw_lead, StepRequest(), state)
        if isinstance(outcome, Failed):
            return Delta(lines=(Line(outcome.say),))
    memory: dict[str, SlotValue] = {MEMORY_FORM: None, MEMORY_KEPT: None}
    return Delta(lines=(Line("no_contact_kept"),), pending=None, memory=memory, question=ANYTHING_ELSE)


# -- quotes -----------------------------------------------------------------------------------------------------------


async def _quote(
    work: Work, state: ConversationState, before: FormState, form: FormState, facts: SalesFacts, lines: tuple[Line, ...]
) -> Delta:
    """Tell the exact quote, once product and number are known; then offer to send it."""
    item = facts.item(form.values.get("product"))
    say = Say(work, state.language, state.channel)
    if item is None and "need" in form.values:
        return await _quotes(work, state, before, form, facts, lines)
    if item is None:
        return ask(work, state, before, form, "need", lines, say)
    if item.exact is None:
        form = enquiry.taken(form, {QUOTE_WANTED: None})
        told = Line("quote_not_exact", {"product": item.name, "price": say.price(item)})
        return ask(work, state, before, form, OFFER, (*lines, told), say)
    if item.unit and "qty" not in form.values:
        return ask(work, state, before, form, "qty", lines, say)
    qty = int(str(form.values.get("qty") or 1))
    match await work.call(make_quote, QuoteQuestion(product=item.name, qty=qty), state):
        case Ok(quote):
            form = enquiry.taken(form, {QUOTE_WANTED: None, QUOTED: quote.total.amount})
            if form.get(WANTS) is not None:
                return await _go_on(work, state, before, form, facts, (*lines, *say.quote(quote)))
            return ask(work, state, before, form, OFFER, (*lines, *say.quote(quote)), say)
        case Failed(key):
            return Delta(lines=(*lines, Line(key)))
        case _:
            return Delta(lines=(*lines, Line("failed_tool")))


async def _quotes(
    work: Work, state: ConversationState, before: FormState, form: FormState, facts: SalesFacts, lines: tuple[Line, ...]
) -> Delta:
    """Of several things, or of one that has no price: the exact quote of each that has one; what is needed stands."""
    say = Say(work, state.language, state.channel)
    parts = enquiry.parts_of(form, facts) or [(item, None) for item in facts.items_in(form.values["need"])]
    if enquiry.uncounted(parts):
        return ask(work, state, before, form, "qty", lines, say)
    told: list[Line] = [] if parts else [Line("quote_by_person")]
    quotes: list[Quote] = []
    for item, qty in parts:
        priced = item.exact is not None and qty is not None
        outcome = await work.call(make_quote, QuoteQuestion(product=item.name, qty=qty or 1), state) if priced else None
        match outcome:
            case Ok(quote):
                quotes.append(quote)
                told += say.quote(quote)
            case Failed(key):
                return Delta(lines=(*lines, Line(key)))
            case _:
                told.append(Line("price_told", {"product": item.name, "price": say.price(item)}))
    form = enquiry.taken(form, {QUOTE_WANTED: None})
    if len(quotes) < 2 or len(quotes) < len(parts):
        return await _go_on(work, state, before, form, facts, (*lines, *told))
    form = enquiry.taken(form, {QUOTED: together(quotes).total.amount})
    told.append(say.total(quotes))
    if form.get(WANTS) is not None:
        return await _go_on(work, state, before, form, facts, (*lines, *told))
    return ask(work, state, before, form, OFFER, (*lines, *told), say)


# -- going on ---------------------------------------------------------------------------------------------------------


async def _go_on(
    work: Work, state: ConversationState, before: FormState, form: FormState, facts: SalesFacts, lines: tuple[Line, ...]
) -> Delta:
    say = Say(work, state.language, state.channel)
    if enquiry.known(form, "when") and form.values.get("date") != before.values.get("date"):
        closed = await closed_then(work, state, form, say)
        if closed is not None:
            return ask(work, state, before, _reopened(form, "when"), "when", (*lines, closed), say)
    progress = form.values != before.values
    if form.asked == ASKED_CHANGE and not progress and before.asked != ASKED_CHANGE:
        return ask(work, state, before, form, ASKED_CHANGE, lines, say)
    form = _left_open(before, form)
    slot = enquiry.missing(form, facts)
    if slot is not None:
        return ask(work, state, before, form, slot, lines, say)
    return read_back(work, state, before, form, facts, lines, say)


def _left_open(before: FormState, form: FormState) -> FormState:
    """What was asked for twice without an answer (a moment: once) is asked for no more, but for the contact."""
    asked = before.asked
    names = ("date", "time") if asked == "when" else {*form.values, *before.values}
    progress = any(form.values.get(name) != before.values.get(name) for name in names)
    most = 1 if asked == "when" else enquiry.ASKED_TWICE
    over = not enquiry.known(form, asked) and not progress and before.attempts >= most
    return enquiry.declining(form, asked) if over and asked in (*QUALIFYING, "name", "when") else form


async def _commit(work: Work, state: ConversationState, form: FormState) -> Delta:
    match await work.call(save_lead, enquiry.request_of(form), state, form.read_back):
        case Ok(value):
            return done(work, state, value)
        case Failed(key) if key == SAY_SLOW_WRITE:
            return Delta(lines=(Line(key),), question=None)
        case Failed(key) if key == PRICE_CHANGED:
            changed = enquiry.taken(form, {QUOTED: None, QUOTE_WANTED: True})
            return await _quote(work, state, form, changed, facts_of(work), (Line(key),))
        case Failed(key) if key == "when_past":
            say = Say(work, state.language, state.channel)
            return ask(work, state, form, _reopened(form, "when"), "when", (Line(key),), say)
        case Failed(key):
            return Delta(lines=(Line(key),), question=Question(Line("try_again"), Expectation("yes_no")))
        case _:
            return await _go_on(work, state, form, replace(form, read_back=None), facts_of(work), ())


INTENTS = (LEAD, DEMO, CALL, QUOTE, REFUSE, "customer.identify", "correct")
