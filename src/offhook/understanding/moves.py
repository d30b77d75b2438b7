"""Times of a move: which say where the appointment is now, which where it shall go ("from Friday to Monday at ten").

Relative moves ("an hour later", "same time the next day") lean on the appointment where it is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from offhook.understanding.asides import told_aside
from offhook.understanding.date_base import Days
from offhook.understanding.model import AppointmentRef, Context
from offhook.understanding.pieces import Piece, Wish
from offhook.understanding.reading import Reading
from offhook.understanding.spans import Span
from offhook.understanding.times import Clock
from offhook.understanding.when import When

_HELD_WITHIN = 5
"""Words between them and their time ("I have an appointment with you guys on Friday")."""
_HELD = frozenset({"already", "has_one"})
"""Concepts before the time of what is booked: "I booked for Friday"."""


def read_move(reading: Reading, pieces: list[Piece], context: Context) -> When:
    """The When of a reschedule: `date`, `time` where to; `from_date`, `from_time` where from."""
    wishes = [piece for piece in pieces if isinstance(piece, Wish | Span)]
    pieces = [piece for piece in pieces if not isinstance(piece, Wish | Span)]
    if not reading.mixed:
        pieces = [piece for piece in _but_reasons(reading, pieces) if not _of_today(reading, piece)]
        pieces = _but_asides(reading, pieces)
    split = _split(reading, pieces)
    old, new = pieces[:split], pieces[split:]
    if pieces and not new and _cannot_come(reading, pieces):
        old, new = pieces, []
    elif split == 0:
        old, new = _apart(reading, pieces)
    if not reading.mixed:
        new = [piece for piece in _of_wish(reading, new) if not _beside_shift(reading, piece, wishes)]
    appointment = context.appointment
    booked = booked_day(appointment)
    when = reading.when.combine([*wishes, *new], known_date=booked)
    before = reading.when.combine(old, refused=True) if old else None
    if before is not None and not reading.mixed:
        _after_old(reading, when, new, before.date)
    if _put_off(reading, new):
        _arrive(when, new)
    days_on = appointment is None and len(new) == 1 and _counted_on(reading, new[0])
    if before is not None:
        when.from_date, when.from_time = before.date or before.date_from, before.time or before.time_from
        when.problems.extend(problem for problem in before.problems if problem.kind != "past")
        if days_on and when.date is not None and when.from_date is not None:
            when.date = when.from_date + (when.date - reading.when.now.date())
    if when.shift_min is not None and when.time is None:
        when.time_from = when.time_to = None  # "push it two hours, I have the children till noon"
    _shift(when, appointment, booked or when.from_date)
    if when.time is not None:
        when.same_time = False  # "the play is at the same time, could you move it to eleven"
    if when.same_time and appointment is not None and when.time is None:
        when.time = _time_of(appointment)
    return when


def _of_today(reading: Reading, piece: Piece) -> bool:
    """ "… to half past four, my boss is on one today": how things are."""
    words = reading.sentence.words
    if not isinstance(piece, Days) or words[piece.start : piece.end] != ["today"]:
        return False
    before = words[max(0, piece.start - 4) : piece.start]
    return bool(before) and not {"is", "are", "am"}.isdisjoint(before) and {"to", "for", "at", "can"}.isdisjoint(before)


def _after_old(reading: Reading, when: When, new: Sequence[Piece], old: date | None) -> None:
    """ "Friday … the Monday after": the first such day behind the old one."""
    days = [piece for piece in new if isinstance(piece, Days)]
    if old is None or when.date is None or len(days) != 1 or days[0].weekday is None:
        return
    words = reading.sentence.words
    if words[days[0].end - 1 : days[0].end] == ["after"] or words[days[0].end : days[0].end + 1] in (
        ["after"],
        ["following"],
    ):
        when.date = old + timedelta(days=(days[0].weekday - old.weekday() - 1) % 7 + 1)


def _but_reasons(reading: Reading, pieces: list[Piece]) -> list[Piece]:
    """`pieces` but those that only tell why: "the vet is coming Monday, so move my Wednesday booking to Friday"."""
    words, hints = reading.sentence.words, reading.when.lexicon.hints
    led = (i for i in range(len(words) - 1, 0, -1) if words[i] == "so" and words[i - 1] not in hints.reasons.no_reason)
    at = next(led, 0)
    told = [piece for piece in pieces if piece.end <= at and not _is_old(reading, pieces, piece)]
    behind = [piece for piece in pieces if piece.start > at]
    old = [p for p in behind if _of_appointment(reading, p) or _replaced(reading, p) or _led_out(reading, p)]
    return [piece for piece in pieces if piece not in told] if at and 0 < len(old) < len(behind) else pieces


def _but_asides(reading: Reading, pieces: list[Piece]) -> list[Piece]:
    """`pieces` but the hours that only tell why ("the daycare opens at nine"), and such days behind the wish."""
    aside = told_aside(reading)
    wished = max((piece.start for piece in pieces if piece not in aside), default=-1)
    told = [piece for piece in aside if not isinstance(piece, Days) or -1 < wished < piece.start]
    return [piece for piece in pieces if piece not in told or _is_old(reading, pieces, piece)]


def _of_wish(reading: Reading, new: list[Piece]) -> list[Piece]:
    """Of several days where it may go those that are wished for: "… to tomorrow, I leave for Ohio on Thursday"."""
    if len({piece.first for piece in new if isinstance(piece, Days)}) < 2:
        return new
    told = told_aside(reading)
    return [piece for piece in new if piece not in told]


def maybe_of_booked(reading: Reading, start: int, end: int) -> bool:
    """Whether a day is told of before the new one, so that it may be that of the appointment: "I got called to jury
    duty on Monday, let's do my appointment on Friday"."""
    days = [piece for piece in reading.pieces if isinstance(piece, Days) and start <= piece.start < end]
    told = [piece for piece in told_aside(reading) if piece in days]
    return bool(told) and any(piece.start > told[0].start for piece in days if piece not in told)


