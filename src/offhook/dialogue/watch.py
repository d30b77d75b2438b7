"""Stands before the brains of every desk: an emergency, an attempt, an insult or the wish to go on elsewhere
(dialogue/guard.py) takes the place of whatever else was said."""

from __future__ import annotations

from dataclasses import replace

from offhook.contracts.conversation import ConversationState
from offhook.dialogue.agents.elsewhere import LINK
from offhook.dialogue.desk import Reading, Work
from offhook.dialogue.guard import (
    ABUSE,
    BLOCKED,
    ELSEWHERE,
    EMERGENCY,
    INJECTION,
    Guard,
    OnRefusal,
    refusal,
    unheard,
)
from offhook.understanding.model import Command

REFUSE = "refuse"
"""The decision of a reading that was an attempt."""


class Watch:
    def __init__(
        self, guard: Guard | None = None, on_refusal: OnRefusal = unheard, *, sends_links: bool = False
    ) -> None:
        """`sends_links`: whether a link to go on with the talk elsewhere can be sent at all."""
        self._guard = guard or Guard.load()
        self._on_refusal = on_refusal
        self._sends_links = sends_links

    def turns_away(self, work: Work, state: ConversationState) -> bool:
        """Whether the business does not want to hear from this caller."""
        if state.caller_phone is None or state.caller_phone not in work.facts.blocked:
            return False
        if not work.turn.rehearsal:
            self._on_refusal(refusal(BLOCKED, state))
        return True

    def __call__(self, reading: Reading, work: Work, state: ConversationState) -> Reading:
        own = state.customer.name or state.booking_slots.customer_name or ""
        kind = self._guard.suspects(work.turn.text, (EMERGENCY, *work.desk.policy.refused, ABUSE), own)
        if kind == EMERGENCY:
            command = Command(intent="handoff", slots={"reason": EMERGENCY})
            return replace(reading, commands=(command,), problems=(), decision="handoff", understood=True)
        if kind is None and any(command.slots.get("reason") == INJECTION for command in reading.commands):
            kind = INJECTION
        if kind is None:
            return self._elsewhere(reading, work, own)
        if not work.turn.rehearsal:
            self._on_refusal(refusal(kind, state))
        attempt = Command(intent="out_of_scope", slots={"reason": kind})
        return replace(reading, commands=(attempt,), problems=(), decision=REFUSE)

    def _elsewhere(self, reading: Reading, work: Work, own: str) -> Reading:
        """A wish to go on in a chat, where that can be had; it takes the place of what the words might mean else."""
        if not self._sends_links or self._guard.suspects(work.turn.text, (ELSEWHERE,), own) is None:
            return reading
        return replace(reading, commands=(Command(intent=LINK),), problems=(), decision="execute", understood=True)
