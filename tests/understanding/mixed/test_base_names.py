"""Names that are words of another language as well tell nothing of the language that is spoken."""

from __future__ import annotations

import pytest

from offhook.understanding.mixed.base_names import base_names
from offhook.understanding.text import read
from support.understanding_world import UNDERSTANDER

LEXICON = UNDERSTANDER.desk.lexicon
GIVEN = UNDERSTANDER.desk.names.given


def named(text: str, *, asked: bool = False) -> list[str]:
    sentence = read(text, LEXICON)
    return [sentence.words[i] for i in sorted(base_names(sentence, GIVEN, asked=asked))]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("jo hill", ["jo"]),
        ("Jo Hill", ["jo", "hill"]),
        ("karen", ["karen"]),
        ("ursula k le guin", ["ursula", "k", "le"]),
    ],
)
def test_names_are_known_where_one_was_asked_for(text: str, names: list[str]) -> None:
    assert named(text, asked=True) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("cancel the appointment for karen", ["karen"]),
        ("it is Jake Paulson", ["jake", "paulson"]),
        ("karen kya", []),
        ("Jake bata do", []),
        ("KAREN KYA", []),
    ],
)
def test_unasked_a_name_shows_by_how_it_stands_or_is_written(text: str, names: list[str]) -> None:
    assert named(text) == names
