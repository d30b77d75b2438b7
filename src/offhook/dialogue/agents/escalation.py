"""A human is wanted: leave a task for a colleague and say so. Shared by all desks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

import msgspec
from msgspec import UNSET, UnsetType

from offhook.contracts.conversation import ConversationState, Pending, SlotValue, asks_for_secret
from offhook.contracts.desk import Failed, Ok
from offhook.contracts.speech import Expectation
from offhook.dialogue.agents.faq import ANYTHING_ELSE, OFFER_HUMAN
from offhook.dialogue.choices import gives_up, says
from offhook.dialogue.desk import Work
from offhook.dialogue.guard import EMERGENCY
from offhook.dialogue.model import MEMORY_QUESTION, Delta, Line, Question
from offhook.dialogue.spoken import spoken_date, spoken_time
from offhook.dialogue.templates import Words
from offhook.dialogue.tools.request_human import HumanRequest, HumanRequested, request_human
from offhook.kit.phone import NotAPhoneNumber, phone_or_none, spoken_groups
from offhook.understanding.model import Command

HANDOFF = "handoff"
BREAKDOWN = "breakdown"
"""Reason of a hand-off from the roadside, accidents included."""
COMPLAINT = "complaint"
MEMORY_ASIDE = "aside"
"""desk_memory key: the form that was under way when a number had to be asked for; it goes on afterwards."""
_DIAL = {"US": "911", "CA": "911", "IN": "112", "GB": "999", "IE": "112", "AU": "000", "NZ": "111"}
"""Country -> its emergency number; 112 elsewhere, which mobile networks know nearly everywhere."""
MEMORY_ARRANGED = "arranged"
"""desk_memory key: {told, phone, opens} of the call-back that was left for a colleague."""
PHONE_TRIES = 2
"""How often a call-back number is asked for before the message is left without one."""


async def handoff(work: Work, state: ConversationState, command: Command) -> Delta:
    """`handoff(reason)`: a stored task; the number is asked for where the caller's is not known."""
    waiting = state.pending if state.pending is not None and state.pending.intent == HANDOFF else None
    first = _before_all(work, command)
    without = arranged_without_number(state)
    anew = (without and command.slots.get("phone")) or _is_graver(state, command)
    if state.escalation_in_progress and waiting is None and not anew:
        return Delta(lines=(*first, *_arranged(work, state)), **_goes_on(state))
    if waiting is None and _only_guessed(work, command):
        return Delta(lines=first, question=OFFER_HUMAN) if state.pending is None else Delta(resume=True)
    phone, unreadable = _phone(work, state, command)
    tries = waiting.attempts if waiting is not None else 0
    refused = waiting is not None and command.intent == "deny" and not unreadable
    if refused and phone is None and gives_up(work.turn.text, work.words(state.language)):
        return Delta(lines=(Line("handoff_dropped"),), **_goes_on(msgspec.structs.replace(state, pending=None)))
    if phone is None and tries < PHONE_TRIES and not refused:
        asked = _ask_phone(work, state, command, waiting, unreadable=unreadable)
        return replace(asked, lines=(*first, *asked.lines))
    told = waiting.slots if waiting is not None else without or _asked(work, state, command)
    outcome = await work.call(
        request_human,
        HumanRequest(
            reason=str(told.get("reason") or "request"),
            phone=phone,
            name=str(command.slots.get("name") or "") or state.booking_slots.customer_name or state.customer.name,
            said=str(told.get("said") or "")[:500],
        ),
        state,
    )
    match outcome:
        case Ok(value):
            delta = _done(work, state, value)
            kept: dict[str, SlotValue] = {
                "told": dict(told),
                "phone": phone,
                "opens": delta.lines[0].values.get("opens"),
            }
            delta = replace(delta, memory={**delta.memory, MEMORY_ARRANGED: kept})
            if phone is None:
                # Nobody can call back: no promise that they will.
                delta = replace(delta, lines=(*delta.lines[:-1], _without_number(work)))
            elif phone != state.caller_phone:
                delta = replace(delta, lines=(*delta.lines, Line("handoff_number", {"phone": groups(phone)})))
            return replace(delta, lines=(*first, *delta.lines))
        case Failed(say):
            return Delta(lines=(*first, Line(say)), **_goes_on(state))
        case _:
            return Delta(lines=(*first, Line("failed_tool")), **_goes_on(state))


def arranged_without_number(state: ConversationState) -> Mapping[str, SlotValue] | None:
    """What a colleague was told who cannot call back, since no number was given."""
    kept = state.desk_memory.get(MEMORY_ARRANGED)
    if not isinstance(kept, dict) or kept.get("phone") or not isinstance(kept.get("told"), dict):
        return None
    told = kept["told"]
    assert isinstance(told, dict)
    return told


def _is_graver(state: ConversationState, command: Command) -> bool:
    """Whether a complaint comes after a plain wish for a person: that one is not urgent."""
    kept = state.desk_memory.get(MEMORY_ARRANGED)
    told = kept.get("told") if isinstance(kept, dict) else None
    plain = isinstance(told, dict) and told.get("reason") in (None, "request")
    return command.slots.get("reason") == COMPLAINT and plain


