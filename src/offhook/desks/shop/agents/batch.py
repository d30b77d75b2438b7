"""Several entries of one sentence: checked one by one, written in one transaction, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec

from offhook.contracts.conversation import ConversationState, Pending, SlotValue
from offhook.contracts.desk import Failed, Ok, Retry
from offhook.contracts.speech import Expectation
from offhook.desks.shop.agents import told
from offhook.desks.shop.agents.asking import ask, pending
from offhook.desks.shop.agents.checking import (
    OVER,
    above,
    because,
    doubtful,
    of_several,
    question_for,
    to_confirm,
    whom,
)
from offhook.desks.shop.agents.deeds import DEEDS, arguments_of
from offhook.desks.shop.agents.gate import speaker_for
from offhook.desks.shop.agents.memory import about, remembered_of, spoken_for
from offhook.desks.shop.agents.read_back import MEMORY_READ_BACK
from offhook.desks.shop.spoken import Spoken
from offhook.desks.shop.toolbox import BATCH_TOOL
from offhook.desks.shop.tools.batch import BATCH, BatchDone, BatchRequest, Step
from offhook.dialogue.context import MEMORY_WROTE
from offhook.dialogue.desk import Work
from offhook.dialogue.forms import ASKED_CONFIRM, ReadBack, digest
from offhook.dialogue.model import Delta, Line, Question
from offhook.understanding.ledger.values_said import CANDIDATES
from offhook.understanding.model import Command

MEMORY_BATCH = "batch"
"""desk_memory key while one entry of several is asked about: {commands, at}."""
REPLACES = "replaces"
"""Slot of an entry that is written in the place of another: that one's posting_id, amount, and how it is said."""
_COMMANDS = "commands"
_CANDIDATES = CANDIDATES["customer"]


def fold(commands: Sequence[Command]) -> tuple[Command, ...]:
    """Two entries and more become one batch, where the first of them stood; questions stay as they are."""
    entries = [one for one in commands if _joins(one)]
    if len(entries) < 2:
        return tuple(commands)
    first = commands.index(entries[0])
    left = [one for one in commands if one not in entries]
    return (*left[:first], batch_of(entries), *left[first:])


def _joins(command: Command) -> bool:
    """What is always read back is read back by itself, with its own words; a refund has the same beside others."""
    deed = DEEDS.get(command.intent)
    if deed is None or not deed.writes:
        return False
    return command.intent == "payment.refund" or not deed.confirmed_always(command.slots)


def batch_of(entries: Sequence[Command]) -> Command:
    kept: list[dict[str, SlotValue]] = [{"intent": one.intent, "slots": dict(one.slots)} for one in entries]
    return Command(intent=BATCH, slots={_COMMANDS: kept})


def entries_of(batch: SlotValue) -> list[Command]:
    """Of a batch's slots, or of what is kept of it."""
    kept = batch.get(_COMMANDS) if isinstance(batch, dict) else None
    try:
        return msgspec.convert(kept, list[Command])
    except msgspec.ValidationError:
        return []


def resumed(state: ConversationState, command: Command) -> Command:
    """The batch that `command` is an answer within, whole again; else the command itself."""
    if REPLACES in command.slots:
        return batch_of(replacing(command))
    kept = state.desk_memory.get(MEMORY_BATCH)
    entries = entries_of(kept)
    at = kept.get("at") if isinstance(kept, dict) else None
    waits = kept.get("pending") if isinstance(kept, dict) else None
    if not isinstance(at, int) or at >= len(entries) or state.pending is None or waits != _bound(state.pending):
        return command
    offered = entries[at].slots.get(_CANDIDATES)
    entries[at] = command
    if offered and _CANDIDATES not in command.slots:
        # One answer for all entries of the sentence that named the same person.
        entries = [_of_the_same(one, offered, command) for one in entries]
    return batch_of(entries)


def replacing(entry: Command) -> list[Command]:
    """What is to be taken back first, and the entry that stands in its place."""
    taken = entry.slots[REPLACES]
    slots = dict(taken) if isinstance(taken, dict) else {}
    payment = slots.pop("payment_id", None)
    first = [Command(intent="undo", slots={**slots, "posting_id": payment})] if payment else []
    return [*first, Command(intent="undo", slots=slots), entry]