def _is_old(reading: Reading, pieces: Sequence[Piece], piece: Piece) -> bool:
    """Whether a piece, or the one that it hangs on ("Friday at ten"), is of what is booked."""
    if _of_appointment(reading, piece) or _led_out(reading, piece):
        return True
    n = pieces.index(piece)
    return n > 0 and _joined(reading, pieces, n) and _is_old(reading, pieces, pieces[n - 1])


def tells_apart(reading: Reading) -> bool:
    """Whether words say which of several days or times is the old one ("Friday instead of Thursday")."""
    pieces: list[Piece] = [piece for piece in reading.pieces if isinstance(piece, Days | Clock)]
    if not reading.mixed:
        pieces = _but_reasons(reading, pieces)
    new = [piece for piece in pieces if not (_led_out(reading, piece) or _of_appointment(reading, piece))]
    counts = [sum(isinstance(piece, kind) for piece in new) for kind in (Days, Clock)]
    return 0 < len(new) < len(pieces) and max(counts) == 1


def shifts_old(reading: Reading) -> bool:
    """Whether an appointment goes so far on from the day or the time that it is told by: "kal ka appointment ek ghanta
    late"."""
    spans = [piece for piece in reading.pieces if isinstance(piece, Span)]
    others = [piece for piece in reading.pieces if not isinstance(piece, Span)]
    return len(spans) == 1 and not spans[0].ahead and all(_of_appointment(reading, piece) for piece in others)


def _beside_shift(reading: Reading, piece: Piece, wishes: Sequence[Piece]) -> bool:
    """Whether a time only tells why an appointment goes an hour on: "two hours later, my flight lands at nine"."""
    shifts = [wish for wish in wishes if isinstance(wish, Span) and not wish.ahead and wish.minutes]
    if not isinstance(piece, Clock) or len(shifts) != 1:
        return False
    shift, words, hints = shifts[0], reading.sentence.words, reading.when.lexicon.hints.moves
    if piece.start >= shift.end:
        return not hints.arriving.issuperset(words[shift.end : piece.start])
    # "to four, so two hours later"; one that stands behind some verb ("my shift ends at four, …") is no arrival.
    leads = words[max(0, piece.start - 2) : piece.start]
    return hints.into.isdisjoint(leads) and not (leads and hints.arriving.issuperset(leads))


def _counted_on(reading: Reading, piece: Piece) -> bool:
    """ "one day later", "ek din aage": counted from the day of the appointment."""
    return isinstance(piece, Days) and reading.sentence.word(piece.end - 1) in ("later", "earlier")


def _put_off(reading: Reading, new: list[Piece]) -> bool:
    """ "put it off until Friday": to Friday, not to some day before it."""
    days = [piece for piece in new if isinstance(piece, Days)]
    until = reading.when.lexicon.hints.moves.until
    return any(until & set(reading.sentence.words[max(0, piece.start - 2) : piece.start]) for piece in days)


def _arrive(when: When, new: list[Piece]) -> None:
    """Take the day and the time up to which something is put off for those where it goes."""
    spans = [piece for piece in new if isinstance(piece, Days) and piece.span]
    if when.date is None and when.date_from is None and when.date_to is not None:
        if spans:
            when.date_from, when.date_to = spans[0].first, spans[0].last
        else:
            when.date, when.date_to = when.date_to, None
    elif when.date is not None and when.time is None and when.time_from is None and when.time_to is not None:
        when.time, when.time_to = when.time_to, None


