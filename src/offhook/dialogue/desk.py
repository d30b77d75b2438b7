"""What a desk registers with the dialogue: agents for its intents, templates, policy, facts of its book, language.

The dialogue knows no desk; a desk is built from these parts in `desks/<name>/desk.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec

from offhook.contracts.business import Business
from offhook.contracts.conversation import ConversationState, TurnInput
from offhook.contracts.desk import AnyTool, Caller, Effect, Ok, Tool, ToolOutcome, UnitOfWork
from offhook.contracts.speech import Hypothesis
from offhook.dialogue.faq_search import FaqIndex
from offhook.dialogue.forms import Form, ReadBack
from offhook.dialogue.model import MEMORY_VERIFIED, Delta, Line, Question
from offhook.dialogue.policy import Policy
from offhook.dialogue.sequels import Sequel
from offhook.dialogue.templates import Templates, Words
from offhook.dialogue.tool_runner import ToolRunner, ToolScope
from offhook.understanding.model import Command, Context, Problem, World

if TYPE_CHECKING:
    from offhook.dialogue.errands import Errand, ErrandEnd

A = TypeVar("A", bound=msgspec.Struct)
R = TypeVar("R", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a turn needs from the business's book to understand and to answer; read once and kept for a few seconds.

    Desks extend it with their own. `available` is False when the book could not be read.
    """

    faq: FaqIndex = field(default_factory=FaqIndex)
    available: bool = True
    blocked: frozenset[str] = frozenset()
    """Numbers (E.164) of callers whom the business does not want to hear from."""

    def world(self, business: Business, now: datetime) -> World:
        """The facts as understanding wants them. `now` is aware, in the business's zone."""
        return World(now=now, tz=business.timezone)

    def brief(self, business: Business) -> str:
        """The facts in a few lines, for a language model's prompt; "" when there are none."""
        return ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a sentence was understood as."""

    commands: tuple[Command, ...]
    confidence: float = 1.0
    problems: tuple[Problem, ...] = ()
    """What stands against values: impossible, past, ambiguous, heard differently by the recogniser's alternatives."""
    language: str = "en"
    decision: str = ""
    ask: str | None = None
    """Where the decision is to ask: the slot that is not clear."""
    guessed: bool = False
    """Whether its words only hint at what is wanted: a model knows better, where there is one."""
    unclear: bool = False
    """Whether it is to be read back, whatever else is asked about it first."""
    understood: bool = True
    """False when nothing of the desk's work was recognised."""


class Reader(Protocol):
    """Understanding, fitted to one desk's language. Pure and fast."""

    def read(
        self,
        text: str,
        alternatives: Sequence[Hypothesis],
        confidence: float | None,
        world: World,
        context: Context,
    ) -> Reading: ...


class Emit(Protocol):
    """Say a piece of the reply at once; `whole` as in `Say`."""

    async def __call__(self, text: str, whole: bool = False) -> None: ...


@dataclass(frozen=True, slots=True)
class Work:
    """What a turn is done with: everything a node may look at beside the session's state."""

    desk: Desk
    business: Business
    turn: TurnInput
    now: datetime
    """Aware, in the business's zone."""
    facts: Facts
    tools: ToolRunner
    emit: Emit
    on_slow: Callable[[], None] = lambda: None
    """Told when a tool passes its deadline while the turn waits for it; must not block."""
    reading: Reading | None = None
    """What the turn's words were understood as; set by the router."""
    by_model: bool = False
    """A language model asked for what is done now: no WRITE without a read-back of an earlier turn."""
    part: int = 0
    """Which of the turn's commands is carried out with it, from 0."""
    results: dict[tuple[str, bytes], Ok[msgspec.Struct]] = field(default_factory=dict)
    """What READ tools brought in this turn: asked again, even by another brain, they are not run again."""

    def words(self, language: str) -> Words:
        return self.desk.templates.words(language)

    def scope(self, state: ConversationState) -> ToolScope:
        turn, caller = self.turn, replace(caller_of(state), proven=self.desk.proves(state))
        return ToolScope(
            self.business, caller, self.now, turn.turn_id, turn.rehearsal, self.by_model, self.part, self.on_slow
        )

    async def call(
        self,
        tool: Tool[A, R],
        arguments: A | Mapping[str, object],
        state: ConversationState,
        read_back: ReadBack | None = None,
    ) -> ToolOutcome[R]:
        """Run a tool for this turn (dialogue/tool_runner.py)."""
        if tool.effect is not Effect.READ:
            self.results.clear()
            return await self.tools.run(tool, arguments, self.scope(state), read_back)
        key = (tool.name, msgspec.json.encode(arguments))
        if key in self.results:
            return self.results[key]  # type: ignore[return-value]  # kept under the tool's own name
        outcome = await self.tools.run(tool, arguments, self.scope(state), read_back)
        if isinstance(outcome, Ok):
            self.results[key] = Ok(outcome.value)
        return outcome


