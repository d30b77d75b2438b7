"""The table of a run."""

from __future__ import annotations

import io

from rich.console import Console

from offhook.callers.load.bench import Result, Spread
from offhook.callers.load.report import table


def test_the_table_shows_what_was_measured_and_nothing_else() -> None:
    none = Spread.of([])
    result = Result(
        calls=3, live=2, refused=1, told=1, first_refusal="all lines are busy", dropped=0, seconds=5.0,
        cpu_ms_per_call_second=1.234, core_share=0.5, memory_idle_mb=None, memory_per_call_mb=None,
        turn_ms=Spread.of([3.0, 1.0, 2.0]), our_part_ms=none, greeting_ms=none, clear_ms=none, replies=3, starved=0,
        unanswered=0, not_cleared=0, faults=0, loop_blocks=None, loop_blocks_connecting=None,
        client_late_ms=none, machine={},
    )  # fmt: skip
    out = io.StringIO()
    Console(file=out, width=100).print(table(result.as_data()))
    shown = out.getvalue()
    assert "1.23" in shown
    assert "all lines are busy" in shown
    assert "memory" not in shown
    assert "our part" not in shown


def test_a_spread_is_of_the_sorted_values() -> None:
    spread = Spread.of([float(n) for n in range(100, 0, -1)])
    assert (spread.count, spread.p50, spread.p95, spread.p99, spread.most) == (100, 51.0, 96.0, 100.0, 100.0)
