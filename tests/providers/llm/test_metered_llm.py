from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from offhook.contracts.llm import LlmEvent, LlmFailed, LlmFinished, LlmRequest, TextDelta
from offhook.providers.llm.metered import MeteredLlm
from support.set_clock import SetClock


class Timed:
    name = "timed"
    cacheable = True

    def __init__(self, clock: SetClock, *, fails: bool = False) -> None:
        self.clock = clock
        self.fails = fails

    async def stream(self, request: LlmRequest) -> AsyncIterator[LlmEvent]:
        self.clock.advance(seconds=0.12)
        if self.fails:
            raise LlmFailed("busy", retryable=True, kind="rate_limit")
        yield TextDelta("Yes")
        self.clock.advance(seconds=1)
        yield LlmFinished("stop", 30, 4)

    async def aclose(self) -> None: ...


async def test_the_first_event_the_tokens_and_the_failures_are_told() -> None:
    clock = SetClock()
    first: list[float] = []
    used: list[tuple[int, int]] = []
    failed: list[str] = []

    def metered(model: Timed) -> MeteredLlm:
        return MeteredLlm(
            model, clock, on_first=first.append, on_usage=lambda *n: used.append(n), on_failure=failed.append
        )

    good = metered(Timed(clock))
    assert [event async for event in good.stream(LlmRequest([]))] == [TextDelta("Yes"), LlmFinished("stop", 30, 4)]
    assert first == [pytest.approx(120)]
    assert used == [(30, 4)]
    assert (good.name, good.cacheable) == ("timed", True)
    with pytest.raises(LlmFailed):
        await anext(metered(Timed(clock, fails=True)).stream(LlmRequest([])))
    assert failed == ["rate_limit"]
