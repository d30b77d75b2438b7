"""The days and times of one clause: which of them are wished for, and the slots that they fill."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import msgspec

from offhook.contracts.conversation import SlotValue
from offhook.understanding.asides import begins_wish, told_aside
from offhook.understanding.calendar import WEEKDAYS
from offhook.understanding.date_base import Days
from offhook.understanding.events import without_events
from offhook.understanding.guesses import MOVE
from offhook.understanding.model import AppointmentRef, Context, Problem
from offhook.understanding.moves import booked_day, cancelled, read_move
from offhook.understanding.pieces import Part, Piece
from offhook.understanding.reading import Reading
from offhook.understanding.spans import Span
from offhook.understanding.times import Clock
from offhook.understanding.when import When
from offhook.understanding.wish_clauses import told_times

_REASON = 3
"""The fewest words of such a reason beside its day."""
_WISHED = frozenset({"service.book", "testdrive.book", MOVE, "availability.check"})
"""What is asked for at a time."""
_TIME_SLOTS = (
    *("date", "date_from", "date_to", "time", "time_from", "time_to", "daypart", "days"),
    *("same_time", "shift_min", "from_date", "from_time"),
)


def times_said(
    reading: Reading, start: int, end: int, intent: str | None, context: Context
) -> tuple[dict[str, SlotValue], list[Problem]]:
    """The slots of the days and times at [start, end), and what stands against them.

    Args:
        intent: what the clause asks for; of a move, times tell where from and where to.
    """
    slots: dict[str, SlotValue] = {}
    said = [piece for piece in reading.pieces if start <= piece.start < end]
    pending = context.pending.intent if context.pending is not None else None
    pieces = without_events(reading, said, wished=intent in _WISHED)
    if intent in ("service.book", "testdrive.book", "availability.check"):
        pieces = _behind_reasons(reading, pieces)
    elif reading.mixed and context.pending is not None and intent != MOVE:
        told = told_times(reading, answers=True)
        pieces = [piece for piece in pieces if piece not in told]
    elif intent == "appointment.cancel":
        pieces = [piece for piece in pieces if not _over(reading, piece)]
        pieces = cancelled(reading, pieces)
    elif intent == MOVE:
        told = told_times(reading)  # "the train is six hours late, make it half past three"
        pieces = [piece for piece in pieces if not (isinstance(piece, Span) and piece in told)]
    if MOVE not in (intent, pending):
        pieces = _but_asides(reading, pieces, context)
    pieces = _but_the_held(reading, pieces, context)
    if not pieces:
        return slots, []
    if MOVE in (intent, pending) and intent in (
        None,
        MOVE,
        "confirm",
        "deny",
        "availability.check",
        "service.book",
    ):
        when = read_move(reading, pieces, _held(context))
    else:
        refused = intent == "appointment.cancel"
        when = reading.when.combine(pieces, known_date=_known_date(context), refused=refused)
        booked = booked_day(context.appointment)
        if when.shift_days is not None and when.date is None and booked is not None and not refused:
            when.date = booked + timedelta(days=when.shift_days)
    slots.update(when_slots(when))
    if when.earliest or when.urgent:
        slots["earliest"] = True
        slots["urgent"] = True
    if when.date is not None and "date" not in {problem.slot for problem in when.problems}:
        coming = 0 <= (when.date - reading.when.now.date()).days < 7
        slots["day"] = WEEKDAYS[when.date.weekday()] if coming else when.date.isoformat()
    if when.days is not None:
        slots["day"] = when.days
    return slots, when.problems


def _behind_reasons(reading: Reading, pieces: list[Piece]) -> list[Piece]:
    """`pieces` but the days that only tell why: "my wife has the car next week, so Saturday at nine"."""
    words, hints = reading.sentence.words, reading.when.lexicon.hints.reasons
    away = [piece for piece in pieces if _elsewhere(reading, piece) or _looks_back(reading, piece)]
    ends = {piece.end for piece in away}  # "Thursday night"
    pieces = [p for p in pieces if p not in away and not (isinstance(p, Part) and p.start in ends)]
    told = [*_hours_told(reading, pieces), *told_times(reading)]
    pieces = [piece for piece in pieces if piece not in told]
    days = [piece for piece in pieces if isinstance(piece, Days)]
    if len(days) > 1:
        pieces = [piece for piece in pieces if not _taken_up(reading, piece)] or pieces
        days = [piece for piece in pieces if isinstance(piece, Days)]
    first = days[0].start if days else 0
    led = (i for i in range(len(words) - 1, first, -1) if words[i] == "so" and words[i - 1] not in hints.no_reason)
    at = next(led, 0)
    if not at and days and not hints.opening.isdisjoint(words[:2]):
        at = next((i for i in range(days[0].end, len(words) - 1) if tuple(words[i : i + 2]) in hints.wished), 0)
    if not at and len(days) > 1 and not reading.mixed:
        at = _asked_behind(reading, days)
    if not days or not days[0].start < at < days[-1].start:
        return pieces
    return [piece for piece in pieces if piece.start > at]


def _but_asides(reading: Reading, pieces: list[Piece], context: Context) -> list[Piece]:
    """`pieces` but those of clauses that only tell something; where what is read back is said again, all of them."""
    aside, held, pointing = told_aside(reading), _known_date(context), reading.when.around.pointing()
    if pointing is not None:  # "my class ends at two, so any time after that on Friday"
        ahead = {type(piece) for piece in pieces if piece.start > pointing.start}
        aside = [piece for piece in aside if type(piece) in ahead]
    left = [piece for piece in pieces if piece not in aside]
    again = any(isinstance(piece, Days) and piece.first == held for piece in left)
    return pieces if again and context.asked in ("confirm", "change") else left


def _but_the_held(reading: Reading, pieces: list[Piece], context: Context) -> list[Piece]:
    """`pieces` but the day that was read back, where another is asked for: "I work on Friday, could it be Saturday"."""
    held = _known_date(context)
    days = [piece for piece in pieces if isinstance(piece, Days)]
    if context.asked not in ("confirm", "change") or held is None or len(days) != 2 or any(day.span for day in days):
        return pieces
    old = [day for day in days if day.first == held]
    if len(old) != 1 or _asked_for(reading, old[0]):
        return pieces
    return [piece for piece in pieces if piece is not old[0] or not any(_asked_for(reading, day) for day in days)]


def _asked_for(reading: Reading, day: Days) -> bool:
    """Whether a day is what a wish is for: "make it Saturday", "could we do Saturday", "shanivar ko kar dijiye"."""
    words, hints = reading.sentence.words, reading.when.lexicon.hints.reasons
    if reading.mixed:
        puts = [found for found in reading.concepts if found.name == "do_it" and 0 <= found.start - day.end <= 2]
        refused = any(found.name in ("no", "soft_no", "unwanted", "cant_come") for found in reading.concepts)
        return bool(puts) and not refused and not any(reading.sentence.pauses(found.start) for found in puts)
    before = words[max(0, day.start - 4) : day.start]
    if not {"not", "no", "or"}.isdisjoint(before):
        return False
    asks_it = any(pair in (("could", "it"), ("can", "it")) for pair in pairwise(before))
    led = asks_it or before[-2:-1] in (["make"], ["about"]) or before[-2:] == ["make", "it"] or before[-1:] == ["about"]
    return (
        led
        or any(begins_wish(one, two, hints) for one, two in pairwise([*before, ""]))
        or (words[day.end : day.end + 1] == ["please"])
    )


def _hours_told(reading: Reading, pieces: list[Piece]) -> list[Piece]:
    """The times that only tell why: "my shift ends at three, so book me in at half past"."""
    words, hints = reading.sentence.words, reading.when.lexicon.hints.reasons
    clocks = [piece for piece in pieces if isinstance(piece, Clock)]
    if len(clocks) < 2:
        return []
    if reading.mixed:  # "OPD teen baje khatam hoti hai, chaar baje …"
        over = {found.start for found in reading.concepts if found.name == "over_then"}
        return [piece for piece in clocks[:-1] if piece.end in over]
    first, last = clocks[0].start, clocks[-1].start
    at = next((i for i in range(last - 1, first, -1) if words[i] == "so" and words[i - 1] not in hints.no_reason), 0)
    aims = words[at + 1] in hints.askers and tuple(words[at + 1 : at + 3]) not in hints.wished
    named = any(entity.start < at for entity in (*reading.services, *reading.models))
    return [] if not at or aims or named else [piece for piece in clocks if piece.start < at]


def _looks_back(reading: Reading, piece: Piece) -> bool:
    """Whether a month or a day is one that is over: "it was due back in September"."""
    words, at = reading.sentence.words, piece.start
    at -= words[at - 1 : at] in (["in"], ["on"])
    return (
        not reading.mixed
        and isinstance(piece, Days)
        and words[max(0, at - 1) : at] == ["back"]
        and (not reading.when.lexicon.hints.reasons.returning.issuperset(words[max(0, at - 2) : at - 1]))
    )


def _over(reading: Reading, piece: Piece) -> bool:
    """Whether a day is over, and not named as that of an appointment: "I sold the car yesterday, so cancel it"."""
    if not isinstance(piece, Days) or piece.last is None:
        return False
    words, done = reading.sentence.words, reading.when.lexicon.hints.reasons.done
    before = words[max(0, piece.start - 6) : piece.start]
    while not {"so", "cancel", "scrap", "please", "."}.isdisjoint(before):
        before = before[1:]
    happened = piece.weekday is not None and not done.isdisjoint(before)
    if piece.last >= reading.when.now.date() and not happened:
        return False
    beside = reading.sentence.words[max(0, piece.start - 4) : piece.end + 2]
    return reading.when.lexicon.calendar.sets["appointment_words"].isdisjoint(beside)


def _asked_behind(reading: Reading, days: list[Days]) -> int:
    """Where a wish begins behind a day that only tells why, which no wish stands before; else 0."""
    words, first, hints = reading.sentence.words, days[0], reading.when.lexicon.hints.reasons
    asked = [i for i in range(len(words) - 1) if begins_wish(words[i], words[i + 1], hints)]
    at = next((i for i in asked if i < days[-1].start), 0)
    if not at or at < first.end or at - (first.end - first.start) < _REASON:
        return 0
    return 0 if not hints.option.isdisjoint(words[first.end : days[-1].start]) else at - 1


def _elsewhere(reading: Reading, piece: Piece) -> bool:
    """Whether a day is that of a journey or of the end of something: "I leave for Houston on Thursday"."""
    if reading.mixed or not isinstance(piece, Days):
        return False
    words, lexicon = reading.sentence.words, reading.when.lexicon
    departing, on_way = lexicon.calendar.sets["departing"], lexicon.hints.reasons.on_way
    for i in range(piece.start - 1, max(0, piece.start - 6), -1):
        if words[i] in departing and i > 0 and words[i - 1] not in ("which", "that"):
            whose = words[i - 2 : i] if words[i - 1] in ("am", "are", "is") else words[i - 1 : i]
            gap = [word for word in words[i + 1 : piece.start] if word not in on_way]
            asked = words[max(0, i - 3)] in ("can", "could", "may", "should") or words[i - 2] in ("can", "could", "may")
            goes = words[i + 1] in ("for", "to")
            return bool(whose) and not asked and len(gap) <= (2 if goes else 0) and whose[0] != "to"
    return False


def _taken_up(reading: Reading, piece: Piece) -> bool:
    """Whether a day is full of something else: "Friday is the funeral, Saturday at nine then"."""
    s = reading.sentence
    if reading.mixed or not isinstance(piece, Days):
        return False
    is_said = s.word(piece.end) == "is"
    if not (is_said or s.said(piece.start, piece.end).endswith(("'s", "\u2019s"))):
        return False
    at = piece.end + is_said
    return (
        s.word(at) in ("the", "my", "our", "a", "an")
        and s.word(at + 1) not in reading.when.lexicon.hints.reasons.of_day
    )


def _held(context: Context) -> Context:
    """A move said while a booking waits ("an hour later, please") moves what that booking holds."""
    if context.pending is None or context.pending.intent == MOVE:
        return context
    day, at = context.pending.slots.get("date"), context.pending.slots.get("time")
    if not (isinstance(day, str) and isinstance(at, str)):
        return context
    return msgspec.structs.replace(context, appointment=AppointmentRef(date=day, time=at))


def _known_date(context: Context) -> date | None:
    said = context.pending.slots.get("date") if context.pending is not None else None
    try:
        return date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


def when_slots(when: When) -> dict[str, SlotValue]:
    """The slots of CONTRACT §5 that a When fills; values with a problem are left out unless past."""
    slots: dict[str, SlotValue] = {}
    for name in _TIME_SLOTS:
        value = getattr(when, name)
        if value is None or value is False:
            continue
        if name in ("time", "time_from", "time_to", "from_time"):
            slots[name] = value.strftime("%H:%M")
        elif name.endswith("date") or name.startswith("date"):
            slots[name] = value.isoformat()
        else:
            slots[name] = value
    return slots
