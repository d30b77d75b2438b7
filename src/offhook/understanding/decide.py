"""What to do with what was understood: the decision rules of CONTRACT §4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from offhook.contracts.conversation import SlotValue
from offhook.understanding.model import Command, Context, Decision, Problem

_ANSWERED = frozenset(
    {"greet", "smalltalk", "goodbye", "repeat", "faq", "price.quote", "availability.check", "tradein"}
) | {
    "inventory.search",
    "vehicle.status",
    "appointment.status",
}
WRITES = frozenset(
    {"service.book", "testdrive.book", "appointment.reschedule", "appointment.cancel", "correct", "confirm"}
)
_BOOKINGS = {"service.book": "service", "testdrive.book": "model"}
_ASKING = ("impossible", "past", "ambiguous", "conflict", "gap", "unsure", "invalid", "unknown")
_ORDER: tuple[Decision, ...] = ("refuse", "ask", "confirm", "handoff", "offer_slots", "execute", "answer", "fallback")


def decide(
    commands: Sequence[Command],
    problems: Sequence[Problem],
    context: Context,
    today: date,
    *,
    doubt: bool = False,
) -> tuple[Decision, str | None]:
    """The decision for a turn, and the slot to ask for. Of several commands the most careful decision holds.

    Args:
        doubt: what is asked for is only supposed, told of others, or broken off: a write needs a question first.
    """
    if not commands:
        return ("ask", context.asked) if context.asked and context.pending is not None else ("fallback", None)
    decided = [_one(command, problems if n == 0 else (), context, today) for n, command in enumerate(commands)]
    decision = min(decided, key=lambda one: _ORDER.index(one[0]))
    unsure = doubt and context.pending is None and any(command.intent in WRITES for command in commands)
    return ("confirm", None) if unsure and decision[0] == "execute" else decision


def doubted(commands: Sequence[Command], context: Context) -> tuple[Decision, str | None]:
    """The decision in place of `execute` where a part of the sentence was not understood: it may have changed it."""
    if all(command.intent in ("deny", "goodbye") for command in commands):
        return "execute", None
    if context.pending is not None and context.asked:
        return "ask", context.asked
    return "confirm", None


def _one(command: Command, problems: Sequence[Problem], context: Context, today: date) -> tuple[Decision, str | None]:
    intent, slots = command.intent, command.slots
    pending = context.pending
    if intent == "out_of_scope":
        return ("refuse" if slots.get("reason") == "injection" else "fallback"), None
    if intent == "handoff":
        return "handoff", None
    wrong = next(
        (problem for problem in problems if problem.kind in _ASKING and _concerns(problem, command, pending)), None
    )
    if wrong is not None:
        return "ask", wrong.slot
    if intent in _ANSWERED:
        return "answer", None
    if intent in ("confirm", "deny"):
        return "execute", None
    if intent == "appointment.cancel":
        return "confirm", None
    if intent == "correct" and pending is not None:
        return _one(Command(intent=pending.intent, slots=merged(pending.slots, slots)), problems, context, today)
    if pending is not None and intent == pending.intent:
        slots = merged(pending.slots, slots)
    if intent in _BOOKINGS:
        return _booking(slots, _BOOKINGS[intent], today)
    if intent == "appointment.reschedule":
        return _reschedule(slots)
    return "execute", None


def _booking(slots: dict[str, SlotValue], subject: str, today: date) -> tuple[Decision, str | None]:
    day = slots.get("date")
    if not isinstance(day, str) or day == today.isoformat():
        return "offer_slots", None
    if not slots.get("time"):
        return "ask", "time"
    return ("execute", None) if slots.get(subject) else ("ask", subject)


def _reschedule(slots: dict[str, SlotValue]) -> tuple[Decision, str | None]:
    if slots.get("date") and slots.get("daypart"):
        return "ask", "time"
    if (
        slots.get("date_from")
        or slots.get("date_to")
        or slots.get("daypart")
        or slots.get("time_from")
        or slots.get("time_to")
    ):
        return "offer_slots", None
    if slots.get("same_time") and not (slots.get("date") or slots.get("time")):
        return "ask", "date"
    if slots.get("time") or slots.get("shift_min") or slots.get("same_time"):
        return "execute", None
    return ("ask", "time") if slots.get("date") else ("ask", "datetime")


def _concerns(problem: Problem, command: Command, pending: Command | None) -> bool:
    if command.intent in ("price.quote", "appointment.status", "vehicle.status", "faq", "tradein", "inventory.search"):
        return problem.slot == "service" and command.intent == "price.quote"
    if problem.slot in ("service", "model"):
        return command.intent in (*_BOOKINGS, "correct") and (
            problem.slot == _BOOKINGS.get(command.intent)
            or (pending is not None and problem.slot == _BOOKINGS.get(pending.intent))
        )
    return True


def merged(old: dict[str, SlotValue], new: dict[str, SlotValue]) -> dict[str, SlotValue]:
    """`old` with `new` laid over it: an exact day or time replaces a range of them, and the other way round."""
    result = dict(old)
    for group in (("date", "date_from", "date_to", "days"), ("time", "time_from", "time_to", "daypart")):
        if any(name in new for name in group):
            for name in group:
                result.pop(name, None)
    result.update(new)
    return result
