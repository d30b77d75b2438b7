"""Which brain decides a turn, and how one takes over from another in mid-reply."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Literal

from offhook.contracts.conversation import ConversationState, asks_for_secret
from offhook.dialogue.brains.llm import LlmBrain
from offhook.dialogue.brains.model import Brain, BrainFailed, Decided
from offhook.dialogue.brains.rules import RulesBrain
from offhook.dialogue.desk import Work
from offhook.dialogue.model import MEMORY_MODEL_SPOKE
from offhook.dialogue.watch import REFUSE
from offhook.kit.closing import closing

BrainMode = Literal["auto", "rules", "llm"]

_TALK = frozenset({"greet", "smalltalk", "out_of_scope", "faq", "thanks"})
"""Intents that a model may answer in words; everything else that was understood is the desk's own work."""
_ANSWERS = frozenset({"confirm", "deny", "thanks", "smalltalk"})
"""What answers the reply before it, whoever spoke it."""


class Brains:
    """`rules`: rules alone. `auto`: the model where rules understood nothing. `llm`: the model for all talk, too, and
    for whatever rules did not understand while a form is being filled."""

    def __init__(
        self, mode: BrainMode, model: LlmBrain | None, on_failure: Callable[[str], None] = lambda kind: None
    ) -> None:
        self._mode: BrainMode = mode
        self._rules: Brain = RulesBrain()
        self._llm: Brain | None = model if mode != "rules" else None
        self._on_failure = on_failure

    async def decide(self, work: Work, state: ConversationState) -> AsyncIterator[tuple[str, Decided]]:
        """(name of the brain, what it decided). Never fails: the rules go on after whatever was said already."""
        if self._llm is not None and self._suits(work, state):
            try:
                async with closing(self._llm.decide(work, state)) as outputs:
                    async for output in outputs:
                        yield self._llm.name, output
                return
            except BrainFailed:
                self._on_failure("llm")
        async with closing(self._rules.decide(work, state)) as outputs:
            async for output in outputs:
                yield self._rules.name, output

    def _suits(self, work: Work, state: ConversationState) -> bool:
        """Whether this turn is talk: no work of the desk that rules understood, no answer that a form waits for."""
        if work.turn.source not in ("text", "speech") or asks_for_secret(state):
            return False  # a PIN goes to no model, however it was heard
        reading = work.reading
        if reading is not None and reading.decision == REFUSE:
            return False
        if state.pending is not None:
            unclear = reading is None or not (reading.understood or reading.problems)
            return self._mode == "llm" and unclear
        if reading is None or not reading.commands or reading.guessed:
            return True
        intents = {command.intent for command in reading.commands}
        if MEMORY_MODEL_SPOKE in state.desk_memory and intents <= _ANSWERS:
            return True
        if self._mode == "auto" and reading.understood:
            return False
        return intents <= _TALK
