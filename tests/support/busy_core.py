"""A server with one core, for the rule of admission: what answering and talking cost is set, time is virtual."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

from offhook.ops.admission import AdmissionRule, Busy, Load, Wait

STEP_MS = 5.0
WINDOW_MS = 500.0
ANSWERING_MS = 400.0
"""Over which the work of answering is spread, once the media have begun."""


@dataclass
class BusyCore:
    """
    Args:
        answer_ms: of the core, for answering one call. talk_share: of the core, for one that talks.
    """

    answer_ms: float
    talk_share: float
    idle_share: float = 0.03
    asked_ms: float = 1.0
    """For the webhook of one call, whatever it is told."""
    media_after_ms: float = 50.0
    rule: AdmissionRule = field(default_factory=AdmissionRule)
    now_ms: float = 0.0
    live: int = 0
    told: list[str] = field(default_factory=list)
    late_ms: float = 0.0
    """Work that waits for the core."""
    latest_ms: float = 0.0
    """The most of it since this was set to 0."""

    def __post_init__(self) -> None:
        self._asking: list[tuple[float, int, str]] = []
        self._coming: list[tuple[float, str]] = []
        self._answering_until_ms: list[float] = []
        self._done_ms = self._waited = 0.0
        self._number = 0

    def rush(self, calls: int, within_ms: float) -> None:
        """So many ring, evenly from now on."""
        for number in range(calls):
            self._ask_at(self.now_ms + number * within_ms / calls, f"call {self._number} {number}")
        self._number += 1

    def run(self, seconds: float) -> None:
        end_ms = self.now_ms + seconds * 1000
        while self.now_ms < end_ms:
            self.now_ms += STEP_MS
            while self._asking and self._asking[0][0] <= self.now_ms:
                self._ask(heapq.heappop(self._asking)[2])
            while self._coming and self._coming[0][0] <= self.now_ms:
                self.rule.arrived(heapq.heappop(self._coming)[1])
                self.live += 1
                self._answering_until_ms.append(self.now_ms + ANSWERING_MS)
            self._work()
            if self.now_ms % WINDOW_MS == 0:
                load = Load(self._done_ms / WINDOW_MS, self._waited / WINDOW_MS, 32.0 + self.late_ms, 0.0, self.live)
                self.rule.measured(load, self.now_ms)
                self._done_ms = self._waited = 0.0

    def _ask_at(self, at_ms: float, call: str) -> None:
        heapq.heappush(self._asking, (at_ms, len(self._asking), call))

    def _ask(self, call: str) -> None:
        verdict = self.rule.ask(call, self.live, self.now_ms)
        match verdict:
            case Wait(ms):
                self._ask_at(self.now_ms + ms, call)
            case Busy(reason):
                self.told.append(reason)
                self.late_ms += self.asked_ms
            case _:
                self.late_ms += self.asked_ms
                heapq.heappush(self._coming, (self.now_ms + self.media_after_ms, call))

    def _work(self) -> None:
        answering = self._answering_until_ms = [at for at in self._answering_until_ms if at > self.now_ms]
        share = self.idle_share + self.live * self.talk_share + len(answering) * self.answer_ms / ANSWERING_MS
        self.late_ms += share * STEP_MS
        done_ms = min(STEP_MS, self.late_ms)
        self.late_ms -= done_ms
        self._done_ms += done_ms
        self._waited += self.late_ms * STEP_MS
        self.latest_ms = max(self.latest_ms, self.late_ms)
