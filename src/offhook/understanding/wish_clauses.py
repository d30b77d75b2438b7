"""What the clauses of a mixed sentence that only tell something hold, and the wish beside them does not.

"Papa chal nahi sakte, raat aath baje duty hai, kal das baje oil change kar dijiye": who is spoken of there, what fails
and when, is a reason, as long as the wish says the same kind of thing itself.
"""

from __future__ import annotations

from offhook.understanding.date_base import Days
from offhook.understanding.entities import Entity
from offhook.understanding.pieces import Part, Piece
from offhook.understanding.reading import Reading
from offhook.understanding.spans import Span
from offhook.understanding.times import Clock

_WISHED = frozenset({"book", "want", "do_it", "politely", "move", "test_drive", "must_come"})
_SUPPOSED, _DOUBT = "supposed", "doubt"
_TROUBLE = frozenset({"trouble", "breakdown", "danger"})
_KINDS = (Days, Clock, Part, Span)


def told_times(reading: Reading, *, answers: bool = False) -> list[Piece]:
    """The days and times that only belong to a reason: another of their kind stands in the wish behind it.

    Args:
        answers: our question is answered: the reason may stand behind what it is for ("somvar ko, itvaar ko mela hai").
    """
    if not reading.told:
        return []
    told = [piece for piece in reading.pieces if isinstance(piece, _KINDS) and _only_told(reading, piece)]
    kept = [piece for piece in reading.pieces if piece not in told]
    out: list[Piece] = []
    for piece in told:
        behind = [other for other in kept if answers or other.start >= piece.end]
        again = any(type(other) is type(piece) for other in behind) or _of_trouble(reading, piece)
        again = again or (isinstance(piece, Span) and any(isinstance(other, Clock) for other in behind))
        part = isinstance(piece, Part) and any(isinstance(other, Part | Clock) for other in behind)
        if again or part:
            out.append(piece)
    return out


def wished_services(reading: Reading, services: list[Entity]) -> list[Entity]:
    """The work that the wish names, where a reason beside it speaks of other work."""
    wished = [entity for entity in services if _clause(reading, entity.start) is None]
    asked = any(found.name in _WISHED and _clause(reading, found.start) is None for found in reading.concepts)
    return wished if asked and any(entity.name and not entity.vague for entity in wished) else services


def reasons(reading: Reading) -> frozenset[int]:
    """The tokens of clauses that can change nothing of the wish behind them: no day or time of it stands in one, and
    nothing is only supposed there."""
    if not reading.told:
        return frozenset()
    times = told_times(reading)
    used = [piece for piece in reading.pieces if piece not in times]
    last = max((piece.start for piece in used), default=0)
    supposed = {found.start for found in reading.concepts if found.name == _SUPPOSED}
    named = [entity for entity in (*reading.services, *reading.models) if entity.name]
    bare = not any(found.name in _WISHED and _clause(reading, found.start) is None for found in reading.concepts)
    if bare and named and all(_clause(reading, entity.start) is not None for entity in named):
        return frozenset()  # "a friend said a brake check costs 500, tomorrow at ten"
    out: set[int] = set()
    for clause in reading.told:
        holds = any(piece.start in clause for piece in used) or not supposed.isdisjoint(clause)
        if clause.stop <= last and not holds:
            out.update(clause)
    return frozenset(out)


def beside_answer(reading: Reading) -> frozenset[int]:
    """The tokens of clauses that only tell why an answer is what it is."""
    times = told_times(reading, answers=True)
    used = [piece for piece in reading.pieces if piece not in times]
    leading = {found.start for found in reading.concepts if found.name in (_SUPPOSED, _DOUBT)}
    values = [piece.start for piece in used] + [entity.start for entity in (*reading.services, *reading.models)]
    values.extend(() if reading.name is None else range(reading.name.start, reading.name.end))
    out: set[int] = set()
    for clause in reading.told:
        holds = any(i in clause for i in values)
        if not holds and leading.isdisjoint(clause):
            out.update(clause)
    return frozenset(out)


def of_errands(reading: Reading) -> bool:
    """Whether the only time there is is one at which one has to be elsewhere, or that is over: "das baje bank jaana
    hai, oil change kar do"."""
    told = told_times(reading)
    clocks = [piece for piece in reading.pieces if isinstance(piece, Clock) and piece not in told]
    aside = [*reading.errands, *(clause for clause in reading.past if not _wishes(reading, clause))]
    return any(_only_told(reading, one) and any(one.start in clause for clause in aside) for one in clocks)


def _wishes(reading: Reading, clause: range) -> bool:
    return any(found.name in _WISHED and found.start in clause for found in reading.concepts)


def _only_told(reading: Reading, piece: Piece) -> bool:
    """Whether a time stands in a clause that tells, and asks for nothing."""
    clause = _clause(reading, piece.start)
    if clause is None:
        return False
    named = [entity for entity in reading.services if entity.name]
    apart = any(_clause(reading, entity.start) is None for entity in named)
    if any(entity.start in clause for entity in named) and not apart:
        return False
    return clause in reading.past or not _wishes(reading, clause)


def _of_trouble(reading: Reading, piece: Piece) -> bool:
    """ "subah start nahi hoti": the part of the day in which something fails."""
    clause = _clause(reading, piece.start)
    if (
        clause is None
        or not isinstance(piece, Part)
        or any(isinstance(p, Clock) and p.start in clause for p in reading.pieces)
    ):
        return False
    return any(found.name in _TROUBLE and found.start in clause for found in reading.concepts)


def _clause(reading: Reading, i: int) -> range | None:
    return next((clause for clause in reading.told if i in clause), None)
