"""What leaves it open whether the rest of a sentence is meant."""

from __future__ import annotations

import pytest

from offhook.understanding.text import read
from support.understanding_world import UNDERSTANDER


def _doubted(text: str, asked: str | None = None) -> bool:
    sentence = read(text, UNDERSTANDER.desk.lexicon)
    return bool(UNDERSTANDER.desk.mixtures[0].gloss(sentence, asked).doubts)


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("kal 10 baje oil change karwana hai nahi", True),
        ("shayad kal 10 baje oil change karwana hai", True),
        ("bhai bol raha tha ki kal oil change karwana hai", True),
        ("oil change kal 10 baje chacha ka", True),
        ("kal nahi parso oil change karwana hai", False),
        ("AC thanda nahi kar raha kal 10 baje dikhana hai", False),
        ("behen ki gaadi ka oil change kal 10 baje", False),
        ("rotation nahi chahiye, alignment karani hai", False),
    ],
)
def test_doubts_are_negations_of_nothing_hedges_and_others(text: str, doubted: bool) -> None:
    assert _doubted(text) is doubted


def test_something_more_is_no_change_of_what_is_settled() -> None:
    assert _doubted("battery bhi dekh lena", "confirm")
    assert not _doubted("battery bhi dekh lena")
