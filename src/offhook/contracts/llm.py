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


LlmFailure = Literal["rate_limit", "timeout", "auth", "bad_request", "unreachable", "server", "broken"]
"""Why a model failed. rate_limit includes a spent quota; broken is an answer that cannot be read or ended early."""


class Llm(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def cacheable(self) -> bool:
        """Whether an answer may be given again without asking (never a fake's: what it takes is what is measured)."""
        ...

    async def warm(self) -> None:
        """Do now what the first request would wait for (imports, a connection). Fails never: the request tells."""
        ...

    def stream(self, request: LlmRequest) -> AsyncIterator[LlmEvent]:
        """Raises LlmFailed before or between events. Closing the iterator cancels the request."""
        ...

    async def aclose(self) -> None: ...


class LlmFailed(Exception):
    """`reason` says what happened without the words of a caller or a key in it."""

    def __init__(self, reason: str, *, retryable: bool, kind: LlmFailure = "broken") -> None:
        super().__init__(reason)
        self.retryable = retryable
        self.kind: LlmFailure = kind
