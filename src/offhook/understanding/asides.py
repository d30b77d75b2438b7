"""The clauses of an English sentence that only tell something, and the days and hours that belong to them.

"I coach until four, so a quarter to five", "we drive to Tulsa on the 19th, could you do it on the 16th": a clause in
which somebody or something does something and nothing is wished for keeps its times to itself, as long as the wish
beside it has such times of its own.
"""

from __future__ import annotations

from itertools import pairwise

from offhook.understanding.date_base import Days
from offhook.understanding.hints import AsideHints, ReasonHints
from offhook.understanding.phrases import Found
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
_DONE = frozenset({"move", "cancel", "change_my"})
"""Those that somebody else may do as well."""
_SHORT = 4
"""Letters of words that end like those of what somebody did, and are none ("need")."""
_AROUND = 3
"""Words of a concept that stands around something: "drop .. off"."""
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
    past = [clause for clause in clauses if any(_over(reading, piece) for piece in told if piece.start in clause)]
    wished = _wishes(reading, clauses)
    out: list[Piece] = []
    for piece in told:
        gone = any(piece.start in clause for clause in past)
        alone = wished and _elsewhere(reading, piece, next(clause for clause in clauses if piece.start in clause))
        hangs = bool(out) and _hangs(reading, out[-1], piece)
        if gone or alone or hangs or any(_instead(other, piece) for other in kept):
            out.append(piece)
    return out


def _hangs(reading: Reading, day: Piece, piece: Piece) -> bool:
    """Whether an hour or a part of the day is that of the day before it: "till Tuesday night"."""
    if not isinstance(day, Days) or isinstance(piece, Days):
        return False
    return {"at", "in", "the", "around"}.issuperset(reading.sentence.words[day.end : piece.start])


def _elsewhere(reading: Reading, piece: Piece, clause: range) -> bool:
    """Whether an hour is surely that of something else, though the wish has none: "I drop my son at eight, so Friday".

    One that is a bound ("I work until two") tells something of the wish as well, and so does one at which a car or
    somebody comes.
    """
    if not isinstance(piece, Clock) or reading.when.around.bound(piece.start, piece.end) is not None:
        return False
    visiting = reading.when.lexicon.hints.asides.visiting
    cars = any(entity.start in clause for entity in reading.models)
    return not cars and visiting.isdisjoint(reading.sentence.words[clause.start : clause.stop])


def day_aside(reading: Reading) -> bool:
    """Whether the only day is that of something else, while the hour is wished for: "I work on Friday. Oil change at
    nine?"."""
    if reading.mixed:
        return False
    clauses, hints = asides(reading), reading.when.lexicon.hints.asides
    coming = hints.visiting | hints.at_hand
    days = [piece for piece in reading.pieces if isinstance(piece, Days)]
    told = [clause for clause in clauses if any(day.start in clause for day in days)]
    if not told or any(not any(day.start in clause for clause in told) for day in days):
        return False
    words = reading.sentence.words
    if "then" in words or any(not coming.isdisjoint(words[clause.start : clause.stop]) for clause in told):
        return False
    clocks = [piece for piece in reading.pieces if isinstance(piece, Clock)]
    return any(not any(clock.start in clause for clause in clauses) for clock in clocks)


def _wishes(reading: Reading, clauses: list[range]) -> bool:
    """Whether work, a car or a day is spoken of in a clause that does not only tell something."""
    named = [entity.start for entity in (*reading.services, *reading.models) if entity.name]
    named += [piece.start for piece in reading.pieces if isinstance(piece, Days)]
    return any(not any(i in clause for clause in clauses) for i in named)


def aside_words(reading: Reading) -> frozenset[int]:
    """The tokens of clauses whose days and times are not those of the wish: they tell of something else altogether."""
    told = told_aside(reading)
    if not told:
        return frozenset()
    return frozenset(i for clause in asides(reading) if any(piece.start in clause for piece in told) for i in clause)


def asides(reading: Reading) -> list[range]:
    """The tokens of each clause that only tells something. Nothing of a mixed sentence is told in this way."""
    if reading.aside is None:
        cuts = [0] if reading.mixed else _cuts(reading)
        spans = zip(cuts, [*cuts[1:], len(reading.sentence)], strict=True)
        told = [range(start, end) for start, end in spans if _tells(reading, start, end)] if len(cuts) > 1 else []
        reading.aside = told
    return reading.aside


def _over(reading: Reading, piece: Piece) -> bool:
    """Whether a day is over, or was this morning: "it barely turned over this morning"."""
    if not isinstance(piece, Days) or piece.last is None:
        return False
    today = reading.when.now.date()
    return piece.last < today or (piece.last == today and piece.daypart in ("morning", "night"))


def _instead(wished: Piece, told: Piece) -> bool:
    if isinstance(told, Days):
        return isinstance(wished, Days)
    return isinstance(wished, Clock | Part)


def _cuts(reading: Reading) -> list[int]:
    """Where clauses begin."""
    s, hints = reading.sentence, reading.when.lexicon.hints.asides
    inside = {i for piece in reading.pieces for i in range(piece.start + 1, piece.end)}
    timed = inside.union(piece.start for piece in reading.pieces)
    behind = {piece.end for piece in reading.pieces}
    days = {piece.start for piece in reading.pieces if isinstance(piece, Days)}
    cuts, begun = [0], False
    fronted = False
    """Whether somebody does something on the day that the clause begins with."""
    for i in range(1, len(s)):
        before = i - 1
        begun = begun or not (before in timed or s.words[before] in hints.leads or s.words[before] in hints.small)
        if i in inside:
            continue
        subject = i in behind and s.words[i] in hints.subjects
        cut = s.pauses(i) or (s.words[before] in _ENDS and not s.glued[i]) or _joins(reading, i, cuts[-1])
        cut = cut or (begun and (subject or _asks(reading, i)))
        # "Tuesday I'm away Wednesday at nine then"
        cut = cut or (fronted and i in days and s.words[before] not in hints.small)
        fronted = not s.pauses(i) and (fronted or subject)
        if cut:
            cuts.append(i)
            begun, fronted = False, subject and not s.pauses(i)
    return cuts


