"""A language model that does what it is told, request by request: for tests of what becomes of its words and calls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from offhook.contracts.llm import LlmEvent, LlmFailed, LlmFinished, LlmRequest, TextDelta, ToolCall, ToolCalled

STALL = "<stall>"
FAIL = "<fail>"


def call(name: str, call_id: str = "c1", /, **arguments: Any) -> ToolCall:
    return ToolCall(call_id, name, json.dumps(arguments))


class ScriptedModel:
    """Each answer is a list of texts, tool calls, STALL and FAIL; the last one is given for ever."""

    def __init__(self, *answers: Sequence[str | ToolCall], cacheable: bool = False) -> None:
        self.answers = answers
        self.cacheable = cacheable
        self.requests: list[LlmRequest] = []
        self.kind = "rate_limit"

    @property
    def name(self) -> str:
        return "scripted"

    async def stream(self, request: LlmRequest) -> AsyncIterator[LlmEvent]:
        answer = self.answers[min(len(self.requests), len(self.answers) - 1)]
        # As it stands now: the brain goes on adding to its list.
        self.requests.append(LlmRequest(tuple(request.messages), request.tools))
        for part in answer:
            match part:
                case ToolCall():
                    if request.tools:
                        yield ToolCalled(part)
                case "<stall>":
                    await asyncio.Event().wait()
                case "<fail>":
                    raise LlmFailed("busy", retryable=True, kind="rate_limit")
                case _:
                    for word in part.split(" "):
                        yield TextDelta(f"{word} ")
        yield LlmFinished("stop", 100, 20)

    async def aclose(self) -> None: ...

    def told(self, request: int) -> list[Any]:
        """The results of tools that came with a request."""
        return [json.loads(message.content) for message in self.requests[request].messages if message.role == "tool"]
