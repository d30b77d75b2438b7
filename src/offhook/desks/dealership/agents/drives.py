"""Test drives: which car, when, for whom; checked against the book, read back, booked once after a yes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from offhook.contracts.conversation import ConversationState, Pending, SlotValue
from offhook.contracts.desk import Failed, Ok
from offhook.contracts.speech import Expectation
from offhook.desks.dealership.agents import booking_lines as say
from offhook.desks.dealership.agents.judging import known_under_another
from offhook.desks.dealership.agents.offering import ASK_WHEN, OFFERED, WHEN, offering, taken, texts, without_when
from offhook.desks.dealership.agents.told_cars import CAR_SLOTS, MEMORY_CARS, meant, wished_gear
from offhook.desks.dealership.agents.wish import EMAIL
from offhook.desks.dealership.facts import facts_of
from offhook.desks.dealership.fields import email_or_none
from offhook.desks.dealership.tools.book_test_drive import DriveRequest, book_test_drive
from offhook.desks.dealership.tools.find_slots import SlotAnswer, SlotWish, find_slots
from offhook.desks.dealership.tools.search_inventory import search_inventory
from offhook.dialogue.agents.escalation import groups
from offhook.dialogue.agents.everyday import MEMORY_FAREWELL
from offhook.dialogue.agents.faq import ANYTHING_ELSE
from offhook.dialogue.choices import named_gear
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import ASKED_CONFIRM, ReadBack, digest
from offhook.dialogue.model import Delta, Line, Question
from offhook.dialogue.spoken import spoken_list
from offhook.kit.phone import phone_or_none
from offhook.understanding.model import Command

DRIVE = "testdrive.book"
MEMORY_READ_BACK = "drive_read_back"
"""desk_memory key: what was read back, when: {turn_id, digest}."""
MODELS_NAMED = 5

Slots = dict[str, SlotValue]

GEAR = "transmission"
"""Slot: the transmission that the car is to have."""
_NONE = "-"
"""Stock number where no car of the model has the transmission: the book finds none by it, and says so."""
_WHAT = ("model", "stock_number")
_FORGET: Mapping[str, SlotValue] = {MEMORY_READ_BACK: None}


def is_driving(state: ConversationState) -> bool:
    return state.pending is not None and state.pending.intent == DRIVE


async def drives(work: Work, state: ConversationState, command: Command) -> Delta:
    if not work.facts.available:
        return Delta(lines=(Line("failed_unavailable"),))
    pending = state.pending if is_driving(state) else None
    if pending is not None and pending.asked == OWNER and command.intent == "deny" and not command.slots:
        return await _go_on(work, state, {name: value for name, value in pending.slots.items() if name != "phone"})
    if pending is not None and command.intent == "deny" and not command.slots:
        return Delta(lines=(Line("drive_dropped"),), pending=None, memory=_FORGET, question=ANYTHING_ELSE)
    if pending is not None and command.intent == "confirm" and not command.slots:
        if pending.asked == ASKED_CONFIRM:
            return await _commit(work, state, pending)
        if pending.asked == OWNER:
            return await _go_on(work, state, {**pending.slots, OWNER: pending.slots.get("phone")})
        if pending.asked == "name" and state.customer.name:
            command = Command(intent=DRIVE, slots={"name": state.customer.name})
    said = _given(work, command)
    before: Slots = dict(pending.slots) if pending is not None else {}
    if "model" in said:
        before = {name: value for name, value in before.items() if name not in CAR_SLOTS}
    slots: Slots = {**_held(state), **before, **said}
    if "model" in said or not slots.get("model"):
        slots |= meant(state, slots.get("model"), work.turn.text, work.words(state.language))
    slots |= await _geared(work, state, slots)
    if pending is not None:
        slots = taken(slots, command, work.turn.text, work.words(state.language))
    delta = await _go_on(work, state, slots)
    if EMAIL not in said:
        return delta
    shown = msgspec.structs.replace(state.booking_slots, customer_email=str(said[EMAIL]))
    told = () if delta.lines[:1] == say.heard_email(said) else say.heard_email(said)
    return replace(delta, lines=(*told, *delta.lines), booking_slots=shown)


async def _geared(work: Work, state: ConversationState, slots: Slots) -> Slots:
    """The car of the model with the transmission that was said, now or when cars were told of."""
    gear = named_gear(work.turn.text, work.words(state.language)) or slots.get(GEAR)
    if not gear and not slots.get("stock_number"):
        gear = wished_gear(state, slots.get("model"))
    if not gear or not slots.get("model"):
        return {GEAR: gear} if gear else {}
    if gear == slots.get(GEAR) and slots.get("stock_number"):
        return {}
    match await work.call(search_inventory, {"model": slots["model"], "transmission": gear}, state):
        case Ok(found) if not found.given_up and found.cars:
            told = [car for car in found.cars if car.stock_number == slots.get("stock_number")]
            new = [car for car in found.cars if car.condition == "new"]
            car = (*told, *new, *found.cars)[0]
            return {GEAR: gear, "stock_number": car.stock_number, "car": f"{car.transmission} {car.name}"}
        case _:
            return {GEAR: gear, "stock_number": _NONE}


OWNER = "owner"
"""Slot: the number that the caller has said is theirs, too, though it is known under another name."""


def _car(slots: Slots) -> str:
    return str(slots.get("car") or slots["model"])


def _held(state: ConversationState) -> Slots:
    email = state.booking_slots.customer_email
    return {EMAIL: email} if email else {}


def _given(work: Work, command: Command) -> Slots:
    said = {name: value for name, value in command.slots.items() if name in ("model", "name", *WHEN) and value}
    phone = command.slots.get("phone")
    e164 = phone_or_none(str(phone), work.business.country) if phone else None
    email = email_or_none(str(command.slots.get(EMAIL) or ""))
    return {**said, **({"phone": e164} if e164 else {}), **({EMAIL: email} if email else {})}


async def _go_on(work: Work, state: ConversationState, slots: Slots) -> Delta:
    if not slots.get("model"):
        return _ask_model(work, state, slots)
    if not any(slots.get(name) for name in WHEN):
        offered = texts(slots.get(OFFERED))
        if offered:  # none was taken: the same ones are offered again
            asked, question = say.offer(offered, work.words(state.language))
            return Delta(question=question, pending=_pending(work, slots, asked))
        question = Question(Line("ask_drive_when", {"car": _car(slots)}), Expectation("datetime"), "ask_datetime")
        return Delta(question=question, pending=_pending(work, slots, "datetime"))
    judged = await _judge(work, state, slots)
    if judged is not None:
        return judged
    if not slots.get("name"):
        known = (state.booking_slots.customer_name or "") or (state.customer.name or "").split(" ")[0]
        if state.booking_slots.customer_name:
            slots = {**slots, "name": state.booking_slots.customer_name}
        elif known:
            question = Question(Line("ask_name_known", {"name": known}), Expectation("yes_no"))
            return Delta(question=question, pending=_pending(work, slots, "name"))
        else:
            question = Question(Line("ask_name"), Expectation("name"), "ask_name_again")
            return Delta(question=question, pending=_pending(work, slots, "name"))
    if not slots.get("phone") and state.caller_phone is None:
        question = Question(Line("ask_phone"), Expectation("phone"), "ask_phone_again")
        return Delta(question=question, pending=_pending(work, slots, "phone"))
    phone = slots.get("phone")
    new = phone not in (None, "", slots.get(OWNER), state.caller_phone)
    if new and await known_under_another(work, state, str(phone), str(slots["name"])):
        question = Question(Line("phone_of_another"), Expectation("yes_no"))
        return Delta(question=question, pending=_pending(work, slots, OWNER))
    words = work.words(state.language)
    values = {
        "car": _car(slots),
        "when": say.moment_text(f"{slots['date']}T{slots['time']}", words),
        "name": str(slots["name"]).split()[0] if slots["name"] == state.customer.name else str(slots["name"]),
    }
    line = Line("drive_read_back", values)
    if slots.get("phone"):
        line = Line("drive_read_back_phone", {**values, "phone": groups(str(slots["phone"]))})
    return Delta(
        lines=say.heard_email(slots),
        question=Question(line, Expectation("yes_no")),
        pending=_pending(work, slots, ASKED_CONFIRM),
        memory={MEMORY_READ_BACK: {"turn_id": work.turn.turn_id, "digest": digest(_request(state, slots))}},
    )


def _ask_model(work: Work, state: ConversationState, slots: Slots) -> Delta:
    models = facts_of(work).models
    if not models:
        return Delta(lines=(Line("cars_none"),), pending=None, question=ANYTHING_ELSE)
    named = spoken_list(list(models[:MODELS_NAMED]), work.words(state.language).or_)
    again = is_driving(state)
    line = Line("ask_model_of", {"models": named}) if again else Line("ask_model")
    return Delta(
        question=Question(line, Expectation("choice", tuple(models)), "ask_model"),
        pending=_pending(work, slots, "model"),
    )


async def _judge(work: Work, state: ConversationState, slots: Slots) -> Delta | None:
    """What stands against the wished time, with times instead; None where it is free."""
    wish = msgspec.convert({name: slots[name] for name in (*_WHAT, *WHEN) if slots.get(name)}, SlotWish)
    match await work.call(find_slots, wish, state):
        case Ok(answer) if answer.status == "free":
            return None
        case Ok(answer) if answer.status == "day_free":
            day = say.day_text(str(wish.date), work.words(state.language))
            question = Question(Line("ask_time", {"day": day}), Expectation("time"), "ask_time_again")
            return Delta(question=question, pending=_pending(work, slots, "time"))
        case Ok(answer):
            return _offer(work, state, slots, wish, answer)
        case Failed(key) if key == "no_such_car":
            delta = _ask_model(work, state, {name: value for name, value in slots.items() if name not in CAR_SLOTS})
            return Delta(lines=(Line(key),), question=delta.question, pending=delta.pending)
        case Failed(key):
            return Delta(lines=(Line(key),), pending=None, memory=_FORGET)
        case _:
            return Delta(question=ASK_WHEN, pending=_pending(work, without_when(slots), "datetime"))


def _offer(work: Work, state: ConversationState, slots: Slots, wish: SlotWish, answer: SlotAnswer) -> Delta:
    lines, question, left, asked = offering(wish, answer, slots, work.words(state.language))
    return Delta(lines=lines, question=question, pending=_pending(work, left, asked))


async def _commit(work: Work, state: ConversationState, pending: Pending) -> Delta:
    proof = state.desk_memory.get(MEMORY_READ_BACK)
    if not isinstance(proof, dict):
        return await _go_on(work, state, dict(pending.slots))
    read_back = ReadBack(str(proof.get("turn_id")), str(proof.get("digest")))
    match await work.call(book_test_drive, _request(state, pending.slots), state, read_back):
        case Ok(booked):
            when = say.moment_text(booked.starts_at[:16], work.words(state.language))
            values = {"name": booked.name.split()[0], "car": booked.car, "when": when}
            farewell: dict[str, Any] = {"key": "farewell_drive", "values": {"car": booked.car, "when": when}}
            return Delta(
                lines=(Line("drive_booked", values),),
                pending=None,
                memory={**_FORGET, MEMORY_CARS: None, MEMORY_FAREWELL: farewell},
                question=ANYTHING_ELSE,
            )
        case Failed(key) if key.startswith("refused."):
            return await _go_on(work, state, dict(pending.slots))  # taken or closed since it was read back
        case Failed(key):
            return Delta(lines=(Line(key),), pending=None, memory=_FORGET, question=ANYTHING_ELSE)
        case _:
            return await _go_on(work, state, dict(pending.slots))


def _request(state: ConversationState, slots: Mapping[str, SlotValue]) -> DriveRequest:
    return DriveRequest(
        model=str(slots["model"]),
        stock_number=str(slots.get("stock_number") or "") or None,
        date=str(slots["date"]),
        time=str(slots["time"]),
        name=str(slots["name"]),
        phone=str(slots.get("phone") or "") or state.caller_phone,
        email=str(slots.get(EMAIL) or "") or None,
    )


def _pending(work: Work, slots: Slots, asked: str) -> Pending:
    return Pending(intent=DRIVE, slots=slots, asked=asked, attempts=1, since=work.now.isoformat(timespec="seconds"))