def _of_the_same(entry: Command, offered: SlotValue, answer: Command) -> Command:
    if entry.slots.get(_CANDIDATES) != offered:
        return entry
    kept = {slot: value for slot, value in entry.slots.items() if slot != _CANDIDATES}
    return Command(intent=entry.intent, slots={**kept, "customer": answer.slots.get("customer")})


async def batch(work: Work, state: ConversationState, command: Command, proof: ReadBack | None = None) -> Delta:
    entries = entries_of(command.slots)
    spoken = spoken_for(work, state)
    memory: dict[str, SlotValue] = {}
    if proof is None:
        for at, entry in enumerate(entries):
            speaker, known = await speaker_for(work, state, entry)
            if speaker is None:
                return known
            memory |= known.memory
            settled = await _settled(work, state, entry, spoken)
            if isinstance(settled, Delta):
                return _asking(settled, entries, at)
            entries[at] = settled
        if of_several(work) and state.pending is None and not _answering(state):
            return Delta(lines=(Line("ask_again_whole"),), pending=None, question=None, memory={MEMORY_BATCH: None})
        if any(to_confirm(work, state, one) for one in entries):
            return await _read_back(work, state, entries, spoken)
    request = _request(entries)
    match await work.call(BATCH_TOOL, request, state, proof):
        case Ok(done):
            return _done(work, entries, done, spoken, state, memory)
        case Retry(hint, _) if hint.startswith(OVER):
            return await _read_back(work, state, entries, spoken)
        case Retry(hint, _):
            return _dropped(because(work, hint))
        case Failed(reason):
            return _dropped(because(work, reason))


async def _settled(work: Work, state: ConversationState, entry: Command, spoken: Spoken) -> Command | Delta:
    """The entry with the customer that is meant, or the question that it needs first."""
    deed = DEEDS[entry.intent]
    slot = (doubtful(work, entry) if of_several(work) else None) or deed.missing(entry.slots)
    if slot is not None:
        return question_for(entry, slot, work, spoken)
    who = await whom(work, state, entry, spoken)
    if isinstance(who, Delta):
        return who
    if who is not None:
        entry = Command(
            intent=entry.intent, slots={**entry.slots, "customer": who.customer, "customer_id": who.customer_id}
        )
    try:
        arguments_of(deed, entry.slots)
    except msgspec.ValidationError:
        return ask(work, entry, "", because=(Line("refused_value"),))
    return entry


def _asking(delta: Delta, entries: Sequence[Command], at: int) -> Delta:
    """The question for one entry, bound to the others: only its own answer makes them whole again."""
    if not isinstance(delta.pending, Pending):
        return _dropped(delta.lines)
    kept: dict[str, SlotValue] = {**batch_of(entries).slots, "at": at, "pending": _bound(delta.pending)}
    return replace(delta, memory={**delta.memory, MEMORY_BATCH: kept})


def asked_within(state: ConversationState, answer: Command, delta: Delta) -> Delta:
    """A further question for the entry that was asked about."""
    kept = state.desk_memory.get(MEMORY_BATCH)
    entries, at = entries_of(kept), kept.get("at") if isinstance(kept, dict) else None
    if not isinstance(at, int) or at >= len(entries):
        return delta
    entries[at] = answer
    return _asking(delta, entries, at)


def left_behind(state: ConversationState, delta: Delta) -> Delta:
    """The delta; where it opens or closes another question than that of a batch's entry, the batch is given up."""
    kept = state.desk_memory.get(MEMORY_BATCH)
    if not isinstance(kept, dict) or MEMORY_BATCH in delta.memory or delta.pending is msgspec.UNSET:
        return delta
    if isinstance(delta.pending, Pending) and kept.get("pending") == _bound(delta.pending):
        return delta
    return replace(delta, memory={**delta.memory, MEMORY_BATCH: None})


def _bound(pending: Pending) -> dict[str, SlotValue]:
    return {"intent": pending.intent, "asked": pending.asked, "slots": dict(pending.slots)}


def _answering(state: ConversationState) -> bool:
    return MEMORY_BATCH in state.desk_memory


