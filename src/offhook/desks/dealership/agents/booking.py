"""Booking a service: fills the form, checks wishes against the book, reads back, books once after a yes.

Order of a turn: take in what was said (`take`), judge it against the book (`judge`), then ask for what is missing or
read back (`_go_on`). Nothing is written before a yes to a read-back of exactly what will be written; the tool runner
checks that again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import msgspec

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.contracts.desk import Failed, Ok
from offhook.contracts.speech import Expectation
from offhook.desks.dealership.agents import booking_lines as say
from offhook.desks.dealership.agents.drives import DRIVE
from offhook.desks.dealership.agents.intake import AVAILABILITY, take
from offhook.desks.dealership.agents.judging import judge, whose_number
from offhook.desks.dealership.agents.problems import problems_of
from offhook.desks.dealership.agents.told_cars import just_told
from offhook.desks.dealership.agents.turn import Turn
from offhook.desks.dealership.agents.waiting import offer_to_wait
from offhook.desks.dealership.agents.wish import (
    AGREED,
    BOOKING,
    EMAIL,
    MEMORY_TALKED_OF,
    NEW_SERVICES,
    NEXT_SERVICES,
    REPLACED,
    SAME_DAY,
    given,
    needed,
    request_of,
)
from offhook.desks.dealership.facts import facts_of
from offhook.desks.dealership.tools.book_appointment import Booked, book_appointment
from offhook.dialogue.agents.escalation import HANDOFF, arranged_without_number, groups
from offhook.dialogue.agents.everyday import BEFORE_YOU_GO, MEMORY_FAREWELL, OFFERS_OF_HUMAN, WHAT_NEXT, said_before
from offhook.dialogue.agents.faq import ANYTHING_ELSE, FAQ_OFFER, asks_hours_again
from offhook.dialogue.choices import adds, for_another, gives_up, named_slot, remark, says, takes_back
from offhook.dialogue.context import MEMORY_APPOINTMENT
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import (
    ASKED_CHANGE,
    ASKED_CONFIRM,
    MEMORY_FORM,
    TRIES_BEFORE_HELP,
    Ask,
    FormState,
    ReadBack,
    Verify,
    asked_to_verify,
    asking,
    digest,
    load,
    next_step,
    to_memory,
    to_pending,
)
from offhook.dialogue.model import MEMORY_VERIFIED, Delta, Line, Question, open_question
from offhook.dialogue.spoken import spoken_list
from offhook.dialogue.templates import Words
from offhook.dialogue.tool_runner import SAY_SLOW_WRITE
from offhook.understanding.model import Command

IDENTIFY = "customer.identify"
AMEND = "appointment.reschedule"
CANCEL = "appointment.cancel"
OFFERS_REFUSED = 2
"""Offers in a row that were refused, after which the waiting list is offered."""
MEMORY_BOOKED = MEMORY_APPOINTMENT
"""desk_memory key: the appointment that this session booked."""


async def booking(work: Work, state: ConversationState, command: Command) -> Delta:
    before = load(BOOKING, state)
    if before is None and command.intent == IDENTIFY:
        return _identified(work, state, command)
    words = work.words(state.language)
    if before is None and _amends(state, command, work.turn.text, words):
        return Delta(then=(Command(intent=AMEND, slots=command.slots),))
    if before is None and command.intent == AVAILABILITY and asks_hours_again(state, command, work.turn.text):
        return Delta(then=(Command(intent="faq", slots={"topic": "hours", "day": command.slots["date"]}),))
    if before is None and _swaps(state, command, work.turn.text, words):
        wanted: dict[str, SlotValue] = {NEW_SERVICES: [str(command.slots["service"])]}
        return Delta(then=(Command(intent=AMEND, slots={**command.slots, **wanted}),))
    if before is None and just_told(state) and not command.slots.get("service") and not problems_of(work, command):
        # Who names a day right after cars were told of comes to see one.
        return Delta(then=(Command(intent=DRIVE, slots=dict(command.slots)),))
    if before is None:
        before = _new_form(work, state, words)
    if not work.facts.available:
        return Delta(lines=(Line("failed_unavailable"),))
    if _confirms(before, command) and not remark(work.turn.text, words):
        if "confirm" in problems_of(work, command):
            # One alternative of the recogniser says yes, another no: nothing is written on that.
            return Delta(lines=(Line("not_heard"),), resume=True)
        return await _commit(work, state, before)
    if _leaves(state, command):
        return Delta(then=(Command(intent="goodbye"),))
    if _gives_up(before, command, work.turn.text, words):
        return Delta(lines=(Line("dropped"),), pending=None, memory={MEMORY_FORM: None}, question=ANYTHING_ELSE)
    turn = take(work, state, before, command, words)
    if turn.question is None:
        turn = await judge(work, state, turn, words)
    if turn.question is None:
        turn = await whose_number(work, state, turn)
    if turn.form.get("service") and (turn.nothing_free or _refuses_all(turn)):
        return Delta(lines=turn.lines if turn.nothing_free else (), then=(offer_to_wait(turn.form),))
    if command.intent == AVAILABILITY and turn.question is None and turn.form.get("date") and turn.form.get("time"):
        moment = f"{turn.form.get('date')}T{turn.form.get('time')}"
        turn = replace(turn, lines=(*turn.lines, Line("slots_free", {"when": say.moment_text(moment, words)})))
    if turn.question is None and _is_booked(state, turn.form):
        booked_already = Line("booked_already", say.booked_values(turn.form, words))
        return Delta(lines=(booked_already,), pending=None, memory={MEMORY_FORM: None}, question=ANYTHING_ELSE)
    return _go_on(work, state, turn, words)


def done(work: Work, state: ConversationState, value: msgspec.Struct) -> Delta:
    """The booking is committed: say it, and keep it for the goodbye."""
    booked = cast(Booked, value)
    form = load(BOOKING, state)
    next_services = form.values.get(NEXT_SERVICES) if form is not None else None
    words = work.words(state.language)
    values = {
        "service": say.in_sentence(booked.service),
        "when": say.moment_text(booked.starts_at[:16], words),
        "name": booked.name.split()[0],
    }
    return Delta(
        lines=(Line("booked", values),),
        pending=None,
        memory={
            MEMORY_FORM: None,
            MEMORY_TALKED_OF: booked.service,
            MEMORY_FAREWELL: {
                "key": "farewell_booked",
                "values": {"service": values["service"], "when": values["when"]},
            },
            MEMORY_BOOKED: {
                "appointment_id": booked.appointment_id,
                "service": booked.service,
                "starts_at": booked.starts_at,
                "name": booked.name,
            },
        },
        question=ANYTHING_ELSE,
        then=(*_then_cancel(form), *_then_book(next_services, booked.starts_at[:10])),
    )


def _then_cancel(form: FormState | None) -> tuple[Command, ...]:
    """What the booking takes the place of is given up after it, never first; the read-back of both was agreed to."""
    replaced = form.values.get(REPLACED) if form is not None else None
    if form is None or form.read_back is None or not isinstance(replaced, dict):
        return ()
    slots: dict[str, SlotValue] = {"appointment_id": replaced["appointment_id"], AGREED: form.read_back.turn_id}
    return (Command(intent=CANCEL, slots=slots),)


def _then_book(services: SlotValue, day: str) -> tuple[Command, ...]:
    """The booking of what is wanted as well; what was added to this one is for its day, where no other was named."""
    if not isinstance(services, list) or not services:
        return ()
    first, *others = (one for one in services if isinstance(one, dict))
    when: dict[str, SlotValue] = {"date": day} if first.get(SAME_DAY) else {}
    return (Command(intent=BOOKING.intent, slots={**first, **when, NEXT_SERVICES: others}),)


def _identified(work: Work, state: ConversationState, command: Command) -> Delta:
    """A name, number or e-mail said unasked is kept for the booking that may come. It proves nothing."""
    said = given(command.slots, facts_of(work), work.business.country).values
    shown = msgspec.structs.replace(
        state.booking_slots,
        customer_name=str(said["name"]) if "name" in said else state.booking_slots.customer_name,
        customer_phone=str(said["phone"]) if "phone" in said else state.booking_slots.customer_phone,
        customer_email=str(said[EMAIL]) if EMAIL in said else state.booking_slots.customer_email,
    )
    question = open_question(state)
    offered = question is not None and question.line.key in OFFERS_OF_HUMAN
    if "phone" in said and (offered or arranged_without_number(state) is not None):
        who: dict[str, SlotValue] = {name: said[name] for name in ("name", "phone") if name in said}
        handing = Command(intent=HANDOFF, slots={**who, "said": said_before(work, state)})
        return Delta(booking_slots=shown, then=(handing,))
    if MEMORY_BOOKED in state.desk_memory and remark(work.turn.text, work.words(state.language)):
        return Delta(lines=(Line("remark_late"),), booking_slots=shown, question=FAQ_OFFER)
    if MEMORY_BOOKED in state.desk_memory and says(work.turn.text, work.words(state.language).wrong):
        return Delta(lines=(Line("contact_kept"),), booking_slots=shown, question=FAQ_OFFER)
    named = (Line("heard_name", {"name": str(said["name"])}),) if "name" in said else ()
    numbers = (Line("heard_phone", {"phone": groups(str(said["phone"]))}),) if "phone" in said else ()
    lines = (*named, *numbers, *say.heard_email(said))
    if not lines and not command.slots:
        return Delta(then=(Command(intent="out_of_scope"),))  # nothing was given: an "Okay" would promise something
    lines = lines or (Line("confirm_nothing"),)
    return Delta(lines=lines, booking_slots=shown, question=WHAT_NEXT)


def _amends(state: ConversationState, command: Command, text: str, words: Words) -> bool:
    """A new day or time, and no service, just after a booking: that booking is meant, unless another one is asked
    for ("the same for my wife")."""
    if MEMORY_BOOKED not in state.desk_memory or command.slots.get("service"):
        return False
    if says(text, words.another) or for_another(text, words):
        return False
    return command.intent == "correct" or bool({"date", "time"} & command.slots.keys())


def _swaps(state: ConversationState, command: Command, text: str, words: Words) -> bool:
    """Other work, just after a booking, in the place of what is booked: "make that a tire rotation instead"."""
    new, booked = command.slots.get("service"), _booked_service(state)
    if REPLACED in command.slots or booked is None or not new or new == booked:
        return False
    return says(text, words.swap) and not adds(text, words) and not says(text, words.another)


def _new_form(work: Work, state: ConversationState, words: Words) -> FormState:
    """An empty form, but for what the caller has given of themselves already, and for what is to be the same again."""
    values: dict[str, SlotValue] = {}
    if state.booking_slots.customer_name and not for_another(work.turn.text, words):
        values["name"] = state.booking_slots.customer_name
    if state.booking_slots.customer_email:
        values[EMAIL] = state.booking_slots.customer_email
    talked_of = state.desk_memory.get(MEMORY_TALKED_OF)
    if isinstance(talked_of, str) and talked_of != _booked_service(state):
        values["service"] = talked_of
    booked = _booked_service(state)
    if booked is not None and says(work.turn.text, words.alike):
        values["service"] = booked
    verified = state.customer.customer_id == state.desk_memory.get(MEMORY_VERIFIED, "")
    phone = state.booking_slots.customer_phone or (state.customer.phone if verified else None)
    if phone and phone != state.caller_phone:
        values["phone"] = phone
    return FormState(values=values, since=work.now.isoformat(timespec="seconds"))


def _booked_service(state: ConversationState) -> SlotValue:
    booked = state.desk_memory.get(MEMORY_BOOKED)
    return booked.get("service") if isinstance(booked, dict) else None


def _is_booked(state: ConversationState, form: FormState) -> bool:
    """Whether the form asks for just what this call has booked: said again, not wanted twice."""
    booked = state.desk_memory.get(MEMORY_BOOKED)
    if not isinstance(booked, dict) or form.get("date") is None or form.get("time") is None:
        return False
    same_time = str(booked.get("starts_at"))[:16] == f"{form.get('date')}T{form.get('time')}"
    same_name = form.get("name") in (None, booked.get("name"))
    return same_time and same_name and form.get("service") == booked.get("service")


# -- yes, no, and giving up -------------------------------------------------------------------------------------------


def _confirms(form: FormState, command: Command) -> bool:
    return (
        command.intent == "confirm" and not command.slots and form.asked == ASKED_CONFIRM and form.read_back is not None
    )


def _leaves(state: ConversationState, command: Command) -> bool:
    """A plain no to "before you go: shall I book that for you?"."""
    question = open_question(state)
    asked = question is not None and question.line.key == BEFORE_YOU_GO
    return asked and command.intent == "deny" and not command.slots


def _gives_up(form: FormState, command: Command, text: str, words: Words) -> bool:
    """ "Never mind", or "no" to "what should I change?" that names nothing: the caller wants none of it."""
    if command.intent != "deny" or command.slots:
        return False
    names_nothing = named_slot(text, words) is None and not any(map(str.isdecimal, text))
    wants_none = gives_up(text, words) or takes_back(text, words)
    return wants_none or (form.asked == ASKED_CHANGE and names_nothing)


def _refuses_all(turn: Turn) -> bool:
    """Twice in a row nothing of what was on offer suits."""
    return turn.denied and bool(turn.before.offered) and turn.before.attempts >= OFFERS_REFUSED


async def _commit(work: Work, state: ConversationState, form: FormState) -> Delta:
    outcome = await work.call(book_appointment, request_of(form, state), state, form.read_back)
    match outcome:
        case Ok(value):
            return done(work, state, value)
        case Failed(key) if key.startswith("refused."):
            # Taken or closed since it was read back: say so and offer what is free now.
            words = work.words(state.language)
            turn = await judge(work, state, Turn(before=form, form=replace(form, checked="", read_back=None)), words)
            return _go_on(work, state, turn, words)
        case Failed(key) if key == SAY_SLOW_WRITE:
            return Delta(lines=(Line(key),), question=None)
        case Failed(key):
            question = Question(Line("try_again"), Expectation("yes_no"))
            return Delta(lines=(Line(key),), question=question)
        case _:
            words = work.words(state.language)
            return _go_on(work, state, Turn(before=form, form=replace(form, read_back=None)), words)


# -- going on ---------------------------------------------------------------------------------------------------------


def _go_on(work: Work, state: ConversationState, turn: Turn, words: Words) -> Delta:
    """Ask for what the form needs next; remember the form."""
    facts = facts_of(work)
    form, lines, question, asked = turn.form, turn.lines, turn.question, turn.asked
    progress = form.values != turn.before.values or form.unsure != turn.before.unsure
    said = {line.key for line in lines}
    told_when = bool(said & {"slots_free"}) or bool(form.offered and question is not None)
    passing = say.heard(turn.before, form, words, without_when=told_when)
    day_said = any(line.key == "heard" for line in passing) and form.values.get("date") != turn.before.values.get(
        "date"
    )
    if question is None and form.asked == ASKED_CHANGE and not progress and turn.before.asked != ASKED_CHANGE:
        asked, question = ASKED_CHANGE, Question(Line("what_to_change"))
    if question is None:
        match next_step(BOOKING, form, needed(state)):
            case Ask(slot):
                if slot in ("date", "time") and form.offered and not progress:
                    asked, question = say.offer(form.offered, words)
                else:
                    known = _known_caller(state, turn)
                    asked, question = say.ask(slot, form, words, facts, known=known, day_said=day_said)
                if slot == "service" and turn.before.asked == "service" and not progress:
                    lines = (*lines, Line("service_examples", {"services": _examples(work, words)}))
            case Verify(slots):
                group = ("date", "time") if {"date", "time"} <= set(slots) else slots[:1]
                asked, question = asked_to_verify(group), say.verify(group, form, words)
                passing = []
            case _:
                asked, passing = (
                    ASKED_CONFIRM,
                    [
                        *say.instead(turn.before, form),
                        *say.replaces(form),
                        *say.heard_email(form.values),
                    ],
                )
                form = replace(form, unsure=frozenset(), read_back=_proof(work, state, form))
                question = say.read_back(form, state, words, again=turn.before.read_back is not None)
    form = asking(form, asked, progress=progress)
    if form.attempts % TRIES_BEFORE_HELP == 0:
        lines = (*lines, Line("human_is_there"))
    return Delta(
        lines=(*passing, *lines),
        question=question,
        pending=to_pending(BOOKING, form),
        memory={MEMORY_FORM: to_memory(form)},
        booking_slots=say.slots_shown(form, state),
    )


def _known_caller(state: ConversationState, turn: Turn) -> str:
    """The first name to offer for the booking; "" where the caller is not known, or has said that it is not them."""
    if not state.customer.name or turn.denied:
        return ""
    question = open_question(state)
    asked_plainly = turn.before.asked == "name" and question is not None and question.line.key != "ask_name_known"
    return "" if asked_plainly else state.customer.name.split()[0]


def _proof(work: Work, state: ConversationState, form: FormState) -> ReadBack:
    """The read-back of this turn; the same one while nothing of it has changed, so that its write keeps its key."""
    mark = digest(request_of(form, state))
    if form.read_back is not None and form.read_back.digest == mark:
        return form.read_back
    return ReadBack(work.turn.turn_id, mark)


def _examples(work: Work, words: Words) -> str:
    names = [say.in_sentence(service.name) for service in facts_of(work).services[: say.SERVICES_NAMED]]
    return spoken_list(names, words.or_)