def caller_of(state: ConversationState) -> Caller:
    customer_id = state.customer.customer_id
    return Caller(
        session_id=state.session_id,
        channel=state.channel,
        phone=state.caller_phone,
        customer_id=customer_id,
        verified=customer_id is not None and state.desk_memory.get(MEMORY_VERIFIED) == customer_id,
        language=state.language,
    )


class Agent(Protocol):
    """Answers one command of a turn. Pure but for the tools it calls through `work`."""

    async def __call__(self, work: Work, state: ConversationState, command: Command) -> Delta: ...


@dataclass(frozen=True, slots=True)
class FormDesk:
    """A form and what the dialogue needs to keep it true across turns that were cut off."""

    form: Form
    tool: Tool[msgspec.Struct, msgspec.Struct]
    done: Callable[[Work, ConversationState, msgspec.Struct], Delta]
    """What to say and change once the form's write has been committed."""


@dataclass(frozen=True, slots=True)
class Desk:
    name: str
    templates: Templates
    reader: Reader
    agents: Mapping[str, Agent]
    """Agent name -> agent; "response" (every desk's small talk) and "faq", "escalation" among them."""
    routes: Mapping[str, str]
    """Intent -> agent name."""
    load_facts: Callable[[UnitOfWork, Business], Awaitable[Facts]]
    policy: Policy = field(default_factory=Policy)
    forms: tuple[FormDesk, ...] = ()
    prompt: str = ""
    """The desk's policy.md: what a language model is told of its work."""
    tools: tuple[AnyTool, ...] = ()
    """Every tool of the desk, listed once: what a language model may call, and what docs/guide/tools.md tells of."""
    errands: Mapping[str, Callable[[Errand], Awaitable[ErrandEnd]]] = field(default_factory=dict)
    """Task type -> who carries it out while the talk goes on (dialogue/errands.py)."""
    apart: Callable[[Command, Command], bool] = lambda one, other: False
    """Whether two commands of one sentence may be carried out at the same time, by the same agent."""
    reads_back: frozenset[str] = frozenset()
    """Intents whose agent reads back whatever a model asked for, besides those of forms and of the policy."""
    book_open_to: Callable[[ConversationState], bool] = lambda state: True
    """Whether a model may use the desk's own tools for this session; for others there are `open_tools` alone."""
    proves: Callable[[ConversationState], bool] = lambda state: False
    """Whether who speaks has proved to be one of the business's own people."""
    open_tools: frozenset[str] = frozenset()
    facts_change_by: frozenset[str] = frozenset()
    """Names of the WRITE tools after which the facts must be read anew."""
    heard: Callable[[Work, ConversationState, Reading], Reading] = lambda work, state, reading: reading
    """What was read, in the light of what only the desk knows of the talk. Pure."""
    fold: Callable[[Sequence[Command]], tuple[Command, ...]] = tuple
    """What one sentence's commands become before they are carried out."""
    forgets_after_s: float | None = None
    """Idle time after which an open question and what was spoken of last are forgotten."""
    forgets: tuple[str, ...] = ()
    """Keys of desk_memory that are forgotten then."""
    sequel: Callable[[ConversationState, ConversationState], Sequel | None] = lambda before, after: None
    """What is to be written behind a committed turn that led from one state to the other. Pure."""
    holds: Callable[[Work, ConversationState], ConversationState] = lambda work, state: state
    """What of the session still holds by the facts of the day, asked at each turn's beginning. Pure."""
    reminds: Callable[[Work, ConversationState], Awaitable[Line | None]] | None = None
    """Of what a call that we placed reminds whom we called; None: there is nothing any more."""
    asks_when_reminded: Question | None = None
    """What is asked then; None: whether it still suits."""
    recognise: Callable[[Work, ConversationState], Awaitable[Delta]] | None = None
    """Who is calling, by caller id, when the session opens; changes the state, says nothing."""

    def __post_init__(self) -> None:
        names = [tool.name for tool in self.tools]
        if len(set(names)) < len(names):
            raise ValueError(f"desk {self.name}: two tools of one name in {names}")
        for tool in self.tools:
            if tool.effect is Effect.WRITE and tool.intent not in self.routes:
                raise ValueError(f"desk {self.name}: tool {tool.name} writes, and no agent takes its {tool.intent!r}")

    def form_of(self, state: ConversationState) -> FormDesk | None:
        """The form that the session is filling."""
        pending = state.pending
        if pending is None:
            return None
        return next((one for one in self.forms if one.form.intent == pending.intent), None)
