"""The agent of the shop's book: one command in, what is done or asked out.

Nothing is written while anything of it is unclear, goes over a limit without a read-back and a yes, or comes from
somebody who may not. Several entries of one sentence are written together or not at all (agents/batch.py).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from offhook.contracts.conversation import ConversationState, Pending, SlotValue
from offhook.contracts.desk import Failed, Ok, Retry
from offhook.desks.shop.agents.asking import UNKNOWN_CUSTOMER, ask, ask_to_add, ask_which
from offhook.desks.shop.agents.batch import MEMORY_BATCH, REPLACES, asked_within, batch, left_behind, posted, resumed
from offhook.desks.shop.agents.checking import (
    MEMORY_CAREFUL,
    OVER,
    because,
    careful,
    doubtful,
    not_found,
    question_for,
    to_confirm,
)
from offhook.desks.shop.agents.deeds import DEEDS, Deed, arguments_of
from offhook.desks.shop.agents.gate import prove, speaker_for
from offhook.desks.shop.agents.memory import about, at_the_same_time, remembered_of, spoken_for, when_of
from offhook.desks.shop.agents.read_back import MEMORY_READ_BACK, read_back
from offhook.desks.shop.agents.rewriting import older_rewritten, rewritten
from offhook.desks.shop.facts import shop_facts
from offhook.desks.shop.tools.batch import BATCH
from offhook.desks.shop.tools.prove_speaker import PROVE
from offhook.dialogue.agents.everyday import everyday
from offhook.dialogue.choices import smalltalk_kind
from offhook.dialogue.context import MEMORY_LAST_CUSTOMER, MEMORY_WROTE, written
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import ASKED_CONFIRM, ReadBack
from offhook.dialogue.model import Delta, Line, open_question
from offhook.understanding.ledger.values_said import CANDIDATES, told_anew
from offhook.understanding.model import Command

_ANSWERS = ("confirm", "deny", "correct")
TRIES = 3
"""Questions for one slot before the command is let go."""
_DROPPED = Delta(
    lines=(Line("dropped"),), pending=None, question=None, memory={MEMORY_READ_BACK: None, MEMORY_BATCH: None}
)


async def ledger(work: Work, state: ConversationState, command: Command) -> Delta:
    delta = left_behind(state, await _carried_out(work, state, command))
    if isinstance(delta.pending, Pending):
        # What is doubtful now is as doubtful when the answer comes, however clearly that is said.
        if careful(work, also_asked=delta.pending.intent == PROVE):
            return replace(delta, memory={**delta.memory, MEMORY_CAREFUL: True})
    elif delta.pending is None and not delta.then and MEMORY_CAREFUL in state.desk_memory:
        return replace(delta, memory={**delta.memory, MEMORY_CAREFUL: None})
    return delta


async def _carried_out(work: Work, state: ConversationState, command: Command) -> Delta:
    pending = state.pending
    if pending is not None and pending.intent == PROVE and command.intent in (PROVE, *_ANSWERS):
        return await prove(work, state, command)
    if command.intent == BATCH:
        return await batch(work, state, command)
    if pending is not None and pending.intent == BATCH and command.intent in _ANSWERS:
        return await _batch_answered(work, state, command, pending)
    if pending is not None and pending.intent in DEEDS and _answers(command, pending):
        return await _answered(work, state, command, pending)
    if command.intent in _ANSWERS:
        return await _answers_nothing(work, state, command)
    deed = DEEDS.get(command.intent)
    if deed is None:
        return Delta(lines=(Line("cannot"),))
    command = at_the_same_time(state, command)
    delta = await _do(work, state, command, deed)
    if deed.writes and pending is not None and pending.intent in DEEDS and delta.pending is not msgspec.UNSET:
        # Another entry begins: the one that was open is not kept beside it, and the caller knows.
        return replace(delta, lines=(Line("left_unwritten"), *delta.lines))
    return delta


async def _answers_nothing(work: Work, state: ConversationState, command: Command) -> Delta:
    """A "no" to what was just told as written takes it back, after a yes; any other answer answers nothing."""
    if command.slots.get("reason"):
        return Delta(lines=(Line("nothing_of_it"),))
    if command.slots.get("was") is not None:
        return await older_rewritten(work, state, command.slots)
    wrong = command.intent != "confirm" and bool(written(state))
    if not wrong or open_question(state) is not None:
        return await everyday(work, state, command)
    if smalltalk_kind(work.turn.text, work.words(state.language)) == "thanks":
        return await everyday(work, state, command)
    if command.slots:
        return await rewritten(work, state, command.slots)
    return Delta(then=(Command(intent="undo"),))


def _answers(command: Command, pending: Pending) -> bool:
    if command.intent in _ANSWERS:
        return True
    return command.intent == pending.intent and pending.asked != "" and not _fresh(command, pending)


def _fresh(command: Command, pending: Pending) -> bool:
    """The same kind of entry once more, about somebody else: a new command."""
    said, held = command.slots.get("customer"), pending.slots.get("customer")
    if not (said and held and said != held):
        return False
    answers = pending.asked in ("customer", UNKNOWN_CUSTOMER, ASKED_CONFIRM)
    return not answers or command.slots.get("amount") not in (None, pending.slots.get("amount"))


async def _answered(work: Work, state: ConversationState, command: Command, pending: Pending) -> Delta:
    deed = DEEDS[pending.intent]
    waiting = Command(intent=pending.intent, slots=dict(pending.slots))
    if command.intent == "deny" and not command.slots:
        return _DROPPED
    if command.intent == "confirm" and not command.slots:
        if pending.asked == ASKED_CONFIRM and REPLACES in waiting.slots:
            return await batch(work, state, resumed(state, waiting), _proof(state))
        if pending.asked == ASKED_CONFIRM:
            return await _do(work, state, waiting, deed, proof=_proof(state))
        if pending.asked == UNKNOWN_CUSTOMER:
            return _add_first(waiting, resumed(state, waiting))
        return await _again(work, state, waiting, pending)
    said = command.slots
    if not said:
        return await _again(work, state, waiting, pending)
    slots = told_anew(waiting.slots, said)
    if "product" in said and "items" in slots:
        slots = _with_product(work, slots)
    answer = Command(intent=pending.intent, slots=slots)
    whole = resumed(state, answer)
    if whole.intent == BATCH:
        unclear = doubtful(work, answer)
        if unclear is not None:
            return asked_within(state, answer, question_for(answer, unclear, work, spoken_for(work, state)))
        return await batch(work, state, whole)
    # What needed a yes needs it again with its new values.
    return await _do(work, state, whole, deed, again=pending.asked == ASKED_CONFIRM)


async def _batch_answered(work: Work, state: ConversationState, command: Command, pending: Pending) -> Delta:
    """After several entries were read back: a yes writes all of them; anything else none."""
    if command.intent == "confirm" and not command.slots:
        waiting = Command(intent=BATCH, slots=dict(pending.slots))
        return await batch(work, state, waiting, _proof(state))
    if command.intent == "deny" and not command.slots:
        return _DROPPED
    return replace(_DROPPED, lines=(Line("dropped"), Line("ask_again_whole")))


def _with_product(work: Work, slots: dict[str, SlotValue]) -> dict[str, SlotValue]:
    """A bill whose item that was not clear is this product."""
    products, known = shop_facts(work).names.products, slots.pop("product")
    items = [dict(one) for one in slots["items"] if isinstance(one, dict)] if isinstance(slots["items"], list) else []
    unclear = next((one for one in items if one.get("product") not in products), None)
    if unclear is not None:
        unclear["product"] = known
    return {**slots, "items": items}


async def _again(work: Work, state: ConversationState, waiting: Command, pending: Pending) -> Delta:
    """The answer told us nothing: the same question, and after some tries none any more."""
    if pending.attempts >= TRIES:
        return _DROPPED
    if pending.asked == ASKED_CONFIRM and REPLACES in waiting.slots:
        delta = await batch(work, state, resumed(state, waiting))
    elif pending.asked == ASKED_CONFIRM:
        delta = await read_back(work, state, waiting, DEEDS[waiting.intent])
    else:
        delta = question_for(waiting, pending.asked, work, spoken_for(work, state))
    if not isinstance(delta.pending, Pending):
        return delta
    return replace(delta, pending=msgspec.structs.replace(delta.pending, attempts=pending.attempts + 1))


def _add_first(waiting: Command, wanted: Command) -> Delta:
    """Yes, add the customer: then what was wanted of them."""
    new = Command(intent="customer.create", slots={"name": waiting.slots.get("customer")})
    return Delta(pending=None, question=None, then=(new, wanted))


def _proof(state: ConversationState) -> ReadBack | None:
    stored = state.desk_memory.get(MEMORY_READ_BACK)
    return ReadBack(str(stored["turn_id"]), str(stored["digest"])) if isinstance(stored, dict) else None


async def _do(
    work: Work,
    state: ConversationState,
    command: Command,
    deed: Deed,
    proof: ReadBack | None = None,
    *,
    again: bool = False,
) -> Delta:
    speaker, known = await speaker_for(work, state, command)
    if speaker is None:
        return known
    slot = (doubtful(work, command) if proof is None else None) or deed.missing(command.slots)
    if slot is not None:
        return _with(known, _speaking_of(command, question_for(command, slot, work, spoken_for(work, state))))
    try:
        arguments = arguments_of(deed, command.slots)
    except msgspec.ValidationError as error:
        return _with(known, ask(work, command, _field_of(str(error)), because=(Line("refused_value"),)))
    if proof is None and deed.writes and (again or to_confirm(work, state, command)):
        return _with(known, await read_back(work, state, command, deed))
    outcome = await work.call(deed.tool, arguments, state, proof)
    return _with(known, await _concluded(work, state, command, deed, outcome))


async def _concluded(work: Work, state: ConversationState, command: Command, deed: Deed, outcome: Any) -> Delta:
    spoken = spoken_for(work, state)
    match outcome:
        case Ok(value):
            memory = {**remembered_of(value, state), **when_of(command)}
            done = Delta(lines=deed.told(value, spoken, command.slots), memory=memory)
            if deed.writes or (state.pending is not None and state.pending.intent == command.intent):
                memory = {**memory, MEMORY_READ_BACK: None}
                if deed.posts:
                    memory[MEMORY_WROTE] = {"turn_id": work.turn.turn_id, "entries": [posted(command, value)]}
                done = replace(done, pending=None, question=None, memory=memory)
            return about(done, value, state)
        case Retry(hint, _) if hint.startswith(OVER):
            return await read_back(work, state, command, deed, over=hint.partition(":")[0])
        case Failed("customer_ambiguous" | "product_ambiguous" as reason, offers):
            return ask_which(work, command, reason.partition("_")[0], offers, spoken)
        case Retry(hint, field) if hint.startswith("customer_unknown"):
            return ask_to_add(work, command) if deed.writes else not_found(command, "customer")
        case Retry(hint, field) if hint.startswith("product_unknown"):
            return not_found(command, "product")
        case Retry(hint, _) if hint.startswith("invoice_unknown") and not command.slots.get("invoice_no"):
            return Delta(lines=because(work, hint), pending=None, question=None)
        case Retry(hint, field):
            return ask(work, command, field or "", because=because(work, hint))
        case Failed(reason):
            return Delta(lines=because(work, reason), pending=None, question=None, memory={MEMORY_READ_BACK: None})
        case _:
            return Delta(lines=(Line("failed_tool"),))


def _field_of(message: str) -> str:
    return message.rpartition("`$.")[2].rstrip("`").partition("[")[0] if "`$." in message else ""


def _speaking_of(command: Command, delta: Delta) -> Delta:
    """Whom the question is about is who was spoken of last."""
    customer = command.slots.get("customer")
    if not isinstance(customer, str) or command.slots.get(CANDIDATES["customer"]):
        return delta
    return replace(delta, memory={**delta.memory, MEMORY_LAST_CUSTOMER: customer})


def _with(known: Delta, delta: Delta) -> Delta:
    """What was learnt of the speaker, kept with what came of the command."""
    return replace(delta, memory={**known.memory, **delta.memory}) if known.memory else delta
