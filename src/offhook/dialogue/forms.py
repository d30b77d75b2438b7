"""Filling a form by talk: slots in any order over several turns, corrected on the way, read back, confirmed, sent once.

Pure rules. A `FormState` is what was given so far; `next_step` says what to do now: ask for a slot, make sure of one,
read everything back, or send. What a slot's value must be (a free time, an open day) is the desk's to judge between
`fill` and `next_step`.

A read-back is tied to what it said: its digest is stored, any change of a slot makes it void, and only a yes in a later
turn sends. The read-back's turn id is the key that the write is committed under, so a yes that is said twice, retried,
or lost on the way writes once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import msgspec

from offhook.contracts.conversation import ConversationState, Pending, SlotValue
from offhook.contracts.speech import ExpectKind
from offhook.understanding.model import is_rejected

ASKED_CONFIRM = "confirm"
"""`Pending.asked` after the read-back."""
ASKED_CHANGE = "change"
"""`Pending.asked` after "what should I change?"."""
VERIFY_PREFIX = "verify:"
"""`Pending.asked` while uncertain slots are being made sure of: "verify:date", "verify:date+time"."""
MEMORY_FORM = "form"
"""desk_memory key of the parts of a form that a client has no use for."""
REJECTED_KEPT = 8
TRIES_BEFORE_HELP = 3
"""Questions for the same slot before a human is offered."""


@dataclass(frozen=True, slots=True)
class Field:
    """One slot of a form. `ask` is the template of its question, `ask_again` the one after a digression."""

    slot: str
    ask: str
    ask_again: str
    expect: ExpectKind = "open"


@dataclass(frozen=True, slots=True)
class Form:
    """A form: the command that it fills, its fields in the order they are asked for, and the tool that it sends to."""

    intent: str
    tool: str
    fields: tuple[Field, ...]
    read_back: str
    """Template key of the read-back."""

    def field(self, slot: str) -> Field:
        return next(one for one in self.fields if one.slot == slot)

    @property
    def slots(self) -> frozenset[str]:
        return frozenset(one.slot for one in self.fields)


@dataclass(frozen=True, slots=True)
class ReadBack:
    """What was read back, when: the proof that the tool runner asks for."""

    turn_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class FormState:
    values: Mapping[str, SlotValue] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    """Slots whose value was heard badly: made sure of before they are used."""
    asked: str = ""
    attempts: int = 0
    """How often in a row `asked` was asked without success."""
    read_back: ReadBack | None = None
    offered: tuple[str, ...] = ()
    """ISO moments that were offered, in the order they were said."""
    choices: tuple[str, ...] = ()
    """Values of the slot `choice_of` between which the caller was asked to choose, in the order they were said."""
    choice_of: str = ""
    checked: str = ""
    """What the desk has judged already, so that it need not look again while nothing changes."""
    rejected: tuple[tuple[str, str], ...] = ()
    """(slots, values), joined by "|", that the caller said no to: heard once more, they are not believed at once."""
    since: str = ""

    def get(self, slot: str) -> str | None:
        value = self.values.get(slot)
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Ask:
    slot: str


@dataclass(frozen=True, slots=True)
class Verify:
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadAll:
    pass


Step = Ask | Verify | ReadAll


def fill(state: FormState, given: Mapping[str, SlotValue], unsure: Collection[str] = ()) -> FormState:
    """Take what was said. A slot that is said again replaces its old value; any change makes the read-back void."""
    changed = {slot: value for slot, value in given.items() if value is not None and state.values.get(slot) != value}
    certain_again = {slot for slot in given if slot not in unsure}
    if not changed:
        return replace(state, unsure=state.unsure - certain_again)
    return replace(
        state,
        values={**state.values, **changed},
        unsure=(state.unsure - certain_again) | (frozenset(unsure) & frozenset(changed)),
        read_back=None,
    )


def forget(state: FormState, *slots: str) -> FormState:
    """Take values back; the slots are open again."""
    if not any(slot in state.values for slot in slots):
        return state
    return replace(
        state,
        values={slot: value for slot, value in state.values.items() if slot not in slots},
        unsure=state.unsure - frozenset(slots),
        read_back=None,
    )


def next_step(form: Form, state: FormState, needed: Collection[str]) -> Step:
    """What the form needs now. `needed` are the slots that must have a value in this conversation.

    An uncertain value is made sure of as soon as it is there, unless the read-back comes next and says it anyway.
    """
    missing = [one.slot for one in form.fields if one.slot in needed and one.slot not in state.values]
    if missing:
        unsure = tuple(one.slot for one in form.fields if one.slot in state.unsure)
        return Verify(unsure) if unsure else Ask(missing[0])
    return ReadAll()


def asking(state: FormState, asked: str, *, progress: bool) -> FormState:
    """The state after the question for `asked` was put."""
    again = state.attempts + 1 if state.asked == asked and not progress else 1
    return replace(state, asked=asked, attempts=again)


def verified(state: FormState, slots: Collection[str], *, right: bool) -> FormState:
    """The answer to "did you say …?"."""
    if right:
        return replace(state, unsure=state.unsure - frozenset(slots))
    return forget(rejecting(state, slots), *slots)


def rejecting(state: FormState, slots: Collection[str]) -> FormState:
    """The caller said that the values of these slots, as a whole, are not what was meant."""
    values = [state.values.get(slot) for slot in slots]
    if not values or not all(isinstance(value, str) for value in values):
        return state
    wrong = ("|".join(slots), "|".join(str(value) for value in values))
    return replace(state, rejected=(*state.rejected, wrong)[-REJECTED_KEPT:])


def misheard_again(
    state: FormState, given: Mapping[str, SlotValue]
) -> tuple[FormState, dict[str, SlotValue], frozenset[str]]:
    """(state, what of the given may be used, slots whose value was rejected before and is left out).

    A value is left out once only: who says it a third time means it.
    """
    wrong = [entry for entry in state.rejected if is_rejected(entry, given)]
    again = frozenset(slot for slots, _ in wrong for slot in slots.split("|"))
    left = {slot: value for slot, value in given.items() if slot not in again}
    kept = tuple(entry for entry in state.rejected if entry not in wrong)
    return replace(state, rejected=kept), left, again


def asked_to_verify(slots: Collection[str]) -> str:
    return VERIFY_PREFIX + "+".join(slots)


def verifying(state: FormState) -> tuple[str, ...]:
    """The slots that the caller was asked to make sure of."""
    if not state.asked.startswith(VERIFY_PREFIX):
        return ()
    return tuple(state.asked.removeprefix(VERIFY_PREFIX).split("+"))


def digest(arguments: msgspec.Struct) -> str:
    """A short fingerprint of a tool's arguments."""
    return hashlib.sha256(msgspec.json.encode(arguments)).hexdigest()[:24]


