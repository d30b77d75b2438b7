from __future__ import annotations

import pytest

from offhook.desks.shop.choosing import left_of

RICE = ("Basmati Rice", "Rice")
ALIASES = {"Rice": ("chawal", "चावल"), "Basmati Rice": ("basmati", "basmati chawal", "बासमती चावल")}
RAMESH = ("Ramesh Kumar", "Ramesh Yadav")


@pytest.mark.parametrize(
    "text",
    [
        *("rice", "Rice", "chawal", "sada rice", "sada wala", "the plain one", "basmati nahi", "not basmati"),
        *("सादा चावल", "बासमती नहीं", "haan rice", "simple chawal ji"),
    ],
)
def test_the_plain_one_of_two_can_be_said(text: str) -> None:
    assert left_of(text, RICE, ALIASES) == ["Rice"]


@pytest.mark.parametrize("text", ["basmati", "basmati wala", "basmati rice", "sada nahi", "बासमती"])
def test_the_other_one_too(text: str) -> None:
    assert left_of(text, RICE, ALIASES) == ["Basmati Rice"]


@pytest.mark.parametrize("text", ["rice nahi", "dono", "2 kilo rice", "", "nahi", "rice nahi cheeni", "nahi rice"])
def test_what_is_not_plain_says_nothing(text: str) -> None:
    assert left_of(text, RICE, ALIASES) == list(RICE)


def test_what_is_denied_of_three_leaves_two() -> None:
    names = ("Hair Oil", "Mustard Oil", "Refined Oil")
    assert left_of("refined nahi", names, {}) == ["Hair Oil", "Mustard Oil"]


def test_people_are_told_apart_by_what_only_one_is_called() -> None:
    assert left_of("kumar nahi", RAMESH, {}) == ["Ramesh Yadav"]
    assert left_of("kumar wala", RAMESH, {}) == ["Ramesh Kumar"]
    assert left_of("sada wala", RAMESH, {}) == list(RAMESH)
