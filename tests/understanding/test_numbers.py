"""Numbers: a table, and every number rendered in words read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.understanding.numbers import number_at
from offhook.understanding.text import read
from support.number_words import LEXICON, in_words


def first_number(text: str) -> tuple[float, bool, int] | None:
    sentence = read(text, LEXICON)
    number = number_at(sentence, 0, LEXICON.numbers)
    return (number.value, number.ordinal, number.end) if number is not None else None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("21st", 21),
        ("1,250", 1250),
        ("1,25,000", 125000),
        ("5k", 5000),
        ("2.5 lakh", 250000),
        ("a hundred and five", 105),
        ("twenty five hundred", 2500),
        ("two thousand twenty six", 2026),
        ("two and a half", 2.5),
        ("a couple of", 2),
        ("twenty-first", 21),
        ("three point five", 3.5),
        ("forty thousand", 40000),
        ("one lakh twenty thousand", 120000),
        ("a thousand", 1000),
        ("15 thousand", 15000),
        ("hundred", 100),
        ("nineteen", 19),
        ("one and a half lakh", 150000),
    ],
)
def test_numbers_as_people_say_them(text: str, value: float) -> None:
    found = first_number(text)
    assert found is not None
    assert found[0] == value


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [("ten thirty", 10, 1), ("nine nine", 9, 1), ("twenty twenty", 20, 1), ("two five", 2, 1)],
)
def test_numbers_side_by_side_stay_apart(text: str, value: int, words: int) -> None:
    assert first_number(text) == (value, False, words)


@pytest.mark.parametrize("text", ["a car", "and", "the", "tension", ""])
def test_words_are_no_numbers(text: str) -> None:
    assert first_number(text) is None


@given(st.integers(0, 999_999_999))
def test_a_number_in_words_reads_back(value: int) -> None:
    text = in_words(value)
    assert first_number(text) == (float(value), False, len(text.split()))


@given(st.integers(0, 99_999_999))
def test_a_typed_number_reads_back(value: int) -> None:
    for text in (str(value), f"{value:,}"):
        found = first_number(text)
        assert found is not None
        assert found[0] == value


@given(st.integers(1, 99))
def test_an_ordinal_reads_back(value: int) -> None:
    suffix = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    found = first_number(f"{value}{suffix}")
    assert found is not None
    assert found[:2] == (value, True)
