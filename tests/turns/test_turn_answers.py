from __future__ import annotations

import pytest

from offhook.contracts.speech import Expectation, ExpectKind
from offhook.turns.answers import answered, answers_yes_no, half_an_answer, is_bare_value
from offhook.turns.words import fold, split, words


@pytest.mark.parametrize("text", ["yes", "haan ji", "no thank you", "nahi chahiye", "हाँ ठीक है", "bilkul"])
def test_a_plain_yes_or_no(text: str) -> None:
    said = split(fold(text))
    assert answers_yes_no(said)
    assert not half_an_answer(said)


@pytest.mark.parametrize(
    "text",
    ["no", "no no", "nahi", "nahi nahi", "नहीं", "achha", "no that's wrong", "nahi ji galat hai", "that's not right"],
)
def test_what_is_wanted_instead_follows_a_bare_no(text: str) -> None:
    assert half_an_answer(split(fold(text)))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("date", "wednesday"),
        ("date", "the seventh"),
        ("date", "um the seventh"),
        ("date", "bees tareekh"),
        ("date", "बुधवार को"),
        ("time", "ten"),
        ("time", "two o'clock"),
        ("time", "around nine"),
        ("time", "chaar baje"),
        ("time", "dopahar do"),
    ],
)
def test_a_bare_value_may_be_one_of_two(kind: ExpectKind, text: str) -> None:
    said = split(fold(text))
    assert is_bare_value(said, Expectation(kind), words())
    assert not answered(text, said, Expectation(kind), words())


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("date", "tomorrow"),
        ("date", "kal"),
        ("date", "next wednesday"),
        ("date", "14 july"),
        ("time", "nine thirty"),
        ("time", "ten in the morning"),
        ("datetime", "friday at ten"),
        ("yes_no", "not really"),
        ("yes_no", "yes speaking"),
        ("choice", "the second one"),
        ("service", "just an oil change"),
        ("service", "an oil change and a wash"),
    ],
)
def test_an_answer_that_is_whole(kind: ExpectKind, text: str) -> None:
    said = split(fold(text))
    assert not is_bare_value(said, Expectation(kind), words())
    assert answered(text, said, Expectation(kind), words())


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("yes_no", "no sorry"),
        ("yes_no", "uh yeah"),
        ("choice", "neither of those works"),
        ("service", "two new tyres"),
        ("yes_no", "nahi saat sau nahi"),
        ("phone", "i have"),
        ("date", "in the morning"),
    ],
)
def test_an_answer_that_is_not(kind: ExpectKind, text: str) -> None:
    assert not answered(text, split(fold(text)), Expectation(kind), words())
