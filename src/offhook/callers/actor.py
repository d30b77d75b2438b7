"""The caller's head, sans-IO: what to do when it is our turn. When that is, the line knows; doing it is the phone's."""

from __future__ import annotations

import re
from dataclasses import dataclass

from offhook.callers.script import Script, Step


@dataclass(frozen=True, slots=True)
class Speak:
    step: Step
    """With `say` or `wav`."""


@dataclass(frozen=True, slots=True)
class Press:
    digits: str


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


@dataclass(frozen=True, slots=True)
class HangUp:
    pass


@dataclass(frozen=True, slots=True)
class WaitForHangUp:
    """Nothing left to say; the agent ends the call."""


Action = Speak | Press | Pause | HangUp | WaitForHangUp


class Actor:
    """Plays one script once."""

    def __init__(self, script: Script) -> None:
        self.failures: list[str] = []
        """Expectations that were not met."""
        self._script = script
        self._steps = [step for step in script.steps if step.when is None]
        self._standing = [[step, step.times] for step in script.steps if step.when is not None]
        self._at = 0

    @property
    def barge_in_after_ms(self) -> float | None:
        """Set when the next step does not wait for its turn but speaks over the agent."""
        return self._steps[self._at].barge_in_after_ms if self._at < len(self._steps) else None

    @property
    def done(self) -> bool:
        """All steps of the list's own order were played."""
        return self._at >= len(self._steps)

    def next(self, agent_said: str | None) -> Action:
        """What to do now. `agent_said`: the agent's words since we last acted; None when not known or none."""
        while True:
            answer = self._standing_answer(agent_said)
            if answer is not None:
                return _action(answer)
            if self.done:
                return HangUp() if self._script.end == "hang_up" else WaitForHangUp()
            step = self._steps[self._at]
            self._at += 1
            if step.expect is None:
                return _action(step)
            if agent_said is None or not re.search(step.expect, agent_said, re.IGNORECASE):
                heard = "unknown" if agent_said is None else repr(agent_said)
                self.failures.append(f"expected /{step.expect}/, the agent's words are {heard}")

    def _standing_answer(self, agent_said: str | None) -> Step | None:
        if agent_said is None:
            return None
        for entry in self._standing:
            step, left = entry
            assert isinstance(step, Step)
            assert isinstance(left, int)
            if left > 0 and re.search(step.when or "", agent_said, re.IGNORECASE):
                entry[1] = left - 1
                return step
        return None


def _action(step: Step) -> Action:
    if step.dtmf is not None:
        return Press(step.dtmf.upper())
    if step.wait is not None:
        return Pause(step.wait)
    if step.hang_up is not None:
        return HangUp()
    return Speak(step)
