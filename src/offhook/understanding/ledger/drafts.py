"""A command in the making, with what stands against it."""

from __future__ import annotations

from dataclasses import dataclass, field

from offhook.contracts.conversation import SlotValue
from offhook.understanding.ledger.decide import Doubts
from offhook.understanding.ledger.spans import Person
from offhook.understanding.model import Command

DATED = frozenset({"credit.add", "invoice.create", "payment.refund"})
"""Entries that are of a day, which their slots do not say."""


@dataclass(slots=True)
class Draft:
    command: Command
    doubts: Doubts
    person: Person | None = None
    beside: dict[str, SlotValue] = field(default_factory=dict)
    """As `Understanding.beside`."""
