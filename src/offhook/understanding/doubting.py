"""Whether what a clause asks for is only supposed, told of others, broken off, or maybe another thing.

A doubt carries nothing out: it makes a write a question.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import pairwise

from offhook.understanding.asides import aside_words, told_aside
from offhook.understanding.date_base import Days
from offhook.understanding.desk import DeskLanguage
from offhook.understanding.entities import Entity, within
from offhook.understanding.frames import Match
from offhook.understanding.guesses import (
    ASKING,
    GUESSED,
    MOVE,
    NOTHING,
    REASON,
    UNSURE,
    WISHES,
    may_begin,
    wish_begins,
)
from offhook.understanding.modality import ALREADY, UNWANTED, denies, turns
from offhook.understanding.moves import shifts_old, tells_apart
from offhook.understanding.phrases import Found
from offhook.understanding.pieces import Piece, Span
from offhook.understanding.reading import Reading
from offhook.understanding.sayings import Guess
from offhook.understanding.text import Sentence
from offhook.understanding.times import Clock
from offhook.understanding.wish_clauses import of_errands, reasons, told_times

_CERTAIN = 0.85
"""The certainty from which a write needs no question. Of sayings that were not learned from, of those who want one and
tell a day and a time four in five have it; of those who only speak of one, one in thirty."""
_BEYOND_DOUBT = 0.95
"""The certainty from which what seldom turns a wish needs no question either."""
_WISHING = frozenset({"book", "want", "ask_if", "politely", "appointment"})
"""What makes bare values a wish, whatever else is said."""
_FOR_SOMEBODY = frozenset({"service.book", "testdrive.book"})
"""What is written with the name of whom it is for."""
_PUTTING = frozenset({"move", "do_it"})
"""What makes a length of time how far an appointment goes ("ek ghanta aage kar do"), and no reason of being late."""


def doubtful(
    reading: Reading,
    desk: DeskLanguage,
    matches: list[Match],
    present: frozenset[str],
    start: int,
    end: int,
    sure: bool,
) -> bool:
    """Whether the clause at [start, end) needs a question before anything is written.

    Args:
        present: what the clause contains.
        sure: whether the words of the whole sentence ask for it plainly (`surely_wished`).
    """
    mood = reading.mood
    if reading.mixed and matches and matches[0].frame.intent in WISHES and of_errands(reading):
        return True
    guessed = bool(matches) and matches[0].alternative is GUESSED
    if guessed and not (sure and present.isdisjoint(matches[0].frame.forbid)):
        return True
    if mood is None or not matches:
        return False
    intent = matches[0].frame.intent
    if reading.unnamed and intent in _FOR_SOMEBODY:
        return True
    aside = aside_words(reading)
    beside = [i for i in reading.beside if start <= i < end and i not in aside]
    if any(part_of_other(reading, desk, entity) for entity in within(reading.services, start, end)):
        return True
    if _trails(reading, beside):
        return True
    begins = wish_begins(intent, reading, desk.modal) if sure else 0
    if sure:
        beside = [i for i in beside if i >= begins and _speaks_against(reading, desk, i, intent)]
    if beside or mood.open or any(max(start, begins) <= at < end for at in mood.doubtful):
        return True
    if mood.unfinished and end == len(reading.sentence):
        return True
    near = any(near_name(reading, entity) for entity in within(reading.services, start, end))
    if near and not (sure and all(_usual(reading, desk, i, intent) for i in _beside_names(reading))):
        return True
    # Bare values behind words of something else ("the neighbours' oil change on Friday at ten").
    bare = all(need.startswith("@") for need in matches[0].alternative.needs)
    named = min((entity.start for entity in within(reading.services, start, end)), default=start)
    wished = not _WISHING.isdisjoint(present)
    return bare and not wished and any(start <= i < named for i in reading.foreign)


def inquires(reading: Reading, found: Found, start: int, end: int) -> bool:
    """Whether a question begins there; one of "is" and the like behind what it may belong to tells something."""
    if found.name != "question" or not start <= found.start < end:
        return False
    words, hints = reading.sentence.words, reading.when.lexicon.hints.talk
    before = words[found.start - 1] if found.start > start else ""
    return words[found.start] not in hints.being or not before or before in hints.before_question


def _trails(reading: Reading, strange: Collection[int]) -> bool:
    """Whether all that is said behind the last value is strange: maybe a name ("Friday at nine Ann Lee")."""
    last = max((piece.end for piece in reading.pieces), default=len(reading.sentence))
    return last < len(reading.sentence) and all(i in strange for i in range(last, len(reading.sentence)))


def _speaks_against(reading: Reading, desk: DeskLanguage, i: int, intent: str) -> bool:
    """Whether a strange word may turn a sure wish, or take its day for itself."""
    if i in reading.numbers or turns(reading.sentence, desk.modal, i):
        return True
    return _takes(reading, i) and (_behind(reading, i) or not _usual(reading, desk, i, intent))


def _reason_ends(reading: Reading, desk: DeskLanguage, intent: str) -> int:
    """The token where all that was said before the wish ends, where something marks it: "…, so Friday at ten"."""
    words = reading.sentence.words
    times = [piece.start for piece in reading.pieces if isinstance(piece, Days | Clock)]
    last = max(times, default=0)
    marks = [i + 1 for i in range(REASON, last) if words[i] in desk.lexicon.hints.doubts.ends]
    asked = [i for i in range(REASON + 1, last) if words[i] in ASKING and may_begin(words, i, desk.modal)]
    opened = [
        i
        for i in range(REASON + 1, last)
        if tuple(words[i : i + 2]) in desk.lexicon.hints.doubts.opens and reading.sentence.pauses(i)
    ]
    return max([wish_begins(intent, reading, desk.modal), *marks, *asked, *opened])


def _turns(reading: Reading, desk: DeskLanguage, i: int) -> bool:
    """`turns`, but for "has to"."""
    due = reading.sentence.word(i) in desk.modal.sets["having"] and reading.sentence.word(i + 1) == "to"
    return not due and turns(reading.sentence, desk.modal, i)


def _leads(reading: Reading, i: int) -> bool:
    """Whether a day or a time follows a word at once ("before my holiday on Friday")."""
    return any(0 < piece.start - i <= 2 for piece in reading.pieces)


def _behind(reading: Reading, i: int) -> bool:
    """Whether a word hangs on something that may take the day with it: "before my holiday on Friday"."""
    return not reading.when.lexicon.hints.doubts.taking.isdisjoint(reading.sentence.words[max(0, i - 3) : i])


def _takes(reading: Reading, i: int) -> bool:
    """Whether a word may take the day for itself or be somebody ("before my vacation on Friday", "for John")."""
    before, being = reading.sentence.words[max(0, i - 3) : i], reading.when.lexicon.hints.doubts.being
    if not {"for", "of"}.isdisjoint(before[-2:]) or any(pair in being for pair in pairwise(before)):
        return True
    return any(0 < piece.start - i <= 2 for piece in reading.pieces)


def near_name(reading: Reading, entity: Entity) -> bool:
    """One word of a name beside a word that nothing knows ("oil painting", "room service"): maybe another thing."""
    if len(entity.tokens) != 1:
        return False
    sides = [i for i in (entity.start - 1, entity.end) if i in reading.foreign]
    return any(not reading.mixed or _touch(reading.sentence, max(i, entity.start)) for i in sides)


def part_of_other(reading: Reading, desk: DeskLanguage, entity: Entity) -> bool:
    """A part that everything may have, of a thing that nothing knows: "replace the wallet battery"."""
    words, hints, at = reading.sentence.words, desk.lexicon.hints.works, max(entity.tokens, default=0)
    if len(entity.tokens) < 2 or words[at] not in hints.anywhere or words[max(0, at - 2)] not in hints.owners:
        return False
    strange = at - 1 in reading.beside and at - 1 in reading.foreign
    return strange and words[at - 1] not in desk.known_words and not _usual(reading, desk, at - 1, "service.book")


def _touch(sentence: Sentence, i: int) -> bool:
    """Whether nothing was said between the token `i` and the one before it; a mixed sentence leaves small words out."""
    return not sentence.text[sentence.ends[i - 1] : sentence.starts[i]].strip()


def _beside_names(reading: Reading) -> list[int]:
    """The strange words on either side of what is near a name."""
    near = [entity for entity in reading.services if near_name(reading, entity)]
    if reading.mixed and any(entity.name for entity in reading.services):
        near = [entity for entity in near if entity.name]
    return [i for entity in near for i in (entity.start - 1, entity.end) if i in reading.foreign]


def _usual(reading: Reading, desk: DeskLanguage, i: int, intent: str) -> bool:
    """Whether a strange word is such as callers say who want this ("run diagnostics")."""
    return desk.sayings is not None and desk.sayings.speaks_for(reading.stems[i], intent)


SIGNS = ("share", "nothing", "uttered", "guessed", "plain", "usual", "turning", "denying", "doubtful", "open")


def signs_of(
    reading: Reading, desk: DeskLanguage, match: Match, guesses: Sequence[Guess], present: frozenset[str]
) -> list[float]:
    """A number for each of `SIGNS`.

    Args:
        match: what the whole sentence is taken for.
        present: what it contains.
    """
    intent = match.frame.intent
    share = next((one.share for one in guesses if one.label == intent), 0.0)
    nothing = sum(one.share for one in guesses if one.label.startswith(NOTHING))
    strange = reading.unsettled if reading.mixed else reading.beside
    usual = [i for i in strange if _usual(reading, desk, i, intent)]
    turning = [i for i in strange if turns(reading.sentence, desk.modal, i)]
    denying = [i for i in strange if denies(reading.sentence, desk.modal, i)]
    mood = reading.mood
    return [
        _odds(share),
        _odds(nothing),
        float(not WISHES[intent].isdisjoint(present)),
        float(match.alternative is GUESSED),
        float(len(set(strange) - {*usual, *turning, *denying})),
        float(len(set(usual) - {*turning, *denying})),
        float(len(turning)),
        float(len(denying)),
        float(len(mood.doubtful)) if mood is not None else 0.0,
        float(mood.open) if mood is not None else 0.0,
    ]


def certainly_wished(
    reading: Reading, desk: DeskLanguage, match: Match, guesses: Sequence[Guess], present: frozenset[str]
) -> bool:
    """Whether the whole sentence asks for this write beyond doubt; where a value may be another one, never."""
    if desk.certainty is None or match.frame.intent not in WISHES:
        return False
    share = desk.certainty.share(signs_of(reading, desk, match, guesses, present), reading.mixed)
    return share >= _CERTAIN and not _open_values(reading, desk, match, present, share)


def moved_plainly(reading: Reading, desk: DeskLanguage, match: Match, present: frozenset[str]) -> bool:
    """Whether a move says beyond doubt which day or time is the old one and which the new, whatever tells why: "I have
    an appointment on Thursday but my son has an exam that day, can I come on Friday at three instead".
    """
    mood = reading.mood
    if match.frame.intent != MOVE or mood is None or reading.mixed or not _OWN.intersection(present):
        return False
    if not present.isdisjoint(UNSURE - {ALREADY}) or "cancel" in present or reading.numbers:
        return False
    if mood.open or mood.taken_back or mood.unfinished or not tells_apart(reading):
        return False
    pieces = [piece for piece in reading.pieces if isinstance(piece, Days | Clock)]
    uttered = [f.start for f in reading.concepts if f.name in _MOVING and f.start < pieces[-1].start]
    begins = max((at for at in uttered if at == 0 or _may_begin(reading, at, desk)), default=-1)
    if begins < 0 or any(at >= begins for at in (*mood.doubtful, *reading.beside)):
        return False
    return not any(reading.sentence.words[i] in desk.modal.sets["tellers"] for i in reading.beside)


def _may_begin(reading: Reading, at: int, desk: DeskLanguage) -> bool:
    """`may_begin`, and "…, make it Friday at eleven"."""
    said = any(found.start == at and found.name in _ANEW for found in reading.concepts)
    return may_begin(reading.sentence.words, at, desk.modal) or (said and reading.sentence.pauses(at))


_ANEW = frozenset({"make_it", "move_me"})
_OWN = frozenset({"has_one", "my_appointment", ALREADY})
"""What makes the old day or time the caller's own."""
_MOVING = WISHES[MOVE] | _ANEW | {"book", "fit_question"}


