"""The caller's own appointments: told, moved, cancelled; and what was last done to their cars.

Whose they are is settled first: caller id alone opens nothing (tools/own_appointments.py), so the caller is asked for a
second fact, three times at most, and then a person takes over. A change is read back and written after a yes of a later
turn; the read-back's turn id is the key of the write, so a yes that is said twice changes once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import msgspec

from offhook.contracts.conversation import ConversationState, Pending, SlotValue
from offhook.contracts.desk import Failed, Ok
from offhook.contracts.speech import Expectation
from offhook.desks.dealership.agents import booking_lines as say
from offhook.desks.dealership.agents.booking import MEMORY_BOOKED
from offhook.desks.dealership.agents.change_questions import FORGET, MEMORY_READ_BACK, Slots, waiting
from offhook.desks.dealership.agents.moving import WORDS, read_beside, target, without_target, wrong_when
from offhook.desks.dealership.agents.offering import ASK_WHEN, OFFERED, WHEN, offering, taken, texts
from offhook.desks.dealership.agents.problems import problems_of
from offhook.desks.dealership.agents.proving import ask_who, proof_of, prove, waits_for_proof
from offhook.desks.dealership.agents.wish import AGREED, BOOKING, NEW_SERVICES, REPLACED
from offhook.desks.dealership.facts import facts_of
from offhook.desks.dealership.tools.appointment_status import (
    ServiceDone,
    StatusQuestion,
    Upcoming,
    appointment_status,
)
from offhook.desks.dealership.tools.cancel_appointment import CancelRequest, cancel_appointment
from offhook.desks.dealership.tools.find_slots import SlotAnswer, SlotWish, find_slots
from offhook.desks.dealership.tools.own_appointments import NEEDS_SECOND_FACT
from offhook.desks.dealership.tools.reschedule_appointment import MoveRequest, reschedule_appointment
from offhook.dialogue.agents.everyday import MEMORY_FAREWELL
from offhook.dialogue.agents.faq import ANYTHING_ELSE, OFFER_HUMAN, answered
from offhook.dialogue.choices import gives_up, pick, says
from offhook.dialogue.context import STARTS_AT
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import ASKED_CONFIRM, ReadBack, digest
from offhook.dialogue.model import Delta, Line, Question, apply
from offhook.dialogue.spoken import spoken_date, spoken_list
from offhook.dialogue.templates import Words
from offhook.understanding.model import Command, Problem

STATUS = "appointment.status"
CANCEL = "appointment.cancel"
MOVE = "appointment.reschedule"
CHANGES = frozenset({STATUS, CANCEL, MOVE})
_WORD = re.compile(r"[^\W_]+")
KEEPS = "keeps"
"""Slot of a cancellation: it is not wanted."""
_LONGEST_WORDS = 200
MOST = 10
"""Appointments of a caller that are looked at."""
TOLD = 3


def is_changing(state: ConversationState) -> bool:
    return state.pending is not None and state.pending.intent in CHANGES


def is_proving(state: ConversationState) -> bool:
    return is_changing(state) and state.pending is not None and waits_for_proof(state.pending)


async def changes(work: Work, state: ConversationState, command: Command) -> Delta:
    if not work.facts.available:
        return Delta(lines=(Line("failed_unavailable"),))
    pending = state.pending if is_changing(state) else None
    if AGREED in command.slots:
        return await _agreed(work, state, command)
    if KEEPS in command.slots:
        return Delta(lines=(Line("change_dropped"),), question=ANYTHING_ELSE)
    if command.intent in CHANGES and (pending is None or command.intent != pending.intent):
        proved = proof_of(pending.slots) if pending is not None else {}
        said: Slots = {WORDS: work.turn.text[:_LONGEST_WORDS], **command.slots, **_swap(work, state)}
        return await _find(work, state, command.intent, {**proved, **said}, problems_of(work, command).values())
    if pending is None:
        return Delta(lines=(Line("out_of_scope"),))
    words = work.words(state.language)
    if (
        command.intent == "deny"
        and not command.slots
        and (not waits_for_proof(pending) or pending.asked == "phone" or _lets_be(work.turn.text, words))
    ):
        return Delta(lines=(Line("change_dropped"),), pending=None, memory=FORGET, question=ANYTHING_ELSE)
    if command.intent == "confirm" and not command.slots and pending.asked == ASKED_CONFIRM:
        return await _commit(work, state, pending)
    if waits_for_proof(pending):
        return await prove(work, state, pending, command, _find)
    slots = {**pending.slots, **command.slots, **_swap(work, state)}
    if pending.asked == "which" and "appointment_id" not in slots:
        chosen = _chosen(work, state, pending, command)
        if chosen is not None:
            slots["appointment_id"] = chosen
        elif pending.intent == CANCEL or "choices" in slots:
            slots["which_day"] = command.slots.get("date") or command.slots.get("from_date")
    slots = taken(slots, command, work.turn.text, words)
    return await _find(work, state, pending.intent, slots, problems_of(work, command).values())


def _lets_be(text: str, words: Words) -> bool:
    return gives_up(text, words) or says(text, words.keeps)


# -- which one --------------------------------------------------------------------------------------------------------


async def _find(
    work: Work, state: ConversationState, intent: str, slots: Slots, problems: Collection[Problem] = ()
) -> Delta:
    past = intent == STATUS and bool(slots.get("past"))
    match await work.call(appointment_status, StatusQuestion(limit=MOST, past=past), state):
        case Ok(found) if past:
            return _done(work, state, found.last_service)
        case Ok(found):
            return await _among(work, state, intent, slots, found.appointments, problems)
        case Failed(key) if key == NEEDS_SECOND_FACT:
            return await ask_who(work, state, intent, slots, _find)
        case Failed(key):
            return Delta(lines=(Line(key),), pending=None, memory=FORGET)
        case _:
            return Delta(lines=(Line("failed_tool"),), pending=None, memory=FORGET)


async def _among(
    work: Work,
    state: ConversationState,
    intent: str,
    slots: Slots,
    found: Sequence[Upcoming],
    problems: Collection[Problem],
) -> Delta:
    if not found:
        delta = answered(_free(state), Line("no_appointment"))
        return replace(delta, pending=None, memory=FORGET)
    if intent == STATUS:
        return _told(work, state, found)
    if len(found) == 1 and intent == MOVE:
        slots, against = read_beside(work, slots, found[0])
        problems = problems if against is None else against
    meant = _meant(intent, slots, found)
    if len(meant) != 1 and not slots.get("appointment_id"):
        meant = list(_described_by(work, state, intent, slots, meant or found))
    if len(meant) != 1:
        return _which(work, state, intent, slots, meant or found)
    one = meant[0]
    if intent == MOVE:
        slots, against = read_beside(work, slots, one)
        problems = problems if against is None else against
    slots = {**slots, "appointment_id": one.appointment_id, STARTS_AT: one.starts_at}
    if intent == CANCEL:
        request = CancelRequest(appointment_id=one.appointment_id)
        values = {"service": say.in_sentence(one.service), "when": _when(work, state, one.starts_at)}
        return _read_back(work, intent, slots, request, Question(Line("cancel_read_back", values), _YES_NO))
    wrong = wrong_when(problems, slots, work.words(state.language))
    if wrong is not None:
        return replace(_to_when(work, slots, one), lines=(wrong,), question=ASK_WHEN)
    return await _move(work, state, slots, one)


def _meant(intent: str, slots: Slots, found: Sequence[Upcoming]) -> list[Upcoming]:
    chosen = slots.get("appointment_id")
    if chosen:
        return [one for one in found if one.appointment_id == chosen]
    day = slots.get("which_day") or slots.get("from_date") or (slots.get("date") if intent == CANCEL else None)
    at = slots.get("from_time") if intent == MOVE else None
    return [one for one in found if (not day or one.starts_at[:10] == day) and (not at or one.starts_at[11:16] == at)]


def _described_by(
    work: Work, state: ConversationState, intent: str, slots: Slots, found: Sequence[Upcoming]
) -> Sequence[Upcoming]:
    """Those that the words describe by their work, their car or their weekday: "the civic one", "the tuesday one"."""
    for text in (work.turn.text, str(slots.get(WORDS) or "")):
        tokens = set(_WORD.findall(text.lower()))
        services = {service.name for service in facts_of(work).all_named_in(text)}
        weekdays = {n for n, day in enumerate(work.words(state.language).weekdays) if day.lower() in tokens}
        left = [one for one in found if one.service in services] or found
        left = [one for one in left if tokens & set(one.car.lower().split())] or left
        if intent == CANCEL:  # a move names the day that is wished
            left = [one for one in left if datetime.fromisoformat(one.starts_at).weekday() in weekdays] or left
        if len(left) == 1:
            return left
    return found


def _which(work: Work, state: ConversationState, intent: str, slots: Slots, among: Sequence[Upcoming]) -> Delta:
    words = work.words(state.language)
    choices = [_described(work, state, one) for one in among[:TOLD]]
    slots = {**slots, "choices": [one.appointment_id for one in among[:TOLD]]}
    for name in ("which_day", "from_date", "from_time"):
        slots.pop(name, None)
    if intent == CANCEL:
        slots.pop("date", None)
    question = Question(
        Line("which_appointment", {"choices": spoken_list(choices, words.or_)}), Expectation("choice", tuple(choices))
    )
    return Delta(question=question, pending=waiting(work, intent, slots, "which"))


def _chosen(work: Work, state: ConversationState, pending: Pending, command: Command) -> str | None:
    choices = texts(pending.slots.get("choices"))
    index = pick(work.turn.text, len(choices), work.words(state.language))
    return choices[index] if index is not None else None


def _told(work: Work, state: ConversationState, found: Sequence[Upcoming]) -> Delta:
    words = work.words(state.language)
    told = [_described(work, state, one) for one in found[:TOLD]]
    key = "appointment_one" if len(told) == 1 else "appointment_several"
    delta = answered(_free(state), Line(key, {"appointments": spoken_list(told, words.and_)}))
    return replace(delta, pending=None if is_changing(state) else delta.pending, memory=FORGET)


def _done(work: Work, state: ConversationState, last: Sequence[ServiceDone]) -> Delta:
    words = work.words(state.language)
    lines = [
        Line(
            "last_service",
            {
                "car": one.car,
                "service": say.in_sentence(one.service),
                "day": spoken_date(date.fromisoformat(one.done_on), words),
            },
        )
        for one in last[:TOLD]
    ]
    delta = answered(_free(state), *(lines or [Line("no_last_service")]))
    return replace(delta, pending=None if is_changing(state) else delta.pending, memory=FORGET)


def _described(work: Work, state: ConversationState, one: Upcoming) -> str:
    values = {"service": say.in_sentence(one.service), "when": _when(work, state, one.starts_at)}
    return work.desk.templates.render(state.language, "appointment_described", values, 0)


# -- a new time -------------------------------------------------------------------------------------------------------


async def _move(work: Work, state: ConversationState, slots: Slots, one: Upcoming) -> Delta:
    words = work.words(state.language)
    new = _new_service(slots, one)
    if new is not None and one.kind == "service":
        return _replace(slots, one, new)
    wish = target(slots, one)
    offered = texts(slots.get(OFFERED))
    if wish is None and offered:  # none was taken: the same ones are offered again
        asked, question = say.offer(offered, words)
        return Delta(question=question, pending=waiting(work, MOVE, slots, asked))
    if wish is None:
        return _to_when(work, slots, one)
    match await work.call(find_slots, wish, state):
        case Ok(answer) if answer.status == "free":
            request = MoveRequest(appointment_id=one.appointment_id, date=str(wish.date), time=str(wish.time))
            moment = f"{wish.date}T{wish.time}"
            values = {
                "service": say.in_sentence(one.service),
                "before": _when(work, state, one.starts_at),
                "when": say.moment_text(moment, words),
            }
            slots = {**slots, "date": wish.date, "time": wish.time, "service": wish.service}
            return _read_back(work, MOVE, slots, request, Question(Line("move_read_back", values), _YES_NO))
        case Ok(answer):
            return _offer(work, state, slots, wish, answer)
        case Failed(key):
            return Delta(lines=(Line(key),), pending=None, memory=FORGET)
        case _:
            return Delta(question=ASK_WHEN, pending=waiting(work, MOVE, without_target(slots), "datetime"))


def _to_when(work: Work, slots: Slots, one: Upcoming) -> Delta:
    question = Question(
        Line("ask_move", {"service": say.in_sentence(one.service)}), Expectation("datetime"), "ask_datetime_again"
    )
    return Delta(question=question, pending=waiting(work, MOVE, slots, "datetime"))


def _swap(work: Work, state: ConversationState) -> Slots:
    """The work that is named where one thing is put in another's place: "change it to a full service"."""
    if not says(work.turn.text, work.words(state.language).swap):
        return {}
    named = [service.name for service in facts_of(work).all_named_in(work.turn.text)]
    return {NEW_SERVICES: named} if named else {}


