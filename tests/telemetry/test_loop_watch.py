from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.telemetry.loop_watch import LagMeter, LoopWatch
from offhook.telemetry.metrics import Metrics
from support.set_clock import SetClock
from support.virtual_time import VirtualClock, virtual_time


def test_an_event_waits_for_the_rest_of_the_hold_that_it_meets() -> None:
    meter = LagMeter()
    meter.held(100.0)
    lag = meter.take(1000.0)
    assert (lag.wait_ms, lag.worst_ms) == (5.0, 100.0)  # one event in ten, 50 ms each
    assert meter.take(1000.0).worst_ms == 0.0


@given(st.lists(st.floats(0, 500), max_size=30))
def test_no_event_waits_longer_than_the_longest_hold(holds: list[float]) -> None:
    meter = LagMeter()
    for hold in holds:
        meter.held(hold)
    lag = meter.take(max(1.0, sum(holds)))
    assert 0.0 <= lag.wait_ms <= lag.worst_ms / 2 + 1e-9


@virtual_time
async def test_a_loop_that_nothing_holds_is_never_late(clock: VirtualClock) -> None:
    holds: list[float] = []
    watching = asyncio.create_task(LoopWatch(clock, holds.append).run())
    await asyncio.sleep(1.0)
    watching.cancel()
    assert len(holds) in (199, 200)
    assert max(holds) < 1e-6


async def test_a_hold_is_told_once_and_in_full() -> None:
    """The clock jumps while a callback runs: that is what a held loop looks like."""
    clock, holds, seen = SetClock(), list[float](), asyncio.Event()

    def on_hold(hold_s: float) -> None:
        holds.append(hold_s)
        if hold_s:
            seen.set()

    watch = LoopWatch(clock, on_hold, every_ms=1.0)
    watching = asyncio.create_task(watch.run())
    await asyncio.sleep(0)
    clock.advance(milliseconds=81)
    await seen.wait()
    watching.cancel()
    assert [round(hold, 3) for hold in holds if hold] == [0.08]
    assert watch.meter.take(1000.0).worst_ms == pytest.approx(80.0)


def test_the_histogram_tells_holds_over_20_ms() -> None:
    metrics = Metrics()
    for hold_s in (0.0, 0.019, 0.02, 0.021, 0.5):
        metrics.loop_block.observe(hold_s)
    text = metrics.render().decode()
    assert 'offhook_loop_block_seconds_bucket{le="0.02"} 3.0' in text
    assert "offhook_loop_block_seconds_count 5.0" in text
