"""What a whole turn comes to: what was said beside a wish, whether it was taken back, and how sure its reading is."""

from __future__ import annotations

from offhook.contracts.conversation import SlotValue
from offhook.understanding.clauses import Clause
from offhook.understanding.decide import WRITES
from offhook.understanding.guesses import GUESSED
from offhook.understanding.modality import UNWANTED
from offhook.understanding.model import Command, Context, Problem
from offhook.understanding.reading import Reading

HANDOFF = "handoff"
_DATA = frozenset({"vin.provide", "customer.identify"})
_SURE_COMPLAINT = 3.0
"""What a guess that somebody complains must score to be taken at its word."""
_TOLD_OF = frozenset({"appointment.cancel", "appointment.reschedule", "appointment.status", "handoff"})
"""Wishes with which people say who they are."""


def said_beside(reading: Reading, commands: list[Command]) -> list[dict[str, SlotValue]]:
    """The name and the number that were said with a wish which has no slot for them."""
    if len(commands) != 1 or commands[0].intent not in _TOLD_OF:
        return []
    said: dict[str, SlotValue] = {}
    if reading.name is not None and "name" not in commands[0].slots:
        said["name"] = reading.name.value
    if reading.phone is not None and "phone" not in commands[0].slots:
        said["phone"] = reading.phone.value
    return [said] if said else []


def only_tells(reading: Reading, commands: list[Command], clauses: list[Clause]) -> bool:
    """Whether all that is said are a caller's own data, and strange words only stand around them ("note it down")."""
    if any(command.intent not in _DATA for command in commands) or not set(reading.unsettled) <= set(reading.foreign):
        return False
    if any(not {"no", "soft_no", UNWANTED}.isdisjoint(clause.present) for clause in clauses):
        return False
    return reading.name is None or all(i >= reading.name.end for i in reading.unsettled)


def complains_surely(clauses: list[Clause]) -> bool:
    """Whether somebody complains in so many words, or in words that can hardly mean anything else and name no day or
    time, for which a complaint has no place."""
    found = [match for clause in clauses for match in (*clause.matches[:1], clause.guess) if match is not None]
    complaints = [match for match in found if match.frame.intent == HANDOFF]
    timed = any("@when" in clause.present for clause in clauses)
    return any(
        match.alternative is not GUESSED or (match.score >= _SURE_COMPLAINT and not timed) for match in complaints
    )


def confidence(clauses: list[Clause], commands: list[Command], context: Context) -> float:
    """0..1: how much speaks for the reading. Answers to our own question are surer than what comes unasked."""
    if not commands or commands[0].intent == "out_of_scope":
        return 0.2 if commands else 0.0
    clause = clauses[0]
    margin = clause.matches[0].score - clause.matches[1].score if len(clause.matches) > 1 else 1.5
    value = 0.5 + 0.08 * min(clause.score, 4.0) + 0.08 * min(margin, 1.5) - 0.06 * min(clause.foreign, 4)
    if context.pending is not None and (clause.slots or commands[0].intent in ("confirm", "deny")):
        value += 0.15
    return round(max(0.1, min(0.98, value)), 2)


def taken_back(
    commands: list[Command], problems: list[Problem], context: Context
) -> tuple[list[Command], list[Problem]]:
    """ "Friday at ten, no, never mind": nothing of it is wished for any more."""
    cancels = context.pending is None and any(command.intent == "appointment.cancel" for command in commands)
    if cancels or not any(command.intent in WRITES and command.slots for command in commands):
        return commands, problems
    if context.pending is not None and context.asked not in ("confirm", "change"):
        return [], []
    return [Command(intent="deny")], []
