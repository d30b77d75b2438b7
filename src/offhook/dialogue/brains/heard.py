"""What the caller really gave: every value that our own scanners find in their words, in this turn and before.

A model names which values it wants to use; it never brings one. For a value that it gives, the scanners' own is taken:
the one of this turn, one of an earlier turn of the session, one that the session holds already, or one that our tools
returned. What is found nowhere is nobody's, and dropped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from offhook.contracts.conversation import ConversationState, SlotValue
from offhook.dialogue.desk import Reading, Work
from offhook.understanding.model import Command, Context, Problem

EARLIER_TURNS = 6
"""Messages of the caller, before this one, that values may come from."""
_LEAST_DIGITS = 6
"""Two writings of a phone number are the same when one ends with the other, and that has so many digits."""
_CODES = frozenset({"reg_no", "vin"})
"""Written with and without spaces."""
_WORD = re.compile(r"\w+")
_SESSION = {
    "name": "customer_name",
    "phone": "customer_phone",
    "email": "customer_email",
    "service": "service_type",
    "date": "preferred_date",
    "time": "preferred_time",
}
"""Slot -> the session's booking slot that holds it."""


@dataclass(frozen=True, slots=True)
class _Words:
    text: str
    now: datetime
    this_turn: bool


class Heard:
    """The values of one turn; made when a model calls its first tool."""

    def __init__(self, work: Work, state: ConversationState, found: Collection[str] = ()) -> None:
        """`found`: values that our tools returned to the model a turn ago."""
        self._work = work
        self._state = state
        self._world = work.facts.world(work.business, work.now)
        earlier = [message for message in state.messages if message.role == "user"][-EARLIER_TURNS:]
        self._words = [
            _Words(work.turn.text, work.now, this_turn=True),
            *(_Words(message.content, _moment(message.at, work.now), this_turn=False) for message in reversed(earlier)),
        ]
        self._readings: dict[tuple[int, str, str], Reading] = {}
        self.found = set(found)

    def this_turn(self, intent: str) -> tuple[dict[str, SlotValue], tuple[Problem, ...]]:
        """What this turn's words give to a command of that intent, and what stands against it."""
        values: dict[str, SlotValue] = {}
        problems: tuple[Problem, ...] = ()
        for reading in self._read(0, intent):
            problems = reading.problems or problems
            for command in reading.commands:
                values = {**command.slots, **values}
        return values, problems

    def value(self, slot: str, given: SlotValue, intent: str) -> SlotValue:
        """Our own value where the model gives `given` for `slot`; None where nobody said it."""
        wanted = _normal(slot, given)
        latest: SlotValue = None
        for turn in range(len(self._words)):
            for reading in self._read(turn, intent):
                for value in _of(reading, slot):
                    if _same(slot, _normal(slot, value), wanted):
                        return value
                    latest = value if turn == 0 and latest is None else latest
        if latest is not None:
            return latest
        for value in (*self._held(slot), *self._answered(slot, intent)):
            if _same(slot, _normal(slot, value), wanted):
                return value
        return given if isinstance(given, str) and given in self.found else None

    def worded(self, text: str) -> bool:
        """Whether the caller used these words, or they are a name from the business's book."""
        known = (*self._world.services, *self._world.models, *self._world.products)
        if text.casefold() in {name.casefold() for name in known}:
            return True
        words = {word for one in self._words for word in _WORD.findall(one.text.casefold())}
        wanted = _WORD.findall(text.casefold())
        return bool(wanted) and all(word in words for word in wanted)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _held(self, slot: str) -> Iterator[SlotValue]:
        """What the session has from the caller already."""
        pending = self._state.pending
        if pending is not None and pending.slots.get(slot) is not None:
            yield pending.slots[slot]
        shown: SlotValue = getattr(self._state.booking_slots, _SESSION.get(slot, ""), None)
        if shown is not None:
            yield shown

    def _answered(self, slot: str, intent: str) -> Iterator[SlotValue]:
        """The words read as an answer to a question for this slot: the model may have asked it."""
        for turn in range(len(self._words)):
            yield from _of(self._reading(turn, intent or self._intents()[0], slot), slot)

    def _read(self, turn: int, intent: str) -> Iterator[Reading]:
        """As the words stand, and in the light of the command."""
        if turn == 0 and self._work.reading is not None:
            yield self._work.reading
        else:
            yield self._reading(turn, "", "")
        for light in dict.fromkeys((*((intent,) if intent else ()), *self._intents())):
            yield self._reading(turn, light, "")

    def _intents(self) -> Sequence[str]:
        return [one.form.intent for one in self._work.desk.forms] or [""]

    def _reading(self, turn: int, intent: str, asked: str) -> Reading:
        key = (turn, intent, asked)
        if key not in self._readings:
            words, given = self._words[turn], self._work.turn
            context = Context(pending=Command(intent=intent), asked=asked or None) if intent else Context()
            world = self._world
            if not words.this_turn:
                world = self._work.facts.world(self._work.business, words.now)
            reading = self._work.desk.reader.read(
                words.text,
                given.alternatives if words.this_turn else (),
                given.confidence if words.this_turn else None,
                world,
                context,
            )
            self._readings[key] = reading
        return self._readings[key]


def _of(reading: Reading, slot: str) -> Iterator[SlotValue]:
    """The slot's values in a reading, but for those that something stands against."""
    if any(problem.slot == slot for problem in reading.problems):
        return
    for command in reading.commands:
        value = command.slots.get(slot)
        if value is not None:
            yield value


def _normal(slot: str, value: SlotValue) -> str:
    text = " ".join(str(value).casefold().split())
    if slot == "phone":
        return "".join(letter for letter in text if letter.isdigit())
    return "".join(letter for letter in text if letter.isalnum()) if slot in _CODES else text


def _same(slot: str, ours: str, wanted: str) -> bool:
    if slot != "phone":
        return ours == wanted
    shorter, longer = sorted((ours, wanted), key=len)
    return len(shorter) >= _LEAST_DIGITS and longer.endswith(shorter)


def _moment(at: str, now: datetime) -> datetime:
    """When a message was said, in the business's zone."""
    try:
        return datetime.fromisoformat(at).astimezone(now.tzinfo)
    except ValueError:
        return now
