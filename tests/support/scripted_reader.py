"""Understanding by a table, for tests of the dialogue that are not about language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from offhook.contracts.speech import Hypothesis
from offhook.dialogue.desk import Reading
from offhook.understanding.model import Command, Context, World


class ScriptedReader:
    """Reads exactly the sentences it was given; everything else is out of scope."""

    def __init__(self, readings: Mapping[str, Reading | Command | Sequence[Command]] | None = None) -> None:
        self.readings = dict(readings or {})
        self.contexts: list[Context] = []

    def read(
        self,
        text: str,
        alternatives: Sequence[Hypothesis],
        confidence: float | None,
        world: World,
        context: Context,
    ) -> Reading:
        self.contexts.append(context)
        found = self.readings.get(text)
        match found:
            case None:
                return Reading((Command(intent="out_of_scope"),), understood=False)
            case Reading():
                return found
            case Command():
                return Reading((found,))
            case _:
                return Reading(tuple(found))
