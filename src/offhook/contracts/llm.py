"""Port for language models: messages and tool schemas in, a stream of text and tool calls out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class ToolCall:
    call_id: str
    name: str
    arguments_json: str


@dataclass(frozen=True, slots=True)
class LlmMessage:
    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""


@dataclass(frozen=True, slots=True)
class LlmTool:
    name: str
    description: str
    parameters: Mapping[str, object]
    """JSON schema of the arguments."""


@dataclass(frozen=True, slots=True)
class LlmRequest:
    messages: Sequence[LlmMessage]
    tools: Sequence[LlmTool] = field(default=())
    temperature: float = 0.3
    max_tokens: int = 200


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ToolCalled:
    call: ToolCall


@dataclass(frozen=True, slots=True)
class LlmFinished:
    reason: str
    input_tokens: int = 0
    output_tokens: int = 0


LlmEvent = TextDelta | ToolCalled | LlmFinished


class Llm(Protocol):
    @property
    def name(self) -> str: ...

    def stream(self, request: LlmRequest) -> AsyncIterator[LlmEvent]:
        """Raises LlmFailed before or between events. Closing the iterator cancels the request."""
        ...

    async def aclose(self) -> None: ...


class LlmFailed(Exception):
    def __init__(self, reason: str, *, retryable: bool) -> None:
        super().__init__(reason)
        self.retryable = retryable