def _split(reading: Reading, pieces: list[Piece]) -> int:
    """How many pieces come before the word that leads to the new time ("to", "for"); 0 when there is none."""
    words, hints = reading.sentence.words, reading.when.lexicon.hints.moves
    for n in range(1, len(pieces)):
        if _ranged(words, pieces, n, hints.ranging):
            continue
        between = words[pieces[n - 1].end : pieces[n].start]
        if not reading.mixed and any(pair in hints.places for pair in pairwise(between)):
            continue  # "Saturday will have to do instead of my Friday appointment"
        if "but" in between and not hints.stands.isdisjoint(words[: pieces[0].start]):
            return n
        if any(word in hints.into for word in between):
            first = words[max(0, pieces[0].start - 2) : pieces[0].start]
            if any(word in hints.out for word in first) or _of_appointment(reading, pieces[n - 1]) or "to" in between:
                return n
    return 0


def _ranged(words: list[str], pieces: list[Piece], n: int, ranging: frozenset[str]) -> bool:
    """Whether the piece before the `n`-th opens a range: "any day Monday to Wednesday"."""
    if not all(isinstance(piece, Days) and not piece.span for piece in pieces[n - 1 : n + 1]):
        return False
    return not ranging.isdisjoint(words[max(0, pieces[n - 1].start - 2) : pieces[n - 1].start])


