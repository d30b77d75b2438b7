from __future__ import annotations

import asyncio

import msgspec

from offhook.contracts.desk import Failed, Ok
from offhook.dialogue import late_writes
from offhook.dialogue.late_writes import LateWrite, LateWrites, Outcome


class Result(msgspec.Struct):
    number: int


def write(session_id: str, gate: asyncio.Event, outcome: Outcome, key: str = "t1") -> LateWrite:
    async def run() -> Outcome:
        await gate.wait()
        return outcome

    return LateWrite(session_id, "book", "book", key, asyncio.ensure_future(run()))  # type: ignore[arg-type]


async def test_a_write_is_kept_until_it_was_told() -> None:
    late, gate = LateWrites(), asyncio.Event()
    one = write("s1", gate, Ok(Result(1)))
    late.add(one)
    assert late.running("s1", "book", "t1") is one
    assert late.running("s1", "book", "t2") is None
    assert late.running("s2", "book", "t1") is None
    assert await late.landed("s1", 0) == []
    late.told("s1")
    assert late.running("s1", "book", "t1") is one, "it still runs: nothing was told of it"
    gate.set()
    assert await late.landed("s1", 1000) == [one]
    late.told("s1")
    assert await late.landed("s1", 0) == []


async def test_a_failed_one_can_be_forgotten() -> None:
    late, gate = LateWrites(), asyncio.Event()
    gate.set()
    one = write("s1", gate, Failed("taken"))
    late.add(one)
    await late.landed("s1", 1000)
    late.forget(one)
    assert late.running("s1", "book", "t1") is None


async def test_beyond_the_bound_finished_ones_are_dropped_and_counted() -> None:
    late, gate, never = LateWrites(), asyncio.Event(), asyncio.Event()
    gate.set()
    running = write("s_running", never, Ok(Result(0)))
    late.add(running)
    for number in range(late_writes.SESSIONS_KEPT + 5):
        one = write(f"s{number}", gate, Ok(Result(number)))
        late.add(one)
        await one.task
    assert late.dropped >= 5
    assert late.running("s_running", "book", "t1") is running
    never.set()
    await late.aclose()
    assert running.task.done()
