"""Reading a recogniser's list of alternatives: the one that fits the context best is taken, and what the others hear
differently in a value is reported, so that the dialogue asks instead of writing a wrong day.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from offhook.contracts.speech import Hypothesis
from offhook.understanding.model import Command, Context, Problem, Understanding, Understands, World, is_rejected

CLOSE = 2.5
"""Scores within this of the best (natural logarithms) count as nearly as good: what they say otherwise is a doubt."""
FAR = 8.0
"""An alternative within this may still be taken, where it fits and better ones do not."""
MOST = 6
"""Alternatives that are looked at."""
_REJECTED = 0.6
_NEVER_OPEN = 0.4
_PER_NAT = 0.15
"""What an alternative loses for each unit of score behind the best."""
_BEHIND = 0.04
"""What every alternative but the best loses at least."""
_MONEY = (
    "customer",
    "amount",
    "product",
    "qty",
    "items",
    "credit_limit",
    "opening_balance",
    "invoice_no",
    "min_amount",
)
_VALUES = (
    *("date", "time", "phone", "name", "service", "date_from", "date_to", "time_from", "time_to", "reg_no", "vin"),
    *_MONEY,
)
_EXACT = frozenset({"date", "time", "phone", "date_from", "date_to", "time_from", "time_to", "reg_no", "vin", *_MONEY})


def understand_best(
    understander: Understands,
    alternatives: Sequence[Hypothesis],
    world: World,
    context: Context | None = None,
    *,
    explain: bool = False,
    close: float = CLOSE,
) -> Understanding:
    """Understand the alternatives (best first) as one utterance.

    A value in which near alternatives of the same intent disagree stays, marked `unsure` with its candidates, and the
    confidence falls below one half. An alternative that merely says less disagrees with nothing.
    """
    context = context or Context()
    if not alternatives:
        return understander.understand("", world, context, explain)
    top = alternatives[0].score
    near = [one for one in alternatives[:MOST] if top - one.score <= max(FAR, close)]
    readings = [understander.understand(one.text, world, context, explain) for one in near]
    fitness = [
        _fitness(reading, context) - _unlikely(reading, world, context) - _behind(top - one.score, rank)
        for rank, (one, reading) in enumerate(zip(near, readings, strict=True))
    ]
    best = max(range(len(readings)), key=lambda rank: (fitness[rank], -rank))
    chosen = readings[best]
    others = [
        reading
        for rank, reading in enumerate(readings)
        if rank != best and (rank == 0 or top - near[rank].score <= close) and fitness[rank] >= fitness[best] - 0.35
    ]
    unsure = _disagreements(chosen, others)
    if explain:
        chosen.explain.insert(0, f"alternative {best + 1} of {len(near)} fits best: '{near[best].text}'")
    if not unsure:
        return chosen
    return msgspec.structs.replace(
        chosen,
        problems=[*chosen.problems, *unsure],
        confidence=min(chosen.confidence, 0.45),
        decision=chosen.decision if chosen.decision in ("ask", "answer", "handoff") else "ask",
        ask=chosen.problems[0].slot if chosen.problems else unsure[0].slot,
    )


def _fitness(reading: Understanding, context: Context) -> float:
    """How well a reading fits what was asked, 0..1.5."""
    if not reading.commands or reading.commands[0].intent == "out_of_scope":
        return 0.0 if not reading.commands else 0.05
    fitness = reading.confidence
    command = reading.commands[0]
    asked = context.asked
    if asked == "datetime" and {"date", "time"} & command.slots.keys():
        fitness += 0.3
    elif asked and asked in command.slots:
        fitness += 0.4
    elif asked == "confirm" and command.intent in ("confirm", "deny", "correct"):
        fitness += 0.3
    fitness += 0.03 * len(command.slots)
    return fitness - 0.3 * sum(
        1 for problem in reading.problems if problem.kind in ("impossible", "conflict", "invalid", "gap")
    )


def _behind(gap: float, rank: int) -> float:
    """What an alternative loses for its place and score; one that scores above the first gains nothing by it."""
    return _BEHIND + _PER_NAT * max(0.0, gap) if rank else 0.0


def _unlikely(reading: Understanding, world: World, context: Context) -> float:
    """What speaks against a reading: a value that was just rejected, a time at which nobody is ever there."""
    if not reading.commands:
        return 0.0
    slots = reading.commands[0].slots
    against = _REJECTED if any(is_rejected(entry, slots) for entry in context.rejected) else 0.0
    at = slots.get("time")
    if isinstance(at, str) and world.hours:
        opens = min(day.opens for day in world.hours).strftime("%H:%M")
        closes = max(day.closes for day in world.hours).strftime("%H:%M")
        against += 0.0 if opens <= at < closes else _NEVER_OPEN
    return against


def _disagreements(chosen: Understanding, others: Sequence[Understanding]) -> list[Problem]:
    if not chosen.commands:
        return []
    command = chosen.commands[0]
    unsure: list[Problem] = []
    marked = {problem.slot for problem in chosen.problems}
    rivals = [reading.commands[0] for reading in others if reading.commands]
    rivals = [rival for rival in rivals if _same_act(rival, command)]
    for slot in _VALUES:
        value = command.slots.get(slot)
        if value is None or slot in marked:
            continue
        heard: dict[str, None] = {str(value): None}
        heard.update(dict.fromkeys(str(rival.slots[slot]) for rival in rivals if rival.slots.get(slot) is not None))
        if len(heard) > 1 and (slot in _EXACT or slot == "service"):
            unsure.append(Problem(slot=slot, kind="unsure", said=str(value), candidates=tuple(heard)))
    if command.intent in ("confirm", "deny") and any(
        rival.intent in ("confirm", "deny") and rival.intent != command.intent
        for rival in (r.commands[0] for r in others if r.commands)
    ):
        unsure.append(Problem(slot="confirm", kind="unsure", candidates=("confirm", "deny")))
    return unsure


def _same_act(one: Command, two: Command) -> bool:
    """Readings that would put a value into the same place; an answer and a correction do."""
    return one.intent == two.intent or "correct" in (one.intent, two.intent)