def _new_service(slots: Slots, one: Upcoming) -> str | None:
    """The only one of the named that is not booked already."""
    others = [name for name in texts(slots.get(NEW_SERVICES)) if name != one.service]
    return others[0] if len(others) == 1 else None


def _replace(slots: Slots, one: Upcoming, new: str) -> Delta:
    """An appointment is for one kind of work: the new one is booked first, then the old one is given up."""
    starts = one.starts_at
    when = {name: slots[name] for name in WHEN if slots.get(name)} or {"date": starts[:10], "time": starts[11:16]}
    if "date" in when or "time" in when:
        when = {"date": starts[:10], "time": starts[11:16], **when}
    replaced: dict[str, SlotValue] = {"appointment_id": one.appointment_id, "service": one.service}
    car: Slots = {"vehicle": one.car} if one.car else {}
    booking = Command(intent=BOOKING.intent, slots={"service": new, **car, **when, REPLACED: replaced})
    return Delta(pending=None, memory=FORGET, then=(booking,))


def _offer(work: Work, state: ConversationState, slots: Slots, wish: SlotWish, answer: SlotAnswer) -> Delta:
    lines, question, left, asked = offering(wish, answer, without_target(slots), work.words(state.language))
    return Delta(lines=lines, question=question, pending=waiting(work, MOVE, left, asked))


