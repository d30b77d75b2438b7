"""The voice detector of all calls of a process: one model, asked once per tick for all lines that have a window.

Calls push frames as they come; `push` only appends. Ticks come at most every `tick_ms`, so that the windows of many
calls meet in one batch, and only while there is audio.
"""

from __future__ import annotations

import asyncio

from offhook.audio.vad.lane import HubCounters, HubSettings, Lane, Line, OnVerdict
from offhook.audio.vad.model import VoiceModel
from offhook.contracts.clock import Clock


class VoiceHub:
    """One per process, on the media event loop. `run` it for as long as calls are served."""

    def __init__(self, model: VoiceModel, clock: Clock, settings: HubSettings | None = None) -> None:
        self.settings = settings or HubSettings()
        self.counters = HubCounters()
        self._model = model
        self._clock = clock
        self._lanes: dict[int, Lane] = {}
        self._work = asyncio.Event()

    def open(self, rate_hz: int, on_verdict: OnVerdict) -> Line:
        """The `VoiceStream` of a new call.

        `on_verdict` is called from ticks, with times of `Clock.mono_ms`; it must not block.
        Raises ValueError for a rate that the model does not know.
        """
        lane = self._lanes.get(rate_hz)
        if lane is None:
            lane = Lane(self._model, rate_hz, self.settings, self.counters, self._work.set)
            self._lanes[rate_hz] = lane
        return lane.open(on_verdict)

    @property
    def waiting(self) -> int:
        """Calls whose audio waits for a tick."""
        return sum(lane.waiting for lane in self._lanes.values())

    @property
    def behind_ms(self) -> float:
        """Audio that waits for a tick, of the call with most of it. Up to a window or two is usual."""
        return max((lane.behind_ms for lane in self._lanes.values()), default=0.0)

    async def run(self) -> None:
        """Tick while there is audio, sleep while there is none. Ends by cancellation."""
        while True:
            await self._wait_for_work()
            started_ms = self._clock.mono_ms()
            more = self.tick()
            spent_ms = self._clock.mono_ms() - started_ms
            await asyncio.sleep(0.0 if more else max(0.0, self.settings.tick_ms - spent_ms) / 1000)

    def tick(self) -> bool:
        """One batch per rate, and an end to speech whose audio broke off. Whether whole windows are left over."""
        self._work.clear()
        now_ms = self._clock.mono_ms()
        for lane in self._lanes.values():
            lane.run_batch()
            if lane.speaking:
                lane.end_stalled(now_ms)
        more = any(lane.waiting for lane in self._lanes.values())
        if more:
            self._work.set()
        return more

    async def _wait_for_work(self) -> None:
        """Until audio came; while somebody speaks at most until the audio may have broken off."""
        if not any(lane.speaking for lane in self._lanes.values()):
            await self._work.wait()
            return
        try:
            async with asyncio.timeout(self.settings.stall_ms / 1000):
                await self._work.wait()
        except TimeoutError:
            return
