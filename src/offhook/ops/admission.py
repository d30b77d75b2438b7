"""Whether one more call may be answered: the rule, sans-IO.

A server that is too busy answers everybody late; so it takes as many calls as it serves well and tells the others. Two
things decide, because what is measured shows a call only after it was answered:

1. Strain (`measured`, twice a second): the share of the core in use, how long events wait for the event loop, how far
   the voice detector and the engines are behind. While any of them is over its limit nobody is answered: who rings,
   rings on. After `full_after_ms` of it on end the server is full, and who rings is told at once; after `calm_ms`
   without it the server is open again. A single hold of the loop, or another program's burst, is no reason to refuse.
2. What is to come: calls that were taken must fit into `taken_share` of the core with what a call costs here, which is
   learned as they go. And answering a call costs as much as seconds of talking; so they are answered one after the
   other, as fast as the part of the core allows that the calls taken so far leave. A call for which there is no room,
   or whose turn would come after its patience, is told at once that the lines are busy.

Up to `few_calls` are answered whatever was measured: so few are not why a machine is slow, and refusing one more would
not make it quicker. A call that was let in once is let in again: it comes back after a lost connection. With
`most_calls` (MAX_CONCURRENT_CALLS) that number alone decides.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

Measure = Literal["core", "loop", "detector", "engines"]
Reason = Literal["full", "room", "rush"]
"""Over a limit for a while; as many were taken as there is room for; too many at once."""


_AT_ONCE_MS = 0.001
"""Less is a rounding error, which waiting would never make up."""


@dataclass(frozen=True, slots=True)
class Load:
    """Of the time since the last measurement."""

    core_share: float
    """Processor time of this process over time: 1.0 is one whole core."""
    wait_ms: float
    """What an event waited for the event loop, on average."""
    detector_ms: float
    """Audio that waits for the voice detector, on the line that waits longest."""
    engine_requests: float
    """Requests without an answer, for each process of the busiest kind of engine."""
    calls: int


@dataclass(frozen=True, slots=True)
class AdmissionPolicy:
    most_calls: int | None = None
    few_calls: int = 8
    most_core_share: float = 0.9
    """One event loop serves all calls, and work that comes at random waits in proportion to 1 / (1 - share)."""
    most_wait_ms: float = 20.0
    """A turn passes the loop a few times; this often is what a caller can just notice."""
    most_detector_ms: float = 200.0
    most_engine_requests: float = 6.0
    full_after_ms: float = 3_000.0
    calm_level: float = 0.95
    calm_ms: float = 2_000.0
    taken_share: float = 0.85
    """Of the core, for the calls that were taken and for answering; less than `most_core_share`, so that a rush
    alone is no strain."""
    answer_ms: float = 7.0
    """Of the core, for answering one call. A guess: where it is more, strain slows the answers down."""
    ask_ms: float = 0.8
    """Of the core, for telling one caller anything."""
    call_share: float = 0.0017
    """Of the core, for one call that talks; where to begin learning."""
    patience_ms: float = 10_000.0
    """How long a call may ring before it is answered. Twilio gives up after 15 s."""
    coming_ms: float = 5_000.0
    """How long after its answer a call is counted without its media."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Now."""

    again: bool = False
    """It had been let in before."""


@dataclass(frozen=True, slots=True)
class Wait:
    """It rings on; ask again after so long."""

    ms: float


@dataclass(frozen=True, slots=True)
class Busy:
    reason: Reason


Verdict = Answer | Wait | Busy


@dataclass(frozen=True, slots=True)
class _Ringing:
    turn_ms: float
    """When it is to be answered, on the clock of answers."""
    until_ms: float
    """When its patience ends."""


_STANDING_MS = 250.0
_LEAST_SPARE = 0.02
_LEARNING = 0.1
_LEARN_FROM_CALLS = 30
_LEAST_CALL_SHARE = 0.0002
_LEAST_TALKING = 0.3
"""Of what was used; with less of it, too little is seen of what a call costs."""
_MOST_KNOWN = 4_096


