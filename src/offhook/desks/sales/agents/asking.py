"""What an enquiry says back: a word on what was heard, the next question, and all of it read back."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.contracts.speech import Expectation
from offhook.desks.sales.agents import form as enquiry
from offhook.desks.sales.agents.form import (
    LEAD_FORM,
    MEMORY_TALKED_OF,
    OFFER,
    QUOTED,
    WANTS,
)
from offhook.desks.sales.agents.lines import Say
from offhook.desks.sales.facts import SalesFacts, facts_of
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import (
    ASKED_CHANGE,
    ASKED_CONFIRM,
    MEMORY_FORM,
    TRIES_BEFORE_HELP,
    FormState,
    ReadBack,
    asking,
    digest,
    to_memory,
    to_pending,
)
from offhook.dialogue.model import Delta, Line, Question

NEXT_STEP_SAID = {"call_back": "step_call_back", "demo": "step_demo", "quote": "step_quote"}


def ask(
    work: Work,
    state: ConversationState,
    before: FormState,
    form: FormState,
    slot: str,
    lines: tuple[Line, ...],
    say: Say,
) -> Delta:
    form = asking(form, slot, progress=False)
    if form.attempts % TRIES_BEFORE_HELP == 0:
        lines = (*lines, Line("human_is_there"))
    return _asked(work, state, form, (*_heard(before, form, say), *lines), _question(work, form, slot, say))


def _question(work: Work, form: FormState, slot: str, say: Say) -> Question:
    if slot == OFFER:
        key = "offer_quote_sent" if QUOTED in form.values else "offer_contact"
        return Question(Line(key), Expectation("yes_no"))
    if slot == ASKED_CHANGE:
        return Question(Line("what_to_change"))
    field = LEAD_FORM.field(slot)
    key = field.ask
    item = facts_of(work).item(form.values.get("product"))
    if slot == "qty" and item is not None and item.unit not in ("", "person"):
        key = "ask_qty_of"
        return Question(Line(key, {"product": item.name}), Expectation(field.expect))
    if slot == "when":
        day = say.day(form)
        if day is not None:
            return Question(Line("ask_when_time", {"day": day}), Expectation("time"))
        key = "ask_when_demo" if form.get(WANTS) == "demo" else "ask_when"
        if "time" in form.values:
            key = "ask_when_day"
    return Question(Line(key), Expectation(field.expect), field.ask_again)


def read_back(
    work: Work,
    state: ConversationState,
    before: FormState,
    form: FormState,
    facts: SalesFacts,
    lines: tuple[Line, ...],
    say: Say,
) -> Delta:
    request = enquiry.request_of(form)
    mark = digest(request)
    proof = form.read_back
    if proof is None or proof.digest != mark:
        proof = ReadBack(work.turn.turn_id, mark)
    form = replace(asking(form, ASKED_CONFIRM, progress=True), read_back=proof, unsure=frozenset())
    values = {"what": say.enquiry(form, facts), "contact": say.contact(form)}
    wants = form.get(WANTS)
    if wants is None:
        question = Line("read_back", values)
    else:
        when = say.moment(form) if enquiry.known(form, "when") else ""
        key = "read_back_at" if when else "read_back_step"
        question = Line(key, {**values, "step": say.text(NEXT_STEP_SAID[wants]), **({"when": when} if when else {})})
    again = "read_back_changed" if enquiry.kept_values(state) else question.key
    question = Line(again, values) if again == "read_back_changed" else question
    return _asked(work, state, form, lines, Question(question, Expectation("yes_no")))


def _asked(work: Work, state: ConversationState, form: FormState, lines: tuple[Line, ...], question: Question) -> Delta:
    shown = msgspec.structs.replace(
        state.booking_slots,
        customer_name=_text(form, "name") or state.booking_slots.customer_name,
        customer_phone=_text(form, "phone") or state.booking_slots.customer_phone,
        customer_email=_text(form, "email") or state.booking_slots.customer_email,
    )
    memory: dict[str, SlotValue] = {MEMORY_FORM: to_memory(form)}
    if "product" in form.values:
        memory[MEMORY_TALKED_OF] = form.values["product"]
    return Delta(
        lines=lines, question=question, pending=to_pending(LEAD_FORM, form), memory=memory, booking_slots=shown
    )


def _heard(before: FormState, form: FormState, say: Say) -> tuple[Line, ...]:
    """A word on what was just understood, so that a mistake is heard at once."""
    if "name" in form.values and form.values["name"] != before.values.get("name"):
        return (Line("heard_name", {"name": str(form.values["name"]).split()[0]}),)
    if "product" in form.values and form.values["product"] != before.values.get("product"):
        return (Line("heard", {"what": str(form.values["product"])}),)
    if "qty" in form.values and form.values["qty"] != before.values.get("qty"):
        return (Line("heard", {"what": str(form.values["qty"])}),)
    if (when := say.timing(form.values)) is not None and when != say.timing(before.values):
        return (Line("heard", {"what": when}),)
    if (budget := say.budget(form.values)) is not None and budget != say.budget(before.values):
        return (Line("heard", {"what": budget}),)
    if enquiry.declined_of(form) != enquiry.declined_of(before):
        return (Line("left_open"),)
    return ()


def _text(form: FormState, name: str) -> str | None:
    value = form.values.get(name)
    return str(value) if value else None
