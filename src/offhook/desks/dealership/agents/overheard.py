"""Words that understanding cannot place, which this talk gives a meaning: no registration to prove oneself with, and a
booking taken back as soon as it is made. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from offhook.contracts.conversation import ConversationState
from offhook.desks.dealership.agents.booking import MEMORY_BOOKED
from offhook.desks.dealership.agents.changes import CANCEL, is_proving
from offhook.dialogue.choices import says
from offhook.dialogue.desk import Reading, Work
from offhook.understanding.model import Command

_UNREAD = Command(intent="out_of_scope")


def heard(work: Work, state: ConversationState, reading: Reading) -> Reading:
    unread = all(command == _UNREAD for command in reading.commands)
    if unread and state.pending is not None and is_proving(state):
        return replace(reading, commands=(Command(intent=state.pending.intent),))
    denied = [command.intent for command in reading.commands] == ["deny"]
    takes_back = state.pending is None and MEMORY_BOOKED in state.desk_memory and (unread or denied)
    if takes_back and says(work.turn.text, work.words(state.language).undo):
        return replace(reading, commands=(Command(intent=CANCEL),), problems=(), understood=True)
    return reading
