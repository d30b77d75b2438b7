"""Which brain decides a turn, and how one takes over from another in mid-reply."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Literal

from offhook.contracts.conversation import ConversationState, Say
from offhook.contracts.llm import Llm
from offhook.dialogue.brains.llm import LlmBrain
from offhook.dialogue.brains.model import Brain, BrainFailed, Call
from offhook.dialogue.brains.rules import RulesBrain
from offhook.dialogue.desk import Work
from offhook.kit.closing import closing

BrainMode = Literal["auto", "rules", "llm"]

_TALK = frozenset({"greet", "smalltalk", "out_of_scope", "faq", "thanks"})
"""Intents that a model may answer in words; everything else is the desk's own work."""


class Brains:
    """`rules`: rules alone. `auto`: the model where rules understood nothing. `llm`: the model for all talk."""

    def __init__(self, mode: BrainMode, llm: Llm | None, on_failure: Callable[[str], None] = lambda kind: None) -> None:
        self._mode: BrainMode = mode
        self._rules: Brain = RulesBrain()
        self._llm: Brain | None = LlmBrain(llm) if llm is not None and mode != "rules" else None
        self._on_failure = on_failure

    async def decide(self, work: Work, state: ConversationState) -> AsyncIterator[tuple[str, Say | Call]]:
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
        """Whether this turn is talk: no work of the desk in it, none waiting for its answer."""
        if state.pending is not None or work.turn.source not in ("text", "speech"):
            return False
        reading = work.reading
        if reading is None or not reading.commands:
            return True
        if self._mode == "auto" and reading.understood:
            return False
        return all(command.intent in _TALK for command in reading.commands)
