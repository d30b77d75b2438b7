"""The shell: what it measures reaches the rule, the metrics, the health page and those who ring."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from offhook.ops.admission import AdmissionPolicy, AdmissionRule
from offhook.ops.load import EVERY_S, EngineQueues, Gauges, MeasuredAdmission
from offhook.providers.engine.status import ChildStatus, PoolStatus
from offhook.telemetry.loop_watch import LoopWatch
from offhook.telemetry.metrics import Metrics
from support.virtual_time import VirtualClock, virtual_time


@dataclass
class World:
    cpu_s: float = 0.0
    detector_ms: float = 0.0
    engine_requests: float = 0.0
    live: int = 100


class Rig:
    def __init__(self, clock: VirtualClock, policy: AdmissionPolicy | None = None) -> None:
        self.world = world = World()
        self.metrics = Metrics()
        self.watch = LoopWatch(clock, lambda hold_s: None)
        gauges = Gauges(
            self.watch,
            lambda: world.detector_ms,
            lambda: world.engine_requests,
            lambda: world.live,
            lambda: world.cpu_s,
        )
        self.admission = MeasuredAdmission(clock, self.metrics, gauges, AdmissionRule(policy))
        self._running = asyncio.create_task(self.admission.run())

    async def windows(self, count: int, *, core: float = 0.1, hold_ms: float = 0.0) -> None:
        for _ in range(count):
            self.world.cpu_s += core * EVERY_S
            self.watch.meter.held(hold_ms)
            await asyncio.sleep(EVERY_S)

    def value(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(name, labels) or 0.0

    async def end(self) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)


@virtual_time
async def test_a_busy_core_refuses_and_says_so_until_it_is_calm(clock: VirtualClock) -> None:
    rig = Rig(clock)
    await asyncio.sleep(0.01)
    assert (await rig.admission.health()).status == "ok"
    await rig.windows(8, core=0.99)
    assert not await rig.admission.rings("a")
    assert not await rig.admission.starts("b")
    health = await rig.admission.health()
    assert (health.status, "core" in health.detail, bool(health.mend)) == ("degraded", True, True)
    assert rig.value("offhook_load_ratio", measure="core") > 1.0
    assert rig.value("offhook_admissions_total", result="full") == 2
    await rig.windows(8)
    assert await rig.admission.rings("c")
    assert (await rig.admission.health()).status == "ok"
    assert rig.value("offhook_admissions_total", result="taken") == 1
    await rig.end()


@virtual_time
async def test_each_measure_reaches_the_rule(clock: VirtualClock) -> None:
    rig = Rig(clock, AdmissionPolicy(most_core_share=0.9, most_wait_ms=3.0))
    await asyncio.sleep(0.01)
    rig.world.detector_ms, rig.world.engine_requests = 100.0, 3.0
    await rig.windows(2, core=0.45, hold_ms=30.0)
    levels = {name: round(level, 2) for name, level in rig.admission.rule.levels.items()}
    assert levels == {"core": 0.5, "loop": 0.3, "detector": 0.5, "engines": 0.5}
    await rig.end()


@virtual_time
async def test_a_rush_is_answered_one_after_the_other_and_the_last_are_told_at_once(clock: VirtualClock) -> None:
    rig = Rig(clock, AdmissionPolicy(answer_ms=850.0, patience_ms=2_500.0, call_share=1e-6))
    answered: list[tuple[str, float]] = []

    async def rings(call: str) -> None:
        if await rig.admission.rings(call):
            answered.append((call, clock.mono_ms()))

    async with asyncio.TaskGroup() as callers:
        for call in "abcde":
            callers.create_task(rings(call))
    assert [(call, round(at_ms / 100)) for call, at_ms in answered] == [("a", 0), ("b", 10), ("c", 20)]
    assert rig.value("offhook_admissions_total", result="rush") == 2
    rig.admission.rule.full = True
    assert await rig.admission.starts("a")
    assert await rig.admission.starts("a"), "a call that comes back"
    assert not await rig.admission.starts("stranger")
    rig.admission.expect("stranger")
    assert await rig.admission.starts("stranger")
    assert rig.value("offhook_admissions_total", result="taken") == 3, "each call once"
    await rig.end()


@virtual_time
async def test_one_that_rang_while_the_server_filled_up_is_told(clock: VirtualClock) -> None:
    rig = Rig(clock, AdmissionPolicy(answer_ms=1_700.0))
    assert await rig.admission.rings("a")
    waiting = asyncio.create_task(rig.admission.rings("b"))
    await rig.windows(10, core=0.99)
    assert waiting.done()
    assert not await waiting
    assert rig.value("offhook_admissions_total", result="full") == 1
    await rig.end()


@virtual_time
async def test_a_number_of_calls_is_kept_and_shown(clock: VirtualClock) -> None:
    rig = Rig(clock, AdmissionPolicy(most_calls=101))
    await rig.windows(10, core=0.99)
    assert await rig.admission.rings("a")
    assert not await rig.admission.rings("b")
    assert rig.value("offhook_admissions_total", result="room") == 1
    health = await rig.admission.health()
    assert (health.status, "at most 101" in health.detail) == ("ok", True)
    rig.world.live = 101
    health = await rig.admission.health()
    assert (health.status, "MAX_CONCURRENT_CALLS" in health.detail) == ("degraded", True)
    await rig.end()


def test_engine_queues_are_exported_and_the_busiest_counts() -> None:
    metrics = Metrics()
    queues = EngineQueues(metrics)
    assert queues.per_process() == 0.0
    child = ChildStatus(1, True, 0, 2, 1, 0, "")
    queues.add("espeak", lambda: PoolStatus("espeak", (child,), 1, 8, 0, 0, 0))
    queues.add("pocketsphinx", lambda: PoolStatus("pocketsphinx", (child, child), 8, 8, 0, 0, 0))
    queues.add("later", lambda: None)
    assert queues.per_process() == 6.0
    text = metrics.render().decode()
    assert 'offhook_queue_depth{queue="espeak"} 3.0' in text
    assert 'offhook_queue_depth{queue="later"} 0.0' in text


@virtual_time
async def test_a_load_over_the_limit_is_told_before_anybody_is_refused(clock: VirtualClock) -> None:
    rig = Rig(clock)
    await asyncio.sleep(0.01)
    await rig.windows(1, core=2.0)
    assert not rig.admission.rule.full
    health = await rig.admission.health()
    assert (health.status, "the core is used up" in health.detail, bool(health.mend)) == ("degraded", True, True)
    await rig.windows(1)
    assert (await rig.admission.health()).status == "ok"
    await rig.end()
