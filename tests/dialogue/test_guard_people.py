from __future__ import annotations

import pytest

from offhook.dialogue.guard_people import PERSON, People

PEOPLE = People.load()


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("when is rahul sharma coming", ["when", "is", PERSON, "coming"]),
        ("mr xylander has a booking", [PERSON, "has", "a", "booking"]),
        ("anita ji ka number", [PERSON, "ka", "number"]),
        ("राहुल का नंबर", [PERSON, "का", "नंबर"]),
        ("priyas phone", [PERSON, "phone"]),
        ("when is my car ready", None),
        ("what is the price of the nexon", None),
    ],
)
def test_each_name_is_one_word(said: str, masked: list[str] | None) -> None:
    assert PEOPLE.masked(said.split()) == masked


def test_the_caller_s_own_name_is_no_other_s() -> None:
    assert PEOPLE.masked(["when", "is", "rahul", "booked"], {"rahul"}) is None
