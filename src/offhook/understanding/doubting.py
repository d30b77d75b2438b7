"""Whether what a clause asks for is only supposed, told of others, broken off, or maybe another thing.

A doubt carries nothing out: it makes a write a question.
"""

from __future__ import annotations

from itertools import pairwise

from offhook.understanding.desk import DeskLanguage
from offhook.understanding.entities import Entity, within
from offhook.understanding.frames import Match
from offhook.understanding.guesses import GUESSED, wish_begins
from offhook.understanding.modality import denies, turns
from offhook.understanding.reading import Reading

_WISHING = frozenset({"book", "want", "ask_if", "politely", "appointment"})
"""What makes bare values a wish, whatever else is said."""
_BEING = frozenset({("it", "is"), ("this", "is"), ("i", "am")})
_TAKING = frozenset({"for", "of", "before", "after", "until", "since", "during", "from"})


def doubtful(
    reading: Reading,
    desk: DeskLanguage,
    matches: list[Match],
    present: frozenset[str],
    start: int,
    end: int,
    sure: int,
) -> bool:
    """Whether the clause at [start, end) needs a question before anything is written.

    Args:
        present: what the clause contains.
        sure: how plainly the words of the whole sentence ask for it (`surely_wished`).
    """
    mood = reading.mood
    if (
        matches
        and matches[0].alternative is GUESSED
        and not (sure > 1 or (sure and present.isdisjoint(matches[0].frame.forbid)))
    ):
        return True
    if mood is None or not matches:
        return False
    beside = [i for i in reading.beside if start <= i < end]
    begins = wish_begins(matches[0].frame.intent, reading, desk.modal) if sure else 0
    if sure:
        turning = denies if sure > 1 else turns
        beside = [
            i
            for i in beside
            if i >= begins
            and (
                i in reading.numbers
                or turning(reading.sentence, desk.modal, i)
                or (
                    _takes(reading, i)
                    and (sure < 2 or _behind(reading, i))
                    and (_behind(reading, i) or not _usual(reading, desk, i, matches[0].frame.intent))
                )
            )
        ]
    open_or_told = sure < 2 and (mood.open or any(max(start, begins) <= at < end for at in mood.doubtful))
    if beside or open_or_told:
        return True
    if mood.unfinished and end == len(reading.sentence):
        return True
    if any(near_name(reading, entity) for entity in within(reading.services, start, end)):
        intent = matches[0].frame.intent
        strange = {i for entity in reading.services for i in (entity.start - 1, entity.end)} & set(reading.foreign)
        if not (sure and all(_usual(reading, desk, i, intent) for i in strange)):
            return True
    # Bare values behind words of something else ("the neighbours' oil change on Friday at ten").
    bare = all(need.startswith("@") for need in matches[0].alternative.needs)
    named = min((entity.start for entity in within(reading.services, start, end)), default=start)
    wished = not _WISHING.isdisjoint(present)
    return bare and not wished and sure < 2 and any(start <= i < named for i in reading.foreign)


def _behind(reading: Reading, i: int) -> bool:
    """Whether a word hangs on something that may take the day with it: "before my holiday on Friday"."""
    return not _TAKING.isdisjoint(reading.sentence.words[max(0, i - 3) : i])


def _takes(reading: Reading, i: int) -> bool:
    """Whether a word may take the day for itself or be somebody ("before my vacation on Friday", "for John")."""
    before = reading.sentence.words[max(0, i - 3) : i]
    if not {"for", "of"}.isdisjoint(before[-2:]) or any(pair in _BEING for pair in pairwise(before)):
        return True
    return any(0 < piece.start - i <= 2 for piece in reading.pieces)


def near_name(reading: Reading, entity: Entity) -> bool:
    """One word of a name beside a word that nothing knows ("oil painting", "room service"): maybe another thing."""
    return len(entity.tokens) == 1 and (entity.start - 1 in reading.foreign or entity.end in reading.foreign)


def _usual(reading: Reading, desk: DeskLanguage, i: int, intent: str) -> bool:
    """Whether a strange word is such as callers say who want this ("run diagnostics")."""
    return desk.sayings is not None and desk.sayings.speaks_for(reading.stems[i], intent)
