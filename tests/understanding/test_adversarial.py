"""Thousands of utterances that ask for nothing, or for less than they hold: no write is carried out at once."""

from __future__ import annotations

import pytest

from support.adversarial import utterances, wrongly_written
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
