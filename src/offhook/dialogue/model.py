"""What passes between the nodes of the dialogue graph: lines to speak, questions, and the changes a node wants.

A node never edits the session's state. It returns a `Delta`, and `apply` makes the next state from it, so that a turn
that is cut off half way leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from offhook.contracts.conversation import (
    BookingSlots,
    ConversationState,
    CustomerRef,
    Pending,
    SlotValue,
)
from offhook.contracts.speech import Expectation
from offhook.understanding.model import Command

MEMORY_QUESTION = "question"
"""desk_memory key: the question that is open, as `Question.pack` writes it."""
MEMORY_VERIFIED = "verified_customer"
"""desk_memory key: the customer whom a second fact has proved the caller to be, by id."""
MEMORY_LANGUAGE = "language"
"""desk_memory key: the language that the caller asked for."""
MEMORY_LAST_REPLY = "last_reply"
"""desk_memory key: the words of the last reply, for "say that again"."""
MEMORY_UNRELATED = "unrelated"
"""desk_memory key: unrelated requests in a row."""
MEMORY_WAITED = "waited"
"""desk_memory key: the last reply told the caller to take their time; an "ok" to that answers nothing else."""
MEMORY_NOT_HEARD = "not_heard"
"""desk_memory key: unreadable utterances in a row."""
MEMORY_MODEL = "model"
"""desk_memory key: what the language model's brain keeps of the session (brains/llm.py)."""
MEMORY_MODEL_SPOKE = "model_spoke"
"""desk_memory key: the last reply was a model's; a plain yes or no answers it."""
MESSAGES_KEPT = 200
"""Messages kept in a session's state; older ones are dropped (the call's record keeps its own transcript)."""


@dataclass(frozen=True, slots=True)
class Line:
    """One template to speak with its values. Values are words already made for the ear."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """A line that waits for an answer, and what the answer is likely to be.

    `again` is the template for asking the same once more after a digression or silence; "" uses the line itself.
    """

    line: Line
    expect: Expectation = field(default_factory=Expectation)
    again: str = ""

    def pack(self) -> dict[str, SlotValue]:
        return {
            "key": self.line.key,
            "values": dict(self.line.values),
            "again": self.again,
            "kind": self.expect.kind,
            "phrases": list(self.expect.phrases),
        }

    @classmethod
    def unpack(cls, stored: SlotValue) -> Question | None:
        """The question as stored, or None where there is none (or another version wrote it)."""
        try:
            packed = msgspec.convert(stored, _PackedQuestion)
        except msgspec.ValidationError:
            return None
        return cls(
            line=Line(packed.key, packed.values),
            expect=Expectation(kind=packed.kind, phrases=packed.phrases),  # type: ignore[arg-type]  # stored as text
            again=packed.again,
        )


class _PackedQuestion(msgspec.Struct, kw_only=True, frozen=True):
    key: str
    values: dict[str, str]
    again: str
    kind: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """What a node wants said and changed. Fields left UNSET stay as they are."""

    lines: tuple[Line, ...] = ()
    question: Question | UnsetType | None = UNSET
    """The question to end the reply with; None says that none is open any more."""
    pending: Pending | UnsetType | None = UNSET
    memory: Mapping[str, SlotValue] = field(default_factory=dict)
    """Merged into desk_memory; a None value removes the key."""
    booking_slots: BookingSlots | UnsetType = UNSET
    customer: CustomerRef | UnsetType = UNSET
    pending_tasks: list[dict[str, SlotValue]] | UnsetType = UNSET
    escalation_in_progress: bool | UnsetType = UNSET
    human_agent_status: str | UnsetType | None = UNSET
    active_customer_id: str | UnsetType | None = UNSET
    recent_customers: list[str] | UnsetType = UNSET
    status: Literal["ACTIVE", "COMPLETED"] | UnsetType = UNSET
    hang_up: bool = False
    resume: bool = False
    """Ask the open question again, even where no command waits for its answer."""
    quiet: bool = False
    """Nothing but the lines: the open question is part of them already."""
    then: tuple[Command, ...] = ()
    """Commands that follow from this one, done next ("0" on the keypad: a human)."""


def apply(state: ConversationState, delta: Delta) -> ConversationState:
    """The state with the delta's changes; `state` itself is not touched."""
    changes: dict[str, object] = {}
    for name in (
        "pending",
        "booking_slots",
        "customer",
        "pending_tasks",
        "escalation_in_progress",
        "human_agent_status",
        "active_customer_id",
        "recent_customers",
        "status",
    ):
        value = getattr(delta, name)
        if value is not UNSET:
            changes[name] = value
    memory = dict(delta.memory)
    if isinstance(delta.question, Question):
        memory[MEMORY_QUESTION] = delta.question.pack()
    elif delta.question is None:
        memory[MEMORY_QUESTION] = None
    if memory:
        merged = {**state.desk_memory, **memory}
        changes["desk_memory"] = {key: value for key, value in merged.items() if value is not None}
    return msgspec.structs.replace(state, **changes) if changes else state


def last_turn(state: ConversationState) -> str | None:
    """The turn before this one: for what only the very next line may lean on."""
    return state.messages[-1].turn_id if state.messages else None


def open_question(state: ConversationState) -> Question | None:
    return Question.unpack(state.desk_memory.get(MEMORY_QUESTION))
