"""What a desk's tools need before they run, as data. The tool runner enforces it; no brain can talk it round."""

from __future__ import annotations

from dataclasses import dataclass

from offhook.dialogue.guard import INJECTION, OTHER_CUSTOMER


@dataclass(frozen=True, slots=True)
class Policy:
    confirmed: frozenset[str] = frozenset()
    """Tools that run only with exactly the arguments that were read back, after a yes in a later turn."""
    commands_per_turn: int = 4
    """Commands of one utterance that are carried out; the rest is dropped and the caller told to say it again."""
    refused: tuple[str, ...] = (INJECTION, OTHER_CUSTOMER)
    """Kinds of attempts (dialogue/guard.py) that callers of this desk are refused; where callers own the data, asking
    for a customer's is no attempt."""
    out_of_scope_before_human: int = 2
    """Unrelated requests in a row before a human is offered."""
    not_heard_before_help: int = 3
    """Unreadable utterances in a row before the keypad and a human are offered."""
