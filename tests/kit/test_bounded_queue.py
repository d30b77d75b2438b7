"""A bounded queue never holds more than it may, keeps order, counts what it drops, and wakes who waits."""

from __future__ import annotations

import asyncio
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.kit.bounded_queue import BoundedQueue, QueueClosed
from support.virtual_time import virtual_time


@given(st.integers(1, 5), st.lists(st.one_of(st.integers(), st.none()), max_size=60))
def test_drop_oldest_keeps_the_newest_in_order(capacity: int, steps: list[int | None]) -> None:
    async def run() -> None:
        queue: BoundedQueue[int] = BoundedQueue(capacity, "drop_oldest")
        model: deque[int] = deque(maxlen=capacity)
        dropped = 0
        for step in steps:
            if step is not None:
                dropped += len(model) == capacity
                model.append(step)
                assert queue.put_nowait(step)
            elif model:
                assert await queue.get() == model.popleft()
            assert len(queue) == len(model) <= capacity
            assert queue.dropped == dropped

    asyncio.run(run())


@virtual_time
async def test_block_makes_the_producer_wait_and_loses_nothing() -> None:
    queue: BoundedQueue[int] = BoundedQueue(2, "block")
    got: list[int] = []

    async def produce() -> None:
        for n in range(10):
            await queue.put(n)
        queue.close()

    async def consume() -> None:
        while True:
            await asyncio.sleep(1)
            try:
                got.append(await queue.get())
            except QueueClosed:
                return

    await asyncio.gather(produce(), consume())
    assert got == list(range(10))
    assert queue.dropped == 0


@virtual_time
async def test_drop_new_refuses_and_says_so() -> None:
    queue: BoundedQueue[int] = BoundedQueue(1, "drop_new")
    assert queue.put_nowait(1)
    assert not queue.put_nowait(2)
    assert queue.dropped == 1
    assert await queue.get() == 1


@virtual_time
async def test_a_cancelled_waiter_does_not_swallow_the_item() -> None:
    queue: BoundedQueue[int] = BoundedQueue(1, "block")
    first = asyncio.ensure_future(queue.get())
    second = asyncio.ensure_future(queue.get())
    await asyncio.sleep(0)
    queue.put_nowait(7)
    first.cancel()
    await asyncio.wait([first])
    assert await asyncio.wait_for(second, 1) == 7


@virtual_time
async def test_closing_ends_waiters_and_refuses_more() -> None:
    queue: BoundedQueue[int] = BoundedQueue(1, "block")
    waiting = asyncio.ensure_future(queue.get())
    await asyncio.sleep(0)
    queue.close()
    with pytest.raises(QueueClosed):
        await waiting
    with pytest.raises(QueueClosed):
        queue.put_nowait(1)


def test_a_queue_without_room_is_an_error() -> None:
    with pytest.raises(ValueError, match="capacity"):
        BoundedQueue(0, "block")