# -- read back and write ----------------------------------------------------------------------------------------------


def _read_back(work: Work, intent: str, slots: Slots, request: msgspec.Struct, question: Question) -> Delta:
    return Delta(
        question=question,
        pending=waiting(work, intent, slots, ASKED_CONFIRM),
        memory={MEMORY_READ_BACK: {"turn_id": work.turn.turn_id, "digest": digest(request)}},
    )


async def _agreed(work: Work, state: ConversationState, command: Command) -> Delta:
    """The appointment gives way to the one that was just booked: both were read back together."""
    slots: Slots = {"appointment_id": command.slots.get("appointment_id")}
    request = CancelRequest(appointment_id=str(slots["appointment_id"]))
    read_back: dict[str, SlotValue] = {"turn_id": command.slots.get(AGREED), "digest": digest(request)}
    proved = apply(state, Delta(memory={MEMORY_READ_BACK: read_back}))
    return await _commit(work, proved, waiting(work, CANCEL, slots, ASKED_CONFIRM))


async def _commit(work: Work, state: ConversationState, pending: Pending) -> Delta:
    proof = state.desk_memory.get(MEMORY_READ_BACK)
    if not isinstance(proof, dict):
        return await _find(work, state, pending.intent, dict(pending.slots))
    read_back = ReadBack(str(proof.get("turn_id")), str(proof.get("digest")))
    appointment_id = str(pending.slots.get("appointment_id"))
    outcome: Any
    if pending.intent == CANCEL:
        outcome = await work.call(cancel_appointment, CancelRequest(appointment_id=appointment_id), state, read_back)
    else:
        request = MoveRequest(
            appointment_id=appointment_id, date=str(pending.slots.get("date")), time=str(pending.slots.get("time"))
        )
        outcome = await work.call(reschedule_appointment, request, state, read_back)
    match outcome:
        case Ok(value):
            key = "cancelled" if pending.intent == CANCEL else "moved"
            values = {"service": say.in_sentence(value.service), "when": _when(work, state, value.starts_at)}
            memory = {**FORGET, **_booked_since(state, pending.intent, value.starts_at, values, appointment_id)}
            return Delta(lines=(Line(key, values),), pending=None, memory=memory, question=ANYTHING_ELSE)
        case Failed(key) if key.startswith("refused."):
            # Taken or closed since it was read back.
            return await _find(work, state, pending.intent, dict(pending.slots))
        case Failed(key) if key == "cancel_too_late":
            return Delta(lines=(Line(key),), pending=None, memory=FORGET, question=OFFER_HUMAN)
        case Failed(key):
            return Delta(lines=(Line(key),), pending=None, memory=FORGET, question=ANYTHING_ELSE)
        case _:
            return await _find(work, state, pending.intent, dict(pending.slots))


def _booked_since(
    state: ConversationState, intent: str, starts_at: str, values: Mapping[str, str], appointment_id: str
) -> Mapping[str, SlotValue]:
    """What this talk has booked, as it is after the change: said at the goodbye, and not taken for a wish again."""
    booked = state.desk_memory.get(MEMORY_BOOKED)
    if not isinstance(booked, dict) or booked.get("appointment_id") != appointment_id:
        return {}
    if intent == CANCEL:
        return {MEMORY_BOOKED: None, MEMORY_FAREWELL: None}
    farewell: dict[str, SlotValue] = {"key": "farewell_booked", "values": dict(values)}
    return {MEMORY_BOOKED: {**booked, "starts_at": starts_at}, MEMORY_FAREWELL: farewell}


# -- small parts ------------------------------------------------------------------------------------------------------

_YES_NO = Expectation("yes_no")


def _free(state: ConversationState) -> ConversationState:
    """The state without the change that was being talked of."""
    return msgspec.structs.replace(state, pending=None) if is_changing(state) else state


def _when(work: Work, state: ConversationState, iso: str) -> str:
    return say.moment_text(iso[:16], work.words(state.language))
