"""The language-model brain: talks, looks things up with the desk's READ tools, and asks the desk's forms to write.

It owns no value and writes nothing. Values come from what the caller said (brains/heard.py); a tool that writes becomes
a command for the desk's form, which reads back and waits for the yes (brains/toolbox.py); what it says is passed on by
whole sentences that can be vouched for (brains/vouched.py). Rounds of tools, time, length and tokens are bounded; what
goes past a bound, or breaks, is `BrainFailed`, and the rules answer within the same turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace

from offhook.contracts.conversation import ConversationState, Say, SlotValue
from offhook.contracts.llm import (
    Llm,
    LlmFailed,
    LlmFinished,
    LlmMessage,
    LlmRequest,
    LlmTool,
    TextDelta,
    ToolCall,
    ToolCalled,
)
from offhook.dialogue.brains.answers import MOST_ANSWERS, AnswerCache, Question, policy_of
from offhook.dialogue.brains.heard import Heard
from offhook.dialogue.brains.model import BrainFailed, Call, Decided, Note
from offhook.dialogue.brains.prompt import facts_prompt, fixed_prompt, recent, scenario_of
from offhook.dialogue.brains.toolbox import Toolbox
from offhook.dialogue.brains.vouched import Vouched
from offhook.dialogue.desk import Desk, Work
from offhook.dialogue.guard import OnRefusal, unheard
from offhook.dialogue.model import MEMORY_MODEL
from offhook.kit.closing import closing
from offhook.kit.within import within

MOST_ROUNDS = 5
"""Rounds of tools in one turn; after them the model must answer without any."""
MOST_CALLS = 4
"""Tools called in one round; further ones are told that they were too many."""
TURN_MS = 9000.0
"""For the whole of a turn, rounds and all."""
REPLY_CHARS = 1200
"""The reply is cut there: nobody listens longer."""
ANSWERS_FRESH_MIN = 15
"""An answer may depend on the time of day: it is not given again in another quarter of an hour."""


@dataclass(frozen=True, slots=True)
class LlmLimits:
    first_ms: float = 3500.0
    """How long to wait for the model's first word before the rules answer."""
    between_ms: float = 2000.0
    """And for each next one."""
    answers_kept: int = MOST_ANSWERS
    session_tokens: int | None = None
    """Tokens, read and written, that one session may cost; then the rules answer."""


@dataclass(slots=True)
class _Turn:
    """What one turn has come to so far."""

    messages: list[LlmMessage]
    vouched: Vouched
    deadline_s: float
    tokens: int
    found: tuple[str, ...]
    pieces: list[str] = field(default_factory=list)
    chars: int = 0
    rounds: int = 0
    asked: list[tuple[tuple[str, str], ...]] = field(default_factory=list)
    """(name, arguments) of the calls of each round."""

    def note(self) -> Note:
        found: SlotValue = list(self.found)
        return Note({"tokens": self.tokens, "found": found})


