from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest

from support.virtual_time import START, Stalled, VirtualClock, run_virtual, virtual_time


@virtual_time
async def test_hours_pass_at_once_and_exactly(clock: VirtualClock) -> None:
    await asyncio.sleep(1800)
    assert clock.mono_ms() == 1_800_000
    assert clock.now() == START + timedelta(hours=0.5)


@virtual_time
async def test_timers_of_one_moment_fire_in_the_order_they_were_made() -> None:
    fired: list[int] = []
    loop = asyncio.get_running_loop()
    moment = loop.time() + 1.0
    for n in range(50):
        loop.call_at(moment, fired.append, n)
    await asyncio.sleep(1.5)
    assert fired == list(range(50))


@virtual_time
async def test_timeouts_are_virtual(clock: VirtualClock) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(20):
            await asyncio.sleep(30)
    assert clock.mono_ms() == 20_000


@virtual_time
async def test_time_stands_still_while_a_thread_works(clock: VirtualClock) -> None:
    timer = asyncio.create_task(asyncio.sleep(5), name="timer")
    await asyncio.to_thread(time.sleep, 0.02)
    assert clock.mono_ms() == 0
    await timer
    assert clock.mono_ms() == 5000


@virtual_time
async def test_a_script_waits_for_its_moments(clock: VirtualClock) -> None:
    await clock.at_ms(1630)
    await clock.at_ms(100)
    assert clock.mono_ms() == 1630


@pytest.fixture
def answer() -> int:
    return 42


@virtual_time
async def test_other_fixtures_are_given(answer: int, clock: VirtualClock) -> None:
    assert (answer, clock.mono_ms()) == (42, 0)


def test_a_deadlock_is_an_error() -> None:
    async def main(_: VirtualClock) -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(Stalled, match="nothing will ever happen"):
        run_virtual(main)


def test_timers_without_end_are_an_error() -> None:
    async def main(_: VirtualClock) -> None:
        while True:  # noqa: ASYNC110  # the point of the test
            await asyncio.sleep(1)

    with pytest.raises(Stalled, match="past 60"):
        run_virtual(main, limit_s=60)


def test_a_task_left_over_is_an_error() -> None:
    kept: list[asyncio.Task[None]] = []

    async def main(_: VirtualClock) -> None:
        kept.append(asyncio.create_task(asyncio.sleep(9), name="forgotten"))

    with pytest.raises(AssertionError, match="tasks left over: forgotten"):
        run_virtual(main)


def test_an_error_in_a_callback_is_an_error() -> None:
    async def main(_: VirtualClock) -> None:
        asyncio.get_running_loop().call_soon(lambda: [][1])
        await asyncio.sleep(1)

    with pytest.raises(AssertionError, match="IndexError"):
        run_virtual(main)
