"""What somebody says first that is not wanted, and what is wanted behind it: "I don't want to cancel, I want to …".

The first part would speak against the second; a sentence that begins so is read from where the wish begins.
"""

from __future__ import annotations

from offhook.understanding.date_base import Days
from offhook.understanding.modality import REFUSED, SPARED
from offhook.understanding.reading import Reading
from offhook.understanding.times import Clock

_LONGEST = 14
"""Words of what is not wanted."""
_KINDS = frozenset({REFUSED, SPARED})


def wish_behind(reading: Reading) -> int:
    """The token where the wish begins behind a refusal that names nothing of it; 0 where there is none.

    A day beside the refusal is of what is moved or cancelled, and stays; "today" only tells when.
    """
    if reading.mixed or reading.mood is None:
        return 0
    s, hints = reading.sentence, reading.when.lexicon.hints.talk
    refused = [found for found in reading.concepts if found.name in _KINDS]
    if not refused:
        return 0
    ends = min(found.end for found in refused)
    begins = next((i for i in range(ends, min(len(s), _LONGEST)) if s.pauses(i) or s.word(i - 1) == "."), 0)
    while begins and s.word(begins) in hints.turned:
        begins += 1
    if not begins or not any(s.has(mark, begins) for mark in hints.wishes):
        return 0
    named = [entity.start for entity in (*reading.services, *reading.models)]
    named += [piece.start for piece in reading.pieces if isinstance(piece, Days | Clock) and not _today(reading, piece)]
    return 0 if any(at < begins for at in named) else begins


def _today(reading: Reading, piece: Days | Clock) -> bool:
    return reading.sentence.words[piece.start : piece.end] in (["today"], ["now"], ["right", "now"])