# -- in and out of the session's state --------------------------------------------------------------------------------


class _Packed(msgspec.Struct, kw_only=True, frozen=True):
    unsure: list[str] = []
    offered: list[str] = []
    choices: list[str] = []
    choice_of: str = ""
    checked: str = ""
    read_back_turn: str = ""
    read_back_digest: str = ""
    rejected: list[str] = []
    """Slot, value, slot, value …"""


def load(form: Form, state: ConversationState) -> FormState | None:
    """The form as the session's state holds it; None when it is not being filled."""
    pending = state.pending
    if pending is None or pending.intent != form.intent:
        return None
    try:
        packed = msgspec.convert(state.desk_memory.get(MEMORY_FORM) or {}, _Packed)
    except msgspec.ValidationError:
        packed = _Packed()
    return FormState(
        values=dict(pending.slots),
        unsure=frozenset(packed.unsure),
        asked=pending.asked,
        attempts=pending.attempts,
        read_back=ReadBack(packed.read_back_turn, packed.read_back_digest) if packed.read_back_turn else None,
        offered=tuple(packed.offered),
        choices=tuple(packed.choices),
        choice_of=packed.choice_of,
        checked=packed.checked,
        rejected=tuple(zip(packed.rejected[::2], packed.rejected[1::2], strict=False)),
        since=pending.since,
    )


def to_pending(form: Form, state: FormState) -> Pending:
    return Pending(
        intent=form.intent, slots=dict(state.values), asked=state.asked, since=state.since, attempts=state.attempts
    )


def to_memory(state: FormState) -> dict[str, SlotValue]:
    """What belongs into desk_memory under MEMORY_FORM."""
    return {
        "unsure": sorted(state.unsure),
        "offered": list(state.offered),
        "choices": list(state.choices),
        "choice_of": state.choice_of,
        "checked": state.checked,
        "read_back_turn": state.read_back.turn_id if state.read_back else "",
        "read_back_digest": state.read_back.digest if state.read_back else "",
        "rejected": [part for pair in state.rejected for part in pair],
    }
