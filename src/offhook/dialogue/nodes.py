"""The nodes of the dialogue graph: what a turn does on its way. Each is a plain function `state, work -> delta`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypedDict

import msgspec
from msgspec import UNSET

from offhook.contracts.conversation import (
    HIDDEN,
    ConversationState,
    Message,
    NotInRehearsal,
    Part,
    Say,
    SlotValue,
    asks_for_secret,
)
from offhook.contracts.desk import Ok
from offhook.dialogue.brains.choice import Brains
from offhook.dialogue.brains.model import Call, Note
from offhook.dialogue.brains.rules import OUT_OF_SCOPE, RULES
from offhook.dialogue.choices import acknowledges
from offhook.dialogue.context import forgetting, reading_context
from offhook.dialogue.desk import Desk, FormDesk, Reading, Work
from offhook.dialogue.faq_choice import MEMORY_FAQ, chosen
from offhook.dialogue.forms import ASKED_CONFIRM, load
from offhook.dialogue.guard import BLOCKED
from offhook.dialogue.languages import answering_language
from offhook.dialogue.late_writes import LateWrites
from offhook.dialogue.model import (
    MEMORY_LAST_REPLY,
    MEMORY_MODEL,
    MEMORY_MODEL_SPOKE,
    MEMORY_NOT_HEARD,
    MEMORY_QUESTION,
    MEMORY_UNRELATED,
    MEMORY_WAITED,
    MESSAGES_KEPT,
    Delta,
    Line,
    Question,
    apply,
    open_question,
)
from offhook.dialogue.together import together
from offhook.dialogue.watch import Watch
from offhook.kit.ids import new_id
from offhook.understanding.model import Command

LANDING_WAIT_MS = 1500.0
"""How long a turn waits for a write that an interrupted turn left running."""
CALLER_SOURCES = ("text", "speech", "dtmf")
"""Turns that the caller started."""
MOMENT = "moment."
"""Prefix of the intents of turns that nobody spoke: "moment.greeting", "moment.no_input"."""
RESPONSE_AGENT = "response"


class GraphState(TypedDict, total=False):
    state: ConversationState
    todo: tuple[Command, ...]
    """Commands left for the agents, in order."""
    reading: Reading
    lines: tuple[Line, ...]
    """To be said, in order."""
    after: tuple[Line, ...]
    """News that can wait: said behind them."""
    said: str
    """What a brain has said already (it was emitted)."""
    question: Question | None
    """The question that this turn's reply ends with."""
    hang_up: bool
    transfer: bool
    """Ended so, the call is put through to the business's people."""
    resume: bool
    """Ask the open question again."""
    quiet: bool
    """Do not: the lines hold it already."""
    agent: str
    brain: str
    by_model: bool
    """A language model asked for the commands."""
    parts: tuple[Part, ...]
    """What the desk's agents have carried out."""
    secret: bool
    """The caller's words answered a question for a secret."""
    settled: bool
    """A write of an interrupted turn was told of: a bare yes or no of this turn answers nothing any more."""


Node = Callable[[GraphState, Work], Awaitable[GraphState]]


# -- check_notifications ----------------------------------------------------------------------------------------------


def notifications_node(late: LateWrites) -> Node:
    async def check_notifications(graph: GraphState, work: Work) -> GraphState:
        """Say what happened meanwhile: queued notifications, and writes whose own turn could not tell of them."""
        state = work.desk.holds(work, forgetting(graph["state"], work))
        notes, after = _notes(state)
        lines = [*notes]
        transfer = any(note.get("transfer") for note in state.notifications_queue)
        if state.notifications_queue:
            state = msgspec.structs.replace(state, notifications_queue=[])
        settled = False
        question: Question | None = None
        waiting = work.desk.form_of(state)
        if waiting is not None:
            value = await _landed(late, waiting, work, state)
            if value is not None:
                delta = waiting.done(work, state, value)
                state = apply(state, delta)
                lines += [Line("landed"), *delta.lines]
                question = delta.question or None
                settled = True
        secret = work.turn.source in CALLER_SOURCES and asks_for_secret(state)
        return {
            "state": state,
            "lines": tuple(lines),
            "after": after,
            "settled": settled,
            "question": question,
            "secret": secret,
            "hang_up": transfer,
            "transfer": transfer,
        }

    return check_notifications


def _notes(state: ConversationState) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """(what is told before the answer, what is told after it)."""
    before: list[Line] = []
    after: list[Line] = []
    for note in state.notifications_queue:
        line = Line("notification", {"message": str(note.get("message", ""))})
        (after if note.get("priority") == "normal" else before).append(line)
    return tuple(before), tuple(after)


