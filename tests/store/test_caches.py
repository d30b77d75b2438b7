from __future__ import annotations

from collections import Counter

from offhook.store.caches import Caches


def test_entries_live_for_their_time_and_the_most_lately_used_stay() -> None:
    told: Counter[tuple[str, str]] = Counter()
    cache = Caches(lambda name, result: told.update([(name, result)])).of("names", 2, 100.0)
    cache.put("a", 1, 0.0)
    cache.put("b", 2, 0.0)
    assert cache.get("a", 50.0) == 1
    cache.put("c", 3, 50.0)
    assert [cache.get(key, 60.0) for key in "abc"] == [1, None, 3]
    assert cache.get("a", 100.0) is None
    cache.drop("c")
    assert cache.get("c", 60.0) is None
    assert told == {("names", "hit"): 3, ("names", "miss"): 3}


def test_a_sweep_throws_away_what_is_over() -> None:
    caches = Caches()
    cache = caches.of("names", 10, 100.0)
    for n in range(4):
        cache.put(n, n, n * 50.0)
    assert caches.sweep(175.0) == 2
    assert len(cache) == 2
    assert caches.of("names", 10, 100.0) is cache


def test_what_is_older_is_told_only_where_it_is_confirmed_and_stays_from_then_on() -> None:
    cache = Caches().of("owed", 10, 100.0, 1000.0)
    cache.put("a", 1, 0.0)
    assert cache.get("a", 500.0, lambda value: value == 1) == 1
    assert cache.get("a", 550.0) == 1, "confirmed half a moment ago"
    assert cache.get("a", 1400.0, lambda value: True) == 1
    assert cache.get("a", 2400.0, lambda value: True) is None, "over"
    cache.put("a", 2, 0.0)
    assert cache.get("a", 500.0, lambda value: False) is None
    assert len(cache) == 0


def test_what_was_dropped_or_replaced_while_it_was_confirmed_is_not_put_back() -> None:
    cache = Caches().of("owed", 10, 100.0, 1000.0)

    def somebody_writes(value: int) -> bool:
        cache.drop("a")
        return True

    cache.put("a", 1, 0.0)
    assert cache.get("a", 500.0, somebody_writes) == 1, "true in the transaction that asked"
    assert cache.get("a", 500.0, lambda value: True) is None

    def somebody_puts(value: int) -> bool:
        cache.put("a", 2, 500.0)
        return False

    cache.put("a", 1, 0.0)
    assert cache.get("a", 500.0, somebody_puts) is None
    assert cache.get("a", 550.0) == 2
