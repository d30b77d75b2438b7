"""A desk's tools in the hands of a model: what it is told of them, and what becomes of its calls.

A READ is run for this caller and its result goes back, cut to a bounded size. A WRITE is never run: it becomes the
command that the desk's agent takes, with the values that the caller said, and the desk's form reads them back. Whatever
is wrong with a call is told to the model as an error that it can mend.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args, get_origin

import msgspec

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.contracts.desk import AnyTool, Caller, Effect, Failed, Ok, Retry
from offhook.contracts.llm import LlmTool, ToolCall
from offhook.dialogue.brains.heard import Heard
from offhook.dialogue.desk import Desk, Work
from offhook.dialogue.guard import PERSONAL_DATA, OnRefusal, refusal, unheard
from offhook.dialogue.tool_arguments import NotArguments, read_arguments
from offhook.dialogue.tool_schemas import llm_tool
from offhook.understanding.model import Command, Problem

RESULT_CHARS = 2000
"""Of one tool's result, as the model gets it."""
FOUND_KEPT = 60
OFFER_HUMAN = "moment.offer_human"
"""What a wish for a tool becomes that writes at once: the caller is asked first."""
_OWN = ("customer_id", "phone", "name", "email")
"""Arguments that say whose data a personal tool is to give."""
_QUESTIONS = frozenset({"question", "query", "text"})


@dataclass(frozen=True, slots=True)
class Used:
    """What a call came to."""

    result: str
    """JSON for the model."""
    command: Command | None = None
    """To be carried out in place of a WRITE."""
    problems: tuple[Problem, ...] = ()
    """What stands against the command's values."""
    found: tuple[str, ...] = ()
    """Values in the result."""


class Toolbox:
    """One desk's; made once."""

    def __init__(self, desk: Desk, on_refusal: OnRefusal = unheard) -> None:
        """`on_refusal` hears of calls that reach for what the caller may not have."""
        self._desk = desk
        self._tools = {tool.name: tool for tool in desk.tools}
        confirmed = {tool.intent for tool in desk.tools if tool.name in desk.policy.confirmed}
        self._read_back = {one.form.intent for one in desk.forms} | confirmed | desk.reads_back
        self._on_refusal = on_refusal
        self._all = tuple(llm_tool(tool) for tool in desk.tools)
        self._public = tuple(llm_tool(tool) for tool in desk.tools if tool.effect is Effect.WRITE or not tool.personal)
        self._open = tuple(llm_tool(tool) for tool in desk.tools if tool.name in desk.open_tools)

    def schemas(self, state: ConversationState, *, verified: bool) -> tuple[LlmTool, ...]:
        """What the model is told of: personal data to read only where the caller has proved who they are, a closed book
        not at all."""
        if not self._desk.book_open_to(state):
            return self._open
        return self._all if verified else self._public

    async def use(self, call: ToolCall, heard: Heard, work: Work, state: ConversationState) -> Used:
        tool = self._tools.get(call.name)
        if tool is None:
            return _error(f"There is no such tool. There are: {', '.join(self._tools) or 'none'}.")
        if call.name not in self._desk.open_tools and not self._desk.book_open_to(state):
            self._on_refusal(refusal(PERSONAL_DATA, state))
            return _error("Not allowed: this caller may not speak to the book.")
        try:
            given = read_arguments(tool, call.arguments_json)
        except NotArguments as error:
            return _error(str(error))
        if tool.effect is Effect.WRITE:
            return self._wish(tool, given, heard)
        return await self._read(tool, given, heard, work, state)

    def _wish(self, tool: AnyTool, given: Mapping[str, SlotValue], heard: Heard) -> Used:
        """The command that the caller's own words and the model's choice of them make."""
        if tool.intent not in self._read_back:
            return Used('{"status": "the caller is asked"}', command=Command(intent=OFFER_HUMAN))
        said, problems = heard.this_turn(tool.intent)
        slots = {name: heard.value(name, value, tool.intent) for name, value in given.items()}
        slots = {name: value for name, value in slots.items() if value is not None}
        command = Command(intent=tool.intent, slots={**slots, **said})
        return Used('{"status": "the form goes on from here"}', command=command, problems=problems)

    async def _read(
        self, tool: AnyTool, given: Mapping[str, SlotValue], heard: Heard, work: Work, state: ConversationState
    ) -> Used:
        fields = {field.name: field for field in msgspec.structs.fields(tool.arguments)}
        if tool.personal:
            caller = work.scope(state).caller
            if not caller.verified:
                self._on_refusal(refusal(PERSONAL_DATA, state))
                return _error("Not allowed: the caller has not proved who they are. Do not give personal data.")
            given = {**given, **_own(caller, fields)}
        values: dict[str, SlotValue] = {}
        dropped: list[str] = []
        for name, value in given.items():
            ours = value if tool.personal and name in _OWN else _grounded(fields[name].type, name, value, heard, tool)
            if ours is None and name in _QUESTIONS:
                ours = work.turn.text
            if ours is None:
                dropped.append(name)
            else:
                values[name] = ours
        try:
            arguments = cast(msgspec.Struct, msgspec.convert(values, tool.arguments, strict=False))
        except msgspec.ValidationError as error:
            return _error(str(error), dropped)
        match await work.call(tool, arguments, state):
            case Ok(value):
                return _result(value, dropped)
            case Retry(hint):
                return _error(hint, dropped)
            case Failed(say):
                return _error(_told(work, state, say), dropped)


