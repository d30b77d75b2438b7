"""Which of the phrases that were found in a sentence count: not those inside a day, a longer phrase or another name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from offhook.understanding.date_base import Days
from offhook.understanding.desk import DeskLanguage
from offhook.understanding.entities import Entity
from offhook.understanding.phrases import Found
from offhook.understanding.pieces import Piece
from offhook.understanding.text import Sentence
from offhook.understanding.times import Clock

_TOPICS = frozenset({"hours", "documents", "offers", "stock"})
_DONE = ("~kar", "~kr", "~ho")
"""What makes a deed of the noun before it."""


def outside_unlisted(services: list[Entity], concepts: Iterable[Found]) -> list[Found]:
    """Without those in the name of work that is not listed ("timing" of the "timing belt" is no opening hour)."""
    others = [set(entity.tokens) for entity in services if entity.name is None and not entity.candidates]
    return [one for one in concepts if not any(span.issuperset(range(one.start, one.end)) for span in others)]


def part_of_time(found: Found, pieces: list[Piece]) -> bool:
    """Whether a phrase lies within a day or a time ("apr" in "apr 1st" is no interest rate)."""
    return any(
        piece.start <= found.start and found.end <= piece.end for piece in pieces if isinstance(piece, Days | Clock)
    )


_HELD = frozenset({"appointment", "my_appointment", "it_word", "@service"})


def of_the_wish(found: list[Found], sentence: Sentence, told: Sequence[range]) -> list[Found]:
    """Without what only happened elsewhere, in a clause that tells: "flight cancel ho gayi", "night shift hai"."""
    kept = []
    for one in found:
        clause = next((clause for clause in told if one.start in clause), None)
        if clause is None or one.name not in ("cancel", "move", "move_word"):
            kept.append(one)
            continue
        ours = any(other.name in _HELD and other.start in clause for other in found)
        behind = sentence.words[one.end : clause.stop]
        done = behind[:1] and behind[0].startswith(_DONE)
        if ours or (one.name == "cancel" and behind[:1] != ["~ho"]) or (one.name != "cancel" and done):
            kept.append(one)
    return kept


def of_the_answer(found: list[Found], told: Sequence[range]) -> list[Found]:
    """Without the topics that a reason touches where our question is answered: "parso, kal chhutti nahi hai"."""
    return [one for one in found if not (one.name in _TOPICS and any(one.start in clause for clause in told))]


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
