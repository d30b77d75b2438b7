"""The turn machine: who speaks now, when a turn is over, what is said when nobody speaks.

Use, by a shell that has the clock and the audio:

    machine = TurnMachine(policy)
    for command in machine.receive(event, now_ms): carry it out
    then send Tick at `machine.deadline_ms` (asked again after every `receive`)

Each event goes three steps: is it about something that is still there (hearing.py), do the tables give it a meaning in
the present states (states.py), then its effect (hearing.py) and whatever is due by now (timers.py) until the machine is
at rest. Nothing from outside, in whatever order, makes `receive` raise; what means nothing is counted.

Invariants, all held by tests: at most one reply lives; reply and utterance numbers rise; no command names a reply after
its StopReply; an utterance is closed once; nothing follows CallEnded, and only what answers CallEnded follows HangUp.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from offhook.contracts.turn import Tick, TurnCommand, TurnEvent, TurnPolicy
from offhook.turns import timers
from offhook.turns.call import Call
from offhook.turns.hearing import hear, means_something
from offhook.turns.states import Floor, Input, Reply

Phase = Literal["ringing", "listening", "hearing", "keying", "thinking", "speaking", "overlap", "closing", "ended"]

_BY_FLOOR: dict[Floor, Phase] = {
    Floor.RINGING: "ringing",
    Floor.OPEN: "listening",
    Floor.BOTH: "overlap",
    Floor.CLOSING: "closing",
    Floor.ENDED: "ended",
}


class TurnMachine:
    """One call's turns. Times are milliseconds of the shell's clock, which never goes back."""

    def __init__(self, policy: TurnPolicy) -> None:
        self._call = Call(policy)

    def receive(self, event: TurnEvent, now_ms: float) -> list[TurnCommand]:
        """Take what happened; returns what to do, in order."""
        call = self._call
        call.now_ms = max(call.now_ms, now_ms)
        if not means_something(call, event):
            call.counts["stale_event"] += 1
        elif isinstance(event, Tick) or call.states.apply(type(event)):
            hear(call, event)
        else:
            call.counts["ignored_event"] += 1
        timers.settle(call)
        commands, call.out = call.out, []
        return commands

    @property
    def deadline_ms(self) -> float | None:
        """When to send Tick; always later than the last `receive`. None: wait for other events."""
        return timers.deadline_ms(self._call)

    @property
    def phase(self) -> Phase:
        """What goes on, for people to look at."""
        states = self._call.states
        if states.floor is Floor.CALLER:
            return "keying" if states.input is Input.KEYING else "hearing"
        if states.floor is Floor.AGENT:
            return "thinking" if states.reply is Reply.THINKING else "speaking"
        return _BY_FLOOR[states.floor]

    @property
    def counts(self) -> Mapping[str, int]:
        """How often what happened: noise, backchannel, barge_in, replaced, dtmf, no_input, not_heard, too_long, …"""
        return MappingProxyType(self._call.counts)
