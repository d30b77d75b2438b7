from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from offhook.kit.within import within


async def test_what_is_ready_sets_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    async def pieces() -> AsyncIterator[int]:
        for n in range(3):
            yield n

    def none(*_: object) -> None:
        raise AssertionError("a timer was set")

    monkeypatch.setattr(asyncio.get_running_loop(), "call_at", none)
    made = pieces()
    assert [await within(1.0, anext(made)) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(StopAsyncIteration):
        await within(1.0, anext(made))


async def test_waits_of_any_number_give_the_result() -> None:
    async def slow() -> str:
        for _ in range(3):
            await asyncio.sleep(0)
        await asyncio.sleep(0.001)
        return "here"

    assert await within(5.0, slow()) == "here"


async def test_what_takes_too_long_is_cancelled() -> None:
    ended = asyncio.Event()

    async def never() -> None:
        try:
            await asyncio.Future()
        finally:
            ended.set()

    with pytest.raises(TimeoutError):
        await within(0.001, never())
    assert ended.is_set()


async def test_failures_pass_before_and_after_the_first_wait() -> None:
    async def fails(wait: bool) -> None:
        if wait:
            await asyncio.sleep(0)
        raise KeyError("x")

    for wait in (False, True):
        with pytest.raises(KeyError):
            await within(1.0, fails(wait))


async def test_cancelling_reaches_the_work_and_is_not_a_timeout() -> None:
    seen: list[str] = []

    async def never() -> None:
        try:
            await asyncio.Future()
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise

    # lint: naked-create-task: awaited below
    task = asyncio.create_task(within(5.0, never()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["cancelled"]


async def test_the_work_may_outlive_what_it_was_thrown() -> None:
    async def stubborn() -> str:
        try:
            await asyncio.Future()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
        return "late"

    # lint: naked-create-task: awaited below
    task = asyncio.create_task(within(5.0, stubborn()))
    await asyncio.sleep(0)
    task.cancel()
    assert await task == "late"