def _open_values(reading: Reading, desk: DeskLanguage, match: Match, present: frozenset[str], share: float) -> bool:
    """Whether something speaks against the write itself, or against what it would write."""
    mood, words = reading.mood, reading.sentence.words
    intent = match.frame.intent
    begins = 0 if reading.mixed else _reason_ends(reading, desk, intent)
    absent = "cant_come" in present and "pickup_drop" not in present  # who can not come has it fetched
    if _unsure(reading, desk, intent, present, begins) or (absent and intent != MOVE):
        return True
    if mood is not None and (mood.unfinished or mood.taken_back):
        return True
    if reading.mixed and not (match.frame.forbid | {UNWANTED}).isdisjoint(found.name for found in reading.concepts):
        return True
    if of_errands(reading) or any(part_of_other(reading, desk, entity) for entity in reading.services):
        return True
    aside = reasons(reading) | aside_words(reading)
    strange = {i for i in (*reading.unsettled, *reading.beside) if i >= begins and i not in aside}
    numbers = any(i >= begins and i not in aside for i in reading.numbers) and not reading.mixed
    if numbers or any(words[i][0].isdecimal() for i in strange):
        return True
    if reading.mixed and not strange.issubset(reading.foreign):
        return True  # words that leave it open whether it is wished for
    if _may_turn(reading, desk, strange, share, begins):
        return True
    if not all(i in aside or _usual(reading, desk, i, intent) for i in _beside_names(reading)):
        return True
    if mood is not None and any(at >= begins for at in mood.doubtful):
        return True
    if _trails(reading, strange) or any(_behind(reading, i) and _leads(reading, i) for i in strange):
        return True
    if reading.unnamed or (reading.name is None and "name" in words):
        return True  # somebody was named, and nobody was read
    if reading.name is not None:
        beside = [*words[: reading.name.start], *words[reading.name.end :]] if reading.mixed else words
        if not reading.when.lexicon.correction_words.isdisjoint(beside):
            return True
    if intent == MOVE and any(isinstance(piece, Span) for piece in reading.pieces):
        far = "@shift" in present and shifts_old(reading)
        return not (far and not (reading.mixed and _PUTTING.isdisjoint(present)))
    told = told_times(reading) if intent != MOVE else []
    told += told_aside(reading)
    several = _several(reading, begins, told)
    if several and reading.mixed and not _names_old(reading, desk):
        return True  # "guruvar ko hartaal hai, meri service agle guruvar kar do"
    return several and not (intent == MOVE and tells_apart(reading))


