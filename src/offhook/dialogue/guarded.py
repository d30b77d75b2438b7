"""An understander with the guard before it, as it stands in a talk: an attempt is refused, whatever else it says."""

from __future__ import annotations

from time import perf_counter

from offhook.dialogue.guard import Guard
from offhook.understanding.model import Command, Context, Understanding, Understands, World


class Guarded:
    """Implements `Understands`.

    Args:
        refused: kinds of attempts (dialogue/guard.py) that this desk's callers are refused.
    """

    def __init__(self, understander: Understands, refused: tuple[str, ...], guard: Guard | None = None) -> None:
        self._understander = understander
        self._refused = refused
        self._guard = guard or Guard.load()

    def understand(
        self, text: str, world: World, context: Context | None = None, explain: bool = False
    ) -> Understanding:
        began = perf_counter()
        kind = self._guard.suspects(text, self._refused)
        result = self._understander.understand(text, world, context, explain)
        if kind is not None:
            result = Understanding(
                commands=[Command(intent="out_of_scope", slots={"reason": kind})],
                decision="refuse",
                language=result.language,
                confidence=1.0,
                explain=[f"guard: an attempt ({kind})"] if explain else [],
            )
        result.elapsed_ms = round((perf_counter() - began) * 1000.0, 3)
        return result
