"""`offhook bench calls` on a server of its own, small."""

from __future__ import annotations

import pytest

from offhook.callers.load.bench import BenchSettings, bench

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("lane", ["1", "0"], ids=["fast", "ordinary"])
async def test_a_small_run_measures_calls_on_either_lane(lane: str) -> None:
    settings = BenchSettings(
        calls=3, seconds=8, settle_s=4, connect_s=0.5, interrupt_every=2, own_settings={"OFFHOOK_FAST_LANE": lane}
    )
    result = await bench(settings)
    assert (result.live, result.refused, result.dropped, result.faults) == (3, 0, 0, 0)
    assert result.replies > 0
    assert (result.unanswered, result.not_cleared) == (0, 0)
    assert result.turn_ms.count == result.replies
    assert result.our_part_ms.count > 0
    assert result.clear_ms.count > 0
    assert result.cpu_ms_per_call_second is not None
