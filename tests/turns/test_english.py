from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.turns.english import standing, without_lead
from offhook.turns.words import fold, split, words

KNOWN = words()


def stands(text: str) -> str | None:
    return standing(split(fold(text)), KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "could you check",
        "i would like to order",
        "would you recommend changing",
        "my plumber recommended",
        "could i possibly",
        "the bill is also",
        "i think one of your drivers",
        "my landlord said",
        "does the shuttle",
        "what would the monthly payment",
        "something that can carry",
        "has it ever",
        "is your manager",
        "would your driver",
        "let's do",
        "can you tell me",
        "please give him",
    ],
)
def test_a_verb_without_what_it_needs_wants_it(text: str) -> None:
    assert stands(text) == "wanting"


@pytest.mark.parametrize(
    "text",
    [
        "if i come on monday",
        "every time i brake",
        "the man who fixed it",
        "whoever i spoke to",
        "i moved in may and since then",
        "as soon as you know",
        "the letter you sent me",
        "the flat my son rents",
    ],
)
def test_a_clause_that_never_stands_alone(text: str) -> None:
    assert stands(text) == "first_clause"


@pytest.mark.parametrize(
    "text",
    [
        "i think so",
        "the drawer won't close",
        "if it costs more call me first",
        "book it for friday",
        "i wanted to ask about my car",
        "we were hoping to come on friday",
        "i want a refund",
    ],
)
def test_a_whole_statement(text: str) -> None:
    assert stands(text) == "clause"


@pytest.mark.parametrize(
    "text",
    [
        "somebody told us the price",
        "the part you ordered came today",
        "my bike was stolen",
        "the man who fixed it was nice",
        "we bought it in march",
    ],
)
def test_what_happened_is_a_story(text: str) -> None:
    assert stands(text) == "story"


@pytest.mark.parametrize("text", ["what do you need", "okay so what do i do", "is supper included", "where are you"])
def test_a_question(text: str) -> None:
    assert stands(text) == "question"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("my old neighbour", "fragment"), ("i need my brakes", "open_object"), ("she gave my son", "open_object")],
)
def test_what_more_is_often_said_of(text: str, expected: str) -> None:
    assert stands(text) == expected


@pytest.mark.parametrize("text", ["main kal aaunga", "मुझे कल आना है", "do kilo chini"])
def test_other_languages_are_not_read(text: str) -> None:
    assert stands(text) is None


def test_greetings_are_left_out_and_the_last_word_is_not() -> None:
    assert without_lead(["hello", "yes", "good", "morning", "is", "it"], KNOWN) == ["is", "it"]
    assert without_lead(["hello"], KNOWN) == ["hello"]


@given(st.lists(st.sampled_from(sorted(KNOWN.transitive | KNOWN.finite_auxiliaries | KNOWN.determiners | {"car"}))))
def test_any_words_can_be_read(said: list[str]) -> None:
    standing(said, KNOWN)
