"""Times of what else a caller has to do: "we have a wedding at three that afternoon", "my class ends at noon".

An event in the words right before a time takes it for itself. What makes a bound of such a time ("my bus gets in at
one, so after that") leaves it one of the wish.
"""

from __future__ import annotations

from offhook.understanding.date_base import Days
from offhook.understanding.pieces import Part, Piece
from offhook.understanding.reading import Reading
from offhook.understanding.times import Clock

_NEAR = 6
"""Words between an event and its time ("my shift at the hospital starts at")."""
_DAY_BEHIND = frozenset({"on", "this", "that", "the"})


def without_events(reading: Reading, pieces: list[Piece], *, wished: bool) -> list[Piece]:
    """`pieces` but the times of events, with the part of the day that is named behind one ("at six that evening").

    Args:
        wished: something is asked for; where nothing is, a time is left out only beside another one.
    """
    if reading.mixed or reading.when.around.pointing() is not None:
        return pieces
    gone: list[Piece] = []
    clocks = [piece for piece in pieces if isinstance(piece, Clock)]
    for clock in clocks:
        if _of_event(reading, clock, alone=len(clocks) == 1) or _ends_span(reading, gone, clock):
            gone.append(clock)
    if not gone or not (wished or len(gone) < len(clocks)):
        return pieces
    days = [piece for piece in pieces if isinstance(piece, Days)]
    with_them = [day for day in days if any(_beside(reading, clock, day) for clock in gone)]
    if len(with_them) < len(days):
        gone += with_them
    gone += [piece for piece in pieces if isinstance(piece, Part) and any(_beside(reading, c, piece) for c in gone)]
    return [piece for piece in pieces if piece not in gone]


def _of_event(reading: Reading, clock: Clock, *, alone: bool) -> bool:
    """`alone`: no other time is said, so that only what is surely an event takes this one."""
    words, hints = reading.sentence.words, reading.when.lexicon.hints.events
    days = [piece for piece in reading.pieces if isinstance(piece, Days)]
    at, seen = clock.start - 1, 0
    while at > 0 and seen < _NEAR:
        word = words[at]
        due = tuple(words[max(0, at - 2) : at]) in hints.due
        if tuple(words[at - 1 : at + 1]) in hints.over:
            return True
        if word in hints.events or (word in hints.others and (due or not alone)):
            return due or _had(words, at, clock.start, reading)
        day = next((day for day in days if day.start <= at < day.end), None)
        if day is not None and words[day.start - 1] not in _DAY_BEHIND:
            return False  # "I have an exam, Thursday at four instead"
        if word not in hints.between and day is None and words[at - 1] not in hints.placed:
            return False
        if reading.sentence.pauses(at):
            return False
        seen += day is None
        at -= 1
    return False


def _had(words: list[str], at: int, end: int, reading: Reading) -> bool:
    """Whether somebody has the event: "we have a wedding", "my daughter's recital is"; not "like the party"."""
    hints = reading.when.lexicon.hints.events
    if reading.sentence.pauses(at + 1):
        return False
    told = words[at - 1] == "the" and not hints.goes.isdisjoint(words[at:end])
    return told or not hints.having.isdisjoint(words[max(0, at - 4) : at])


def _ends_span(reading: Reading, gone: list[Piece], clock: Clock) -> bool:
    """ "my lunch break is twelve to one": the other end of what an event takes."""
    links = reading.when.lexicon.calendar.sets["range_links"]
    return any(reading.sentence.word(one.end) in links and clock.start == one.end + 1 for one in gone)


def _beside(reading: Reading, clock: Piece, other: Piece) -> bool:
    """Whether a day or a part of one belongs to the time of an event: "lands at six on Friday", "on Friday at six"."""
    words = reading.sentence.words
    behind = words[clock.end : other.start]
    if other.start >= clock.end:
        return (
            not reading.sentence.pauses(other.start)
            and len(behind) <= 2
            and {"that", "the", "in", "same", "on"}.issuperset(behind)
        )
    between = words[other.end : clock.start]
    return isinstance(other, Days) and len(between) <= 1 and words[other.start - 1] in _DAY_BEHIND
