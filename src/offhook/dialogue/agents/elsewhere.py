"""The talk is to go on in a chat: a link is sent to the number that the caller rings from. Shared by all desks.

To that number and no other: a carrier gave it, so a link reaches whoever has that telephone, whatever the caller says.
A number that is only typed or said gets none; nobody can have messages sent to strangers.
"""

from __future__ import annotations

from datetime import timedelta

from offhook.contracts.conversation import MEMORY_GOES_ON, ConversationState
from offhook.contracts.desk import Ok
from offhook.dialogue.agents.faq import answered
from offhook.dialogue.desk import Work
from offhook.dialogue.languages import TEXT_CHANNELS
from offhook.dialogue.model import Delta, Line
from offhook.dialogue.tools.send_link import LINK_GOOD_FOR_MIN, LinkWanted, send_link

LINK = "session.link"
CARRIERS = frozenset({"twilio", "exotel"})
"""Channels whose caller's number a carrier gives."""
MEMORY_LINKS = "links_sent"
"""desk_memory key."""
MOST_LINKS = 3
"""Of one session."""


async def send_link_to_caller(work: Work, state: ConversationState) -> Delta:
    if state.channel in TEXT_CHANNELS:
        return answered(state, Line("link_here"))
    if state.caller_phone is None or state.channel not in CARRIERS:
        return answered(state, Line("link_no_number"))
    stored = state.desk_memory.get(MEMORY_LINKS)
    sent = stored if isinstance(stored, int) else 0
    if sent >= MOST_LINKS:
        return answered(state, Line("link_enough"))
    match await work.call(send_link, LinkWanted(language=state.language), state):
        case Ok():
            delta = answered(state, Line("link_sent"))
        case _:
            return answered(state, Line("link_failed"))
    until = (work.now + timedelta(minutes=LINK_GOOD_FOR_MIN)).isoformat()
    memory = {MEMORY_LINKS: sent + 1}
    if state.desk_memory.get(MEMORY_GOES_ON) is None:
        return Delta(lines=delta.lines, question=delta.question, memory={**memory, MEMORY_GOES_ON: until})
    return Delta(lines=delta.lines, question=delta.question, memory=memory)
