"""Pools over real child processes: work, limits, deaths."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from offhook.kit.clock import SystemClock
from offhook.providers.engine.errors import EngineBusy, EngineDied, EngineFault, EngineTimeout
from offhook.providers.engine.pool import EnginePool
from offhook.providers.engine.process import EngineSpec
from offhook.providers.engine.status import EngineStarted, EngineStopped, PoolEvent

HERE = Path(__file__).parent
LONG_MS = 30_000.0
"""A deadline that a healthy run never gets near."""


def spec(**overrides: object) -> EngineSpec:
    settings: dict[str, object] = {"env": {"PYTHONPATH": str(HERE)}, **overrides}
    return EngineSpec("double", "engine_double:create", **settings)  # type: ignore[arg-type]  # a test's shorthand


@asynccontextmanager
async def pool_of(
    size: int, on_event: Callable[[PoolEvent], None] | None = None, **overrides: object
) -> AsyncIterator[EnginePool]:
    pool = EnginePool(spec(**overrides), size=size, clock=SystemClock(), on_event=on_event)
    try:
        await pool.start()
        yield pool
    finally:
        await pool.aclose()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  (processes offer no event to wait for)
            await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def pids(pool: EnginePool) -> list[int]:
    return [child.pid for child in pool.status().children if child.pid is not None]


class Ear:
    """A channel's listener that notes what it hears."""

    def __init__(self) -> None:
        self.messages: list[object] = []
        self.lost: list[str] = []
        self.restored: list[float] = []

    def on_message(self, message: object) -> None:
        self.messages.append(message)

    def on_lost(self, reason: str) -> None:
        self.lost.append(reason)

    def on_restored(self, gap_ms: float) -> None:
        self.restored.append(gap_ms)


async def test_a_request_gets_its_reply_whatever_the_engine_prints() -> None:
    async with pool_of(1) as pool:
        payload = {"text": "नमस्ते", "pcm": b"\x00\xff" * 200_000, "n": [1, None, 2.5]}
        assert await pool.request("echo", payload, deadline_ms=LONG_MS) == payload


@pytest.mark.parametrize(
    ("method", "text"),
    [("refuse", "not today"), ("crash", "ValueError: bad value"), ("unheard_of", "does not know 'unheard_of'")],
)
async def test_an_engine_that_refuses_says_why_and_lives_on(method: str, text: str) -> None:
    async with pool_of(1) as pool:
        with pytest.raises(EngineFault, match=text):
            await pool.request(method, None, deadline_ms=LONG_MS)
        with pytest.raises(EngineFault, match="does not stream"):
            await anext(aiter(pool.stream("unheard_of", None, deadline_ms=LONG_MS)))
        assert await pool.request("echo", 1, deadline_ms=LONG_MS) == 1
        assert pool.status().children[0].restarts == 0


async def test_requests_spread_over_the_processes() -> None:
    async with pool_of(2) as pool:
        slept = asyncio.gather(*(pool.request("sleep", 0.2, deadline_ms=LONG_MS) for _ in range(2)))
        await asyncio.sleep(0)
        assert [child.works for child in pool.status().children] == [1, 1]
        assert await slept == ["slept", "slept"]
        assert len(set(pids(pool))) == 2


async def test_the_queue_is_bounded_and_refuses_the_newest() -> None:
    async with pool_of(1, max_queue=2) as pool:
        running = asyncio.create_task(pool.request("sleep", 0.3, deadline_ms=LONG_MS))
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(pool.request("echo", n, deadline_ms=LONG_MS)) for n in range(2)]
        await asyncio.sleep(0)
        assert pool.status().queue_depth == 2
        with pytest.raises(EngineBusy, match="2 requests wait already"):
            await pool.request("echo", 3, deadline_ms=LONG_MS)
        assert await running == "slept"
        assert [await task for task in waiting] == [0, 1]
        assert pool.status().refused == 1


