from __future__ import annotations

import pytest

from offhook.dialogue.choices import (
    acknowledges,
    adds,
    distinguished,
    for_another,
    named_slot,
    pick,
    remark,
    takes_back,
)
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


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("yes and also wash it", True),
        ("and a brake inspection too", True),
        ("a tire rotation as well please", True),
        ("that is too early, a tire rotation", False),
        ("also, make it a tire rotation instead", False),
        ("a tire rotation", False),
    ],
)
def test_wanting_something_beside(text: str, more: bool) -> None:
    assert adds(text, WORDS) is more


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("book the same for my wife", True),
        ("my husband needs one too", True),
        ("one for my son's car", True),
        ("my wife can't come, make it friday", False),
        ("for me", False),
    ],
)
def test_wanting_it_for_somebody_else(text: str, other: bool) -> None:
    assert for_another(text, WORDS) is other


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("ok", True),
        ("okay, thanks", True),
        ("All right.", True),
        ("yes", False),
        ("ok yes", False),
        ("ok friday", False),
    ],
)
def test_only_taking_note(text: str, only: bool) -> None:
    assert acknowledges(text, WORDS) is only


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("the inspection please", 0),
        ("new pads", 1),
        ("the brakes", None),
        ("inspection and pads", None),
        ("friday", None),
    ],
)
def test_naming_one_by_a_word_of_its_own(text: str, index: int | None) -> None:
    assert distinguished(text, ["Brake inspection", "Brake pad replacement"]) == index


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("cancel it", True),
        ("no, cancel that please", True),
        ("don't cancel it", False),
        ("please do not cancel it yet", False),
        ("I won't need to cancel it", False),
        ("scratch that", True),
        ("don't book it", True),
        ("thanks", False),
    ],
)
def test_taking_back_what_was_done(text: str, back: bool) -> None:
    assert takes_back(text, WORDS) is back


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yes, and please use synthetic oil", "synthetic oil"),
        ("Please note that I need a ride home.", "I need a ride home"),
        ("tell the mechanic it shakes; when cold", "it shakes, when cold"),
        ("what can you tell me", ""),
        ("yes", ""),
    ],
)
def test_what_is_to_be_passed_on(text: str, said: str) -> None:
    assert remark(text, WORDS) == said
