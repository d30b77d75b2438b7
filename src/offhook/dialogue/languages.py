"""Which language a turn is answered in: the one that was asked for, else the speaker's own."""

from __future__ import annotations

from offhook.contracts.conversation import ConversationState
from offhook.dialogue.desk import Reading, Work
from offhook.dialogue.model import MEMORY_LANGUAGE
from offhook.dialogue.templates import DEFAULT_LANGUAGE

TEXT_CHANNELS = ("chat", "socketio")
_ENGLISH = frozenset(
    ["paid", "gave", "took", "bought", "returned", "received", "owes", "owed", "borrowed", "from", "what", "how", "who"]
)
"""Words that make a short turn English ("Kavita paid 300"), and that no other language writes so."""
_FEW = 3
"""Words of a turn that are said alike in every language: "ok", a name, a time."""


def answering_language(work: Work, state: ConversationState, reading: Reading) -> str:
    """The language of the reply; what the business does not speak leaves it as it was.

    Who writes a language in Latin letters ("hi-Latn") is answered in them; voices read the language's own letters.
    """
    served = work.business.languages
    asked = state.desk_memory.get(MEMORY_LANGUAGE)
    language = asked if isinstance(asked, str) else reading.language
    if language != asked and language == DEFAULT_LANGUAGE and _tells_nothing(work, state, reading):
        return state.language
    base = language.partition("-")[0]
    if base not in served and language not in served:
        return state.language
    return language if language in served or state.channel in TEXT_CHANNELS else base


def _tells_nothing(work: Work, state: ConversationState, reading: Reading) -> bool:
    """What was not understood is no sign of English either, once the caller has shown their language."""
    words = [word for word in work.turn.text.lower().split() if any(map(str.isalpha, word))]
    if len(words) <= _FEW and _ENGLISH.isdisjoint(words):
        return True
    return not reading.understood and any(message.role == "user" for message in state.messages)
