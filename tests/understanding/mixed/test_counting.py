"""Numbers as Hindi says them, in any spelling, mixed with digits."""

from __future__ import annotations

import pytest

from offhook.understanding.mixed.counting import count_at, digits_of, is_count_word
from support.understanding_world import UNDERSTANDER

VOC = UNDERSTANDER.desk.mixtures[0].vocabulary


def count(text: str) -> float | None:
    words = text.replace(",", " , ").split()
    found = count_at(VOC, words, [VOC.key(word) for word in words], 0)
    return found.value if found is not None and found.end == len(words) else None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("paanch", 5),
        ("pachchees", 25),
        ("ninyaanve", 99),
        ("paanch sau", 500),
        ("dedh sau", 150),
        ("dhai hazaar", 2500),
        ("sava sau", 125),
        ("sava do sau", 225),
        ("paune do sau", 175),
        ("paune sau", 75),
        ("saadhe teen hazaar", 3500),
        ("ek lakh pachaas hazaar", 150_000),
        ("do crore", 20_000_000),
        ("ek hazaar do sau pachaas", 1250),
        ("5 lakh", 500_000),
        ("1,25,000", 125_000),
        ("पाँच सौ", 500),
        ("डेढ़ लाख", 150_000),
        ("saadhe das", 10.5),
        ("paune barah", 11.75),
    ],
)
def test_numbers_are_read(text: str, value: float) -> None:
    assert count(text) == value


@pytest.mark.parametrize("text", ["paanch chhe", "sau hazaar", "saadhe", "gaadi", "do sau lakh paanch"])
def test_what_is_no_single_number_is_not_read_as_one(text: str) -> None:
    assert count(text) is None


def test_shy_words_are_no_numbers_by_themselves() -> None:
    assert is_count_word(VOC, "paanch", VOC.key("paanch"))
    assert not is_count_word(VOC, "do", VOC.key("do"))


def test_numbers_become_tokens() -> None:
    assert digits_of(2500.0) == ["2500"]
    assert digits_of(2.5) == ["2", ".", "5"]
