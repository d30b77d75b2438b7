"""The results as tables for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plan import chosen
from rich.table import Table


def tables(data: dict[str, Any]) -> Iterator[Table]:
    yield _rows(data)
    yield _summary(data)


def _rows(data: dict[str, Any]) -> Table:
    table = Table(title="One core, by the number of calls", title_justify="left")
    table.add_column("server")
    for column in (
        "calls",
        "CPU ms\nper call-s",
        "turn\np50",
        "turn\np95",
        "part\np50",
        "part\np95",
        "starved",
        "late\np95",
        "others",
    ):
        table.add_column(column, justify="right")
    for name in data["summary"]:
        for row in chosen(data["rows"], name):
            table.add_row(
                name,
                str(row["calls"]) if row["live"] == row["calls"] else f"{row['live']}/{row['calls']}",
                _number(row["cpu_ms_per_call_second"], 2),
                *(_number(row["turn_ms"][key], 0) for key in ("p50", "p95")),
                *(_number(row["part_ms"][key], 1) for key in ("p50", "p95")),
                f"{row['starved']}/{row['replies']}" if row["starved"] else "0",
                _number(row["client_late_ms"]["p95"], 1),
                f"{row['others_cores']:.2f}" + ("!" if row["disturbed"] else ""),
            )
        table.add_section()
    return table


def _summary(data: dict[str, Any]) -> Table:
    table = Table(title="Most calls on one core", title_justify="left")
    table.add_column("server")
    for column in ("p95 ≤ one call + 150 ms", "p95 ≤ + 50 ms, none starved", "MB idle", "MB a call", "offhook is"):
        table.add_column(column, justify="right")
    for name, told in data["summary"].items():
        most = list(told["most_calls"].values())
        strict, loose = most if len(most) == 2 else (None, most[0])
        ratio = data["ratios"].get(f"offhook / {name}")
        table.add_row(
            told["title"],
            _most(loose),
            _most(strict),
            _number(told["memory_mb_idle"], 0),
            _number(told["memory_mb_per_call"], 2),
            "" if ratio is None else f"{ratio:.1f}×",
        )
    return table


def _most(found: dict[str, Any] | None) -> str:
    if found is None or found["calls"] is None:
        return ""
    return f"≥ {found['calls']}" if found["fails_at"] is None else f"{found['calls']} ({found['fails_at']} fails)"


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