async def test_deadlines_hold_in_the_queue_and_in_the_engine() -> None:
    async with pool_of(1) as pool:
        with pytest.raises(EngineTimeout, match="gave no answer in 30 ms"):
            await pool.request("sleep", 0.3, deadline_ms=30)
        with pytest.raises(EngineTimeout, match="no process was free within 30 ms"):
            await pool.request("echo", 1, deadline_ms=30)
        assert pool.status().timed_out == 1
        assert await pool.request("echo", 2, deadline_ms=LONG_MS) == 2


async def test_a_cancelled_waiter_leaves_the_queue() -> None:
    async with pool_of(1) as pool:
        running = asyncio.create_task(pool.request("sleep", 0.2, deadline_ms=LONG_MS))
        await asyncio.sleep(0)
        waiting = asyncio.create_task(pool.request("echo", 1, deadline_ms=LONG_MS))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert pool.status().queue_depth == 0
        assert await running == "slept"
        assert await pool.request("echo", 2, deadline_ms=LONG_MS) == 2


async def test_streamed_work_comes_in_order_and_ends() -> None:
    async with pool_of(1) as pool:
        assert [item async for item in pool.stream("count", 300, deadline_ms=LONG_MS)] == list(range(300))


async def test_closing_a_stream_cancels_the_engines_work() -> None:
    async with pool_of(1) as pool:
        stream = pool.stream("until_cancelled", None, deadline_ms=LONG_MS)
        assert await anext(aiter(stream)) == 0
        await stream.aclose()  # type: ignore[attr-defined]  # an async generator behind the iterator
        assert await pool.request("echo", "free again", deadline_ms=LONG_MS) == "free again"


async def test_a_stream_without_its_first_item_times_out_and_frees_the_engine() -> None:
    async with pool_of(1) as pool:
        with pytest.raises(EngineTimeout, match="nothing within 30 ms"):
            await anext(aiter(pool.stream("silent_until_cancelled", None, deadline_ms=30)))
        assert await pool.request("echo", 1, deadline_ms=LONG_MS) == 1


async def test_kill_9_in_mid_work_fails_it_at_once_and_a_new_process_serves() -> None:
    events: list[PoolEvent] = []
    async with pool_of(1, events.append) as pool:
        (before,) = pids(pool)
        work = asyncio.create_task(pool.request("sleep", 60, deadline_ms=LONG_MS))
        await asyncio.sleep(0.05)
        os.kill(before, signal.SIGKILL)
        with pytest.raises(EngineDied, match=f"engine process {before} ended"):
            await work
        after = await pool.request("pid", None, deadline_ms=LONG_MS)
        assert after != before
        assert pool.status().children[0].restarts == 1
    assert [type(event) for event in events] == [EngineStarted, EngineStopped, EngineStarted]
    stopped = events[1]
    assert isinstance(stopped, EngineStopped)
    assert "killed by signal 9" in stopped.reason


async def test_a_stream_cut_by_death_gives_what_came_and_then_the_error() -> None:
    async with pool_of(1) as pool:
        stream = pool.stream("one_then_die", None, deadline_ms=LONG_MS)
        assert await anext(aiter(stream)) == "first"
        with pytest.raises(EngineDied):
            await anext(aiter(stream))


async def test_the_last_words_of_a_process_are_kept() -> None:
    async with pool_of(1) as pool:
        with pytest.raises(EngineDied):
            await pool.request("exit", None, deadline_ms=LONG_MS)
        await until(lambda: pool.status().children[0].restarts == 1)
        assert "exit code 7; last words: the last straw" in pool.status().children[0].last_error


async def test_an_engine_that_cannot_start_says_why() -> None:
    pool = EnginePool(spec(config={"broken": True}), size=1, clock=SystemClock())
    try:
        with pytest.raises(EngineDied, match="no such model; run the download"):
            await pool.start()
        assert not pool.status().ready
    finally:
        await pool.aclose()


async def test_a_hung_engine_is_killed() -> None:
    async with pool_of(1, hang_ms=100) as pool:
        with pytest.raises(EngineDied, match="silent for 100 ms"):
            await pool.request("sleep", 60, deadline_ms=LONG_MS)
        assert await pool.request("echo", 1, deadline_ms=LONG_MS) == 1


