"""Sentences by kind: what callers say in many words, where one wrong word of it would be written."""

from __future__ import annotations

import pytest

from support.understanding_tables import commands, context_of, rows
from support.understanding_world import UNDERSTANDER, world

_KINDS = (
    "times_of_else",
    "names_told",
    "names_in_parts",
    "registrations_spelled",
    "numbers_put_right",
    "cars_fetched",
    "moves_told",
    "cancels_told",
    "free_times_asked",
    "one_of_two",
    "transmissions",
    "no_emergency",
    "plain_answers",
    "days_told",
    "hours_told",
    "days_pointed",
    "names_placed",
    "works_in_other_words",
    "wishes_behind_refusals",
    "plates_by_their_form",
    "moves_and_cancels_told",
)
_ROWS = [(kind, *row) for kind in _KINDS for row in rows(f"kind_{kind}.txt")]


@pytest.mark.parametrize(("kind", "context", "text", "decision", "expected"), _ROWS)
def test_a_sentence_of_a_kind_is_understood(kind: str, context: str, text: str, decision: str, expected: str) -> None:
    result = UNDERSTANDER.understand(text, world(), context_of(context))
    found = [(command.intent, command.slots) for command in result.commands]
    decided = result.decision + (f" {result.ask}" if result.ask else "")
    assert (found, decided) == (commands(expected), decision), kind
