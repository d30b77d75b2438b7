"""Who a change of an appointment is for: the second fact beside the telephone number, of the car or of the booking."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import msgspec

from offhook.contracts.conversation import ConversationState, CustomerRef, Pending, SlotValue
from offhook.contracts.desk import Failed, Ok, Retry
from offhook.desks.dealership.agents.change_questions import FORGET, Slots, ask_for, waiting
from offhook.desks.dealership.second_fact import TRIES
from offhook.desks.dealership.tools.own_appointments import NEEDS_SECOND_FACT
from offhook.desks.dealership.tools.verify_caller import ProofOffered, verify_caller
from offhook.dialogue.agents.escalation import HANDOFF
from offhook.dialogue.choices import says
from offhook.dialogue.desk import Work
from offhook.dialogue.model import MEMORY_VERIFIED, Delta, Line, apply
from offhook.kit.phone import phone_or_none
from offhook.understanding.model import Command

Find = Callable[[Work, ConversationState, str, Slots], Awaitable[Delta]]
"""What goes on once the caller is known: the appointments that (intent, slots) are about."""
MEMORY_WRONG_PROOFS = "wrong_proofs"
"""desk_memory key: how many facts of this session were wrong; it outlives what the facts were asked for."""
PROVING = "proving"
"""Slot: the day of the appointment and the name it is under are asked for, as the second fact."""
_FACTS = ("reg_no", "phone")
_PROOF = ("proof_date", "proof_name")


def waits_for_proof(pending: Pending) -> bool:
    """Whether a fact is waited for that shows who the caller is."""
    return pending.asked in _FACTS or bool(pending.slots.get(PROVING))


def proof_of(slots: Mapping[str, SlotValue]) -> Slots:
    """The facts among the slots that show who the caller is."""
    return {name: slots[name] for name in (PROVING, "proof_phone", *_PROOF) if slots.get(name)}


async def ask_who(work: Work, state: ConversationState, intent: str, slots: Slots, find: Find) -> Delta:
    """The first fact that is missing: the number of who calls without one, else what we hold beside it. What was said
    with the wish itself is not asked for again."""
    if _wrong_proofs(state) >= TRIES:
        return _hand_over()
    slots = _told(work, intent, slots)
    known = state.caller_phone is not None or state.customer.customer_id is not None or slots.get("proof_phone")
    if not known:
        return ask_for(work, intent, slots, "phone", "ask_phone_booked", "phone")
    if all(slots.get(name) for name in _PROOF):
        pending = waiting(work, intent, {**slots, PROVING: True}, "date", 0)
        return await _by_booking(work, state, pending, Command(intent=intent), find)
    if state.customer.customer_id is not None and not state.customer.vehicles:
        return _ask_booking(work, intent, slots)
    return ask_for(work, intent, slots, "reg_no", NEEDS_SECOND_FACT, "registration")


def _told(work: Work, intent: str, slots: Slots) -> Slots:
    """The slots with what was said of who calls as facts: a number, a name, the day of the appointment."""
    left = {name: value for name, value in slots.items() if name not in ("phone", "name")}
    phone = phone_or_none(str(slots["phone"]), work.business.country) if slots.get("phone") else None
    day = slots.get("from_date") or (None if intent == "appointment.reschedule" else slots.get("date"))
    told = {"proof_phone": phone, "proof_name": slots.get("name"), "proof_date": day}
    return {**left, **{name: value for name, value in told.items() if value and not left.get(name)}}


async def prove(work: Work, state: ConversationState, pending: Pending, command: Command, find: Find) -> Delta:
    """Take the fact that was said."""
    by_booking = pending.slots.get(PROVING) and not {"reg_no", "phone"} & command.slots.keys()
    return await (_by_booking if by_booking else _by_number)(work, state, pending, command, find)


async def _by_number(work: Work, state: ConversationState, pending: Pending, command: Command, find: Find) -> Delta:
    slots: Slots = {**pending.slots, **{k: v for k, v in command.slots.items() if k not in ("reg_no", "phone")}}
    said_phone = command.slots.get("phone")
    phone = phone_or_none(str(said_phone), work.business.country) if said_phone else None
    known = str(slots.get("proof_phone") or "") or None
    if pending.asked == "phone" and phone is not None:
        return ask_for(
            work, pending.intent, {**slots, "proof_phone": phone}, "reg_no", NEEDS_SECOND_FACT, "registration"
        )
    if pending.asked == "phone" and pending.attempts >= TRIES:
        return _hand_over()
    if pending.asked == "phone":
        return ask_for(work, pending.intent, slots, "phone", "ask_phone_again", "phone", tries=pending.attempts + 1)
    reg_no = command.slots.get("reg_no")
    if not reg_no and phone is None:
        # Not every customer has a car in the book, or its number at hand.
        return _ask_booking(work, pending.intent, slots, tries=pending.attempts)
    offered = ProofOffered(reg_no=str(reg_no) if reg_no else None, phone=known or phone)
    return await _verified(work, state, pending, slots, offered, find)


def _ask_booking(work: Work, intent: str, slots: Slots, *, tries: int = 1) -> Delta:
    """The day of an appointment to come, then the whole name it is under: what a stranger does not know together."""
    slots = {**slots, PROVING: True}
    if not slots.get("proof_date"):
        return ask_for(work, intent, slots, "date", "ask_proof_day", "date", tries=tries)
    return ask_for(work, intent, slots, "name", "ask_proof_name", "name", tries=tries)


async def _by_booking(work: Work, state: ConversationState, pending: Pending, command: Command, find: Find) -> Delta:
    slots: Slots = dict(pending.slots)
    said = {f"proof_{name}": command.slots[name] for name in ("date", "name") if command.slots.get(name)}
    lost = command.intent == "deny" or says(work.turn.text, work.words(state.language).unknowing)
    if not said and pending.attempts and (lost or pending.attempts >= TRIES):
        return _hand_over()
    slots |= said
    if not all(slots.get(name) for name in _PROOF):
        return _ask_booking(work, pending.intent, slots, tries=pending.attempts + (not said))
    phone = str(slots.get("proof_phone") or "") or None
    offered = ProofOffered(phone=phone, date=str(slots["proof_date"]), name=str(slots["proof_name"]))
    return await _verified(work, state, pending, slots, offered, find)


async def _verified(
    work: Work, state: ConversationState, pending: Pending, slots: Slots, offered: ProofOffered, find: Find
) -> Delta:
    """What goes on where the facts hold; where they do not, they are asked for again, or a person takes over."""
    match await work.call(verify_caller, offered, state):
        case Ok(checked) if checked.who is not None:
            proved = checked.who
            greeted = state.customer if state.customer.customer_id == proved.customer_id else CustomerRef()
            number = state.caller_phone or offered.phone
            who = msgspec.structs.replace(greeted, customer_id=proved.customer_id, name=proved.name, phone=number)
            opened = Delta(customer=who, memory={MEMORY_VERIFIED: proved.customer_id, MEMORY_WRONG_PROOFS: None})
            if slots.get("proof_date"):
                slots["which_day"] = slots["proof_date"]
            slots = {name: value for name, value in slots.items() if name not in (PROVING, "proof_phone", *_PROOF)}
            delta = await find(work, apply(state, opened), pending.intent, slots)
            return replace(delta, customer=who, memory={**opened.memory, **delta.memory})
        case Ok() | Retry():
            return _wrong(work, state, pending, slots)
        case Failed(key):
            return Delta(lines=(Line(key),))


def _wrong(work: Work, state: ConversationState, pending: Pending, slots: Slots) -> Delta:
    wrong = _wrong_proofs(state) + 1
    if wrong >= TRIES:
        over = _hand_over()
        return replace(over, memory={**over.memory, MEMORY_WRONG_PROOFS: wrong})
    left = {name: value for name, value in slots.items() if name not in _PROOF}
    tries = pending.attempts + 1
    asking = (
        _ask_booking(work, pending.intent, left, tries=tries)
        if left.get(PROVING)
        else ask_for(work, pending.intent, left, "reg_no", "ask_second_fact_again", "registration", tries=tries)
    )
    memory = {**asking.memory, MEMORY_WRONG_PROOFS: wrong}
    return replace(asking, lines=(Line("second_fact_wrong"), *asking.lines), memory=memory)


def _wrong_proofs(state: ConversationState) -> int:
    stored = state.desk_memory.get(MEMORY_WRONG_PROOFS)
    return stored if isinstance(stored, int) else 0


def _hand_over() -> Delta:
    return Delta(
        lines=(Line("second_fact_failed"),),
        pending=None,
        memory=FORGET,
        then=(Command(intent=HANDOFF, slots={"reason": "request"}),),
    )
