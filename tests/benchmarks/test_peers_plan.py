"""What the comparison with other servers measures next, and what it says of the rows that it has."""

from __future__ import annotations

from typing import Any

from benchmarks.peers.plan import ATTEMPTS, CLOSE_ENOUGH, LOOSE, MOST_CALLS, STRICT, bounds, chosen, next_calls, summary

BASE_MS = 900.0


def row(calls: int, turn_ms: float = BASE_MS, **more: Any) -> dict[str, Any]:
    return {
        "contender": "a",
        "calls": calls,
        "live": calls,
        "dropped": 0,
        "replies": 100,
        "starved": 0,
        "unanswered": 0,
        "turn_ms": {"p95": turn_ms},
        "cpu_ms_per_call_second": 1.0,
        "memory_idle_mb": 50.0,
        "memory_per_call_mb": 10.0 / calls + 0.5,
        "disturbed": False,
        "others_cores": 0.0,
        "client_late_ms": {"p95": 0.5},
        **more,
    }


def server(calls: int, carries: int) -> dict[str, Any]:
    """A row of a server that carries so many calls within both standards."""
    return row(calls, BASE_MS if calls <= carries else BASE_MS + 500)


def run_to_the_end(carries: int, fixed: tuple[int, ...]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while (calls := next_calls(rows, "a", fixed, (STRICT, LOOSE))) is not None:
        rows.append(server(calls, carries))
        assert len(rows) < 40
    return rows


def test_the_search_ends_close_below_what_a_server_carries_whether_inside_or_beyond_the_fixed_numbers() -> None:
    for carries in (1, 15, 33, 190, 555, MOST_CALLS):
        rows = run_to_the_end(carries, (1, 10, 20, 40))
        met, failed = bounds(chosen(rows, "a"), LOOSE)
        assert met is not None
        assert met <= carries
        assert failed is None or carries < failed
        assert failed is None or failed - met <= max(1, CLOSE_ENOUGH * met)


def test_a_disturbed_row_is_measured_again_a_few_times_and_the_least_disturbed_one_counts() -> None:
    rows = [row(1, disturbed=True, others_cores=0.9)]
    assert next_calls(rows, "a", (1,), ()) == 1
    rows += [row(1, turn_ms=901.0, disturbed=True, others_cores=0.5)] * (ATTEMPTS - 1)
    assert next_calls(rows, "a", (1,), ()) is None
    assert chosen(rows, "a")[0]["turn_ms"]["p95"] == 901.0
    rows.append(row(1, turn_ms=902.0))
    rows.append(row(1, turn_ms=903.0, disturbed=True))
    assert chosen(rows, "a")[0]["turn_ms"]["p95"] == 902.0


def test_a_row_whose_callers_were_late_themselves_says_nothing_of_the_server() -> None:
    rows = [row(1), row(40), row(80, BASE_MS + 900, client_late_ms={"p95": 30.0})]
    assert bounds(chosen(rows, "a"), LOOSE) == (40, None)


def test_what_fails_once_is_not_made_good_by_more_calls() -> None:
    rows = [row(1), row(40), row(80, BASE_MS + 151), row(90)]
    assert bounds(rows, LOOSE) == (40, 80)


def test_calls_that_are_dropped_late_starved_or_unanswered_are_not_carried() -> None:
    alone = row(1)
    assert STRICT.met(row(10), alone)
    assert not LOOSE.met(row(10, live=9), alone)
    assert not LOOSE.met(row(10, dropped=1), alone)
    assert not LOOSE.met(row(10, unanswered=2), alone)
    assert not LOOSE.met(row(10, turn_ms=BASE_MS + 151), alone)
    late, starved = row(10, turn_ms=BASE_MS + 51), row(10, starved=1)
    assert LOOSE.met(late, alone)
    assert LOOSE.met(starved, alone)
    assert not STRICT.met(late, alone)
    assert not STRICT.met(starved, alone)
    assert not LOOSE.met(row(10, turn_ms=None), alone)


def test_memory_a_call_leaves_out_what_the_first_call_loads() -> None:
    told = summary([row(1), row(40)], "a", (LOOSE,))
    assert told["memory_mb_per_call"] == 0.5
    assert told["most_calls"][LOOSE.name]["calls"] == 40
