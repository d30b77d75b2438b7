"""Fetching a person: as on every desk; a lead that this session has kept is theirs from then on."""

from __future__ import annotations

from dataclasses import replace

from offhook.contracts.conversation import ConversationState
from offhook.contracts.desk import Failed
from offhook.desks.sales.agents.form import MEMORY_KEPT
from offhook.desks.sales.tools.lead_steps import StepRequest, hand_over_lead
from offhook.dialogue.agents.escalation import handoff
from offhook.dialogue.desk import Work
from offhook.dialogue.model import Delta, Line
from offhook.understanding.model import Command


async def person(work: Work, state: ConversationState, command: Command) -> Delta:
    delta = await handoff(work, state, command)
    if delta.escalation_in_progress is True and MEMORY_KEPT in state.desk_memory:
        outcome = await work.call(hand_over_lead, StepRequest(), state)
        if isinstance(outcome, Failed):
            return replace(delta, lines=(*delta.lines, Line(outcome.say)))
    return delta
