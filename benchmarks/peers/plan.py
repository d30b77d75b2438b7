"""What to measure next, and what the rows say: pure functions over the rows measured so far."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]
MOST_CALLS = 800
"""About what one core of callers can keep up with."""
CLIENT_LATE_MS = 10.0
"""Callers who are later than that (p95) are the bottleneck themselves: the row says nothing of the server."""
CLOSE_ENOUGH = 0.06
"""The search for the most calls ends when the failing number is within so much of the passing one."""
UNANSWERED = 0.01
ATTEMPTS = 3
"""A row that was disturbed is measured again so often."""


@dataclass(frozen=True, slots=True)
class Standard:
    """What counts as carrying the calls."""

    name: str
    within_ms: float
    """How much later than with one call a turn may be answered, p95."""
    starved: bool
    """Whether replies with audible gaps are let pass."""

    def met(self, row: Row, alone: Row) -> bool:
        turn, turn_alone = row["turn_ms"]["p95"], alone["turn_ms"]["p95"]
        return (
            turn is not None
            and turn_alone is not None
            and turn <= turn_alone + self.within_ms
            and row["live"] == row["calls"]
            and not row["dropped"]
            and row["unanswered"] <= UNANSWERED * max(1, row["replies"])
            and (self.starved or not row["starved"])
        )


LOOSE = Standard("p95 turn within 150 ms of one call", 150.0, True)
STRICT = Standard("p95 turn within 50 ms of one call, no starved reply", 50.0, False)


def chosen(rows: Sequence[Row], contender: str) -> list[Row]:
    """One row for each number of calls, fewest calls first: the last undisturbed one, else the least disturbed.

    Without those whose callers were the bottleneck."""
    best: dict[int, Row] = {}
    for row in rows:
        if row["contender"] != contender or (row["client_late_ms"]["p95"] or 0.0) > CLIENT_LATE_MS:
            continue
        held = best.get(row["calls"])
        if held is None or not row["disturbed"] or (held["disturbed"] and row["others_cores"] < held["others_cores"]):
            best[row["calls"]] = row
    return [best[calls] for calls in sorted(best)]


def again(rows: Sequence[Row], contender: str, calls: int) -> bool:
    """Whether that many calls still have no undisturbed row, and may have one."""
    tried = [row for row in rows if row["contender"] == contender and row["calls"] == calls]
    return all(row["disturbed"] for row in tried) and len(tried) < ATTEMPTS


def bounds(rows: Sequence[Row], standard: Standard) -> tuple[int | None, int | None]:
    """The fewest calls that did not meet the standard, and the most below them that did. `rows`: of `chosen`.

    A server that fails once and is well again with more calls is not given those.
    """
    alone = next((row for row in rows if row["calls"] == 1), None)
    if alone is None:
        return None, None
    failed = min((row["calls"] for row in rows if not standard.met(row, alone)), default=None)
    met = [row["calls"] for row in rows if standard.met(row, alone) and (failed is None or row["calls"] < failed)]
    return max(met, default=None), failed


def search(rows: Sequence[Row], standard: Standard) -> int | None:
    """How many calls to try next to find the most that meet the standard; None when it is known well enough."""
    met, failed = bounds(rows, standard)
    if met is None:
        return None
    if failed is None:
        return min(2 * met, MOST_CALLS) if met < MOST_CALLS else None
    if failed - met <= max(1.0, CLOSE_ENOUGH * met):
        return None
    middle = round(math.sqrt(met * failed))
    if middle > 100 and failed - met > 20:
        middle = round(middle, -1)
    return middle if met < middle < failed else (met + failed) // 2


def next_calls(rows: Sequence[Row], contender: str, fixed: Sequence[int], standards: Sequence[Standard]) -> int | None:
    """The next number of calls for a contender: the fixed ones first, then the search."""
    for calls in fixed:
        if again(rows, contender, calls):
            return calls
    mine = chosen(rows, contender)
    for standard in standards:
        calls = search(mine, standard)
        if calls is not None:
            return calls
        for bound in bounds(mine, standard):
            if bound is not None and again(rows, contender, bound):
                return bound
    return None


def summary(rows: Sequence[Row], contender: str, standards: Sequence[Standard]) -> dict[str, Any]:
    """What is claimed of one contender."""
    mine = chosen(rows, contender)
    by_calls = {row["calls"]: row for row in mine}
    most = {}
    for standard in standards:
        met, failed = bounds(mine, standard)
        row = by_calls.get(met or 0, {})
        most[standard.name] = {
            "calls": met,
            "fails_at": failed,
            "cpu_ms_per_call_second": row.get("cpu_ms_per_call_second"),
            "turn_p95_ms": row.get("turn_ms", {}).get("p95"),
        }
    total = {row["calls"]: _memory(row) for row in mine}
    few, many = min(total, default=0), max((calls for calls in total if calls <= 40), default=0)
    per_call = (total[many] - total[few]) / (many - few) if many > few else None
    return {
        "most_calls": most,
        "memory_mb_idle": mine[0]["memory_idle_mb"] if mine else None,
        "memory_mb_per_call": None if per_call is None else round(per_call, 3),
        "memory_measured_between_calls": [few, many],
    }


def _memory(row: Row) -> float:
    return float(row["memory_idle_mb"]) + float(row["memory_per_call_mb"]) * int(row["live"])