class LlmBrain:
    """Brain `llm`. `on_refusal` hears when the model reaches for what the caller may not have."""

    def __init__(
        self,
        llm: Llm,
        limits: LlmLimits | None = None,
        answers: AnswerCache | None = None,
        on_refusal: OnRefusal = unheard,
    ) -> None:
        self._llm = llm
        self._limits = limits or LlmLimits()
        self._answers = answers if llm.cacheable else None
        self._on_refusal = on_refusal
        self._boxes: dict[str, Toolbox] = {}

    @property
    def name(self) -> str:
        return "llm"

    async def decide(self, work: Work, state: ConversationState) -> AsyncIterator[Decided]:
        """Words as they come, then perhaps a command. Raises BrainFailed when the rules must go on."""
        memory = _Memory.of(state)
        if self._limits.session_tokens is not None and memory.tokens >= self._limits.session_tokens:
            raise BrainFailed("the session's tokens are spent")
        fixed = fixed_prompt(work.desk, work.business, scenario_of(work.desk, state), state.channel, state.language)
        facts = facts_prompt(work)
        history = recent(state.messages)
        question = self._question(work, state, fixed, history) if self._answers is not None else None
        kept = self._answers.get(question) if self._answers is not None and question is not None else None
        if kept is not None:
            for piece in kept:
                yield Say(piece, whole=True)
            return
        system = LlmMessage("system", f"{fixed}\n\n{facts}")
        messages = [system, *history, LlmMessage("user", work.turn.text)]
        turn = _Turn(
            messages,
            Vouched((message.content for message in messages[1:]), system.content),
            asyncio.get_running_loop().time() + TURN_MS / 1000,
            memory.tokens,
            memory.found,
        )
        async with closing(self._rounds(work, state, turn)) as rounds:
            async for decided in rounds:
                yield decided
        if self._answers is not None and question is not None and not turn.rounds and not turn.vouched.dropped:
            self._answers.put(question, turn.pieces)

    # -- inside ---------------------------------------------------------------------------------------------------

    async def _rounds(self, work: Work, state: ConversationState, turn: _Turn) -> AsyncIterator[Decided]:
        box = self._box(work.desk)
        offered = box.schemas(state, verified=work.scope(state).caller.verified)
        heard: Heard | None = None
        while True:
            tools = offered if turn.rounds < MOST_ROUNDS else ()
            calls: list[ToolCall] = []
            async with closing(self._answer(turn, tools, calls)) as answer:
                async for say in answer:
                    yield say
            yield turn.note()
            if not calls or not tools:
                break
            turn.rounds += 1
            turn.messages.append(LlmMessage("assistant", "", tool_calls=tuple(calls)))
            if heard is None:
                heard = Heard(work, state, turn.found)
                turn.found = ()
            for number, call in enumerate(calls):
                if number >= MOST_CALLS:
                    _tell(turn, call, '{"error": "Too many tools at once."}')
                    continue
                used = await box.use(call, heard, work, state)
                if used.command is not None:
                    yield turn.note()
                    yield Call(used.command, used.problems)
                    return
                heard.found.update(used.found)
                turn.found = (*turn.found, *used.found)
                turn.vouched.learn(used.result)
                _tell(turn, call, used.result)
            if _repeats(turn, calls):
                turn.rounds = MOST_ROUNDS
        if not turn.pieces:
            raise BrainFailed("the model said nothing that can be said")

    async def _answer(self, turn: _Turn, tools: Sequence[LlmTool], calls: list[ToolCall]) -> AsyncIterator[Say]:
        """One request: its sentences as they are certain; its tool calls are added to `calls`."""
        limits = self._limits
        wait_ms = limits.first_ms
        try:
            async with closing(self._llm.stream(LlmRequest(turn.messages, tools))) as events:
                while turn.chars < REPLY_CHARS:
                    event = await within(min(wait_ms / 1000, turn.deadline_s - _now_s()), anext(events, None))
                    wait_ms = limits.between_ms
                    match event:
                        case None:
                            break
                        case TextDelta(text):
                            for piece in turn.vouched.push(text):
                                yield _say(turn, piece)
                        case ToolCalled(call):
                            calls.append(call)
                        case LlmFinished(_, read, written):
                            turn.tokens += read + written
        except LlmFailed as error:
            raise BrainFailed(str(error)) from None
        except TimeoutError:
            raise BrainFailed("the model was too slow") from None
        for piece in turn.vouched.flush():
            yield _say(turn, piece)

    def _box(self, desk: Desk) -> Toolbox:
        box = self._boxes.get(desk.name)
        if box is None:
            box = self._boxes[desk.name] = Toolbox(desk, self._on_refusal)
        return box

    def _question(self, work: Work, state: ConversationState, fixed: str, history: Sequence[LlmMessage]) -> Question:
        fresh = work.now.replace(minute=work.now.minute // ANSWERS_FRESH_MIN * ANSWERS_FRESH_MIN)
        policy = policy_of(fixed, work.facts.brief(work.business), work.business.address, f"{fresh:%Y-%m-%dT%H:%M}")
        return Question(work.business.business_id, policy, state.language, work.turn.text, history)


@dataclass(frozen=True, slots=True)
class _Memory:
    """What the brain keeps of a session between its turns."""

    tokens: int = 0
    found: tuple[str, ...] = ()
    """Values that tools returned the last time."""

    @classmethod
    def of(cls, state: ConversationState) -> _Memory:
        stored = state.desk_memory.get(MEMORY_MODEL)
        if not isinstance(stored, dict):
            return cls()
        memory = cls()
        tokens, found = stored.get("tokens"), stored.get("found")
        if isinstance(tokens, int):
            memory = replace(memory, tokens=tokens)
        if isinstance(found, list):
            memory = replace(memory, found=tuple(one for one in found if isinstance(one, str)))
        return memory


def _say(turn: _Turn, piece: str) -> Say:
    if turn.pieces and not turn.pieces[-1][-1:].isspace():
        piece = f" {piece}"  # the sentence before it ended one request, this one begins another
    turn.pieces.append(piece)
    turn.chars += len(piece)
    return Say(piece, whole=True)


def _tell(turn: _Turn, call: ToolCall, result: str) -> None:
    turn.messages.append(LlmMessage("tool", result, tool_call_id=call.call_id))


def _repeats(turn: _Turn, calls: Sequence[ToolCall]) -> bool:
    """Whether this round asked just what an earlier one has asked: it would go on for ever."""
    asked = tuple((call.name, call.arguments_json) for call in calls)
    again = asked in turn.asked
    turn.asked.append(asked)
    return again


def _now_s() -> float:
    return asyncio.get_running_loop().time()
