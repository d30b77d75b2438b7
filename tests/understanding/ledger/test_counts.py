"""Numbers as shopkeepers say and write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.understanding.ledger.counts import count_at
from offhook.understanding.text import read
from support.understanding_shop import SHOP

_LANGUAGE = SHOP.language


def _value(text: str) -> tuple[float, int] | None:
    sentence = read(text, _LANGUAGE.everyday.lexicon)
    keys = [_LANGUAGE.key(word) for word in sentence.words]
    count = count_at(_LANGUAGE.counts, sentence, keys, 0)
    return None if count is None else (count.value, len(keys) - count.end)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("paanch sau", 500),
        ("paanch sau pachaas", 550),
        ("dedh sau", 150),
        ("dhai hazaar", 2500),
        ("sava lakh", 125_000),
        ("sava do sau", 225),
        ("paune do sau", 175),
        ("saadhe teen hazaar", 3500),
        ("gyarah sau bees", 1120),
        ("do lakh teen hazaar chaar sau", 203_400),
        ("ek crore", 10_000_000),
        ("1,25,000", 125_000),
        ("5k", 5000),
        ("2.5 lakh", 250_000),
        ("five hundred and fifty", 550),
        ("twenty five thousand", 25_000),
        ("five sau", 500),
        ("पाँच सौ", 500),
        ("५००", 500),
    ],
)
def test_a_number_is_read_whole(text: str, value: float) -> None:
    assert _value(text) == (value, 0)


@pytest.mark.parametrize("text", ["paanch sau do hazaar", "sau do sau", "500 600", "do hazaar sade barah sau"])
def test_what_is_no_one_number_is_not_put_together(text: str) -> None:
    found = _value(text)
    assert found is not None
    assert found[1] > 0


@given(st.integers(min_value=1, max_value=10**9))
def test_typed_digits_are_what_they_are(value: int) -> None:
    assert _value(str(value)) == (value, 0)
