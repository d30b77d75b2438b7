"""Before anything is said of the book: who is speaking? By their number, by the session they opened, or by a PIN."""

from __future__ import annotations

from offhook.contracts.conversation import MEMORY_OPERATOR, ConversationState, CustomerRef, Pending, SlotValue
from offhook.contracts.desk import Ok
from offhook.contracts.speech import Expectation
from offhook.desks.shop.agents.called import we_called, word_for_the_shop
from offhook.desks.shop.speakers import TRIES, Speaker, may, remembered, speaker_of
from offhook.desks.shop.tools.find_speaker import SpeakerQuestion, find_speaker
from offhook.desks.shop.tools.prove_speaker import PROVE, PinGiven, prove_speaker
from offhook.dialogue.desk import Work
from offhook.dialogue.model import Delta, Line, Question
from offhook.store.users import User
from offhook.understanding.model import Command

ASKED_PIN = "pin"
CARRIERS = ("twilio", "exotel")
"""Channels whose caller's number a carrier gives; what a web client says of itself is no caller id."""
_THEN = "then"
"""Slot of the pending command: what was wanted, done once the PIN is right."""
_KEPT = 4
MEMORY_WRONG_PINS = "wrong_pins"


async def recognise(work: Work, state: ConversationState) -> Delta:
    """Who is calling, when the session opens; says nothing."""
    speaker = await _known(work, state)
    if speaker is None:
        return Delta()
    return Delta(customer=CustomerRef(name=speaker.name or None), memory=remembered(speaker))


async def speaker_for(
    work: Work, state: ConversationState, command: Command, *, proven: bool = False
) -> tuple[Speaker | None, Delta]:
    """(who may do this, what to remember of it); nobody and what to say where they may not, or not yet."""
    speaker, memory = speaker_of(state), dict[str, SlotValue]()
    if speaker is None:
        speaker = await _known(work, state)
        memory = remembered(speaker) if speaker is not None else {}
    if speaker is None or (proven and not speaker.proven):
        return None, await _ask(work, state, command, known=speaker is not None)
    if not may(speaker, command):
        return None, Delta(lines=(Line("owner_only"),), memory=memory)
    return speaker, Delta(memory=memory)


async def prove(work: Work, state: ConversationState, command: Command) -> Delta:
    """The answer to the question for the PIN."""
    pending = state.pending
    assert pending is not None
    if command.intent == "deny":
        return Delta(lines=(Line("pin_dropped"),), pending=None, question=None)
    said = command.slots.get("pin")
    if not isinstance(said, str) or not said:
        return Delta(question=_question("ask_pin_again"), pending=pending)
    match await work.call(prove_speaker, PinGiven(pin=said), state):
        case Ok(checked) if checked.closed:
            return Delta(lines=(Line("pin_closed"),), pending=None, question=None, hang_up=True)
        case Ok(checked) if checked.user is not None:
            speaker = _speaker(checked.user, proven=True)
            return Delta(
                lines=(Line("pin_right", {"name": speaker.name.split()[0]}),),
                pending=None,
                question=None,
                memory={**remembered(speaker), MEMORY_WRONG_PINS: None},
                then=_wanted(pending),
            )
        case Ok():
            return _wrong(state, pending)
        case _:
            return Delta(lines=(Line("failed_unavailable"),), pending=None, question=None)


def _wrong(state: ConversationState, pending: Pending) -> Delta:
    stored = state.desk_memory.get(MEMORY_WRONG_PINS)
    wrong = (stored if isinstance(stored, int) else 0) + 1
    if wrong >= TRIES:
        memory = {MEMORY_WRONG_PINS: wrong}
        return Delta(lines=(Line("pin_refused"),), pending=None, question=None, memory=memory, hang_up=True)
    return Delta(question=_question("pin_wrong"), pending=pending, memory={MEMORY_WRONG_PINS: wrong})


async def _known(work: Work, state: ConversationState) -> Speaker | None:
    operator = state.desk_memory.get(MEMORY_OPERATOR)
    if isinstance(operator, str):
        if not operator:
            return Speaker(user_id="", name="", role="owner", proven=True)
        question = SpeakerQuestion(user_id=operator)
    elif state.caller_phone is not None and state.channel in CARRIERS:
        question = SpeakerQuestion(phone=state.caller_phone)
    else:
        return None
    match await work.call(find_speaker, question, state):
        case Ok(found) if found.user is not None:
            return _speaker(found.user, proven=isinstance(operator, str))
        case _:
            return None


async def _ask(work: Work, state: ConversationState, command: Command, *, known: bool) -> Delta:
    if we_called(state):
        return word_for_the_shop(work)
    stored = state.desk_memory.get(MEMORY_WRONG_PINS)
    if isinstance(stored, int) and stored >= TRIES:
        return Delta(lines=(Line("pin_refused"),), pending=None, question=None, hang_up=True)
    match await work.call(find_speaker, SpeakerQuestion(), state):
        case Ok(found) if not found.pins:
            return Delta(lines=(Line("pin_nobody"),))
        case Ok():
            pass
        case _:
            return Delta(lines=(Line("failed_unavailable"),))
    pending = state.pending if state.pending is not None and state.pending.intent == PROVE else None
    wanted = [*(_wanted(pending) if pending is not None else ()), command][:_KEPT]
    kept: list[dict[str, SlotValue]] = [{"intent": one.intent, "slots": dict(one.slots)} for one in wanted]
    since = work.now.isoformat(timespec="seconds")
    return Delta(
        question=_question("ask_pin_limit" if known else "ask_pin"),
        pending=Pending(intent=PROVE, slots={_THEN: kept}, asked=ASKED_PIN, since=since, attempts=1),
    )


def _question(key: str) -> Question:
    return Question(Line(key), Expectation("pin"), "ask_pin_again")


def _wanted(pending: Pending) -> tuple[Command, ...]:
    kept = pending.slots.get(_THEN)
    if not isinstance(kept, list):
        return ()
    return tuple(
        Command(intent=str(one["intent"]), slots=slots)
        for one in kept
        if isinstance(one, dict) and isinstance(slots := one.get("slots"), dict)
    )


def _speaker(user: User, *, proven: bool) -> Speaker:
    return Speaker(user_id=user.user_id, name=user.name, role=user.role, proven=proven)
