"""A time limit for one await, whose timer is only set where there is something to wait for.

`asyncio.timeout` sets a timer and takes it away again each time, which is the larger part of the cost of a step that is
ready at once; streams of speech and text are such steps most of the time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


async def within(limit_s: float, work: Awaitable[T]) -> T:
    """The result of `work`. Raises TimeoutError when it takes longer; `work` is cancelled then."""
    steps = work.__await__()
    try:
        asked = next(steps)
    except StopIteration as done:
        result: T = done.value
        return result
    async with asyncio.timeout(limit_s):
        return await _Begun(asked, steps)


class _Begun(Generic[T]):
    """The rest of an await whose first step is made and has asked the loop for something."""

    def __init__(self, asked: Any, steps: Generator[Any, Any, T]) -> None:
        self._asked = asked
        self._steps = steps

    def __await__(self) -> Generator[Any, Any, T]:
        steps, asked = self._steps, self._asked
        while True:
            try:
                answer = yield asked
            except BaseException as thrown:  # lint: broad-except: handed on; cancellation is for `work` to see
                error: BaseException | None = thrown
            else:
                error = None
            try:
                asked = steps.send(answer) if error is None else steps.throw(error)
            except StopIteration as done:
                result: T = done.value
                return result
