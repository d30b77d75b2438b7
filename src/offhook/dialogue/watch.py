"""Stands before the brains of every desk: an attempt (dialogue/guard.py) takes the place of whatever else was said."""

from __future__ import annotations

from dataclasses import replace

from offhook.contracts.conversation import ConversationState
from offhook.dialogue.desk import Reading, Work
from offhook.dialogue.guard import INJECTION, Guard, OnRefusal, refusal, unheard
from offhook.understanding.model import Command

REFUSE = "refuse"
"""The decision of a reading that was an attempt."""


class Watch:
    def __init__(self, guard: Guard | None = None, on_refusal: OnRefusal = unheard) -> None:
        self._guard = guard or Guard.load()
        self._on_refusal = on_refusal

    def __call__(self, reading: Reading, work: Work, state: ConversationState) -> Reading:
        kind = self._guard.suspects(work.turn.text, work.desk.policy.refused)
        if kind is None and any(command.slots.get("reason") == INJECTION for command in reading.commands):
            kind = INJECTION
        if kind is None:
            return reading
        if not work.turn.rehearsal:
            self._on_refusal(refusal(kind, state))
        attempt = Command(intent="out_of_scope", slots={"reason": kind})
        return replace(reading, commands=(attempt,), problems=(), decision=REFUSE)
