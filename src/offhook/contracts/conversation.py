"""A session's state, the turns that change it and the events that tell of it (CONTRACT: ConversationState, /ws events).

Plain msgspec structs: they go to JSON and back without loss, and carry no class of any library.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

import msgspec

from offhook.contracts.speech import Expectation, Hypothesis

SessionStatus = Literal["IDLE", "ACTIVE", "COMPLETED", "EXPIRED"]
if TYPE_CHECKING:
    SlotValue = str | int | float | bool | None | list[str] | dict[str, "SlotValue"] | list[dict[str, "SlotValue"]]
else:
    SlotValue = Any  # msgspec decodes no union that names itself; what comes from JSON is one of these


class Message(msgspec.Struct, kw_only=True):
    role: Literal["user", "assistant"]
    content: str
    at: str
    """ISO 8601 with offset."""
    turn_id: str = ""


class CustomerRef(msgspec.Struct, kw_only=True):
    customer_id: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    vehicles: list[dict[str, SlotValue]] = []


class BookingSlots(msgspec.Struct, kw_only=True):
    appointment_type: str | None = None
    service_type: str | None = None
    preferred_date: str | None = None
    """ISO date."""
    preferred_time: str | None = None
    """HH:MM."""
    customer_name: str | None = None
    customer_phone: str | None = None
    customer_email: str | None = None


class Pending(msgspec.Struct, kw_only=True):
    """A command that waits for an answer of the caller: a missing slot (`asked`) or a yes (`asked` = "confirm")."""

    intent: str
    slots: dict[str, SlotValue] = {}
    asked: str = ""
    since: str = ""
    attempts: int = 0


class ConversationState(msgspec.Struct, kw_only=True):
    session_id: str
    business_id: str
    desk: str
    channel: str
    language: str = "en"
    status: SessionStatus = "ACTIVE"
    messages: list[Message] = []
    current_agent: str = "router"
    detected_intent: str | None = None
    confidence: float = 0.0
    customer: CustomerRef = msgspec.field(default_factory=CustomerRef)
    booking_slots: BookingSlots = msgspec.field(default_factory=BookingSlots)
    pending: Pending | None = None
    pending_tasks: list[dict[str, SlotValue]] = []
    notifications_queue: list[dict[str, SlotValue]] = []
    escalation_in_progress: bool = False
    human_agent_status: str | None = None
    active_customer_id: str | None = None
    recent_customers: list[str] = []
    turn_count: int = 0
    created_at: str = ""
    last_updated: str = ""
    version: int = 0
    caller_phone: str | None = None
    """E.164 from the carrier; greets, proves nothing."""
    desk_memory: dict[str, SlotValue] = {}
    """What the desk remembers of this session beyond the fields above."""


MEMORY_OPERATOR = "operator"
"""desk_memory key: the session was opened by somebody who acts for the business; their user id, or ""."""
MEMORY_SPEAKER = "speaker"
"""desk_memory key: who of the business's people speaks, and whether that is proved."""
MEMORY_GOES_ON = "goes_on_until"
"""desk_memory key: until then somebody may come with a code (ISO), or "joined": a call's goodbye does not end it."""
MEMORY_JOINS = "joins"
"""desk_memory key: how often somebody joined; what was given out before the last time opens the session no more."""
MEMORY_CLAIMED = "claimed_phone"
"""desk_memory key: `caller_phone` is what somebody unknown typed, no carrier's word; it does not even greet."""
HIDDEN = "••••"
"""What is kept of words that held a secret."""
_SECRETS = frozenset({"pin"})


def generation(state: ConversationState) -> int:
    """Which tokens open the session: those of this generation."""
    joins = state.desk_memory.get(MEMORY_JOINS)
    return joins if isinstance(joins, int) else 0


def asks_for_secret(state: ConversationState) -> bool:
    """Whether the next words may hold what no transcript keeps."""
    return state.pending is not None and state.pending.asked in _SECRETS


TurnSource = Literal[
    "text",
    "speech",
    "dtmf",
    "greeting",
    "no_input",
    "not_heard",
    "failure",
    "notification",
    "time_warning",
    "goodbye",
]


@dataclass(frozen=True, slots=True)
class TurnInput:
    """One thing for the dialogue to answer.

    `greeting` opens the session; `no_input` is silence (attempt 1, 2, 3 = goodbye); `not_heard` is speech that the
    recogniser could not read; `failure` is a part of ours that broke (`text` names it); `time_warning`: the call's time
    is nearly up; `goodbye` ends a call (`text`: why).
    """

    turn_id: str
    """From the client's message_id, or call + utterance number. The key of write-once."""
    source: TurnSource
    text: str = ""
    alternatives: tuple[Hypothesis, ...] = ()
    confidence: float | None = None
    language: str | None = None
    attempt: int = 0
    rehearsal: bool = False
    """Only thought of: what would be said. A WRITE ends the rehearsal (`NotInRehearsal`); nothing is kept."""


