from __future__ import annotations

from offhook.channels.rates import MOST_ADDRESSES, RateLimit
from support.set_clock import SetClock


def test_a_burst_then_a_steady_rate(clock: SetClock) -> None:
    limit = RateLimit(clock, per_minute=6)
    assert [limit.allow("a") for _ in range(7)] == [True] * 6 + [False]
    clock.advance(seconds=10)
    assert [limit.allow("a") for _ in range(2)] == [True, False]
    assert limit.allow("b")
    clock.advance(hours=1)
    assert [limit.allow("a") for _ in range(7)] == [True] * 6 + [False]


def test_memory_is_bounded_and_the_busy_are_not_forgotten(clock: SetClock) -> None:
    limit = RateLimit(clock, per_minute=1)
    assert limit.allow("busy")
    for n in range(MOST_ADDRESSES * 2):
        limit.allow(str(n))
        if n % 1_000 == 0:
            assert not limit.allow("busy")
    assert len(limit._buckets) == MOST_ADDRESSES
