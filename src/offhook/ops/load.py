"""Measures the load and holds calls to the rule of `admission`: the shell around it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from offhook.contracts.clock import Clock
from offhook.ops.admission import AdmissionRule, Answer, Busy, Load, Measure, Wait
from offhook.ops.health import PartHealth
from offhook.providers.engine.status import PoolStatus
from offhook.telemetry.log import get_logger
from offhook.telemetry.loop_watch import LoopWatch
from offhook.telemetry.metrics import Metrics

EVERY_S = 0.5
SILENCE_MS = 3_000.0
"""How long a caller may hear nothing whose media came without ringing here first."""
_MEND = "See what else keeps this machine busy; else it needs a faster core, or another server beside it."
_MORE = "Raise MAX_CONCURRENT_CALLS, or unset it: then the server goes by what it measures."
_SAID: dict[Measure, str] = {
    "core": "the core is used up",
    "loop": "the event loop is late",
    "detector": "the voice detector is behind",
    "engines": "the engines are behind",
}


@dataclass(frozen=True, slots=True)
class Gauges:
    """What the load is read from."""

    watch: LoopWatch
    detector_ms: Callable[[], float]
    engine_requests: Callable[[], float]
    live_calls: Callable[[], int]
    cpu_s: Callable[[], float] = time.process_time


class EngineQueues:
    """What waits at the engine processes, exported as queue depths."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._pools: dict[str, Callable[[], PoolStatus | None]] = {}

    def add(self, engine: str, status: Callable[[], PoolStatus | None]) -> None:
        """`status` tells the pool's state; None while it has not been started."""
        self._pools[engine] = status
        self._metrics.watch_queue(engine, lambda: now.unanswered if (now := status()) is not None else 0)

    def per_process(self) -> float:
        """Requests without an answer, for each process of the busiest engine."""
        pools = [now for status in self._pools.values() if (now := status()) is not None]
        return max((pool.unanswered / max(1, len(pool.children)) for pool in pools), default=0.0)


class MeasuredAdmission:
    """Port `Admission` (contracts/channel.py). `run` it beside the calls."""

    def __init__(self, clock: Clock, metrics: Metrics, gauges: Gauges, rule: AdmissionRule | None = None) -> None:
        self.rule = rule or AdmissionRule()
        self._clock = clock
        self._metrics = metrics
        self._gauges = gauges

    async def run(self) -> None:
        """Measure, twice a second. Ends by cancellation."""
        then_ms, cpu_s = self._clock.mono_ms(), self._gauges.cpu_s()
        while True:
            await asyncio.sleep(EVERY_S)
            now_ms, now_cpu_s = self._clock.mono_ms(), self._gauges.cpu_s()
            elapsed_ms = max(1.0, now_ms - then_ms)
            load = Load(
                core_share=(now_cpu_s - cpu_s) * 1000 / elapsed_ms,
                wait_ms=self._gauges.watch.meter.take(elapsed_ms).wait_ms,
                detector_ms=self._gauges.detector_ms(),
                engine_requests=self._gauges.engine_requests(),
                calls=self._gauges.live_calls(),
            )
            then_ms, cpu_s = now_ms, now_cpu_s
            self._measured(load, now_ms)

    async def rings(self, call: str) -> bool:
        return await self._let_in(call, None)

    async def starts(self, call: str) -> bool:
        welcome = await self._let_in(call, SILENCE_MS)
        self.rule.arrived(call)
        return welcome

    def expect(self, call: str) -> None:
        self.rule.expect(call)

    async def health(self) -> PartHealth:
        rule, calls = self.rule, self._gauges.live_calls()
        if rule.policy.most_calls is not None:
            detail, why, mend = f"{calls} calls, at most {rule.room}", "as many as MAX_CONCURRENT_CALLS", _MORE
        else:
            worst = max(rule.levels, key=lambda measure: rule.levels[measure])
            detail = f"{calls} calls, room for about {rule.room}; load {rule.level:.0%} of the limit"
            why, mend = _SAID[worst if rule.full else "core"], _MEND
            if rule.level >= 1 and not rule.full and calls < rule.room:
                return PartHealth("degraded", f"{_SAID[worst]}, which new callers feel if it lasts; {detail}", mend)
        if calls < rule.room and (rule.policy.most_calls is not None or not rule.full):
            return PartHealth("ok", detail)
        return PartHealth("degraded", f"new callers hear that the lines are busy: {why}; {detail}", mend)

    async def _let_in(self, call: str, patience_ms: float | None) -> bool:
        while True:
            verdict = self.rule.ask(call, self._gauges.live_calls(), self._clock.mono_ms(), patience_ms)
            match verdict:
                case Wait(ms):
                    await asyncio.sleep(ms / 1000)
                case Answer(again):
                    if not again:
                        self._metrics.admissions.labels("taken").inc()
                    return True
                case Busy(reason):
                    self._metrics.admissions.labels(reason).inc()
                    return False
                case _:
                    assert_never(verdict)

    def _measured(self, load: Load, now_ms: float) -> None:
        was_full = self.rule.full
        self.rule.measured(load, now_ms)
        for measure, level in self.rule.levels.items():
            self._metrics.load.labels(measure).set(level)
        if self.rule.full == was_full or self.rule.policy.most_calls is not None:
            return
        log = get_logger("admission")
        if was_full:
            log.info("calls_taken_again", calls=load.calls)
        else:
            log.warning("calls_refused", calls=load.calls, **{k: round(v, 2) for k, v in self.rule.levels.items()})