def _apart(reading: Reading, pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Without a leading word: pieces at "my … appointment" or behind "can't make" are old, the others new."""
    old: list[Piece] = []
    for n, piece in enumerate(pieces):
        before = pieces[n - 1] if n > 0 and _joined(reading, pieces, n) else None
        hangs = before is not None and (_of_appointment(reading, before) or _hangs(reading, old, before, piece))
        if _of_appointment(reading, piece) or _led_out(reading, piece) or hangs:
            old.append(piece)
    named = [piece for piece in old if _replaced(reading, piece)]
    left = [piece for piece in pieces if piece not in old and isinstance(piece, Days | Clock)]
    if named and not left and len(named) < len(old) and not reading.mixed:
        old = named  # "if I came for my appointment on the fifteenth rather than tomorrow"
    if len(old) == len(pieces) and len(pieces) > 1 and not any(_of_appointment(reading, piece) for piece in pieces):
        old = pieces[:1]
    return old, [piece for piece in pieces if piece not in old]


def cancelled(reading: Reading, pieces: list[Piece]) -> list[Piece]:
    """`pieces` but the days that are not those of what is cancelled, where several are named: "we move on the 3rd, so
    drop the appointment I've got for the 4th", "cancel Friday's and keep the one on Monday"."""
    days = [piece for piece in pieces if isinstance(piece, Days)]
    if reading.mixed or len({day.first for day in reading.when.around.corrected(days)}) < 2:
        return pieces
    words, hints = reading.sentence.words, reading.when.lexicon.hints.moves
    kept = [day for day in days if not hints.keeping.isdisjoint(words[max(0, day.start - 5) : day.start])]
    told = told_aside(reading)
    left = [piece for piece in pieces if piece not in told and piece not in kept]
    booked = [
        day for day in left if isinstance(day, Days) and (_of_appointment(reading, day) or _told_of(reading, day))
    ]
    return [piece for piece in left if not isinstance(piece, Days) or not booked or piece in booked]


def _told_of(reading: Reading, piece: Piece) -> bool:
    """ "you've got me down for Friday"."""
    words, told = reading.sentence.words, reading.when.lexicon.hints.moves.told
    return any(tuple(words[piece.start - len(mark) : piece.start]) == mark for mark in told)


def _hangs(reading: Reading, old: Sequence[Piece], before: Piece, piece: Piece) -> bool:
    """Whether a day or a time is of what is booked like the one before it: "booked in at eight on Monday"."""
    apart = reading.mixed or reading.sentence.pauses(piece.start)
    return before in old and not apart and not _replaced(reading, before)


def _replaced(reading: Reading, piece: Piece) -> bool:
    """ "instead of Friday", "rather than my Friday appointment"."""
    before = [word for word in reading.sentence.words[: piece.start] if word not in ("my", "the", "on", "at", "our")]
    return tuple(before[-2:]) in reading.when.lexicon.hints.moves.places


def _of_appointment(reading: Reading, piece: Piece) -> bool:
    """ "my Friday appointment", "the 3 o'clock", "my appointment on Friday"."""
    sentence = reading.sentence
    lexicon = reading.when.lexicon
    named, hints = lexicon.calendar.sets["appointment_words"], lexicon.hints.moves
    at = piece.start
    if isinstance(piece, Clock) and sentence.word(at - 1) == "my" and not reading.mixed:
        return True  # "my two o'clock"
    owner = any(word in ("my", "the", "our") for word in sentence.words[max(0, at - 2) : at])
    possessed = sentence.said(piece.start, piece.end).endswith(("'s", "\u2019s"))  # "tomorrow's appointment"
    owned = isinstance(piece, Days) and (possessed or sentence.word(at - 1) not in hints.any)
    if sentence.word(piece.end) in named and (owner or owned):
        return True
    if sentence.word(piece.end - 1) in ("later", "earlier"):
        return False  # "my appointment a week later": how far it goes
    while sentence.word(at - 1) in ("on", "at", "the", "for"):
        at -= 1
    if sentence.word(at - 1) not in named or not isinstance(piece, Days | Clock):
        return False
    if sentence.word(at - 2) in ("my", "our") and sentence.word(at - 3) in hints.puts:
        return False
    lead = sentence.words[max(0, at - 4) : at - 1]
    if sentence.word(at - 1) == "one" and isinstance(piece, Clock) and not hints.puts.isdisjoint(lead):
        return False  # "make the Friday one at nine instead"
    return sentence.word(piece.start - 1) != "for" and any(
        word in ("my", "the", "our") for word in sentence.words[max(0, at - 4) : at]
    )


def _led_out(reading: Reading, piece: Piece) -> bool:
    words, hints = reading.sentence.words, reading.when.lexicon.hints.moves
    plain = {"than", "not", "but", "except"}.isdisjoint(words[max(0, piece.start - 2) : piece.start])
    plain = plain or words[max(0, piece.start - 3) : piece.start - 1] == ["can", "not"]
    if not reading.mixed and plain and isinstance(piece, Days) and reading.when.around.rejected(piece):
        return True  # "we are out of town on the first"
    before = words[: piece.start]
    while before and before[-1] in ("the", "on", "at"):
        before.pop()
    if not reading.mixed and isinstance(piece, Days | Clock) and _replaced(reading, piece):
        return True
    if before[-1:] == ["from"] or tuple(before[-2:]) in hints.places:
        return True
    if not reading.mixed and _told_of(reading, piece):
        return True  # "you've got me down for Friday"
    if not reading.mixed and before[-2:] == ["no", "good"] and isinstance(piece, Days | Clock):
        return True  # "I am no good on Friday"
    behind = words[piece.end : piece.end + 3]
    if not reading.mixed and any(tuple(behind[: len(mark)]) == mark for mark in hints.not_then):
        return True
    if not reading.mixed and behind[:1] and behind[0] in hints.verbs and not hints.no_good.isdisjoint(behind[1:]):
        return True
    if not reading.mixed and any(
        found.name in _HELD
        and 0 <= piece.start - found.end <= _HELD_WITHIN
        and (piece.start - found.end <= 2 or hints.holding.issuperset(words[found.end : piece.start]))
        and hints.into.isdisjoint(set(words[found.end : piece.start]) - {"for"})
        for found in reading.concepts
    ):
        return True
    if any(found.name == "cant_come" and 0 <= found.start - piece.end <= 2 for found in reading.concepts):
        return True
    return not reading.mixed and any(
        found.name == "cant_come"
        and 0 <= piece.start - found.end <= 3
        and not {"can", "could", "how", "what"} & set(words[found.end : piece.start])
        for found in reading.concepts
    )


def _cannot_come(reading: Reading, pieces: list[Piece]) -> bool:
    return all(_led_out(reading, piece) for piece in pieces)


def _joined(reading: Reading, pieces: Sequence[Piece], n: int) -> bool:
    between = reading.sentence.words[pieces[n - 1].end : pieces[n].start]
    return all(word in ("at", "on", "the") for word in between)


def _shift(when: When, appointment: AppointmentRef | None, booked: date | None) -> None:
    if when.shift_days is not None and booked is not None and when.date is None:
        when.date = booked + timedelta(days=when.shift_days)
    if when.shift_min is None or when.time is not None:
        return
    start = _time_of(appointment) if appointment is not None else when.from_time
    if start is None:
        return
    moved = datetime.combine(date(2000, 1, 2), start) + timedelta(minutes=when.shift_min)
    if moved.date() == date(2000, 1, 2):
        when.time = moved.time()


def booked_day(appointment: AppointmentRef | None) -> date | None:
    try:
        return date.fromisoformat(appointment.date) if appointment is not None else None
    except ValueError:
        return None


def _time_of(appointment: AppointmentRef) -> time | None:
    try:
        return time.fromisoformat(appointment.time)
    except ValueError:
        return None
