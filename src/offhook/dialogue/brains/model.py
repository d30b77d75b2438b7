"""What a brain is: it decides a turn, as a stream of words to say and commands to carry out.

Commands, not tool calls: whatever brain asks for a booking, the desk's form takes it, reads it back and waits for the
yes. So no brain can write past the policy, and one brain can go on where another failed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from offhook.contracts.conversation import ConversationState, Say, SlotValue
from offhook.dialogue.desk import Work
from offhook.understanding.model import Command, Problem


@dataclass(frozen=True, slots=True)
class Call:
    """Carry this command out: an agent of the desk does it."""

    command: Command
    problems: tuple[Problem, ...] | None = None
    """What stands against its values; None: whatever the turn's reading says."""


@dataclass(frozen=True, slots=True)
class Note:
    """The brain's own memory of the session, kept under its name."""

    memory: dict[str, SlotValue]


Decided = Say | Call | Note


class BrainFailed(Exception):
    """The brain cannot decide this turn, or not to its end; another one must go on."""


class Brain(Protocol):
    @property
    def name(self) -> str: ...

    def decide(self, work: Work, state: ConversationState) -> AsyncIterator[Decided]:
        """`work.reading` holds what the words were understood as. Raises BrainFailed."""
        ...
