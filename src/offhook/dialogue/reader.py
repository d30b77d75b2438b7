"""Understanding as the dialogue asks for it: one desk's language, the recogniser's alternatives, and doubts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from offhook.contracts.speech import Hypothesis
from offhook.dialogue.desk import Reading
from offhook.turns.voice_requests import requested
from offhook.understanding.desk import load_desk_language
from offhook.understanding.model import Command, Context, Problem, Understanding, Understands, World
from offhook.understanding.nbest import understand_best
from offhook.understanding.understander import Understander

DOUBTFUL = 0.5
"""Recogniser's confidence below which a day, a time or a number is made sure of before it is used."""
_DOUBTED = ("date", "time", "phone")


class LanguageReader:
    """Implements `Reader`. Keeps indexes of the tenants seen lately; not for use by several threads."""

    def __init__(self, understander: Understands) -> None:
        self._understander = understander

    @classmethod
    def of_folder(cls, folder: Path) -> LanguageReader:
        """Reads a desk's `language/` folder. Raises FileNotFoundError or ValueError naming what is wrong."""
        return cls(Understander(load_desk_language(folder)))

    def read(
        self,
        text: str,
        alternatives: Sequence[Hypothesis],
        confidence: float | None,
        world: World,
        context: Context,
    ) -> Reading:
        if len(alternatives) > 1:
            understood = understand_best(self._understander, alternatives, world, context)
        else:
            understood = self._understander.understand(text, world, context)
        wish = requested(text)
        if wish is not None:
            # It speaks of nothing but our voice, whatever else its words may mean ("aap jaldi bol rahe ho").
            intent = "repeat" if wish.language is None else "out_of_scope"
            return Reading((Command(intent=intent),), language=understood.language, decision="answer")
        problems = [*understood.problems, *_doubts(understood, confidence)]
        commands = tuple(_whole(understood))
        return Reading(
            commands=commands,
            confidence=understood.confidence,
            problems=tuple(problems),
            language=understood.language,
            decision=understood.decision,
            ask=understood.ask,
            guessed=understood.guessed,
            unclear=understood.unclear,
            understood=any(command.intent != "out_of_scope" for command in commands),
        )


def _whole(understood: Understanding) -> list[Command]:
    """The commands with all that was said of them: a desk's tools take more than the slots."""
    beside = understood.beside or [{}] * len(understood.commands)
    return [
        Command(intent=command.intent, slots={**command.slots, **more}) if more else command
        for command, more in zip(understood.commands, beside, strict=True)
    ]


def _doubts(understood: Understanding, confidence: float | None) -> list[Problem]:
    """The values that were heard too badly to be taken as they are."""
    if confidence is None or confidence >= DOUBTFUL or not understood.commands:
        return []
    known = {problem.slot for problem in understood.problems}
    return [
        Problem(slot=slot, kind="unsure", said=str(understood.commands[0].slots[slot]))
        for slot in _DOUBTED
        if slot in understood.commands[0].slots and slot not in known
    ]
