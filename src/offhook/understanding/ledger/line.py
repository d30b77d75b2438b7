"""One line of a caller with all that it is judged by: its words, what they contain, and what was said before."""

from __future__ import annotations

from dataclasses import dataclass

from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.reading import LineReading, tongue_of
from offhook.understanding.ledger.spans import Scan
from offhook.understanding.model import Context, World


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    context: Context
    reading: LineReading
    clauses: list[Clause]

    @property
    def scan(self) -> Scan:
        return self.reading.scan

    @property
    def world(self) -> World:
        return self.reading.world

    @property
    def tongue(self) -> str:
        """The language that it is in."""
        return tongue_of(self.reading)

    @property
    def present(self) -> set[str]:
        """What is found in any of the clauses."""
        return {name for clause in self.clauses for name in clause.present}

    @property
    def fresh(self) -> bool:
        """Whether no command waits for it."""
        return self.context.pending is None
