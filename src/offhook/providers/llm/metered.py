"""A model whose answers are measured: time to the first event, tokens, failures. It is a `Llm` itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from offhook.contracts.clock import Clock
from offhook.contracts.llm import Llm, LlmEvent, LlmFailed, LlmFailure, LlmFinished, LlmRequest
from offhook.kit.closing import closing


class MeteredLlm:
    """Port `Llm`.

    Args:
        on_first: milliseconds from the request to the first event of each answer.
        on_usage: (input, output) tokens of each answer that told them.
        on_failure: kind of each failure.
    """

    def __init__(
        self,
        model: Llm,
        clock: Clock,
        *,
        on_first: Callable[[float], None],
        on_usage: Callable[[int, int], None],
        on_failure: Callable[[LlmFailure], None],
    ) -> None:
        self._model = model
        self._clock = clock
        self._on_first = on_first
        self._on_usage = on_usage
        self._on_failure = on_failure

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def cacheable(self) -> bool:
        return self._model.cacheable

    async def warm(self) -> None:
        await self._model.warm()

    async def stream(self, request: LlmRequest) -> AsyncIterator[LlmEvent]:
        began_ms = self._clock.mono_ms()
        first = True
        try:
            async with closing(self._model.stream(request)) as events:
                async for event in events:
                    if first:
                        first = False
                        self._on_first(self._clock.mono_ms() - began_ms)
                    if isinstance(event, LlmFinished):
                        self._on_usage(event.input_tokens, event.output_tokens)
                    yield event
        except LlmFailed as error:
            self._on_failure(error.kind)
            raise

    async def aclose(self) -> None:
        await self._model.aclose()
