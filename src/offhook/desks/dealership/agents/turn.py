"""A turn of the booking form on its way from one room to the next."""

from __future__ import annotations

from dataclasses import dataclass

from offhook.dialogue.forms import FormState
from offhook.dialogue.model import Line, Question


@dataclass(frozen=True, slots=True)
class Turn:
    """What it came in with, what it is now, what is to be said."""

    before: FormState
    form: FormState
    lines: tuple[Line, ...] = ()
    asked: str = ""
    denied: bool = False
    """The caller said no, and nothing instead."""
    never: bool = False
    """A day or time was said that cannot be: others are offered."""
    nothing_free: bool = False
    """The book has no time like that, and none instead."""
    wants_offers: bool = False
    """Free times were asked for, not one of them wished."""
    question: Question | None = None
    """A question that comes before the form's own (offers, "which one?")."""