def _arranged(work: Work, state: ConversationState) -> tuple[Line, ...]:
    """What is arranged already: when a colleague calls, and where."""
    if says(work.turn.text, work.words(state.language).no_call):
        return (Line("handoff_first"),)
    kept = state.desk_memory.get(MEMORY_ARRANGED)
    opens, phone = (kept.get("opens"), kept.get("phone")) if isinstance(kept, dict) else (None, None)
    line = Line("handoff_already_closed", {"opens": str(opens)}) if opens else Line("handoff_already")
    return (line, Line("handoff_number", {"phone": groups(str(phone))})) if phone else (line,)


def _only_guessed(work: Work, command: Command) -> bool:
    """Whether nobody complained in so many words: then a colleague is offered, and nobody is sent."""
    reading = work.reading
    return reading is not None and reading.unclear and command in reading.commands


def _before_all(work: Work, command: Command) -> tuple[Line, ...]:
    """What is said even before a number is asked for."""
    reason = command.slots.get("reason")
    if reason in (BREAKDOWN, EMERGENCY):
        return (Line("emergency_first", {"number": " ".join(_DIAL.get(work.business.country, "112"))}),)
    return (Line("complaint_heard"),) if reason == COMPLAINT else ()


def _asked(work: Work, state: ConversationState, command: Command) -> dict[str, SlotValue]:
    """What the colleague is told: the words that asked for one, unless they may hold what nobody keeps."""
    said = None if asks_for_secret(state) else command.slots.get("said") or work.turn.text
    return {"reason": command.slots.get("reason"), "said": said}


def _phone(work: Work, state: ConversationState, command: Command) -> tuple[str | None, bool]:
    """(the number to call back, whether one was said that cannot be read)."""
    said = command.slots.get("phone")
    if said:
        phone = phone_or_none(str(said), work.business.country)
        return phone, phone is None
    return state.booking_slots.customer_phone or state.caller_phone, False


def _ask_phone(
    work: Work, state: ConversationState, command: Command, waiting: Pending | None, *, unreadable: bool
) -> Delta:
    again = waiting is not None
    slots: dict[str, SlotValue] = waiting.slots if waiting is not None else _asked(work, state, command)
    line = Line("handoff_phone_again" if again else "handoff_phone")
    aside: dict[str, SlotValue] = {}
    if not again and state.pending is not None:
        aside = {
            MEMORY_ASIDE: {
                "pending": msgspec.to_builtins(state.pending),
                "question": state.desk_memory.get(MEMORY_QUESTION),
            }
        }
    return Delta(
        lines=(Line("phone_unreadable"),) if unreadable else (),
        question=Question(line, Expectation("phone"), "handoff_phone_again"),
        pending=Pending(
            intent=HANDOFF,
            slots=slots,
            asked="phone",
            attempts=waiting.attempts + 1 if waiting is not None else 1,
            since=work.now.isoformat(timespec="seconds"),
        ),
        memory=aside,
    )


class _GoesOn(TypedDict):
    pending: Pending | None
    memory: dict[str, SlotValue]
    question: Question | UnsetType | None


def _goes_on(state: ConversationState) -> _GoesOn:
    """What comes after the hand-off: the form that was under way, else "anything else?"."""
    aside = state.desk_memory.get(MEMORY_ASIDE)
    if isinstance(aside, dict):
        pending = msgspec.convert(aside["pending"], Pending)
        return {
            "pending": pending,
            "memory": {MEMORY_ASIDE: None, MEMORY_QUESTION: aside["question"]},
            "question": UNSET,
        }
    if state.pending is not None and state.pending.intent != HANDOFF:
        return {"pending": state.pending, "memory": {}, "question": UNSET}
    return {"pending": None, "memory": {}, "question": ANYTHING_ELSE}


def without_asking(state: ConversationState) -> ConversationState:
    """The state with the form that was under way in the place of the question for a number."""
    aside = state.desk_memory.get(MEMORY_ASIDE)
    if not isinstance(aside, dict):
        return state
    left = {name: value for name, value in state.desk_memory.items() if name != MEMORY_ASIDE}
    memory = {**left, MEMORY_QUESTION: aside["question"]} if aside["question"] is not None else left
    return msgspec.structs.replace(state, pending=msgspec.convert(aside["pending"], Pending), desk_memory=memory)


def _done(work: Work, state: ConversationState, value: HumanRequested) -> Delta:
    task: dict[str, SlotValue] = {
        "task_id": value.task_id,
        "task_type": HANDOFF,
        "intent": HANDOFF,
        "status": value.status,
        "priority": value.priority,
        "background": value.open_now,
    }
    return Delta(
        lines=(_promise(value, work.words(state.language)),),
        pending_tasks=[*state.pending_tasks, task],
        escalation_in_progress=True,
        human_agent_status="requested",
        **_goes_on(state),
    )


def _promise(value: HumanRequested, words: Words) -> Line:
    if value.open_now:
        return Line("handoff_done")
    if value.opens_at is None:
        return Line("handoff_done_later")
    opens = datetime.fromisoformat(value.opens_at)
    when = words.at.format(date=spoken_date(opens.date(), words), time=spoken_time(opens.time(), words))
    return Line("handoff_done_closed", {"opens": when})


def _without_number(work: Work) -> Line:
    own = work.business.phone
    return Line("handoff_no_number_call", {"phone": groups(own)}) if own else Line("handoff_no_number")


def groups(e164: str) -> str:
    """The number as it is read back; the plain digits where it cannot be grouped."""
    try:
        return spoken_groups(e164)
    except NotAPhoneNumber:
        return " ".join(digit for digit in e164 if digit.isdigit())
