"""A language model that says one set sentence, word by word, after a set delay. It calls no tools."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from offhook.contracts.llm import LlmEvent, LlmFinished, LlmRequest, TextDelta


class FakeLlm:
    """Port `Llm`.

    Args:
        first_token_ms: from each request to its first word.
        text: the answer to everything.
    """

    def __init__(self, *, first_token_ms: float = 0.0, text: str = "") -> None:
        self._first_token_ms = first_token_ms
        words = text.split()
        self._deltas = tuple(TextDelta(word if n == 0 else f" {word}") for n, word in enumerate(words))

    @property
    def name(self) -> str:
        return "fake"

    @property
    def cacheable(self) -> bool:
        return False

    async def warm(self) -> None:
        """Nothing to begin."""

    async def stream(self, request: LlmRequest) -> AsyncIterator[LlmEvent]:
        await asyncio.sleep(self._first_token_ms / 1000)
        for delta in self._deltas:
            yield delta
        read = sum(len(message.content.split()) for message in request.messages)
        yield LlmFinished("stop", input_tokens=read, output_tokens=len(self._deltas))

    async def aclose(self) -> None:
        """Nothing to end."""