async def test_a_channel_keeps_state_in_one_process() -> None:
    async with pool_of(2) as pool:
        ears = [Ear(), Ear()]
        first, second = pool.open_channel("A", ears[0]), pool.open_channel("B", ears[1])
        assert first.attached
        assert [child.channels for child in pool.status().children] == [1, 1]
        for n in range(5):
            assert first.send(n)
        assert second.send("echo")
        assert await first.request("read", None, deadline_ms=LONG_MS) == ["A", 0, 1, 2, 3, 4]
        assert await second.request("read", None, deadline_ms=LONG_MS) == ["B", "echo"]
        assert ears[1].messages == [["echoed", 2]]
        first.close()
        first.close()
        assert [child.channels for child in pool.status().children] == [0, 1]
        assert not first.send("late")


async def test_a_message_that_fails_in_the_engine_costs_only_itself() -> None:
    async with pool_of(1) as pool:
        channel = pool.open_channel("A", Ear())
        channel.send("fail")
        channel.send("next")
        assert await channel.request("read", None, deadline_ms=LONG_MS) == ["A", "next"]
        with pytest.raises(EngineFault, match="channels do not know 'write'"):
            await channel.request("write", None, deadline_ms=LONG_MS)


async def test_a_channel_moves_to_another_process_when_its_own_dies() -> None:
    async with pool_of(2) as pool:
        ear = Ear()
        channel = pool.open_channel("A", ear)
        channel.send("before")
        pid = next(child.pid for child in pool.status().children if child.channels == 1)
        assert pid is not None
        asked = asyncio.create_task(channel.request("sleep", 1, deadline_ms=LONG_MS))
        channel.send("die")
        await until(lambda: len(ear.restored) == 1)
        assert len(ear.lost) == 1
        with pytest.raises((EngineDied, EngineFault)):
            await asked
        channel.send("after")
        assert await channel.request("read", None, deadline_ms=LONG_MS) == ["A", "after"]


async def test_a_channel_without_any_process_drops_counts_and_is_restored() -> None:
    async with pool_of(1) as pool:
        ear = Ear()
        channel = pool.open_channel("A", ear)
        os.kill(pids(pool)[0], signal.SIGKILL)
        await until(lambda: len(ear.lost) == 1)
        assert not channel.attached
        assert not channel.send("lost")
        assert (channel.dropped, pool.status().dropped_messages) == (1, 1)
        with pytest.raises(EngineDied, match="one is being started"):
            await channel.request("read", None, deadline_ms=LONG_MS)
        await until(lambda: len(ear.restored) == 1)
        channel.send("kept")
        assert await channel.request("read", None, deadline_ms=LONG_MS) == ["A", "kept"]


async def test_a_channel_opened_before_any_process_lives_is_attached_later() -> None:
    pool = EnginePool(spec(), size=1, clock=SystemClock())
    try:
        ear = Ear()
        channel = pool.open_channel("early", ear)
        assert not channel.attached
        await pool.start()
        assert len(ear.restored) == 1
        assert await channel.request("read", None, deadline_ms=LONG_MS) == ["early"]
    finally:
        await pool.aclose()


async def test_a_listener_that_fails_harms_nobody_else() -> None:
    class Clumsy(Ear):
        def on_message(self, message: object) -> None:
            super().on_message(message)
            raise RuntimeError("dropped the phone")

        def on_restored(self, gap_ms: float) -> None:
            super().on_restored(gap_ms)
            raise RuntimeError("dropped it again")

    complaints: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(str(context["exception"])))
    async with pool_of(1) as pool:
        clumsy, careful = Clumsy(), Ear()
        channels = [pool.open_channel("A", clumsy), pool.open_channel("B", careful)]
        for channel in channels:
            channel.send("echo")
        await until(lambda: bool(clumsy.messages and careful.messages))
        os.kill(pids(pool)[0], signal.SIGKILL)
        await until(lambda: bool(clumsy.restored and careful.restored))
        assert await channels[1].request("read", None, deadline_ms=LONG_MS) == ["B"]
        assert pool.status().children[0].restarts == 1
    assert complaints == ["dropped the phone", "dropped it again"]