async def _landed(late: LateWrites, waiting: FormDesk, work: Work, state: ConversationState) -> msgspec.Struct | None:
    """The result of this form's write, if an earlier turn started it and could not tell."""
    form = load(waiting.form, state)
    if form is None or form.read_back is None or form.asked != ASKED_CONFIRM:
        return None
    if work.turn.rehearsal and late.waiting(state.session_id):
        raise NotInRehearsal  # what landed is told once
    found: msgspec.Struct | None = None
    for write in await late.landed(state.session_id, LANDING_WAIT_MS):
        outcome = write.task.result()
        if not isinstance(outcome, Ok):
            late.forget(write)
        elif write.tool == waiting.tool.name and write.key == form.read_back.turn_id:
            found = outcome.value
    if found is None and work.turn.source in CALLER_SOURCES:
        found = await work.tools.recall(waiting.tool, form.read_back.turn_id, work.scope(state))
    return found


# -- router -----------------------------------------------------------------------------------------------------------


def router_node(brains: Brains, watch: Watch) -> Node:
    async def router(graph: GraphState, work: Work) -> GraphState:
        """Read the caller's words and let the brain decide what is to be done."""
        state = graph["state"]
        if watch.turns_away(work, state):
            return {"todo": (Command(intent=MOMENT + BLOCKED),), "agent": RESPONSE_AGENT, "brain": "template"}
        if work.turn.source not in CALLER_SOURCES:
            return {"todo": (Command(intent=MOMENT + work.turn.source),), "agent": RESPONSE_AGENT, "brain": "template"}
        if work.turn.source == "dtmf":
            return {"todo": (Command(intent=f"{MOMENT}dtmf"),), "agent": RESPONSE_AGENT, "brain": "rules"}
        if not work.turn.text.strip():
            return {"todo": (Command(intent=f"{MOMENT}not_heard"),), "agent": RESPONSE_AGENT, "brain": "template"}
        reading = watch(chosen(work, state, read(work, state)), work, state)
        state = msgspec.structs.replace(_heard_again(state, reading), language=answering_language(work, state, reading))
        reading = work.desk.heard(work, state, reading)
        if graph.get("settled"):
            reading = _without_answers(reading)
        if _only_waited(graph["state"], work, state.language):
            reading = replace(reading, commands=(Command(intent=f"{MOMENT}waited"),), problems=())
        todo: list[Command] = []
        said = ""
        brain = "rules"
        by_model = False
        note: dict[str, SlotValue] | None = None
        async for name, output in brains.decide(replace(work, reading=reading), state):
            brain = name
            match output:
                case Say(text, whole):
                    said += text
                    await work.emit(text, whole)
                case Note(memory):
                    note = memory
                case Call(command, problems):
                    todo.append(command)
                    by_model = by_model or name != RULES
                    if problems is not None:
                        reading = replace(reading, commands=(command,), problems=problems)
        # Where a command follows, its own question is the open one.
        state = _brain_memory(state, note, spoke=bool(said) and brain != RULES and not todo)
        meant = (*todo, *reading.commands, Command(intent=OUT_OF_SCOPE))[0]
        state = msgspec.structs.replace(
            state,
            detected_intent=meant.intent,
            confidence=reading.confidence,
        )
        if graph.get("settled") and not reading.commands:
            todo = []
        return {
            "state": state,
            "todo": work.desk.fold(todo),
            "reading": reading,
            "said": said,
            "brain": brain,
            "by_model": by_model,
            "agent": "router",
        }

    return router


def _brain_memory(state: ConversationState, note: dict[str, SlotValue] | None, *, spoke: bool) -> ConversationState:
    """What a model wants to know next turn; and what it has said is the question that is open now, if it asked one."""
    memory = {key: value for key, value in state.desk_memory.items() if key not in (MEMORY_MODEL, MEMORY_MODEL_SPOKE)}
    if note or MEMORY_MODEL in state.desk_memory:
        memory[MEMORY_MODEL] = note or state.desk_memory[MEMORY_MODEL]
    if spoke:
        memory[MEMORY_MODEL_SPOKE] = True
        if state.pending is None:
            memory.pop(MEMORY_QUESTION, None)
    return state if memory == state.desk_memory else msgspec.structs.replace(state, desk_memory=memory)


def read(work: Work, state: ConversationState) -> Reading:
    """Understand the turn's words in the light of what was asked."""
    world = work.facts.world(work.business, work.now)
    if not work.desk.book_open_to(state):
        # Nobody learns by what is understood whom a closed book knows.
        world = msgspec.structs.replace(world, customers=(), customer_aliases={}, products={})
    return work.desk.reader.read(
        work.turn.text, work.turn.alternatives, work.turn.confidence, world, reading_context(state)
    )


def _heard_again(state: ConversationState, reading: Reading) -> ConversationState:
    """Counts of failures in a row end here: something was heard, something was understood. What the last turn alone
    asked is over, too."""
    over = {MEMORY_NOT_HEARD, MEMORY_WAITED} | ({MEMORY_UNRELATED} if reading.understood else set())
    if not any(command.intent == "repeat" for command in reading.commands):
        over.add(MEMORY_FAQ)
    if not over & state.desk_memory.keys():
        return state
    memory = {key: value for key, value in state.desk_memory.items() if key not in over}
    return msgspec.structs.replace(state, desk_memory=memory)


