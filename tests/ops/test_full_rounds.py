"""When full rounds of the garbage collector are due, and that Python makes none of its own meanwhile."""

from __future__ import annotations

import asyncio
import gc

from offhook.ops.full_rounds import FullRounds, RoundPolicy, collect_at_rest
from support.virtual_time import VirtualClock, virtual_time

POLICY = RoundPolicy(few_calls=8, few_calls_ms=60_000.0, ended_calls=400, at_most_ms=600_000.0)


def test_every_minute_with_few_calls() -> None:
    rounds = FullRounds(0.0, POLICY)
    assert not rounds.due(8, 1_000, 59_999.0)
    assert rounds.due(8, 1_000, 60_000.0)
    assert not rounds.due(0, 1_000, 119_999.0)
    assert rounds.due(0, 1_000, 120_000.0)


def test_under_load_when_enough_calls_have_ended() -> None:
    rounds = FullRounds(0.0, POLICY)
    assert not rounds.due(200, 399, 500_000.0)
    assert rounds.due(200, 400, 500_001.0)
    assert not rounds.due(200, 799, 500_002.0)
    assert rounds.due(200, 800, 500_003.0)


def test_under_load_after_a_long_time() -> None:
    rounds = FullRounds(0.0, POLICY)
    assert not rounds.due(200, 0, 599_999.0)
    assert rounds.due(200, 0, 600_000.0)


@virtual_time
async def test_the_rounds_are_made_and_given_back(clock: VirtualClock) -> None:
    before = gc.get_threshold()
    full = gc.get_stats()[2]["collections"]
    task = asyncio.ensure_future(collect_at_rest(clock, lambda: (0, 0)))
    await clock.at_ms(30_000)
    assert gc.get_threshold()[:2] == before[:2]
    assert gc.get_threshold()[2] > 1_000 * before[2]
    await clock.at_ms(62_000)
    assert gc.get_stats()[2]["collections"] == full + 1
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert gc.get_threshold() == before
