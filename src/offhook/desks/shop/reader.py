"""The shop's understanding, with one thing of its own: the question for a PIN is answered by digits alone."""

from __future__ import annotations

from collections.abc import Sequence

from offhook.contracts.speech import Hypothesis
from offhook.desks.shop.tools.prove_speaker import PROVE
from offhook.dialogue.desk import Reader, Reading
from offhook.kit.pin import LONGEST
from offhook.understanding.model import Command, Context, World
from offhook.understanding.spoken_digits import digits_said


class PinReader:
    """Implements `Reader` around another."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(
        self,
        text: str,
        alternatives: Sequence[Hypothesis],
        confidence: float | None,
        world: World,
        context: Context,
    ) -> Reading:
        if context.asked == "pin":
            digits = digits_said(text)
            if digits and len(digits) <= LONGEST:
                return Reading((Command(intent=PROVE, slots={"pin": digits}),))
        return self._reader.read(text, alternatives, confidence, world, context)