def _told(work: Work, state: ConversationState, say: str) -> str:
    """What the caller would be told, where it needs no values."""
    templates = work.desk.templates
    if not templates.has(state.language, say) or templates.needs(say):
        return f"It could not be done ({say})."
    return templates.render(state.language, say, {}, state.turn_count)


def _grounded(kind: object, name: str, value: SlotValue, heard: Heard, tool: AnyTool) -> SlotValue:
    """The value to be used for an argument of a READ; None where the caller said no such thing.

    A switch or a choice from a closed list is no value of the caller's: the model may set it.
    """
    if _is_choice(kind, value):
        return value
    ours = heard.value(name, value, tool.intent)
    if ours is not None:
        return ours
    return value if isinstance(value, str | int) and heard.worded(str(value)) else None


def _is_choice(kind: object, value: SlotValue) -> bool:
    kinds: list[Any] = [kind, *get_args(kind)]
    if bool in kinds and isinstance(value, bool | str):
        return str(value).casefold() in ("true", "false")
    return any(get_origin(one) is not None and value in get_args(one) for one in kinds if _is_literal(one))


def _is_literal(kind: object) -> bool:
    return getattr(get_origin(kind), "_name", "") == "Literal"


def _own(caller: Caller, fields: Mapping[str, object]) -> dict[str, SlotValue]:
    """The caller's own marks for the arguments that say whose data is wanted; others are taken out."""
    marks: dict[str, SlotValue] = {
        "customer_id": caller.customer_id,
        "phone": caller.phone,
        "name": None,
        "email": None,
    }
    return {name: marks[name] for name in _OWN if name in fields}


def _result(value: msgspec.Struct, dropped: list[str]) -> Used:
    plain = msgspec.to_builtins(value)
    text = msgspec.json.encode({"result": plain, **_note(dropped)}).decode()
    if len(text) > RESULT_CHARS:
        text = msgspec.json.encode({"result": text[:RESULT_CHARS], "cut": True}).decode()
    return Used(text, found=tuple(dict.fromkeys(_leaves(plain)))[:FOUND_KEPT])


def _error(text: str, dropped: list[str] | None = None) -> Used:
    return Used(msgspec.json.encode({"error": text, **_note(dropped or [])}).decode())


def _note(dropped: list[str]) -> dict[str, object]:
    return {"ignored": dropped, "why": "The caller did not say these; ask for them."} if dropped else {}


def _leaves(value: object) -> Iterator[str]:
    """Every text in a result; a moment also as its day and its time."""
    match value:
        case str() if len(value) >= 16 and value[10:11] == "T":
            yield from (value, value[:10], value[11:16])
        case str() if value:
            yield value
        case dict():
            for one in value.values():
                yield from _leaves(one)
        case list() | tuple():
            for one in value:
                yield from _leaves(one)
        case _:
            return