def _only_waited(state: ConversationState, work: Work, language: str) -> bool:
    """Whether the words may do no more than take note of "no hurry": the open question has no answer yet."""
    waited = MEMORY_WAITED in state.desk_memory and open_question(state) is not None
    return waited and acknowledges(work.turn.text, work.words(language))


def _without_answers(reading: Reading) -> Reading:
    kept = tuple(command for command in reading.commands if command.intent not in ("confirm", "deny", OUT_OF_SCOPE))
    return replace(reading, commands=kept)


def route(desk: Desk, state: ConversationState, command: Command) -> str:
    """The agent that does this command: answers go to the form that waits for them."""
    if command.intent.startswith(MOMENT):
        return RESPONSE_AGENT
    pending = state.pending
    if pending is not None and (command.intent in ("confirm", "deny", "correct") or pending.asked in command.slots):
        return desk.routes.get(pending.intent, RESPONSE_AGENT)
    return desk.routes.get(command.intent, RESPONSE_AGENT)


def _apart(desk: Desk, state: ConversationState, name: str) -> Callable[[Command, Command], bool]:
    """Commands of one agent that the desk calls apart."""

    def apart(one: Command, other: Command) -> bool:
        return route(desk, state, one) == name == route(desk, state, other) and desk.apart(one, other)

    return apart


# -- the desk's agents ------------------------------------------------------------------------------------------------


def agent_node(name: str) -> Node:
    async def agent(graph: GraphState, work: Work) -> GraphState:
        state = graph["state"]
        reading = graph.get("reading")
        if reading is not None:
            work = replace(work, reading=reading, by_model=graph.get("by_model", False))
        run = work.desk.agents[name]
        commands, left = together(graph["todo"], _apart(work.desk, state, name))
        done = len(graph.get("parts", ()))
        deltas = await asyncio.gather(
            *(run(replace(work, part=done + n), state, command) for n, command in enumerate(commands))
        )
        changed: GraphState = {"agent": name, "todo": (*(one for delta in deltas for one in delta.then), *left)}
        lines = graph.get("lines", ())
        if name != RESPONSE_AGENT:
            changed["parts"] = (*graph.get("parts", ()), *map(_part, commands, deltas))
        for delta in deltas:
            state = apply(state, delta)
            lines = (*lines, *delta.lines)
            if delta.question is not UNSET:
                changed["question"] = delta.question
        if name != RESPONSE_AGENT:
            state = msgspec.structs.replace(state, current_agent=name)
        changed["state"], changed["lines"] = state, lines
        changed["hang_up"] = graph.get("hang_up", False) or any(delta.hang_up for delta in deltas)
        changed["resume"] = graph.get("resume", False) or any(delta.resume for delta in deltas)
        changed["quiet"] = graph.get("quiet", False) or any(delta.quiet for delta in deltas)
        return changed

    return agent


def _part(command: Command, delta: Delta) -> Part:
    failed = isinstance(delta.question, Question) or not delta.lines
    return Part(task_id=new_id("task"), intent=command.intent, failed=failed)


# -- respond ----------------------------------------------------------------------------------------------------------


async def respond(graph: GraphState, work: Work) -> GraphState:
    """Put the reply into words, come back to what is still open, and write the turn into the session's state."""
    state = graph["state"]
    hang_up = graph.get("hang_up", False)
    question = graph.get("question")
    lines = (*graph.get("lines", ()), *graph.get("after", ()))
    said = graph.get("said", "")
    silent = hang_up or graph.get("quiet", False)
    if question is None and not silent and (state.pending is not None or graph.get("resume", False)):
        question = open_question(state)
        if question is not None and (lines or said):
            question = again(question)
    if question is not None and not hang_up:
        lines = (*lines, question.line)
    spoken = [speak(work, state, line) for line in lines]
    # What another brain has said already, before it failed, is not said again.
    text = " ".join(one for one in spoken if not said or one not in said)
    if text:
        await work.emit(f" {text}" if said and not said.endswith(" ") else text)
    reply = f"{said}{' ' if said and text and not said.endswith(' ') else ''}{text}"
    memory = {**state.desk_memory, MEMORY_LAST_REPLY: reply}
    state = msgspec.structs.replace(
        state, desk_memory=memory, messages=_messages(work, state, reply, graph.get("secret", False))
    )
    return {"state": state, "said": reply, "question": question}


def again(question: Question) -> Question:
    return replace(question, line=Line(question.again, question.line.values)) if question.again else question


def speak(work: Work, state: ConversationState, line: Line) -> str:
    return work.desk.templates.render(state.language, line.key, line.values, state.turn_count)


def _messages(work: Work, state: ConversationState, reply: str, secret: bool) -> list[Message]:
    turn = work.turn
    at = work.now.isoformat(timespec="milliseconds")
    messages = list(state.messages)
    if turn.source in CALLER_SOURCES and turn.text:
        words = HIDDEN if secret else turn.text
        messages.append(Message(role="user", content=words, at=at, turn_id=turn.turn_id))
    if reply:
        messages.append(Message(role="assistant", content=reply, at=at, turn_id=turn.turn_id))
    return messages[-MESSAGES_KEPT:]
