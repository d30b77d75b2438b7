"""Every tool of the dealership is measured, and every question of the benchmark is answered."""

from __future__ import annotations

from benchmarks.tools import measure

from offhook.store.engine import Database


async def test_each_tool_answers_in_a_small_book(empty_database: Database) -> None:
    found = await measure(empty_database, 2, 100)
    tools = found["tools_ms"]
    assert isinstance(tools, dict)
    assert {name: one["ok"] for name, one in tools.items()} == dict.fromkeys(tools, 1.0)
