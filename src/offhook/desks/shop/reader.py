"""The shop's understanding, and two answers that need no understanding: digits for a PIN, and "the second one"."""

from __future__ import annotations

from collections.abc import Sequence

from offhook.contracts.speech import Hypothesis
from offhook.desks.shop.choosing import left_of
from offhook.desks.shop.tools.prove_speaker import PROVE
from offhook.dialogue.choices import pick
from offhook.dialogue.desk import Reader, Reading
from offhook.dialogue.templates import Words
from offhook.kit.pin import LONGEST, SHORTEST
from offhook.understanding.ledger.values_said import CANDIDATES
from offhook.understanding.model import Command, Context, World
from offhook.understanding.spoken_digits import digits_said


class ShopReader:
    """Implements `Reader` around another. `words`: those of the desk's languages."""

    def __init__(self, reader: Reader, words: Sequence[Words]) -> None:
        self._reader = reader
        self._words = tuple(words)

    def read(
        self,
        text: str,
        alternatives: Sequence[Hypothesis],
        confidence: float | None,
        world: World,
        context: Context,
    ) -> Reading:
        answer = _pin(text) if context.asked == "pin" else self._picked(text, context, world)
        if answer is not None:
            open_still = CANDIDATES.get(context.asked or "", "") in answer.slots
            return Reading((answer,), decision="ask" if open_still else "", ask=context.asked if open_still else None)
        return self._reader.read(text, alternatives, confidence, world, context)

    def _picked(self, text: str, context: Context, world: World) -> Command | None:
        pending, asked = context.pending, context.asked or ""
        names = pending.slots.get(CANDIDATES.get(asked, "")) if pending is not None else None
        if pending is None or not isinstance(names, list):
            return None
        offered = [str(name) for name in names]
        left = left_of(text, offered, world.products)
        if len(left) == 1:
            return Command(intent=pending.intent, slots={asked: left[0]})
        if len(left) < len(offered):
            return Command(intent=pending.intent, slots={asked: text, CANDIDATES[asked]: left})
        for words in self._words:
            at = pick(text, len(names), words, plainly=True)
            if at is not None:
                return Command(intent=pending.intent, slots={asked: str(names[at])})
        return None


def _pin(text: str) -> Command | None:
    digits = digits_said(text)
    # "rehne do" holds a two, too: what is shorter than any PIN is read as what it says.
    return Command(intent=PROVE, slots={"pin": digits}) if SHORTEST <= len(digits) <= LONGEST else None
