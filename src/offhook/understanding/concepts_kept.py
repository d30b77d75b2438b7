"""Which of the phrases that were found in a sentence count: not those inside a day, a longer phrase or another name."""

from __future__ import annotations

from collections.abc import Iterable

from offhook.understanding.date_base import Days
from offhook.understanding.desk import DeskLanguage
from offhook.understanding.entities import Entity
from offhook.understanding.phrases import Found
from offhook.understanding.pieces import Piece
from offhook.understanding.text import Sentence
from offhook.understanding.times import Clock


def outside_unlisted(services: list[Entity], concepts: Iterable[Found]) -> list[Found]:
    """Without those in the name of work that is not listed ("timing" of the "timing belt" is no opening hour)."""
    others = [set(entity.tokens) for entity in services if entity.name is None and not entity.candidates]
    return [one for one in concepts if not any(span.issuperset(range(one.start, one.end)) for span in others)]


def part_of_time(found: Found, pieces: list[Piece]) -> bool:
    """Whether a phrase lies within a day or a time ("apr" in "apr 1st" is no interest rate)."""
    return any(
        piece.start <= found.start and found.end <= piece.end for piece in pieces if isinstance(piece, Days | Clock)
    )


def longest(found: list[Found], sentence: Sentence, stems: list[str], desk: DeskLanguage) -> list[Found]:
    """Drop telling concepts inside longer ones ("how much" in "how much time")."""
    weights = desk.frames.weights
    heavy = [one for one in found if weights.get(one.name, 1.0) >= 1.5]
    if len(heavy) < 1 or len(found) < 2:
        return found
    drop = {
        inner
        for inner in heavy
        for outer in found
        if outer.start <= inner.start
        and inner.end <= outer.end
        and outer.end - outer.start > inner.end - inner.start
        and outer.name != inner.name
        and weights.get(outer.name, 1.0) >= 1.5
        and _holds(outer, inner, sentence, stems, desk)
    }
    return [one for one in found if one not in drop] if drop else found


def _holds(outer: Found, inner: Found, sentence: Sentence, stems: list[str], desk: DeskLanguage) -> bool:
    """Whether the inner phrase is part of the outer one's words and not in a gap of it ("plans changed, cancel …")."""
    held = (desk.concepts.holds(outer.name, sentence.words[i], stems[i]) for i in range(inner.start, inner.end))
    return any(held) or not desk.concepts.holds(outer.name, sentence.words[outer.start], stems[outer.start])