class NotInRehearsal(Exception):
    """A turn that is only thought of has come to something that may happen once and for good: it must be run."""


class CommandDone(msgspec.Struct, kw_only=True, frozen=True):
    """A command that the turn understood, as the API shows it."""

    intent: str
    slots: dict[str, SlotValue] = {}
    decision: str = ""


class Part(msgspec.Struct, kw_only=True, frozen=True):
    """One of several commands that a turn carried out, side by side where they could be."""

    task_id: str
    intent: str
    failed: bool = False
    """It was not done: something must be asked first, or could not be had."""


class TurnResult(msgspec.Struct, kw_only=True, frozen=True):
    """What a turn came to; stored under its turn id and returned again for the same message_id."""

    turn_id: str
    reply: str
    agent: str
    intent: str | None = None
    confidence: float = 0.0
    language: str = "en"
    source: Literal["template", "rules", "llm"] = "rules"
    commands: list[CommandDone] = []
    hang_up: bool = False
    """Say the reply, then end the call."""
    transfer: bool = False
    """What follows the end is the business's own telephone."""
    expect_kind: str = "open"
    expect_phrases: list[str] = []
    think_ms: float = 0.0
    parts: list[Part] = []
    """Empty where the turn had one command to carry out."""
    secret: bool = False
    """The caller's words were an answer that no transcript keeps."""

    @property
    def expect(self) -> Expectation:
        return Expectation(kind=self.expect_kind, phrases=tuple(self.expect_phrases))  # type: ignore[arg-type]  # stored as text


@dataclass(frozen=True, slots=True)
class Say:
    """A piece of the reply, to be spoken or shown as it comes. The pieces joined are the turn's reply."""

    text: str
    whole: bool = False
    """It ends where a sentence ends: speech need not wait for what follows."""


@dataclass(frozen=True, slots=True)
class Working:
    """A tool takes longer than its deadline, and the answer waits for it: where people listen, they are told so."""


@dataclass(frozen=True, slots=True)
class TurnDone:
    result: TurnResult
    state: ConversationState
    untold: bool = False
    """No event tells of it: it was run before, or could not be stored."""


TurnOutput = Say | Working | TurnDone


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a turn would come to, thought of before it was known to be one."""

    turn: TurnInput
    said: tuple[str, ...]
    done: TurnDone
    understood: bool
    """Whether the words were read as something that can be acted on."""
    version: int
    """Of the session's state that it was thought of with; with any other it is void."""


class SessionEvent(msgspec.Struct, kw_only=True, frozen=True):
    """One event of `/ws/{session_id}`. `seq` is 0 until the session store commits it; `partial`, `latency` keep 0."""

    type: str
    session_id: str
    timestamp: str
    data: dict[str, SlotValue] = {}
    """The event's own fields (flattened beside type, session_id, seq, timestamp on the wire)."""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """How to open a session."""

    business_id: str
    channel: str
    language: str | None = None
    caller_phone: str | None = None
    user_id: str | None = None
    """Who of the business's people; counts only with `operator`."""
    operator: bool = False
    """Whoever opens it has proved to act for the business: staff's credential, or the machine's own console."""
    claimed: bool = False
    """`caller_phone` was typed by somebody who proved nothing."""
    desk: str | None = None
    about: str = ""
    """Why we called (`contracts.channel.CallOrder.about`); "" where nobody was called."""
    params: dict[str, str] = field(default_factory=dict)


Judge = Callable[[ConversationState], None]
"""Raises where whoever asks may not have the session as it stands."""


def anybody(state: ConversationState) -> None:
    """A judge that lets everybody in."""


class Conversations(Protocol):
    """Sessions and their turns, for every channel: the one writer of session state."""

    async def open(self, opening: Opening) -> ConversationState:
        """Create the session. Its greeting is a turn of its own (`TurnInput(source="greeting")`)."""
        ...

    async def get(self, session_id: str) -> ConversationState:
        """Raises NotFound."""
        ...

    def turn(
        self, session_id: str, turn: TurnInput, rehearsal: Rehearsal | None = None, judge: Judge = anybody
    ) -> AsyncIterator[TurnOutput]:
        """Run one turn under the session's lease, in order; the state is committed before `TurnDone` is yielded.

        A known `turn_id` yields the stored reply and runs nothing. A `rehearsal` of this very turn takes the place of
        thinking if the session's state is still the one that it was thought of with. `judge` sees the state before
        anything is told or done, and raises where who asks may not.
        """
        ...

    async def rehearse(self, session_id: str, turn: TurnInput) -> Rehearsal | None:
        """Think of a turn without running it: no WRITE, nothing stored, no lease held. None: it must be run."""
        ...

    async def heard(self, session_id: str, turn_id: str, heard: str) -> None:
        """Cut the assistant's message of that turn to what the caller really heard ("" removes it)."""
        ...

    async def close(self, session_id: str, status: SessionStatus = "COMPLETED") -> None: ...