async def test_messages_to_a_process_that_does_not_read_are_bounded() -> None:
    async with pool_of(1, max_backlog_bytes=100_000) as pool:
        channel = pool.open_channel("A", Ear())
        busy = asyncio.create_task(pool.request("sleep", 0.5, deadline_ms=LONG_MS))
        await asyncio.sleep(0.05)
        taken = sum(channel.send(bytes(10_000)) for _ in range(200))
        assert 0 < taken < 200
        assert channel.dropped == 200 - taken
        assert pool.status().children[0].backlog_bytes < 100_000 + 20_000
        assert await busy == "slept"


async def test_idle_work_is_done_while_nothing_waits() -> None:
    async with pool_of(1) as pool:
        for _ in range(1000):
            if await pool.request("idle_left", None, deadline_ms=LONG_MS) == 0:
                return
            await asyncio.sleep(0.01)
        pytest.fail("the engine's idle work was never finished")


async def test_a_child_is_light_niced_and_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-engines")
    own = os.nice(0)
    async with pool_of(1, nice=3) as pool:
        modules = await pool.request("modules", None, deadline_ms=LONG_MS)
        assert isinstance(modules, list)
        heavy = {"asyncio", "numpy", "pydantic", "sqlalchemy", "fastapi", "offhook.providers.engine.pool"}
        assert heavy.isdisjoint(modules)
        environment = await pool.request("environment", None, deadline_ms=LONG_MS)
        assert isinstance(environment, dict)
        assert "OPENAI_API_KEY" not in environment
        assert await pool.request("nice", None, deadline_ms=LONG_MS) == own + 3


async def test_closing_ends_the_processes_and_fails_the_work() -> None:
    pool = EnginePool(spec(), size=2, clock=SystemClock())
    await pool.start()
    children = pids(pool)
    work = [asyncio.create_task(pool.request("sleep", 60, deadline_ms=LONG_MS)) for _ in range(3)]
    await asyncio.sleep(0.05)
    await pool.aclose()
    await pool.aclose()
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [EngineDied] * 3
    assert not any(alive(pid) for pid in children)
    with pytest.raises(EngineDied, match="closed"):
        await pool.request("echo", 1, deadline_ms=LONG_MS)


def test_the_pool_works_on_uvloop_too() -> None:
    async def scenario() -> None:
        async with pool_of(1) as pool:
            ear = Ear()
            channel = pool.open_channel("A", ear)
            channel.send("echo")
            assert await channel.request("read", None, deadline_ms=LONG_MS) == ["A", "echo"]
            assert [item async for item in pool.stream("count", 3, deadline_ms=LONG_MS)] == [0, 1, 2]
            os.kill(pids(pool)[0], signal.SIGKILL)
            await until(lambda: len(ear.restored) == 1)
            assert await pool.request("echo", 1, deadline_ms=LONG_MS) == 1

    uvloop.run(scenario())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the parent-death signal is Linux's")
@pytest.mark.parametrize("busy", [False, True])
async def test_children_die_with_their_parent_even_in_mid_work(busy: bool) -> None:
    program = f"""
import asyncio, sys
sys.path.insert(0, {str(HERE)!r})
from offhook.kit.clock import SystemClock
from offhook.providers.engine.pool import EnginePool
from offhook.providers.engine.process import EngineSpec

async def main():
    spec = EngineSpec("double", "engine_double:create", env={{"PYTHONPATH": {str(HERE)!r}}})
    pool = EnginePool(spec, size=1, clock=SystemClock())
    await pool.start()
    print(pool.status().children[0].pid, flush=True)
    if {busy}:
        await pool.request("sleep", 600, deadline_ms=600_000)
    await asyncio.sleep(600)

asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    try:
        assert parent.stdout is not None
        child = int(await parent.stdout.readline())
        await asyncio.sleep(0.1)
        assert alive(child)
    finally:
        parent.kill()
        await parent.wait()
    await until(lambda: not alive(child))