class AdmissionRule:
    """One per process. `now_ms` never goes back; calls are named by the carrier's id."""

    def __init__(self, policy: AdmissionPolicy | None = None) -> None:
        self.policy = policy or AdmissionPolicy()
        self.full = False
        self.levels: dict[Measure, float] = {"core": 0.0, "loop": 0.0, "detector": 0.0, "engines": 0.0}
        """As measured last; 1.0 is the limit."""
        self.call_share = self.policy.call_share
        self._ringing: OrderedDict[str, _Ringing] = OrderedDict()
        """In the order in which they rang; bounded by the turns that lie within patience."""
        self._coming: OrderedDict[str, float] = OrderedDict()
        """Answered, media not begun: call -> since when."""
        self._known: OrderedDict[str, None] = OrderedDict()
        """Let in once; the latest `_MOST_KNOWN`."""
        self._next_turn_ms = 0.0
        self._stood_ms = 0.0
        """How long the clock of answers stood still so far; it does while there is strain."""
        self._strained_since_ms: float | None = None
        self._calm_since_ms: float | None = None
        self._measured_ms: float | None = None
        self._rush_ms = 0.0
        """What asking and answering are taken to have cost since the last measurement."""

    @property
    def level(self) -> float:
        return max(self.levels.values())

    @property
    def room(self) -> int:
        """Calls that are served well, as far as is known."""
        return (
            int(self.policy.taken_share / self.call_share) if self.policy.most_calls is None else self.policy.most_calls
        )

    @property
    def taken(self) -> int:
        """Calls that ring or are about to begin, and are not live yet."""
        return len(self._ringing) + len(self._coming)

    def measured(self, load: Load, now_ms: float) -> None:
        policy = self.policy
        self.levels = {
            "core": load.core_share / policy.most_core_share,
            "loop": load.wait_ms / policy.most_wait_ms,
            "detector": load.detector_ms / policy.most_detector_ms,
            "engines": load.engine_requests / policy.most_engine_requests,
        }
        self._judge(now_ms)
        self._learn(load, now_ms)

    def ask(self, call: str, live: int, now_ms: float, patience_ms: float | None = None) -> Verdict:
        """May the call be answered, while `live` are being served? Ask again when a `Wait` is over: it keeps its turn.

        Args:
            patience_ms: how long it may wait from its first asking on; None for the policy's.
        """
        if call in self._known:
            return Answer(again=True)
        self._forget(now_ms)
        if call not in self._ringing:
            self._rush_ms += self.policy.ask_ms
        policy = self.policy
        calls = live + len(self._coming)
        if calls < (policy.few_calls if policy.most_calls is None else policy.most_calls):
            return self._let_in(call, now_ms)
        if policy.most_calls is not None:
            return Busy("room")
        if self.full:
            self._ringing.pop(call, None)
            return Busy("full")
        ringing = self._ringing.get(call)
        if ringing is None:
            if live + self.taken >= self.room:
                return Busy("room")
            ringing = self._queue(call, live, now_ms, patience_ms)
        if ringing is None:
            return Busy("rush")
        wait_ms = ringing.turn_ms - self._answers_clock(now_ms)
        if self._strained_since_ms is not None or calls >= self.room:
            wait_ms = max(wait_ms, _STANDING_MS)
        if wait_ms < _AT_ONCE_MS:
            return self._let_in(call, now_ms)
        if now_ms >= ringing.until_ms:
            del self._ringing[call]
            return Busy("rush")
        return Wait(min(wait_ms, ringing.until_ms - now_ms))

    def arrived(self, call: str) -> None:
        """The call's media begin: from now on it is among the live ones."""
        self._coming.pop(call, None)

    def expect(self, call: str) -> None:
        """Let this call in whenever it comes: we placed it ourselves."""
        self._known[call] = None
        while len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)

    def _let_in(self, call: str, now_ms: float) -> Answer:
        self._ringing.pop(call, None)
        self._coming[call] = now_ms
        self._rush_ms += self.policy.answer_ms
        self.expect(call)
        return Answer()

    def _queue(self, call: str, live: int, now_ms: float, patience_ms: float | None) -> _Ringing | None:
        """A turn for the call; None where it would come too late."""
        policy = self.policy
        patience_ms = policy.patience_ms if patience_ms is None else patience_ms
        clock_ms = self._answers_clock(now_ms)
        turn_ms = max(clock_ms, self._next_turn_ms)
        if turn_ms - clock_ms > patience_ms:
            return None
        spare = policy.taken_share - (live + self.taken) * self.call_share
        self._next_turn_ms = turn_ms + policy.answer_ms / max(_LEAST_SPARE, spare)
        ringing = self._ringing[call] = _Ringing(turn_ms, now_ms + patience_ms)
        return ringing

    def _answers_clock(self, now_ms: float) -> float:
        since_ms = self._strained_since_ms
        return (now_ms if since_ms is None else since_ms) - self._stood_ms

    def _judge(self, now_ms: float) -> None:
        since_ms = self._strained_since_ms
        if self.level >= 1.0:
            self._strained_since_ms = since_ms = now_ms if since_ms is None else since_ms
            if now_ms - since_ms >= self.policy.full_after_ms:
                self.full = True
        elif since_ms is not None:
            self._stood_ms += now_ms - since_ms
            self._strained_since_ms = None
        if self.level >= self.policy.calm_level:
            self._calm_since_ms = None
        elif self._calm_since_ms is None:
            self._calm_since_ms = now_ms
        if self._calm_since_ms is not None and now_ms - self._calm_since_ms >= self.policy.calm_ms:
            self.full = False

    def _learn(self, load: Load, now_ms: float) -> None:
        """What a call costs while it talks: what was used, less what the rush is taken to have cost, unless that was
        most of it. Kept within what so many calls can show, so that no odd moment is remembered for long."""
        then_ms, self._measured_ms = self._measured_ms, now_ms
        rush_ms, self._rush_ms = self._rush_ms, 0.0
        if load.calls < _LEARN_FROM_CALLS or then_ms is None or now_ms <= then_ms:
            return
        talking = load.core_share - rush_ms / (now_ms - then_ms)
        if talking < _LEAST_TALKING * load.core_share:
            return
        most = self.policy.taken_share / _LEARN_FROM_CALLS
        seen = min(most, max(_LEAST_CALL_SHARE, talking / load.calls))
        self.call_share += _LEARNING * (seen - self.call_share)

    def _forget(self, now_ms: float) -> None:
        """Those who hung up before they were answered, or before their media began."""
        while self._coming and now_ms - next(iter(self._coming.values())) > self.policy.coming_ms:
            self._coming.popitem(last=False)
        while self._ringing and now_ms - next(iter(self._ringing.values())).until_ms > self.policy.patience_ms:
            self._ringing.popitem(last=False)
