"""The days and times of one clause: which of them are wished for, and the slots that they fill."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from offhook.contracts.conversation import SlotValue
from offhook.understanding.calendar import WEEKDAYS
from offhook.understanding.date_base import Days
from offhook.understanding.guesses import MOVE
from offhook.understanding.model import AppointmentRef, Context, Problem
from offhook.understanding.moves import booked_day, read_move
from offhook.understanding.pieces import Piece
from offhook.understanding.reading import Reading
from offhook.understanding.when import When

_NO_REASON = frozenset({"or", "if", "and", "think", "hope", "guess", "not", "is"})
"""Before a "so" that leads to no wish ("a week or so")."""
_REASONS = frozenset({"since", "because", "as", "with", "seeing", "given"})
"""What a sentence begins with that tells why before it wishes."""
_WISHED = frozenset({("i", verb) for verb in ("want", "need", "would", "must")} | {("can", "i"), ("could", "i")})
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
    pieces = [piece for piece in reading.pieces if start <= piece.start < end]
    if intent in ("service.book", "testdrive.book"):
        pieces = _behind_reasons(reading, pieces)
    if not pieces:
        return slots, []
    pending = context.pending.intent if context.pending is not None else None
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
    words = reading.sentence.words
    days = [piece for piece in pieces if isinstance(piece, Days)]
    at = next((i for i in range(len(words) - 1, 0, -1) if words[i] == "so" and words[i - 1] not in _NO_REASON), 0)
    if not at and days and not _REASONS.isdisjoint(words[:2]):
        at = next((i for i in range(days[0].end, len(words) - 1) if tuple(words[i : i + 2]) in _WISHED), 0)
    if not days or not days[0].start < at < days[-1].start:
        return pieces
    return [piece for piece in pieces if piece.start > at]


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
