"""What of a sentence nothing accounts for: words that belong to nothing we know, numbers without a role, doubts."""

from __future__ import annotations

from offhook.understanding.date_base import Days
from offhook.understanding.desk import DeskLanguage
from offhook.understanding.frames import OTHER_TRADE
from offhook.understanding.mixed.gloss import Glossed
from offhook.understanding.modality import beside_the_wish
from offhook.understanding.model import Context
from offhook.understanding.reading import Reading
from offhook.understanding.times import Clock
from offhook.understanding.worlds import WorldIndex

_WHEN = ("date", "time", "datetime")


def mark_unread(
    reading: Reading,
    desk: DeskLanguage,
    index: WorldIndex,
    context: Context,
    taken: list[bool],
    covered: list[bool],
    glossed: Glossed | None,
) -> None:
    """Fill the fields of `reading` that tell it.

    Args:
        taken: tokens of values.
        covered: tokens of times; widened here to all that is accounted for.
        glossed: how the sentence was read by way of the desk's language, where it is in another one.
    """
    for i in glossed.covered if glossed is not None else ():
        covered[i] = True
    reading.foreign = _foreign(reading, desk, index, taken, covered)
    if reading.mood is not None:
        named = reading.models or reading.makes
        spoken = [found for found in reading.concepts if found.name != "test_word" or named]
        reading.beside = beside_the_wish(reading.sentence, desk.modal, spoken, _valued(reading, taken))
    words = reading.sentence.words
    stray = [
        i
        for i, word in enumerate(words)
        if not (covered[i] or taken[i]) and _tells_number(word, desk) and reading.sentence.word(i + 1) not in _AGES
        if not (glossed is not None and word == "1" and _an_article(reading, i))
    ]
    reading.numbers = stray if glossed is None else [*glossed.untold, *stray]
    if glossed is not None:
        reading.unsettled = _unsettled(reading, [*reading.foreign, *stray], glossed, context)


def _unsettled(reading: Reading, tokens: list[int], glossed: Glossed, context: Context) -> list[int]:
    """`tokens` but those that only say again what is known or are put right by the words behind them, bare hours, and
    doubts outside of days and times that say what they leave open ("Monday or Tuesday").
    """
    words = reading.sentence.words
    held = context.pending.slots.values() if context.pending is not None else ()
    known = glossed.headings | {part for value in held for part in str(value).lower().replace(":", " ").split()}
    bare = () if context.asked in _WHEN else _bare_hours(reading)
    spans = [range(piece.start, piece.end) for piece in reading.pieces]
    inside = {i for span in spans if len(span) > 1 for i in span}
    replaced = {i + 2 for i in range(len(words)) if words[i : i + 2] == ["instead", "of"]}
    unread = [i for i in (*tokens, *bare) if words[i].lower() not in known and i not in replaced]
    cars = {entity.start - 1 for entity in reading.models}  # "papa ki Swift" is a car like any other
    doubts = [i for i in glossed.doubts if not (i in cars and i in glossed.people)]
    put_right = context.asked in ("confirm", "change") and bool(reading.pieces or reading.name)
    aside = {*inside, *(glossed.rest if put_right else ())}  # "baaki sab sahi hai, bas waqt …"
    return [i for i in (*unread, *doubts) if i not in aside]


def _bare_hours(reading: Reading) -> list[int]:
    """Numbers that are taken for an hour and have nothing that makes them one, nor are put in place of another."""
    words = reading.sentence.words
    return [
        piece.start
        for piece in reading.pieces
        if isinstance(piece, Clock) and piece.end == piece.start + 1
        if words[piece.start].isdecimal() and words[piece.start - 1 : piece.start] != [","]
    ]


def _valued(reading: Reading, taken: list[bool]) -> list[bool]:
    """The tokens of values, and of what is put right or ruled out by another value."""
    valued = list(taken)
    words, corrections = reading.sentence.words, reading.when.lexicon.correction_words
    for span in (*reading.pieces, *reading.values, *reading.amounts):
        valued[span.start : span.end] = [True] * (span.end - span.start)
    for entity in (*reading.services, *reading.models):
        for i in entity.tokens:
            valued[i] = True
    for i in reading.makes:
        valued[i] = True
    kinds = [type(piece) for piece in reading.pieces]
    several = len(reading.services) > 1 or any(kinds.count(kind) > 1 for kind in (Days, Clock))
    times = reading.when.lexicon.calendar.sets
    begins = {piece.start for piece in reading.pieces}
    for i, word in enumerate(words):
        leads = word in times["approx"] or word in times["time_before"]
        valued[i] = (
            valued[i]
            or (word in corrections and any(valued[:i]))
            or (several and word == "not")
            or (leads and not begins.isdisjoint((i + 1, i + 2)))
        )
    return valued


def _an_article(reading: Reading, i: int) -> bool:
    """ "ek test drive": one in words, of what nobody has two of."""
    return not reading.sentence.said(i, i + 1).isdecimal()


_AGES = frozenset({"year", "years", "yr", "yrs"})
"""Behind a number that tells how old something is."""


def _tells_number(word: str, desk: DeskLanguage) -> bool:
    return (
        word[0].isdecimal()
        or (word in desk.lexicon.numbers.units and word != "one")
        or word in desk.lexicon.numbers.tens
    )


def _foreign(
    reading: Reading, desk: DeskLanguage, index: WorldIndex, taken: list[bool], covered: list[bool]
) -> list[int]:
    sentence = reading.sentence
    for found in (*reading.concepts, *reading.values):
        if found.name == OTHER_TRADE:
            continue
        book = desk.values if "=" in found.name else desk.concepts
        for i in range(found.start, found.end):
            covered[i] = covered[i] or book.holds(found.name, sentence.words[i], reading.stems[i])
    for entity in (*reading.services, *reading.models):
        for i in entity.tokens:
            covered[i] = True
        said = {reading.stems[i] for i in entity.tokens}
        covered[:] = [done or reading.stems[i] in said for i, done in enumerate(covered)]
    for amount in reading.amounts:
        covered[amount.start : amount.end] = [True] * (amount.end - amount.start)
    known = desk.lexicon.function_words
    return [
        i
        for i, word in enumerate(sentence.words)
        if not covered[i] and not taken[i] and word not in known and word[0].isalpha() and word not in desk.makes
    ]
