"""The figures of a load run as a table for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table


def table(data: Mapping[str, Any]) -> Table:
    """`data`: what `Result.as_data` gives."""
    rows = Table(title=f"{data['calls']} calls, {data['seconds']:g} s", title_justify="left")
    for column in ("what", "p50", "p95", "p99", "most", "n"):
        rows.add_column(column, justify="left" if column == "what" else "right")
    for name, what in (
        ("turn_ms", "turn: last sound to first audio, ms"),
        ("our_part_ms", "our part of it, ms"),
        ("greeting_ms", "stream start to greeting, ms"),
        ("clear_ms", "speech over the agent to clear, ms"),
        ("client_late_ms", "lateness of this client, ms"),
    ):
        spread = data[name]
        if spread["count"]:
            figures = (_number(spread[key]) for key in ("p50", "p95", "p99", "most"))
            rows.add_row(what, *figures, str(spread["count"]))
    rows.add_section()
    for name, what in (
        ("cpu_ms_per_call_second", "CPU per call-second, ms"),
        ("core_share", "cores in use"),
        ("memory_idle_mb", "memory idle, MB"),
        ("memory_per_call_mb", "memory per call, MB"),
        ("live", "calls up"),
        ("refused", "calls refused"),
        ("told", "of them told in words"),
        ("dropped", "calls dropped"),
        ("replies", "replies"),
        ("starved", "starved replies"),
        ("unanswered", "turns without a reply"),
        ("not_cleared", "interruptions not noticed"),
        ("loop_blocks", "event-loop blocks over 20 ms"),
        ("faults", "protocol faults of the server"),
    ):
        if data[name] is not None:
            rows.add_row(what, _number(data[name]))
    if data["first_refusal"]:
        rows.add_row("first refusal", data["first_refusal"][:60])
    return rows


def _number(value: float) -> str:
    return f"{value:d}" if isinstance(value, int) else f"{value:.2f}"