def _unsure(reading: Reading, desk: DeskLanguage, intent: str, present: frozenset[str], begins: int) -> bool:
    """Whether something is refused or over already.

    Before a move that is plainly asked for, what is over with others only tells why: "my sitter cancelled, could we …".
    """
    over = [found.start for found in reading.concepts if found.name == ALREADY]
    own = desk.lexicon.hints.doubts.own
    plain = bool(over) and intent == MOVE and not reading.mixed and not WISHES[MOVE].isdisjoint(present)
    told = plain and all(i < begins and own.isdisjoint(reading.sentence.words[max(0, i - 3) : i]) for i in over)
    return not present.isdisjoint(UNSURE - {ALREADY} if told else UNSURE)


def _names_old(reading: Reading, desk: DeskLanguage) -> bool:
    """Whether a mixed sentence says which of its days or times is the old one ("kal ka appointment parso")."""
    words, named = reading.sentence.words, reading.when.lexicon.calendar.sets["appointment_words"]
    if not desk.tells_old.isdisjoint(reading.sentence.text.lower().split()):
        return True
    return any(
        words[piece.start - 1 : piece.start] == ["my"] and not named.isdisjoint(words[piece.end : piece.end + 1])
        for piece in reading.pieces
    )


def _may_turn(reading: Reading, desk: DeskLanguage, strange: set[int], share: float, begins: int) -> bool:
    """Whether something said may turn the wish: "nobody wants …", "is it smart to book …"."""
    if reading.mood is not None and any(i >= begins for i in reading.mood.opens):
        return True
    turning = [i for i in strange.intersection(reading.beside) if _turns(reading, desk, i)]
    return bool(turning) and (share < _BEYOND_DOUBT or any(_on_condition(reading, desk, i) for i in turning))


def _on_condition(reading: Reading, desk: DeskLanguage, i: int) -> bool:
    """ "new brake pads when I have time on Monday": a condition between the work and its day."""
    named = any(entity.end <= i for entity in (*reading.services, *reading.models))
    dated = any(piece.start > i for piece in reading.pieces)
    return named and dated and reading.sentence.words[i] in desk.modal.sets["suppositions"]


def _several(reading: Reading, begins: int, told: Sequence[Piece]) -> bool:
    """Whether more than one day or more than one time is spoken of from the token `begins` on, but for those `told`."""
    over = {found.start for found in reading.concepts if found.name == "over_then"}  # "OPD teen baje khatam hoti hai"
    said = [piece for piece in reading.pieces if piece.start >= begins and piece.end not in over and piece not in told]
    days = {(piece.first, piece.last, piece.days) for piece in said if isinstance(piece, Days)}
    times = {(piece.hour, piece.minute) for piece in said if isinstance(piece, Clock)}
    return len(days) > 1 or len(times) > 1


def _odds(share: float) -> float:
    share = min(max(share, 0.001), 0.999)
    return math.log(share / (1.0 - share))
