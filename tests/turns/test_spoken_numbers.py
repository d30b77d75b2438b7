from __future__ import annotations

import pytest

from offhook.turns.spoken_numbers import spelled
from offhook.turns.words import words


@pytest.mark.parametrize(
    ("text", "characters", "run"),
    [
        ("nine eight", "98", "98"),
        ("double five two o", "5520", "5520"),
        ("triple seven", "777", "777"),
        ("nine nine double", "99", "99"),
        ("thirty two", "32", "32"),
        ("thirty zero", "300", "300"),
        ("thirty forty", "3040", "3040"),
        ("nineteen eighty four", "1984", "1984"),
        ("my number is 98765 43210", "9876543210", "9876543210"),
        ("one two and then three", "123", "3"),
        ("one two please", "12", ""),
        ("m h twelve", "mh12", "mh12"),
        ("mh12ab1234", "mh12ab1234", "mh12ab1234"),
        ("nau aath do char", "9824", "9824"),
        ("i do not", "i", ""),
        ("double do", "22", "22"),
        ("", "", ""),
    ],
)
def test_spelled(text: str, characters: str, run: str) -> None:
    said = spelled(text.split())
    assert (said.characters, said.run) == (characters, run)
    assert said.digits == sum(c.isdigit() for c in characters)


def test_words_are_counted_as_said() -> None:
    assert spelled(["it", "is", "double", "five", "two"]).spelled_words == 3


@pytest.mark.parametrize(
    ("word", "number"), [("nine", True), ("oh", True), ("fifteen", True), ("thirty", True), ("21st", True),
                         ("third", True), ("at", False), ("", False)]
)  # fmt: skip
def test_number_words(word: str, number: bool) -> None:
    assert words().is_number(word) is number
