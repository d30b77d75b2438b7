from __future__ import annotations

import pytest

from offhook.dialogue.choices import named_slot, pick
from offhook.dialogue.shared import SHARED_TEMPLATES
from offhook.dialogue.templates import Templates

WORDS = Templates.load([SHARED_TEMPLATES]).words("en")


@pytest.mark.parametrize(
    ("text", "offers", "index"),
    [
        ("the first one please", 3, 0),
        ("Second.", 3, 1),
        ("the third", 3, 2),
        ("the third", 2, None),
        ("the last one", 3, 2),
        ("either is fine", 2, 0),
        ("i don't mind", 3, 0),
        ("whatever works for you", 3, 0),
        ("no", 3, None),
        ("the first one", 0, None),
    ],
)
def test_picking_an_offer(text: str, offers: int, index: int | None) -> None:
    assert pick(text, offers, WORDS) == index


@pytest.mark.parametrize(
    ("text", "index"),
    [("the second one", 1), ("second slot please", 1), ("the first of december", None), ("either", None)],
)
def test_picking_plainly(text: str, index: int | None) -> None:
    assert pick(text, 3, WORDS, plainly=True) == index


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("the time is wrong", "time"),
        ("no, the day", "date"),
        ("my name", "name"),
        ("wrong number", "phone"),
        ("nothing really", None),
    ],
)
def test_naming_what_is_wrong(text: str, slot: str | None) -> None:
    assert named_slot(text, WORDS) == slot
