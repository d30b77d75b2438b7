"""Cutting a line into clauses: each with one wish, matched against the frames."""

from __future__ import annotations

from offhook.understanding.ledger import several
from offhook.understanding.ledger.clause_reading import read_clause
from offhook.understanding.ledger.clauses import Clause
from offhook.understanding.ledger.desk import LedgerDesk
from offhook.understanding.ledger.periods import find_period
from offhook.understanding.ledger.reading import LineReading
from offhook.understanding.ledger.spans import Scan

_MAX_CLAUSES = 6
_MAX_LINKS = 12


class ClauseMaker:
    def __init__(self, desk: LedgerDesk) -> None:
        self._frames = desk.language.frames
        self._bars = desk.bars

    def clauses(self, reading: LineReading, *, leaning: bool) -> list[Clause]:
        """`leaning`: whether a customer was spoken of before."""
        size = len(reading.scan)
        if not size:
            return []
        parts: list[Clause] = []
        start = 0
        for link, width in several.links(reading)[:_MAX_LINKS]:
            if len(parts) >= _MAX_CLAUSES - 1:
                break
            left = self.clause(reading, start, link, leaning=leaning)
            named = leaning or bool(left.persons)
            right = self.clause(reading, link + width, size, leaning=named, billed="bill" in left.present)
            listed = (
                bool(parts) and several.one_each(left) and several.one_each(right) and several.lends(parts[-1], right)
            )
            if listed or several.stand_alone(reading.scan, left, right):
                parts.append(left)
                start = link + width
        leaning = leaning or any(part.persons for part in parts)
        billed = bool(parts) and "bill" in parts[-1].present
        parts.append(self.clause(reading, start, size, leaning=leaning, billed=billed))
        return parts

    def clause(self, reading: LineReading, start: int, end: int, *, leaning: bool, billed: bool = False) -> Clause:
        """`leaning`: whether somebody was named before; `billed`: whether a bill was spoken of just before."""
        clause = read_clause(reading.scan, reading.concepts, reading.values, start, end)
        times = reading.times(start, end, "past") if reading.timed else None
        if times is not None and find_period(reading.scan, start, end, times, reading.now):
            clause.present |= {"@range", "@date"}
        if leaning and not clause.persons:
            clause.present.add("@known")
        if billed and "bill" not in clause.present:
            clause.present.add("@billed")
        self.match(clause, reading.scan)
        return clause

    def match(self, clause: Clause, scan: Scan) -> None:
        """Find the frames that fit what is present in a clause."""
        size = max(clause.end - clause.start, 1)
        matches = self._frames.matches(frozenset(clause.present), len(clause.foreign), size)
        clause.matches = [match for match in matches if not self._bars.barred(match, clause, scan)]
