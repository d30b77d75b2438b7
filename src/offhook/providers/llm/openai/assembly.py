"""From the chunks of a streamed chat completion to the port's events. Pure.

Tool calls come in pieces: the first names the tool, the others add to its arguments; which call a piece belongs to is
told by its index. Servers that give no index, or the same for every call, tell a new call by a new id. A call is handed
on when the answer has ended and it is whole. The SDK checks no types of what it reads, so nothing is taken for granted
here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from offhook.contracts.llm import LlmEvent, LlmFailed, LlmFinished, TextDelta, ToolCall, ToolCalled

MOST_CALLS = 16
MOST_ARGUMENT_CHARS = 8_000
MOST_TEXT_CHARS = 20_000
"""Of one answer; a server that goes on and on is cut off there."""


@dataclass(slots=True)
class _Call:
    call_id: str = ""
    name: str = ""
    arguments: str = ""


class Assembly:
    """Give it each chunk, pass on what it returns, call `finish` when the stream has ended."""

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}
        self._text_chars = 0
        self._reason = ""
        self._input_tokens = 0
        self._output_tokens = 0

    def push(self, chunk: object) -> Iterable[LlmEvent]:
        """Text of this chunk. Raises LlmFailed for more than an answer may hold."""
        self._count(getattr(chunk, "usage", None))
        choice = _first(getattr(chunk, "choices", None))
        if choice is None:
            return ()
        reason = getattr(choice, "finish_reason", None)
        if isinstance(reason, str):
            self._reason = reason
        delta = getattr(choice, "delta", None)
        pieces = getattr(delta, "tool_calls", None)
        for piece in pieces if isinstance(pieces, list) else ():
            self._add(piece)
        text = getattr(delta, "content", None)
        if not isinstance(text, str) or not text:
            return ()
        self._text_chars += len(text)
        if self._text_chars > MOST_TEXT_CHARS:
            raise LlmFailed("the answer does not end", retryable=False)
        return (TextDelta(text),)

    def finish(self) -> Iterable[LlmEvent]:
        """The tool calls and the end. Raises LlmFailed when the answer was not whole."""
        if not self._reason:
            raise LlmFailed("the answer broke off", retryable=True)
        events: list[LlmEvent] = []
        for number, call in enumerate(self._calls):
            call_id = call.call_id or f"call_{number}"
            events.append(ToolCalled(ToolCall(call_id, call.name, call.arguments or "{}")))
        events.append(LlmFinished(self._reason, self._input_tokens, self._output_tokens))
        return events

    def _add(self, piece: object) -> None:
        call = self._call_of(piece)
        function = getattr(piece, "function", None)
        name, arguments = getattr(function, "name", None), getattr(function, "arguments", None)
        if isinstance(name, str) and not call.name:
            call.name = name
        if isinstance(arguments, str):
            call.arguments += arguments
            if len(call.arguments) > MOST_ARGUMENT_CHARS:
                raise LlmFailed("the arguments of a tool call do not end", retryable=False)

    def _call_of(self, piece: object) -> _Call:
        given_id, index = getattr(piece, "id", None), getattr(piece, "index", None)
        call_id = given_id if isinstance(given_id, str) else ""
        known = self._by_index.get(index) if isinstance(index, int) else (self._calls[-1] if self._calls else None)
        if known is not None and (not call_id or known.call_id in ("", call_id)):
            known.call_id = known.call_id or call_id
            return known
        if len(self._calls) >= MOST_CALLS:
            raise LlmFailed("the answer calls too many tools", retryable=False)
        call = _Call(call_id)
        self._calls.append(call)
        if isinstance(index, int):
            self._by_index[index] = call
        return call

    def _count(self, usage: object) -> None:
        read, written = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
        if isinstance(read, int) and isinstance(written, int):
            self._input_tokens, self._output_tokens = read, written


def _first(choices: object) -> object | None:
    return choices[0] if isinstance(choices, list) and choices else None
