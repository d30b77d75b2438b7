"""The clauses of an English sentence that only tell something, and the days and hours that belong to them.

"I coach until four, so a quarter to five", "we drive to Tulsa on the 19th, could you do it on the 16th": a clause in
which somebody or something does something and nothing is wished for keeps its times to itself, as long as the wish
beside it has such times of its own.
"""

from __future__ import annotations

from itertools import pairwise

from offhook.understanding.date_base import Days
from offhook.understanding.hints import AsideHints
from offhook.understanding.pieces import Part, Piece
from offhook.understanding.reading import Reading
from offhook.understanding.times import Clock

_WISHED = frozenset(
    {
        *("book", "want", "politely", "ask_if", "move", "cancel", "test_drive", "appointment", "my_appointment"),
        *("has_one", "already", "ask_for", "asks_for", "fit_question", "available", "rather", "be_ok", "be_better"),
        *("instead_of", "change_my", "works_question", "book_me", "cant_come", "refused", "that_day", "same_day"),
    }
)
"""Concepts of what is wished for, or of what is booked."""
_KINDS = (Days, Clock, Part)
_ENDS = frozenset({".", "-", "–", "—", ":"})


def told_aside(reading: Reading) -> list[Piece]:
    """The days and times of clauses that only tell something, where others of their kind are wished for."""
    if reading.mixed:
        return []
    clauses = asides(reading)
    timed = [piece for piece in reading.pieces if isinstance(piece, _KINDS)]
    told = [piece for piece in timed if any(piece.start in clause for clause in clauses)]
    kept = [piece for piece in timed if piece not in told]
    return [piece for piece in told if any(_instead(other, piece) for other in kept)]


def asides(reading: Reading) -> list[range]:
    """The tokens of each clause that only tells something."""
    cuts = _cuts(reading)
    if len(cuts) == 1:
        return []
    ends = [*cuts[1:], len(reading.sentence)]
    return [range(start, end) for start, end in zip(cuts, ends, strict=True) if _tells(reading, start, end)]


def _instead(wished: Piece, told: Piece) -> bool:
    if isinstance(told, Days):
        return isinstance(wished, Days)
    return isinstance(wished, Clock | Part)


def _cuts(reading: Reading) -> list[int]:
    """Where clauses begin."""
    s, hints = reading.sentence, reading.when.lexicon.hints.asides
    inside = {i for piece in reading.pieces for i in range(piece.start + 1, piece.end)}
    behind = {piece.end for piece in reading.pieces}
    days = {piece.start for piece in reading.pieces if isinstance(piece, Days)}
    cuts = [0]
    for i in range(1, len(s)):
        if i in inside:
            continue
        if s.pauses(i) or (s.words[i - 1] in _ENDS and not s.glued[i]):
            cuts.append(i)
        elif s.words[i - 1] in hints.joins_beside and cuts[-1] == i - 1:
            continue
        elif _joins(reading, i, cuts[-1]) or (i in behind and s.words[i] in hints.subjects) or _asks(reading, i):
            cuts.append(i)
        elif i in days and cuts[-1] in behind and s.words[i - 1] not in hints.small:
            cuts.append(i)  # "Tuesday I'm away Wednesday at nine then"
    return cuts


def _joins(reading: Reading, i: int, start: int) -> bool:
    s, hints = reading.sentence, reading.when.lexicon.hints.asides
    if s.words[i] in hints.joins:
        return True
    if s.words[i] not in hints.joins_beside or s.word(i + 1) not in hints.subjects:
        return False
    return s.words[i] != "and" or "between" not in s.words[start:i]


def _asks(reading: Reading, i: int) -> bool:
    """Whether a wish begins, whatever stands before it."""
    s, hints = reading.sentence, reading.when.lexicon.hints
    one, two, before = s.words[i], s.word(i + 1), s.word(i - 1)
    if (one in hints.reasons.asking and two in hints.reasons.askers) or (one, two) in hints.reasons.wished:
        return True
    if any(s.has(mark, i) for mark in hints.asides.no_wish):
        return False
    ordered = (one, two) in hints.asides.orders or (one, two) in hints.doubts.opens
    return ordered and before not in hints.asides.subjects and before not in hints.asides.leading


def _tells(reading: Reading, start: int, end: int) -> bool:
    """Whether somebody or something does something in the clause at [start, end), and nothing is wished for."""
    s, hints = reading.sentence, reading.when.lexicon.hints.asides
    words = s.words[start:end]
    if words[0] == "so" or _asks(reading, start) or not hints.wishing.isdisjoint(words):
        return False
    if any(pair in hints.held for pair in pairwise(words)):
        return False
    wished = [found.start for found in reading.concepts if found.name in _WISHED and start <= found.start < end]
    if any(not any(s.has(mark, i) for mark in hints.no_wish) for i in wished):
        return False
    if any(entity.name and not entity.vague and start <= entity.start < end for entity in reading.services):
        return False
    at = start
    while at < end and s.words[at] in hints.leads:
        at += 1
    begins = _time_at(reading, at, hints)
    if begins is not None and begins < end:
        return s.words[begins] in hints.speakers and begins + 1 < end
    return _does(reading, at, end, hints)


def _time_at(reading: Reading, at: int, hints: AsideHints) -> int | None:
    """Where the time ends that a clause begins with."""
    s = reading.sentence
    first = at
    while s.word(first) in hints.small and not any(piece.start == first for piece in reading.pieces):
        first += 1
    return next((piece.end for piece in reading.pieces if piece.start in (at, first)), None)


def _does(reading: Reading, start: int, end: int, hints: AsideHints) -> bool:
    s = reading.sentence
    timed = {i for piece in reading.pieces for i in range(piece.start, piece.end)}
    for i in range(start, end):
        if i in timed:
            continue
        if s.words[i] in hints.verbs or (s.words[i] in hints.speakers and i + 1 < end and i + 1 not in timed):
            return True
        if s.said(i, i + 1).endswith(("'s", "\u2019s")):
            return True
    return False
