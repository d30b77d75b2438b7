"""The rules brain: what understanding read is what is done. Works offline and never fails."""

from __future__ import annotations

from collections.abc import AsyncIterator

from offhook.contracts.conversation import ConversationState
from offhook.dialogue.brains.model import Call, Decided
from offhook.dialogue.desk import Work
from offhook.understanding.model import Command

_LAST = ("handoff", "goodbye")
"""Carried out after everything else that was asked in the same breath."""
TOO_MUCH = "too_much"
"""Our own: more was asked in one breath than is carried out."""
_POLITE = ("greet", "smalltalk", "thanks")
"""Answered only where nothing else was said."""
OUT_OF_SCOPE = "out_of_scope"
RULES = "rules"
"""The brain's name, and the `source` of its turns."""


class RulesBrain:
    @property
    def name(self) -> str:
        return RULES

    async def decide(self, work: Work, state: ConversationState) -> AsyncIterator[Decided]:
        reading = work.reading
        commands = list(reading.commands) if reading is not None else []
        if not commands:
            commands = [Command(intent=OUT_OF_SCOPE)]
        commands = [one for one in commands if one.intent not in _POLITE] or commands[:1]
        commands.sort(key=lambda command: _rank(command, work, state))
        limit = work.desk.policy.commands_per_turn
        for command in commands[:limit]:
            yield Call(command)
        if len(commands) > limit:
            yield Call(Command(intent=TOO_MUCH))


def _rank(command: Command, work: Work, state: ConversationState) -> int:
    """Questions are answered before a form goes on, so that the reply ends with the form's own question."""
    if command.intent in _LAST:
        return 3
    form_intents = {one.form.intent for one in work.desk.forms}
    if command.intent in form_intents:
        return 2
    if state.pending is not None and command.intent in ("confirm", "deny", "correct"):
        return 1
    return 0