def _joins(reading: Reading, i: int, start: int) -> bool:
    s, hints = reading.sentence, reading.when.lexicon.hints.asides
    if s.words[i] in hints.joins:
        return True
    if s.words[i] not in hints.joins_beside or s.words[i - 1] in hints.joins:
        return False
    if s.word(i + 1) not in hints.subjects and not (s.words[i] == "and" and s.word(i + 1) in hints.behind_and):
        return False
    return s.words[i] != "and" or "between" not in s.words[start:i]


def begins_wish(one: str, two: str, hints: ReasonHints) -> bool:
    """ "can someone", "I need"."""
    return (one in hints.asking and two in hints.askers) or (one, two) in hints.wished


def _asks(reading: Reading, i: int) -> bool:
    """Whether a wish begins, whatever stands before it."""
    s, hints = reading.sentence, reading.when.lexicon.hints
    one, two, before = s.words[i], s.word(i + 1), s.word(i - 1)
    if begins_wish(one, two, hints.reasons):
        return True
    if (one, two) not in hints.asides.orders and (one, two) not in hints.doubts.opens:
        return False
    led = before in hints.asides.subjects or before in hints.asides.leading
    return not led and not any(s.has(mark, i) for mark in hints.asides.no_wish)


def _tells(reading: Reading, start: int, end: int) -> bool:
    """Whether somebody or something does something in the clause at [start, end), and nothing is wished for."""
    s, hints = reading.sentence, reading.when.lexicon.hints.asides
    words = s.words[start:end]
    at = start
    while at < end and s.words[at] in hints.leads:
        at += 1
    if s.word(at) in hints.no_aside or _asks(reading, start):
        return False
    others = _of_others(reading, at, end)
    wishing = hints.wishing - hints.able if others else hints.wishing
    if not wishing.isdisjoint(words):
        return False
    if any(pair in hints.held for pair in pairwise(words)) or _holds(reading, start, end, hints):
        return False
    concepts = [found for found in reading.concepts if start <= found.start < end]
    if others:  # "the dentist moved me to the 10th"
        concepts = [found for found in concepts if found.name not in _DONE]
    if any(_speaks(reading, found) for found in concepts):
        return False
    over = any(start <= piece.start < end and _over(reading, piece) for piece in reading.pieces)
    if not over and any(
        entity.name and not entity.vague and start <= entity.start < end for entity in reading.services
    ):
        return False
    begins = _time_at(reading, at, hints)
    if begins is not None and begins < end:
        over = any(piece.end == begins and _over(reading, piece) for piece in reading.pieces)
        return (over and _does(reading, begins, end, hints)) or (s.words[begins] in hints.speakers and begins + 1 < end)
    return over or _does(reading, at, end, hints)


def _of_others(reading: Reading, at: int, end: int) -> bool:
    """Whether a clause speaks of somebody who brings no car: "the plumber can only come on Wednesday"."""
    s, hints = reading.sentence, reading.when.lexicon.hints
    owned = s.word(at) in hints.asides.owning or s.word(at) == "they"
    somebody = not hints.talk.persons.isdisjoint(s.words[at : at + 3])
    things = hints.asides.visiting - {"come", "coming", "there", "here", "see", "be", "between"}
    return owned and not somebody and things.isdisjoint(s.words[at:end])


def _speaks(reading: Reading, found: Found) -> bool:
    """Whether a concept is one of a wish; "I drop my son off" holds the words of one around somebody else."""
    s, hints = reading.sentence, reading.when.lexicon.hints.asides
    if found.name not in _WISHED or any(s.has(mark, found.start) for mark in hints.no_wish):
        return False
    if found.name != "book" or found.end - found.start < _AROUND:
        return True
    within = range(found.start, found.end)
    return not hints.visiting.isdisjoint(s.words[found.start : found.end]) or any(
        entity.start in within for entity in (*reading.models, *reading.services)
    )


def _holds(reading: Reading, start: int, end: int, hints: AsideHints) -> bool:
    """Whether somebody has a day or a time: "I had two o'clock on Thursday"."""
    words = reading.sentence.words
    timed = [piece for piece in reading.pieces if start < piece.start < end and isinstance(piece, Days | Clock)]
    days = [piece.start - (words[piece.start - 1] == "on") for piece in timed if isinstance(piece, Days)]
    if any(words[piece.start - 2 : piece.start] in (["it", "is"], ["that", "is"]) for piece in timed):
        return True
    return any(words[piece.start - 1] in hints.holding for piece in timed) or any(
        words[at - 1] in hints.at_hand and words[at - 3 : at - 1] in (["i", "am"], ["we", "are"]) for at in days
    )


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
        done = i > start and len(s.words[i]) > _SHORT and s.words[i].endswith("ed")
        if done or s.words[i] in hints.verbs or (s.words[i] in hints.speakers and i + 1 < end and i + 1 not in timed):
            return True
        acts = i - start > 1 and s.words[i][-1] == "s" and s.words[i][-2:] != "ss" and s.words[start] in hints.owning
        if acts and i + 1 < end and i + 1 not in timed and s.words[i + 1] not in hints.small:
            return True  # "the carpool eats my mornings"
        if s.said(i, i + 1).endswith(("'s", "\u2019s")):
            return True
    return False