async def _read_back(work: Work, state: ConversationState, entries: Sequence[Command], spoken: Spoken) -> Delta:
    for entry in entries:
        if above(work, entry):
            speaker, known = await speaker_for(work, state, batch_of(entries), proven=True)
            if speaker is None:
                return known
            break
    proof: dict[str, SlotValue] = {"turn_id": work.turn.turn_id, "digest": digest(_request(entries))}
    if REPLACES in entries[-1].slots:
        values = {"old": str(entries[0].slots.get("entry", "")), "new": of_day(entries[-1], spoken)}
        return Delta(
            question=Question(Line("confirm_replace", values), Expectation("yes_no")),
            pending=pending(work, entries[-1], ASKED_CONFIRM),
            memory={MEMORY_READ_BACK: proof},
        )
    items = spoken.both([of_day(entry, spoken) for entry in entries])
    return Delta(
        question=Question(Line("confirm_batch", {"items": items}), Expectation("yes_no")),
        pending=pending(work, batch_of(entries), ASKED_CONFIRM),
        memory={MEMORY_READ_BACK: proof},
    )


def of_day(entry: Command, spoken: Spoken) -> str:
    said = phrase(entry, spoken)
    if entry.slots.get("paid_by"):
        said = spoken.render("entry_paid", {"entry": said, "how": spoken.by(str(entry.slots["paid_by"]))})
    if not told.dated(spoken, entry.slots):
        return said
    return spoken.render("entry_dated", {"entry": said, "day": spoken.on(str(entry.slots["date"]))})


def phrase(entry: Command, spoken: Spoken) -> str:
    """An entry as one of several: "Suresh's payment of 500 rupees"."""
    customer = str(entry.slots.get("customer") or entry.slots.get("name") or "")
    values = {"customer": customer, "amount": spoken.number(entry.slots.get("amount"))}
    match entry.intent:
        case "payment.record":
            return spoken.render("entry_payment", values)
        case "payment.refund":
            return spoken.render("entry_refund", values)
        case "credit.add":
            return spoken.render("entry_credit", values)
        case "invoice.create" if not entry.slots.get("items"):
            return spoken.render("entry_invoice", values)
        case "invoice.create":
            return spoken.render("entry_bill", {"customer": customer, "items": spoken.items(entry.slots["items"])})
        case "stock.add":
            qty = spoken.said_qty(entry.slots.get("qty"), entry.slots.get("unit"))
            return spoken.render("entry_goods", {"product": str(entry.slots.get("product", "")), "qty": qty})
        case _:
            return spoken.render("entry_other", {"customer": customer})


def _request(entries: Sequence[Command]) -> BatchRequest:
    deeds = [(DEEDS[one.intent], one.slots) for one in entries]
    return BatchRequest(steps=[Step(tool=deed.tool.name, arguments=deed.arguments(slots)) for deed, slots in deeds])


def _done(
    work: Work,
    entries: Sequence[Command],
    done: BatchDone,
    spoken: Spoken,
    state: ConversationState,
    memory: dict[str, SlotValue],
) -> Delta:
    delta = Delta(pending=None, question=None)
    lines: list[Line] = []
    wrote: list[dict[str, SlotValue]] = []
    for entry, result in zip(entries, done.results, strict=True):
        deed = DEEDS[entry.intent]
        value: Any = msgspec.convert(result, deed.tool.result)
        # What the customer owes is said once, when all of it is written.
        lines += deed.told(value, spoken, entry.slots)[: 1 if entry.intent == "undo" else None]
        if deed.posts:
            wrote.append(posted(entry, value))
        memory |= remembered_of(value, state)
        delta = about(delta, value, state)
    if wrote:
        memory[MEMORY_WROTE] = {"turn_id": work.turn.turn_id, "entries": list(wrote)}
    return replace(delta, lines=tuple(lines), memory={**memory, MEMORY_READ_BACK: None, MEMORY_BATCH: None})


def posted(entry: Command, value: Any) -> dict[str, SlotValue]:
    """An entry as it is kept in mind: what a line after it may put right."""
    slots = {slot: one for slot, one in entry.slots.items() if slot != REPLACES}
    customer = getattr(value, "customer", None)
    if isinstance(customer, str):
        slots["customer"] = customer
    kept: dict[str, SlotValue] = {"intent": entry.intent, "slots": slots}
    return {**kept, **{name: getattr(value, name, None) for name in ("posting_id", "payment_id")}}


def _dropped(lines: tuple[Line, ...]) -> Delta:
    """Nothing of it was written, and the caller hears that."""
    memory: dict[str, SlotValue] = {MEMORY_READ_BACK: None, MEMORY_BATCH: None}
    return Delta(lines=(*lines, Line("dropped")), pending=None, question=None, memory=memory)
