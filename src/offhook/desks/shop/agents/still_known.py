"""Whether the session's speaker still is one of the business's people: asked at each turn's beginning. Pure."""

from __future__ import annotations

import msgspec

from offhook.contracts.conversation import MEMORY_OPERATOR, MEMORY_SPEAKER, ConversationState, CustomerRef
from offhook.desks.shop.agents.batch import MEMORY_BATCH
from offhook.desks.shop.agents.read_back import MEMORY_READ_BACK
from offhook.desks.shop.facts import shop_facts
from offhook.desks.shop.speakers import remembered, speaker_of
from offhook.dialogue.desk import Work
from offhook.dialogue.model import MEMORY_QUESTION

_ABOUT_SPEAKER = frozenset({MEMORY_SPEAKER, MEMORY_OPERATOR, MEMORY_READ_BACK, MEMORY_BATCH, MEMORY_QUESTION})


def still_known(work: Work, state: ConversationState) -> ConversationState:
    """The state without whom the business has taken off its list: neither their name nor what was read back to them
    counts any more. A role that was changed counts from now on."""
    users, speaker, operator = shop_facts(work).users, speaker_of(state), state.desk_memory.get(MEMORY_OPERATOR)
    gone = {
        one for one in (speaker.user_id if speaker else "", operator) if isinstance(one, str) and one
    } - users.keys()
    if gone:
        memory = {key: value for key, value in state.desk_memory.items() if key not in _ABOUT_SPEAKER}
        return msgspec.structs.replace(state, desk_memory=memory, pending=None, customer=CustomerRef())
    if speaker is None or users.get(speaker.user_id, speaker.role) == speaker.role:
        return state
    changed = msgspec.structs.replace(speaker, role=users[speaker.user_id])
    return msgspec.structs.replace(state, desk_memory={**state.desk_memory, **remembered(changed)})
