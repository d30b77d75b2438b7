"""Thousands of utterances that ask for nothing, or for less than they hold: no write is carried out at once."""

from __future__ import annotations

import pytest

from offhook.understanding.decide import WRITES
from support.adversarial import utterances, wrongly_written
from support.understanding_tables import rows
from support.understanding_world import UNDERSTANDER, world

COUNT = 5000


@pytest.mark.parametrize("seed", [1, 2026])
def test_nothing_is_written_that_was_not_asked_for(seed: int) -> None:
    here, wrong = world(), []
    for utterance in utterances(COUNT, seed):
        understood = UNDERSTANDER.understand(utterance.text, here, utterance.context)
        written = wrongly_written(utterance, understood)
        if written:
            wrong.append((utterance.kind, utterance.text, written))
    assert wrong == []


def test_the_same_seed_makes_the_same_utterances() -> None:
    assert [one.text for one in utterances(50, 3)] == [one.text for one in utterances(50, 3)]
    assert [one.text for one in utterances(50, 3)] != [one.text for one in utterances(50, 4)]


@pytest.mark.parametrize("text", [row[0] for row in rows("no_wishes.txt")])
def test_what_is_not_plainly_wished_is_asked_about_first(text: str) -> None:
    understood = UNDERSTANDER.understand(text, world())
    writes = any(command.intent in WRITES for command in understood.commands)
    assert not (writes and understood.decision == "execute")
